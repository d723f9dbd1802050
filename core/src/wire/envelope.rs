//! Containers: sealed, wrapped and signed byte strings.
use crate::{
    bytes::Bytes,
    ids::{Digest, KeyHash},
    suite::Suite,
};
use alloc::{string::String, vec::Vec};
use vestibule_cbor_derive::{Decode, Encode};

/// Output of `seal` (PROTOCOL section 2): `[suite, namespace, salt, commit, ciphertext]`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Sealed {
    /// Algorithms.
    #[n(0)]
    pub suite: Suite,
    /// What the key is for.
    #[n(1)]
    pub namespace: String,
    /// 32 random bytes: HKDF salt.
    #[n(2)]
    pub salt: Digest,
    /// Key commitment, 32 bytes of the same HKDF output; compared before the tag.
    #[n(3)]
    pub commit: Digest,
    /// AES-256-GCM ciphertext and tag of the padded plaintext.
    #[n(4)]
    pub ciphertext: Bytes,
}

/// A secret wrapped to an X-Wing public key: HPKE base mode, export only; the exported key seals the secret.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Wrap {
    /// Algorithms.
    #[n(0)]
    pub suite: Suite,
    /// X-Wing encapsulation, 1,120 bytes.
    #[n(1)]
    pub enc: Bytes,
    /// The secret, sealed under the exported key.
    #[n(2)]
    pub sealed: Sealed,
}

/// A composite public signing key: Ed25519 (32 bytes) then ML-DSA-65 (1,952 bytes).
pub const SIGNING_KEY_BYTES: usize = 32 + 1952;
/// A composite signature: Ed25519 (64 bytes) then ML-DSA-65 (3,309 bytes).
pub const SIGNATURE_BYTES: usize = 64 + 3309;
/// An X-Wing public key: ML-KEM-768 (1,184 bytes) then X25519 (32 bytes).
pub const KEM_KEY_BYTES: usize = 1184 + 32;
/// An X-Wing encapsulation: ML-KEM-768 (1,088 bytes) then X25519 (32 bytes).
pub const KEM_ENC_BYTES: usize = 1088 + 32;

/// One signer's composite signature over `[domain, suite, namespace, signer key hash, SHA-512(body)]`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Signature {
    /// Who signed.
    #[n(0)]
    pub signer: KeyHash,
    /// [`SIGNATURE_BYTES`].
    #[n(1)]
    pub signature: Bytes,
}

/// A signed body as received: what is verified is these bytes, never a re-encoding.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Signed {
    /// Algorithms.
    #[n(0)]
    pub suite: Suite,
    /// What the body is.
    #[n(1)]
    pub namespace: String,
    /// CBOR of the body.
    #[n(2)]
    pub body: Bytes,
    /// One or more signatures.
    #[n(3)]
    pub signatures: Vec<Signature>,
}
