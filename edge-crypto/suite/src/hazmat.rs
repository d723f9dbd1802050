//! The primitives under the safe layer. Public only for the known-answer tests; nothing else may call them.
use aes_gcm::{Aes256Gcm, KeyInit, aead::AeadInOut};
use alloc::vec::Vec;
use hkdf::Hkdf;
use sha2::Sha256;

pub use crate::hpke::{KeySchedule, SUITE_X25519_EXPORT_ONLY, SUITE_XWING_EXPORT_ONLY};
pub use crate::kem::{combine, decapsulate, encapsulate_deterministic};

/// HKDF-SHA-256 (RFC 5869): extract with `salt`, expand with `info` into `okm`, which is at most 8,160 bytes.
pub fn hkdf_sha256(salt: &[u8], ikm: &[u8], info: &[u8], okm: &mut [u8]) {
    // An empty salt and a salt of zeros are the same HMAC key.
    expand(&Hkdf::<Sha256>::new(Some(salt), ikm), info, okm);
}

/// HKDF-Expand from an extracted state. `okm` is at most 8,160 bytes, as everywhere in this crate.
pub(crate) fn expand(hkdf: &Hkdf<Sha256>, info: &[u8], okm: &mut [u8]) {
    let fits = hkdf.expand(info, okm).is_ok();
    debug_assert!(fits, "an output length in this crate is above 255 blocks");
}

/// AES-256-GCM encryption in place; appends the 16-byte tag. `None` only above 2^36 - 32 bytes.
pub fn aes256gcm_seal(key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], buffer: &mut Vec<u8>) -> Option<()> {
    Aes256Gcm::new(key.into()).encrypt_in_place(nonce.into(), aad, buffer).ok()
}

/// AES-256-GCM decryption in place; removes the tag. `None` if the tag does not hold.
pub fn aes256gcm_open(key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], buffer: &mut Vec<u8>) -> Option<()> {
    Aes256Gcm::new(key.into()).decrypt_in_place(nonce.into(), aad, buffer).ok()
}

/// ML-KEM-768 decapsulation with the implementation that X-Wing uses, from the seed d ‖ z; `None` if a length is wrong.
pub fn ml_kem_decapsulate(seed: &[u8; 64], enc: &[u8]) -> Option<[u8; 32]> {
    Some(crate::ml_kem::Decapsulator::from_seed(seed).decapsulate(enc.try_into().ok()?))
}
