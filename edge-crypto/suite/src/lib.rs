//! Suite V1: sealing, wrapping, key derivation.
#![no_std]
extern crate alloc;

/// The randomness trait that every crate here takes as a parameter (`rand_core` 0.10).
pub use rand_core::CryptoRng;
