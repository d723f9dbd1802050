//! This deployment as one of a practice's realms: what the practice's root said about it.
use super::secrets::{self, MemberSecrets};
use crate::{config::Keys, error::Fault, port::Platform};
use minicbor::{Decode, Encode};
use vestibule_channel::{ChannelError, key_hash_kem};
use vestibule_core::{
    bytes::Bytes,
    ids::{Digest, KeyHash, PracticeId},
    wire::directory::Deployment,
};
use vestibule_oprf::Key;
use vestibule_verify::Verified;

/// Stored as CBOR with the practice.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Member {
    /// SHA-256 of the deployment's body.
    #[n(0)]
    pub(crate) deployment: Digest,
    /// This realm's index.
    #[n(1)]
    pub(crate) index: u8,
    /// Realms needed.
    #[n(2)]
    pub(crate) threshold: u8,
    /// KEM key hashes of all realms, by index from 1.
    #[n(3)]
    pub(crate) realms: Vec<KeyHash>,
    /// Public shares of the locator key, by index from 1.
    #[n(4)]
    pub(crate) locator_shares: Vec<Digest>,
    /// The public locator key.
    #[n(5)]
    pub(crate) locator: Digest,
    /// Sealed [`MemberSecrets`].
    #[n(6)]
    pub(crate) secrets: Bytes,
    /// This realm's origin, by which the practice's root names it.
    #[n(7)]
    pub(crate) origin: String,
}

/// Why this deployment does not serve a practice as a realm.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotMember {
    #[error("the deployment does not name this realm's key once")]
    NotNamed,
    #[error("the share does not open: {0}")]
    Share(#[from] ChannelError),
    #[error("the locator share does not fit the deployment")]
    Mismatch,
}

impl Member {
    /// Checks that the root-signed deployment names this realm's key, and that the share that the founder sealed to it is
    /// the one whose public part stands there.
    pub(crate) fn join<P: Platform>(
        platform: &P,
        keys: &Keys,
        deployment: &Verified<Deployment>,
        share: &[u8],
    ) -> Result<Self, NotMember> {
        let practice = deployment.practice;
        let mut named = deployment.realms.iter().filter(|r| r.kem_key.as_ref() == keys.realm.public_key());
        let (Some(own), None) = (named.next(), named.next()) else { return Err(NotMember::NotNamed) };
        let share = keys.realm.open_from_client(practice, share)?;
        let locator = Key::from_bytes(share.locator.expose()).map_err(|_| NotMember::Mismatch)?;
        let locator_shares: Vec<Digest> = deployment.realms.iter().map(|r| r.locator_share).collect();
        let one_key =
            vestibule_oprf::check_shares(deployment.threshold, &locator_shares, &deployment.locator).is_ok();
        if locator.public() != own.locator_share || !one_key {
            return Err(NotMember::Mismatch);
        }
        let place = (practice, deployment.digest());
        Ok(Self {
            deployment: deployment.digest(),
            index: own.index,
            threshold: deployment.threshold,
            realms: deployment.realms.iter().map(|r| key_hash_kem(&r.kem_key)).collect(),
            locator_shares,
            locator: deployment.locator,
            secrets: secrets::seal_member(platform, keys, &place, &locator, &share.decoy),
            origin: own.origin.clone(),
        })
    }

    /// Opens what is sealed in it.
    pub(crate) fn open(&self, keys: &Keys, practice: PracticeId) -> Result<MemberSecrets, Fault> {
        secrets::open_member(keys, &(practice, self.deployment), &self.secrets)
    }
}
