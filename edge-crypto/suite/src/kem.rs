//! X-Wing (draft-connolly-cfrg-xwing-kem): X25519 and ML-KEM-768.
//!
//! The `x-wing` crate expands the key anew for each decapsulation; here the expanded key is kept, which halves the time.
use crate::{
    Secret32,
    ml_kem::{self, Decapsulator},
};
use ::ml_kem::{B32, ml_kem_768::EncapsulationKey};
use alloc::vec::Vec;
use core::fmt;
use sha3::{Digest as _, Sha3_256};
use shake::{ExtendableOutput, Shake256, Update, XofReader};
use vestibule_core::wire::envelope::{KEM_ENC_BYTES, KEM_KEY_BYTES};
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

const LABEL: &[u8; 6] = br"\.//^\";

/// Bytes that are not an X-Wing public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an X-Wing public key")]
pub struct InvalidKey;

/// An X-Wing secret key: the 32-byte seed, and the key expanded from it, kept because expanding costs as much as using.
pub struct KemSecret {
    seed: Secret32,
    ml_kem: Decapsulator,
    x25519: StaticSecret,
    x25519_public: PublicKey,
}

impl KemSecret {
    /// Expands a seed: SHAKE-256 gives the ML-KEM seed (64 bytes) and the X25519 scalar (32 bytes).
    pub fn from_seed(seed: Secret32) -> Self {
        let mut reader = Shake256::default().chain(seed.expose()).finalize_xof();
        let mut ml_kem = Zeroizing::new([0; 64]);
        let mut scalar = Zeroizing::new([0; 32]);
        reader.read(&mut ml_kem[..]);
        reader.read(&mut scalar[..]);
        let x25519 = StaticSecret::from(*scalar);
        Self {
            seed,
            ml_kem: Decapsulator::from_seed(&ml_kem),
            x25519_public: PublicKey::from(&x25519),
            x25519,
        }
    }

    /// The seed: the only form in which a key is stored, and then only sealed.
    pub const fn seed(&self) -> &Secret32 {
        &self.seed
    }

    /// ML-KEM-768 encapsulation key (1,184 bytes), then X25519 public key (32 bytes).
    pub fn public_key(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(KEM_KEY_BYTES);
        out.extend_from_slice(&self.ml_kem.public_key());
        out.extend_from_slice(self.x25519_public.as_bytes());
        out
    }
}

impl fmt::Debug for KemSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KemSecret(..)")
    }
}

fn parse_public_key(public_key: &[u8]) -> Result<(EncapsulationKey, PublicKey), InvalidKey> {
    if public_key.len() != KEM_KEY_BYTES {
        return Err(InvalidKey);
    }
    let (ml_kem, x25519) = public_key.split_at(ml_kem::KEY);
    let ml_kem = ml_kem.try_into().map_err(|_| InvalidKey)?;
    let x25519: [u8; 32] = x25519.try_into().map_err(|_| InvalidKey)?;
    Ok((EncapsulationKey::new(ml_kem).map_err(|_| InvalidKey)?, PublicKey::from(x25519)))
}

/// Checks length and the modulus check of FIPS 203 section 7.2, without using the key.
pub fn check_public_key(public_key: &[u8]) -> Result<(), InvalidKey> {
    parse_public_key(public_key).map(drop)
}

/// The X-Wing combiner: `SHA3-256(ss_M || ss_X || ct_X || pk_X || label)`.
pub fn combine(ss_m: &[u8; 32], ss_x: &[u8; 32], ct_x: &[u8; 32], pk_x: &[u8; 32]) -> Secret32 {
    let mut hasher = Sha3_256::new();
    for part in [ss_m, ss_x, ct_x, pk_x] {
        sha3::Digest::update(&mut hasher, part);
    }
    sha3::Digest::update(&mut hasher, LABEL);
    Secret32::from_bytes(hasher.finalize().into())
}

/// Encapsulates with given randomness: 32 bytes for ML-KEM, then the X25519 ephemeral scalar.
/// Returns the encapsulation ([`KEM_ENC_BYTES`]) and the shared secret.
pub fn encapsulate_deterministic(
    public_key: &[u8],
    randomness: &[u8; 64],
) -> Result<(Vec<u8>, Secret32), InvalidKey> {
    let (ml_kem, pk_x) = parse_public_key(public_key)?;
    let (mut m, mut scalar) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
    m.copy_from_slice(&randomness[..32]);
    scalar.copy_from_slice(&randomness[32..]);
    let (ct_m, ss_m) = ml_kem.encapsulate_deterministic(&B32::from(*m));
    let ss_m = Zeroizing::new(ss_m.0);
    let ephemeral = StaticSecret::from(*scalar);
    let ct_x = PublicKey::from(&ephemeral);
    let ss_x = ephemeral.diffie_hellman(&pk_x);
    let mut enc = Vec::with_capacity(KEM_ENC_BYTES);
    enc.extend_from_slice(&ct_m);
    enc.extend_from_slice(ct_x.as_bytes());
    Ok((enc, combine(&ss_m, ss_x.as_bytes(), ct_x.as_bytes(), pk_x.as_bytes())))
}

/// Decapsulates; `None` only if the length is wrong (ML-KEM rejects implicitly, with an unpredictable secret).
pub fn decapsulate(secret: &KemSecret, enc: &[u8]) -> Option<Secret32> {
    if enc.len() != KEM_ENC_BYTES {
        return None;
    }
    let (ct_m, ct_x) = enc.split_at(ml_kem::ENC);
    let ct_x: [u8; 32] = ct_x.try_into().ok()?;
    let ss_m = Zeroizing::new(secret.ml_kem.decapsulate(ct_m.try_into().ok()?));
    let ss_x = secret.x25519.diffie_hellman(&PublicKey::from(ct_x));
    Some(combine(&ss_m, ss_x.as_bytes(), &ct_x, secret.x25519_public.as_bytes()))
}
