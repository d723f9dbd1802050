//! A founder hands a realm its share of the locator key.
use crate::{ChannelError, RealmSecret};
use alloc::vec::Vec;
use vestibule_core::{
    cbor,
    ids::{KeyHash, PracticeId},
    suite::namespace,
    wire::{directory::LocatorShareContext, envelope::Wrap},
};
use vestibule_suite::{CryptoRng, Secret32, key_hash_kem, unwrap_key, wrap};

fn context(practice: PracticeId, realm: KeyHash) -> LocatorShareContext {
    LocatorShareContext { practice, realm }
}

/// Client: wraps a realm's 32-byte share of the locator key to the realm's public key. Returns CBOR of a [`Wrap`].
pub fn seal_to_realm(
    rng: &mut (impl CryptoRng + ?Sized),
    realm_key: &[u8],
    practice: PracticeId,
    share: &Secret32,
) -> Result<Vec<u8>, ChannelError> {
    let context = context(practice, key_hash_kem(realm_key));
    let wrap = wrap(rng, realm_key, namespace::LOCATOR_SHARE, &context, share)
        .map_err(|_| ChannelError::InvalidKey)?;
    Ok(cbor::to_vec(&wrap))
}

impl RealmSecret {
    /// Server: unwraps what [`seal_to_realm`] made for this realm and practice.
    pub fn open_from_client(&self, practice: PracticeId, bytes: &[u8]) -> Result<Secret32, ChannelError> {
        let wrap: Wrap = cbor::from_slice(bytes).map_err(|_| ChannelError::Malformed)?;
        let context = context(practice, self.key_hash());
        unwrap_key(&self.key, namespace::LOCATOR_SHARE, &context, &wrap).map_err(|_| ChannelError::Unopenable)
    }
}
