//! This deployment as one of a practice's realms: what the practice's root said about it.
use super::{
    decode_member,
    secrets::{self, MemberSecrets},
};
use crate::{config::Keys, error::Fault, port::Platform};
use minicbor::{Decode, Encode};
use vestibule_channel::{ChannelError, Secret32, key_hash_kem};
use vestibule_core::{
    bytes::Bytes,
    ids::{Digest, KeyHash, PracticeId},
    time::UnixSeconds,
    wire::directory::{Deployment, Realm},
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
    /// When the root signed the deployment.
    #[n(8)]
    pub(crate) issued: UnixSeconds,
    /// The deployment whose realms dealt the share; none if the founder did.
    #[n(9)]
    pub(crate) from: Option<Digest>,
    /// CBOR of the [`Member`] that this realm was by the deployment before: served too, while patients go over.
    #[n(10)]
    pub(crate) before: Option<Bytes>,
    /// Who may introduce patients: the realms of this deployment, and of the one before.
    #[n(11)]
    pub(crate) introduce: Vec<Introducers>,
    /// Number of the deployment.
    #[n(12)]
    pub(crate) number: u32,
}

/// Realms that may introduce patients together.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Introducers {
    /// How many are needed.
    #[n(0)]
    pub(crate) threshold: u8,
    /// Hashes of their signing keys.
    #[n(1)]
    pub(crate) keys: Vec<KeyHash>,
}

impl Introducers {
    /// Those of a deployment.
    pub(crate) fn of(deployment: &Deployment) -> Self {
        let keys = deployment.realms.iter().filter_map(|realm| realm.signing);
        Self { threshold: deployment.threshold, keys: keys.collect() }
    }
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
    #[error("the deployment does not follow from the one before by that order")]
    NoSuccession,
    #[error("what realm {0} of the deployment before dealt does not hold")]
    Misdealt(u8),
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
        let own = Self::named(keys, deployment)?;
        let share = keys.realm.open_from_client(deployment.practice, share)?;
        let locator = Key::from_bytes(share.locator.expose()).map_err(|_| NotMember::Mismatch)?;
        Self::with(platform, keys, deployment, own, &locator, &share.decoy)
    }

    /// The one entry of the deployment that names this realm's key.
    pub(crate) fn named<'d>(keys: &Keys, deployment: &'d Deployment) -> Result<&'d Realm, NotMember> {
        let mut named = deployment.realms.iter().filter(|r| r.kem_key.as_ref() == keys.realm.public_key());
        match (named.next(), named.next()) {
            (Some(own), None) => Ok(own),
            _ => Err(NotMember::NotNamed),
        }
    }

    /// What the deployment makes this realm, with its share, whose public part must stand there.
    pub(crate) fn with<P: Platform>(
        platform: &P,
        keys: &Keys,
        deployment: &Verified<Deployment>,
        own: &Realm,
        locator: &Key,
        decoy: &Secret32,
    ) -> Result<Self, NotMember> {
        let locator_shares: Vec<Digest> = deployment.realms.iter().map(|r| r.locator_share).collect();
        let one_key =
            vestibule_oprf::check_shares(deployment.threshold, &locator_shares, &deployment.locator).is_ok();
        if locator.public() != own.locator_share || !one_key {
            return Err(NotMember::Mismatch);
        }
        let place = (deployment.practice, deployment.digest());
        Ok(Self {
            deployment: deployment.digest(),
            index: own.index,
            threshold: deployment.threshold,
            realms: deployment.realms.iter().map(|r| key_hash_kem(&r.kem_key)).collect(),
            locator_shares,
            locator: deployment.locator,
            secrets: secrets::seal_member(platform, keys, &place, locator, decoy),
            origin: own.origin.clone(),
            issued: deployment.issued,
            from: None,
            before: None,
            introduce: vec![Introducers::of(deployment)],
            number: deployment.number,
        })
    }

    /// What this realm is by the deployment of this hash, if it serves that: the newest, or the one before.
    pub(crate) fn under(&self, deployment: &Digest) -> Result<Option<Self>, Fault> {
        if self.deployment == *deployment {
            return Ok(Some(self.clone()));
        }
        Ok(self.before()?.filter(|before| before.deployment == *deployment))
    }

    /// What this realm was by the deployment before, while patients go over.
    pub(crate) fn before(&self) -> Result<Option<Self>, Fault> {
        self.before.as_ref().map(|bytes| decode_member(bytes)).transpose()
    }

    /// Opens what is sealed in it.
    pub(crate) fn open(&self, keys: &Keys, practice: PracticeId) -> Result<MemberSecrets, Fault> {
        secrets::open_member(keys, &(practice, self.deployment), &self.secrets)
    }
}
