//! What patients and staff derive and keep: PROTOCOL section 3.
use crate::sign::SigningKey;
use vestibule_core::{
    ids::{AppointmentId, Digest, PracticeId, WaitingId},
    suite::Suite,
};
use vestibule_suite::{CryptoRng, KemSecret, Secret32, Zeroizing, derive, sha256};

/// A patient's one secret, from which all the others derive. Belongs to one practice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatientRoot(Secret32);

impl PatientRoot {
    /// A new patient's root.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self(Secret32::random(rng))
    }

    /// The root as rebuilt from two shares. Compare the signing key's hash with the registered one before use.
    pub const fn from_secret(root: Secret32) -> Self {
        Self(root)
    }

    /// The root itself: only to be shared out.
    pub const fn secret(&self) -> &Secret32 {
        &self.0
    }

    fn derive(&self, label: &str) -> Secret32 {
        derive(self.0.expose(), &(Suite::V1, label))
    }

    /// The X-Wing key that appointments are wrapped to.
    pub fn kem(&self) -> KemSecret {
        KemSecret::from_seed(self.derive("patient-kem"))
    }

    /// The composite key that bookings and statements are signed with.
    pub fn signing_key(&self) -> SigningKey {
        SigningKey::from_seeds(&self.derive("patient-ed25519"), &self.derive("patient-ml-dsa"))
    }

    /// The key that seals the vault.
    pub fn vault_key(&self) -> Secret32 {
        self.derive("vault")
    }

    /// The key that seals what a device keeps for use without a network.
    pub fn kept_key(&self) -> Secret32 {
        self.derive("kept")
    }

    /// The capability to act on one appointment later. The server keeps only its hash.
    pub fn capability(&self, appointment: AppointmentId) -> Secret32 {
        derive(self.0.expose(), &(Suite::V1, "cap", appointment))
    }

    /// The capability to act on one entry of the waiting list.
    pub fn waiting_capability(&self, entry: WaitingId) -> Secret32 {
        derive(self.0.expose(), &(Suite::V1, "waiting-cap", entry))
    }
}

/// What the server keeps of a capability: SHA-256.
pub fn capability_hash(capability: &Secret32) -> Digest {
    sha256(&[capability.expose()])
}

/// The seeds of one staff credential: X-Wing, Ed25519, ML-DSA, 32 bytes each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffSeeds {
    kem: Secret32,
    ed25519: Secret32,
    ml_dsa: Secret32,
}

impl StaffSeeds {
    /// Length of [`Self::to_bytes`].
    pub const LEN: usize = 96;

    /// Seeds for a new credential.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self { kem: Secret32::random(rng), ed25519: Secret32::random(rng), ml_dsa: Secret32::random(rng) }
    }

    /// X-Wing, then Ed25519, then ML-DSA seed: what is sealed under the passkey's PRF output.
    pub fn to_bytes(&self) -> Zeroizing<[u8; Self::LEN]> {
        let mut out = Zeroizing::new([0; Self::LEN]);
        for (part, seed) in out.chunks_exact_mut(32).zip([&self.kem, &self.ed25519, &self.ml_dsa]) {
            part.copy_from_slice(seed.expose());
        }
        out
    }

    /// Inverse of [`Self::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut seeds = bytes.chunks(32).map(Secret32::from_slice);
        let parsed = Self { kem: seeds.next()??, ed25519: seeds.next()??, ml_dsa: seeds.next()?? };
        seeds.next().is_none().then_some(parsed)
    }

    /// The X-Wing key that grants are wrapped to.
    pub fn kem(&self) -> KemSecret {
        KemSecret::from_seed(self.kem.clone())
    }

    /// The composite key that the credential signs with.
    pub fn signing_key(&self) -> SigningKey {
        SigningKey::from_seeds(&self.ed25519, &self.ml_dsa)
    }
}

/// The seeds of a composite signing key that stands alone: the practice's root key, or its printed recovery key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningSeeds {
    ed25519: Secret32,
    ml_dsa: Secret32,
}

impl SigningSeeds {
    /// Length of [`Self::to_bytes`].
    pub const LEN: usize = 64;

    /// Fresh seeds.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self { ed25519: Secret32::random(rng), ml_dsa: Secret32::random(rng) }
    }

    /// Seeds derived from one printed secret: the recovery kit.
    pub fn from_recovery(secret: &Secret32) -> Self {
        let seed = |label: &str| derive(secret.expose(), &(Suite::V1, label));
        Self { ed25519: seed("recovery-ed25519"), ml_dsa: seed("recovery-ml-dsa") }
    }

    /// Ed25519, then ML-DSA seed.
    pub fn to_bytes(&self) -> Zeroizing<[u8; Self::LEN]> {
        let mut out = Zeroizing::new([0; Self::LEN]);
        for (part, seed) in out.chunks_exact_mut(32).zip([&self.ed25519, &self.ml_dsa]) {
            part.copy_from_slice(seed.expose());
        }
        out
    }

    /// Inverse of [`Self::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut seeds = bytes.chunks(32).map(Secret32::from_slice);
        let parsed = Self { ed25519: seeds.next()??, ml_dsa: seeds.next()?? };
        seeds.next().is_none().then_some(parsed)
    }

    /// The key.
    pub fn signing_key(&self) -> SigningKey {
        SigningKey::from_seeds(&self.ed25519, &self.ml_dsa)
    }
}

/// The secret of one scope and epoch. Its X-Wing key opens the scope's wraps; its cache key the hints beside them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochSeed(Secret32);

impl EpochSeed {
    /// A new epoch.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self(Secret32::random(rng))
    }

    /// A seed as unwrapped from a grant. Compare the public key with the manifest's before use.
    pub const fn from_secret(seed: Secret32) -> Self {
        Self(seed)
    }

    /// The seed itself: only to be wrapped in a grant.
    pub const fn secret(&self) -> &Secret32 {
        &self.0
    }

    /// The epoch's X-Wing key.
    pub fn kem(&self) -> KemSecret {
        KemSecret::from_seed(self.0.clone())
    }

    /// The key of the symmetric hints.
    pub fn cache_key(&self) -> Secret32 {
        derive(self.0.expose(), &(Suite::V1, "cache"))
    }

    /// What the keys of calendar memories are derived from, together with a device's secret.
    pub fn memory_key(&self) -> Secret32 {
        derive(self.0.expose(), &(Suite::V1, "calendar-memory"))
    }
}

/// The key under which a passkey seals a credential's seeds: derive(PRF output, `["prf", practice, credential digest]`).
pub fn prf_key(prf_output: &Secret32, practice: PracticeId, credential: Digest) -> Secret32 {
    derive(prf_output.expose(), &(Suite::V1, "prf", practice, credential))
}

/// The input that the page asks the passkey's PRF for: SHA-256 of a fixed text and the practice, 32 bytes.
pub fn prf_salt(practice: PracticeId) -> Digest {
    sha256(&[b"vestibule/prf/v1", &practice.0])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(byte: u8) -> Secret32 {
        Secret32::from_bytes([byte; 32])
    }

    #[test]
    fn derivations_are_apart() {
        let root = PatientRoot::from_secret(secret(1));
        let epoch = EpochSeed::from_secret(secret(1));
        let recovery = SigningSeeds::from_recovery(&secret(1));
        // One secret in every role: no two keys that come of it are equal, nor equal to it.
        let all = [
            secret(1),
            root.kem().seed().clone(),
            root.derive("patient-ed25519"),
            root.derive("patient-ml-dsa"),
            root.vault_key(),
            root.kept_key(),
            root.capability(AppointmentId([1; 16])),
            root.capability(AppointmentId([2; 16])),
            epoch.cache_key(),
            epoch.memory_key(),
            recovery.ed25519.clone(),
            recovery.ml_dsa.clone(),
            prf_key(&secret(1), PracticeId([1; 16]), Digest([1; 32])),
            prf_key(&secret(1), PracticeId([2; 16]), Digest([1; 32])),
            prf_key(&secret(1), PracticeId([1; 16]), Digest([2; 32])),
        ];
        for (i, a) in all.iter().enumerate() {
            assert!(all[i + 1..].iter().all(|b| a != b), "{i}");
        }
        assert_ne!(prf_salt(PracticeId([1; 16])), prf_salt(PracticeId([2; 16])));
        assert_eq!(capability_hash(&secret(1)), sha256(&[&[1; 32]]));
    }

    #[test]
    fn seeds_have_one_form() {
        let seeds = StaffSeeds { kem: secret(1), ed25519: secret(2), ml_dsa: secret(3) };
        let bytes = seeds.to_bytes();
        assert_eq!(*bytes, *[[1; 32], [2; 32], [3; 32]].concat());
        assert_eq!(StaffSeeds::from_bytes(&bytes[..]), Some(seeds));
        assert_eq!(
            SigningSeeds::from_bytes(&bytes[32..]),
            Some(SigningSeeds { ed25519: secret(2), ml_dsa: secret(3) })
        );
        for len in [0, 31, 32, 64, 95] {
            assert_eq!(StaffSeeds::from_bytes(&bytes[..len]), None, "{len}");
        }
        assert_eq!(StaffSeeds::from_bytes(&[&bytes[..], &[0]].concat()), None);
        assert_eq!(StaffSeeds::from_bytes(&[&bytes[..], &[0; 32]].concat()), None);
        assert_eq!(SigningSeeds::from_bytes(&bytes[..]), None);
    }

    #[test]
    fn debug_shows_nothing() {
        let root = PatientRoot::from_secret(secret(0x41));
        assert_eq!(format!("{root:?}"), "PatientRoot(Secret32(..))");
        let seeds = StaffSeeds { kem: secret(0x41), ed25519: secret(0x41), ml_dsa: secret(0x41) };
        assert!(!format!("{seeds:?}").contains("65") && !format!("{seeds:?}").contains("41"));
    }
}
