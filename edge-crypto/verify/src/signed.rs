//! Signed bodies.
use crate::{VerifyingKey, decode_body};
use alloc::vec::Vec;
use core::ops::Deref;
use minicbor::{Decode, Encode};
use sha2::{Digest as _, Sha512};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{Digest, Fingerprint, KeyHash},
    suite::{DOMAIN, Suite},
    wire::envelope::Signed,
};
use vestibule_suite::{hash_cbor, sha256};

/// Why a signed body is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// It was signed for another purpose.
    #[error("signed for another namespace")]
    WrongNamespace,
    /// A signature names a key that may not sign this, or one key twice.
    #[error("a signer is not admitted here, or named twice")]
    WrongSigner,
    /// Fewer signatures than needed.
    #[error("fewer signatures than needed")]
    TooFew,
    /// A signature does not hold.
    #[error("a signature does not hold")]
    BadSignature,
    /// The signatures hold, but the body is not the deterministic CBOR of the expected type.
    #[error("the body is not of the expected type")]
    Malformed,
    /// The signatures hold, but the body is of a suite that this version does not know.
    #[error("the suite is unknown to this version")]
    UnknownSuite,
}

/// A body whose signatures held. Only [`verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<T> {
    body: T,
    digest: Digest,
}

impl<T> Verified<T> {
    /// SHA-256 of the body's bytes as received.
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// The body, without the proof that it was verified.
    pub fn into_inner(self) -> T {
        self.body
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.body
    }
}

/// What both algorithms sign: CBOR `["vestibule", suite, namespace, signer key hash, SHA-512(body)]`.
pub fn signed_message(namespace: &str, signer: KeyHash, body: &[u8]) -> Vec<u8> {
    let body_hash = Bytes(Sha512::digest(body).to_vec());
    cbor::to_vec(&(DOMAIN, Suite::V1, namespace, signer, body_hash))
}

/// Verifies a signed body. Every signature must be by another one of `keys` and must hold, and there must be at least
/// `threshold` (at least 1) of them. The body is decoded from the bytes that were signed, and only then.
pub fn verify<T>(
    signed: &Signed,
    namespace: &str,
    keys: &[VerifyingKey],
    threshold: usize,
) -> Result<Verified<T>, VerifyError>
where
    T: for<'b> Decode<'b, ()> + Encode<()>,
{
    if signed.namespace != namespace {
        return Err(VerifyError::WrongNamespace);
    }
    if signed.signatures.len() < threshold.max(1) {
        return Err(VerifyError::TooFew);
    }
    // Signers first: cheap, and it bounds the work below by the number of keys.
    let mut signers = Vec::with_capacity(keys.len());
    for signature in &signed.signatures {
        let key = keys.iter().find(|key| key.hash() == signature.signer).ok_or(VerifyError::WrongSigner)?;
        if signers.contains(&key.hash()) {
            return Err(VerifyError::WrongSigner);
        }
        signers.push(key.hash());
    }
    for signature in &signed.signatures {
        let message = signed_message(namespace, signature.signer, &signed.body);
        let holds = keys
            .iter()
            .any(|key| key.hash() == signature.signer && key.holds(&message, &signature.signature));
        if !holds {
            return Err(VerifyError::BadSignature);
        }
    }
    Ok(Verified { body: decode_body(&signed.body)?, digest: sha256(&[&signed.body]) })
}

/// SHA-256 of CBOR `["vestibule", suite, "genesis", body]`, with the body of root statement 0 as a byte string.
pub fn genesis_hash(genesis_body: &[u8]) -> Digest {
    hash_cbor(&(DOMAIN, Suite::V1, "genesis", Bytes(genesis_body.to_vec())))
}

/// The fingerprint that a genesis has: the first 20 bytes of [`genesis_hash`]. Whether it is the pinned one, and whether
/// the genesis is well signed, is for [`crate::directory::check`] to say.
pub fn fingerprint(genesis: &Signed) -> Fingerprint {
    let hash = genesis_hash(&genesis.body);
    let mut out = [0; Fingerprint::LEN];
    out.copy_from_slice(&hash.0[..Fingerprint::LEN]);
    Fingerprint(out)
}
