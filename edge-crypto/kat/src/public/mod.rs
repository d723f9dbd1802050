//! Vectors of standards and of Wycheproof: `edge-crypto/vectors/public`, with sources and licences.
pub(crate) mod argon2id;
pub(crate) mod ed25519;
pub(crate) mod gcm;
pub(crate) mod hkdf;
pub(crate) mod hmac;
pub(crate) mod hpke;
pub(crate) mod ml_dsa;
pub(crate) mod ml_kem;
pub(crate) mod voprf;
pub(crate) mod x25519;
pub(crate) mod xwing;

/// The text of a file in `edge-crypto/vectors/public`.
macro_rules! public_vectors {
    ($name:literal) => {
        include_str!(concat!("../../../vectors/public/", $name, ".json"))
    };
}
pub(crate) use public_vectors;
