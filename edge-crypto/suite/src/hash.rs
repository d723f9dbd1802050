//! Hashes and key derivation.
use crate::{Secret32, hazmat};
use minicbor::Encode;
use sha2::{Digest as _, Sha256};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{Digest, KeyHash, RealmFingerprint},
    suite::Suite,
};

/// SHA-256 over the concatenation of `parts`.
pub fn sha256(parts: &[&[u8]]) -> Digest {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    Digest(hasher.finalize().into())
}

/// SHA-256 over the deterministic CBOR of `value`.
pub fn hash_cbor(value: &impl Encode<()>) -> Digest {
    sha256(&[&cbor::to_vec(value)])
}

fn key_hash(kind: &str, key: &[u8]) -> KeyHash {
    KeyHash(hash_cbor(&(Suite::V1, kind, Bytes(key.to_vec()))).0)
}

/// Name of a composite signing key: SHA-256 of CBOR `[suite, "signing-key", key]`.
pub fn key_hash_signing(key: &[u8]) -> KeyHash {
    key_hash("signing-key", key)
}

/// Name of an X-Wing public key: SHA-256 of CBOR `[suite, "kem-key", key]`.
pub fn key_hash_kem(key: &[u8]) -> KeyHash {
    key_hash("kem-key", key)
}

/// Fingerprint of a realm's two public keys: see [`RealmFingerprint`].
pub fn realm_fingerprint(kem_key: &[u8], signing: Option<KeyHash>) -> RealmFingerprint {
    let hash = hash_cbor(&(Suite::V1, "realm-fingerprint", key_hash_kem(kem_key), signing));
    let mut fingerprint = [0; 20];
    fingerprint.copy_from_slice(&hash.0[..20]);
    RealmFingerprint(fingerprint)
}

/// HKDF-SHA-256 (RFC 5869) without salt, 32 bytes out. `info` is the whole array `[suite, label, ...]`, so that no two
/// derivations from one key collide.
pub fn derive(ikm: &[u8], info: &impl Encode<()>) -> Secret32 {
    let mut okm = [0; 32];
    hazmat::hkdf_sha256(&[], ikm, &cbor::to_vec(info), &mut okm);
    Secret32::from_bytes(okm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_hashes_name_the_kind() {
        assert_ne!(key_hash_signing(b"k"), key_hash_kem(b"k"));
        // SHA-256 of 83 01 67 "kem-key" 41 "k", spelled out.
        assert_eq!(key_hash_kem(b"k").0, sha256(&[&[0x83, 0x01, 0x67], b"kem-key", &[0x41], b"k"]).0);
    }

    #[test]
    fn parts_are_concatenated() {
        assert_eq!(sha256(&[b"ab", b"c"]), sha256(&[b"abc"]));
    }
}
