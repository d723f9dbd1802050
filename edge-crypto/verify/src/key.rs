//! A composite verifying key.
use alloc::boxed::Box;
use core::fmt;
use ml_dsa::{EncodedSignature, MlDsa65, signature::Verifier};
use vestibule_core::{
    ids::KeyHash,
    wire::envelope::{SIGNATURE_BYTES, SIGNING_KEY_BYTES},
};
use vestibule_suite::key_hash_signing;

/// Bytes that are not a composite signing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a composite signing key")]
pub struct InvalidKey;

/// An Ed25519 and an ML-DSA-65 public key; both must verify. The ML-DSA matrix is expanded once and kept (60 KB), so
/// parse a key once for many signatures.
#[derive(Clone)]
pub struct VerifyingKey {
    ed25519: ed25519_dalek::VerifyingKey,
    ml_dsa: Box<ml_dsa::VerifyingKey<MlDsa65>>,
    hash: KeyHash,
}

impl VerifyingKey {
    /// Parses 32 bytes of Ed25519, then 1,952 of ML-DSA-65. Refuses Ed25519 keys of small order and keys that are not
    /// the canonical encoding of their point.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidKey> {
        if bytes.len() != SIGNING_KEY_BYTES {
            return Err(InvalidKey);
        }
        let (ed25519, ml_dsa) = bytes.split_at(32);
        let ed25519 = ed25519_dalek::VerifyingKey::try_from(ed25519).map_err(|_| InvalidKey)?;
        if ed25519.is_weak() || ed25519.to_edwards().compress().as_bytes() != ed25519.as_bytes() {
            return Err(InvalidKey);
        }
        let encoded = ml_dsa.try_into().map_err(|_| InvalidKey)?;
        Ok(Self {
            ed25519,
            ml_dsa: Box::new(ml_dsa::VerifyingKey::decode(encoded)),
            hash: key_hash_signing(bytes),
        })
    }

    /// The key's name: SHA-256 of CBOR `[suite, "signing-key", key]`.
    pub const fn hash(&self) -> KeyHash {
        self.hash
    }

    /// Whether `signature` (64 bytes of Ed25519, then 3,309 of ML-DSA-65) holds over `message`. Both halves must.
    pub(crate) fn holds(&self, message: &[u8], signature: &[u8]) -> bool {
        if signature.len() != SIGNATURE_BYTES {
            return false;
        }
        let (ed25519, ml_dsa) = signature.split_at(64);
        let Ok(ed25519) = ed25519_dalek::Signature::from_slice(ed25519) else { return false };
        let Ok(ml_dsa) = <&EncodedSignature<MlDsa65>>::try_from(ml_dsa) else { return false };
        let Some(ml_dsa) = ml_dsa::Signature::<MlDsa65>::decode(ml_dsa) else { return false };
        self.ed25519.verify_strict(message, &ed25519).is_ok() && self.ml_dsa.verify(message, &ml_dsa).is_ok()
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({})", self.hash)
    }
}
