//! Composite signatures: Ed25519 and ML-DSA-65 over the same message, both needed (PROTOCOL section 1).
#![no_std]
extern crate alloc;

use alloc::{boxed::Box, string::ToString, vec::Vec};
use core::fmt;
use ed25519_dalek::Signer;
use ml_dsa::{ExpandedSigningKey, KeyExport, MlDsa65};
use vestibule_core::{
    bytes::Bytes,
    ids::KeyHash,
    suite::Suite,
    wire::envelope::{SIGNATURE_BYTES, SIGNING_KEY_BYTES, Signature, Signed},
};
use vestibule_suite::{Secret32, key_hash_signing};
use vestibule_verify::signed_message;

/// ML-DSA found no signature within its bound of tries: a chance far below 2^-128, so a broken build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("signing failed")]
pub struct SignError;

/// A composite signing key, expanded from its two seeds and kept.
pub struct SigningKey {
    ed25519: ed25519_dalek::SigningKey,
    ml_dsa: Box<ExpandedSigningKey<MlDsa65>>,
    public: Vec<u8>,
    hash: KeyHash,
}

impl SigningKey {
    /// Expands the seeds: RFC 8032's 32-byte private key, and FIPS 204's xi.
    pub fn from_seeds(ed25519: &Secret32, ml_dsa: &Secret32) -> Self {
        let ed25519 = ed25519_dalek::SigningKey::from_bytes(ed25519.expose());
        let ml_dsa = Box::new(ExpandedSigningKey::from_seed(ml_dsa.expose().into()));
        let mut public = Vec::with_capacity(SIGNING_KEY_BYTES);
        public.extend_from_slice(ed25519.verifying_key().as_bytes());
        public.extend_from_slice(&ml_dsa.verifying_key().to_bytes());
        Self { ed25519, ml_dsa, hash: key_hash_signing(&public), public }
    }

    /// Ed25519 public key (32 bytes), then ML-DSA-65 (1,952 bytes).
    pub fn public_key(&self) -> &[u8] {
        &self.public
    }

    /// The public key's hash, which names the signer.
    pub const fn key_hash(&self) -> KeyHash {
        self.hash
    }

    /// One signature over `body` for `namespace`. Deterministic in both halves (ML-DSA: FIPS 204 section 3.4).
    pub fn signature(&self, namespace: &str, body: &[u8]) -> Result<Signature, SignError> {
        let message = signed_message(namespace, self.hash, body);
        let mut signature = Vec::with_capacity(SIGNATURE_BYTES);
        signature.extend_from_slice(&self.ed25519.sign(&message).to_bytes());
        let ml_dsa = self.ml_dsa.sign_deterministic(&message, &[]).map_err(|_| SignError)?;
        signature.extend_from_slice(&ml_dsa.encode());
        Ok(Signature { signer: self.hash, signature: Bytes(signature) })
    }

    /// Signs `body` (CBOR of what `namespace` names) alone.
    pub fn sign(&self, namespace: &str, body: Vec<u8>) -> Result<Signed, SignError> {
        sign_all(&[self], namespace, body)
    }
}

/// Signs `body` by several keys, in this order: root changes, admin thresholds.
pub fn sign_all(keys: &[&SigningKey], namespace: &str, body: Vec<u8>) -> Result<Signed, SignError> {
    let signatures = keys.iter().map(|key| key.signature(namespace, &body)).collect::<Result<_, _>>()?;
    Ok(Signed { suite: Suite::V1, namespace: namespace.to_string(), body: Bytes(body), signatures })
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.hash)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use alloc::{format, vec};
    use vestibule_verify::{Verified, VerifyError, VerifyingKey, verify};

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seeds(&Secret32::from_bytes([seed; 32]), &Secret32::from_bytes([seed ^ 0xff; 32]))
    }

    fn check(signed: &Signed, keys: &[&SigningKey], threshold: usize) -> Result<u32, VerifyError> {
        let keys: Vec<_> = keys.iter().map(|k| VerifyingKey::from_bytes(k.public_key()).unwrap()).collect();
        verify::<u32>(signed, "catalog", &keys, threshold).map(Verified::into_inner)
    }

    #[test]
    fn signs_what_the_verifier_takes() {
        let (one, two) = (key(1), key(2));
        assert_eq!(one.public_key().len(), SIGNING_KEY_BYTES);
        assert_eq!(check(&one.sign("catalog", vec![7]).unwrap(), &[&one], 1), Ok(7));
        let both = sign_all(&[&one, &two], "catalog", vec![7]).unwrap();
        assert_eq!(check(&both, &[&two, &one], 2), Ok(7));
        assert_eq!(check(&both, &[&one], 1), Err(VerifyError::WrongSigner));
    }

    #[test]
    fn both_halves_are_by_their_seeds() {
        // A key that shares one seed with another shares that half of the public key, and no name.
        let (one, two) = (key(1), key(2));
        let mixed =
            SigningKey::from_seeds(&Secret32::from_bytes([1; 32]), &Secret32::from_bytes([2 ^ 0xff; 32]));
        assert_eq!(mixed.public_key()[..32], one.public_key()[..32]);
        assert_eq!(mixed.public_key()[32..], two.public_key()[32..]);
        assert_ne!(mixed.key_hash(), one.key_hash());
        // Its signatures hold under neither, though half of each would.
        let mut forged = mixed.sign("catalog", vec![7]).unwrap();
        for victim in [&one, &two] {
            forged.signatures[0].signer = victim.key_hash();
            assert_eq!(check(&forged, &[victim], 1), Err(VerifyError::BadSignature));
        }
    }

    #[test]
    fn debug_shows_the_name_only() {
        let key = key(1);
        assert_eq!(format!("{key:?}"), format!("SigningKey({})", key.key_hash()));
    }
}
