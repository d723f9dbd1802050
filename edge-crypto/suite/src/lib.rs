//! Suite V1: sealing, wrapping, key derivation (PROTOCOL sections 1 to 3).
//!
//! What is here is safe to call from anywhere: keys are newtypes, every operation names its namespace and context,
//! and randomness is always a parameter. The primitives underneath are private.
#![no_std]
extern crate alloc;

#[cfg(test)]
mod commitment;
mod hash;
mod hpke;
mod kem;
mod ml_kem;
mod pad;
mod seal;
mod secret;
#[cfg(test)]
mod testing;
mod wrap;

pub use hash::{derive, hash_cbor, key_hash_kem, key_hash_signing, realm_fingerprint, sha256};
pub use hpke::{Exporter, hpke_receiver, hpke_sender};
pub use kem::{InvalidKey, KemSecret, check_public_key};
pub use pad::{pad, padded_len, unpad};
/// The randomness trait that every crate here takes as a parameter (`rand_core` 0.10).
pub use rand_core::CryptoRng;
pub use seal::{OpenError, open, seal, seal_at_least};
pub use secret::Secret32;
pub use wrap::{unwrap_key, wrap};
/// For buffers of plaintext: wiped on drop.
pub use zeroize::Zeroizing;

#[doc(hidden)]
pub mod hazmat;
