//! A founder hands a realm its share of the locator key, and the secret that all realms of the practice invent decoys from.
use crate::{ChannelError, PlatformSecret, RealmSecret};
use alloc::vec::Vec;
use vestibule_core::{
    cbor,
    ids::{KeyHash, PracticeId},
    suite::namespace,
    wire::{
        directory::{LocatorShareContext, RealmShare},
        envelope::Wrap,
    },
};
use vestibule_suite::{CryptoRng, Secret32, key_hash_kem, unwrap_key, wrap};

fn context(practice: PracticeId, realm: KeyHash) -> LocatorShareContext {
    LocatorShareContext { practice, realm }
}

/// Client: wraps a realm's 32-byte share of the locator key, and the practice's decoy secret, to the realm's public key.
/// Returns CBOR of a [`RealmShare`].
pub fn seal_to_realm(
    rng: &mut (impl CryptoRng + ?Sized),
    realm_key: &[u8],
    practice: PracticeId,
    share: &Secret32,
    decoy: &Secret32,
) -> Result<Vec<u8>, ChannelError> {
    let context = context(practice, key_hash_kem(realm_key));
    let mut one = |namespace, secret| {
        wrap(rng, realm_key, namespace, &context, secret).map_err(|_| ChannelError::InvalidKey)
    };
    let locator = one(namespace::LOCATOR_SHARE, share)?;
    let decoy = one(namespace::DECOY_SECRET, decoy)?;
    Ok(cbor::to_vec(&RealmShare { locator, decoy }))
}

/// What [`RealmSecret::open_from_client`] gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedShare {
    /// The share of the locator key.
    pub locator: Secret32,
    /// The decoy secret.
    pub decoy: Secret32,
}

impl RealmSecret {
    /// Server: unwraps what [`seal_to_realm`] made for this realm and practice.
    pub fn open_from_client(&self, practice: PracticeId, bytes: &[u8]) -> Result<OpenedShare, ChannelError> {
        let share: RealmShare = cbor::from_slice(bytes).map_err(|_| ChannelError::Malformed)?;
        let context = context(practice, self.key_hash());
        let open = |namespace, wrap: &Wrap| {
            unwrap_key(&self.key, namespace, &context, wrap).map_err(|_| ChannelError::Unopenable)
        };
        Ok(OpenedShare {
            locator: open(namespace::LOCATOR_SHARE, &share.locator)?,
            decoy: open(namespace::DECOY_SECRET, &share.decoy)?,
        })
    }
}

/// The decoys of a practice: what its realms invent alike for a patient whom they do not know.
#[derive(Debug)]
pub struct DecoySecret(PlatformSecret);

impl DecoySecret {
    /// From the 32 bytes that the founder handed over.
    pub fn from_secret(secret: &Secret32) -> Self {
        Self(PlatformSecret::from_bytes(secret.expose()))
    }

    /// 32 bytes that look random, and are the same each time and at every realm of the practice.
    pub fn invent(&self, label: &str, info: &impl minicbor::Encode<()>) -> Secret32 {
        self.0.decoy(label, info)
    }
}
