//! Unlocking: from the OPRF's output to the patient's keys.
use crate::{
    keys::PatientRoot,
    patient::PatientKeys,
    registration::labels::{mask, share_a, unlock_key},
    shamir::{ShareA, ShareB, ShareC},
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use vestibule_core::{
    cbor,
    ids::{Digest, KeyHash},
    suite::Suite,
    wire::realm::Mode,
};
use vestibule_oprf::Output;
use vestibule_suite::{Secret32, Zeroizing, sha256};

/// What the OPRF's output gives under one descriptor. Whether the PIN was right is not known yet: every PIN gives a
/// candidate of the same form, and only a realm's answer to [`Self::confirm_mac`] tells.
#[derive(Debug)]
pub struct Unlocking {
    y: Output,
    digest: Digest,
    a: ShareA,
}

/// Realms released values that unmask to different shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("realms released different shares, or none")]
pub struct SharesDisagree;

impl Unlocking {
    /// From the combined and verified output, and D's bytes as the realms returned them.
    pub fn new(y: &Output, descriptor: &[u8]) -> Self {
        let digest = sha256(&[descriptor]);
        Self { a: share_a(y, digest), y: y.clone(), digest }
    }

    /// Proves to realm `index` that the PIN was right, for these attempts and what is to be released:
    /// HMAC-SHA-256(`u_i`, CBOR `[suite, "confirm", index, handles, mode]`).
    pub fn confirm_mac(&self, index: u8, handles: &[Digest], mode: Mode) -> Digest {
        let key = unlock_key(&self.y, index, self.digest);
        let message = cbor::to_vec(&(Suite::V1, "confirm", index, handles, mode));
        // HMAC pads a shorter key with zeros to its block, so this is the 32-byte key.
        let mut block = Zeroizing::new([0; 64]);
        block[..32].copy_from_slice(key.expose());
        let mac = <Hmac<Sha256> as KeyInit>::new((&*block).into());
        Digest(mac.chain_update(&message).finalize().into_bytes().into())
    }

    /// A new device: the root from A and the masked shares B that the realms released, by index. All of them must unmask
    /// to the same share.
    pub fn root_with_b(&self, released: &[(u8, Digest)]) -> Result<CandidateRoot, SharesDisagree> {
        let mut shares = released
            .iter()
            .map(|(index, masked)| ShareB::unmask(masked, &mask(&self.y, *index, self.digest)));
        let first = shares.next().ok_or(SharesDisagree)?;
        if shares.any(|share| share != first) {
            return Err(SharesDisagree);
        }
        Ok(CandidateRoot { root: self.a.root_with_b(&first), a: self.a.clone() })
    }

    /// A known device: the root from A and the device's share C of the same registration.
    pub fn root_with_c(&self, c: &ShareC) -> CandidateRoot {
        CandidateRoot { root: self.a.root_with_c(c), a: self.a.clone() }
    }
}

/// A rebuilt root that nobody has vouched for: it has no use but to be verified.
#[derive(Debug)]
pub struct CandidateRoot {
    root: Secret32,
    a: ShareA,
}

impl CandidateRoot {
    pub(crate) fn new(a: ShareA, c: &ShareC) -> Self {
        Self { root: a.root_with_c(c), a }
    }

    /// The patient's keys and shares A and C, if the signing key has the hash that was registered; `None` otherwise.
    pub fn verify(self, key_hash: KeyHash) -> Option<Opened> {
        let share_c = ShareC::of(&self.root, &self.a);
        let keys = PatientKeys::new(PatientRoot::from_secret(self.root));
        (keys.signing().key_hash() == key_hash).then_some(Opened { keys, share_a: self.a, share_c })
    }
}

/// The patient, opened.
#[derive(Debug)]
pub struct Opened {
    /// The keys.
    pub keys: PatientKeys,
    /// Share A: only to be sealed for use without a network, on a device that the patient trusts.
    pub share_a: ShareA,
    /// Share C: to be sealed on this device.
    pub share_c: ShareC,
}
