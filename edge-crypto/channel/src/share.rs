//! A founder hands a realm its share of the locator key, and the secret that all realms of the practice invent decoys from.
use crate::{ChannelError, PlatformSecret, RealmSecret};
use alloc::vec::Vec;
use minicbor::Encode;
use vestibule_core::{
    cbor,
    ids::{KeyHash, PracticeId},
    suite::namespace,
    wire::{
        directory::{LocatorShareContext, RealmShare},
        envelope::Wrap,
        reshare::PartContext,
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
    wrap_both(rng, realm_key, (namespace::LOCATOR_SHARE, namespace::DECOY_SECRET), &context, (share, decoy))
}

fn wrap_both(
    rng: &mut (impl CryptoRng + ?Sized),
    realm_key: &[u8],
    namespaces: (&str, &str),
    context: &impl Encode<()>,
    secrets: (&Secret32, &Secret32),
) -> Result<Vec<u8>, ChannelError> {
    let mut one = |namespace, secret| {
        wrap(rng, realm_key, namespace, context, secret).map_err(|_| ChannelError::InvalidKey)
    };
    let locator = one(namespaces.0, secrets.0)?;
    let decoy = one(namespaces.1, secrets.1)?;
    Ok(cbor::to_vec(&RealmShare { locator, decoy }))
}

/// Server: wraps a part of this realm's share of the locator key, and the practice's decoy secret, to the public key of
/// another realm. Returns CBOR of a [`RealmShare`].
pub fn seal_part(
    rng: &mut (impl CryptoRng + ?Sized),
    realm_key: &[u8],
    context: &PartContext,
    part: &Secret32,
    decoy: &Secret32,
) -> Result<Vec<u8>, ChannelError> {
    wrap_both(rng, realm_key, (namespace::LOCATOR_PART, namespace::DECOY_PART), context, (part, decoy))
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
        let context = context(practice, self.key_hash());
        self.unwrap_both((namespace::LOCATOR_SHARE, namespace::DECOY_SECRET), &context, bytes)
    }

    /// Server: unwraps what another realm made for this one with [`seal_part`].
    pub fn open_part(&self, context: &PartContext, bytes: &[u8]) -> Result<OpenedShare, ChannelError> {
        self.unwrap_both((namespace::LOCATOR_PART, namespace::DECOY_PART), context, bytes)
    }

    fn unwrap_both(
        &self,
        namespaces: (&str, &str),
        context: &impl Encode<()>,
        bytes: &[u8],
    ) -> Result<OpenedShare, ChannelError> {
        let share: RealmShare = cbor::from_slice(bytes).map_err(|_| ChannelError::Malformed)?;
        let open = |namespace, wrap: &Wrap| {
            unwrap_key(&self.key, namespace, context, wrap).map_err(|_| ChannelError::Unopenable)
        };
        Ok(OpenedShare {
            locator: open(namespaces.0, &share.locator)?,
            decoy: open(namespaces.1, &share.decoy)?,
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
