//! Checks signatures, manifests and proofs: all that servers may use.
//!
//! Unverified and verified are different types: only [`Verified`] has fields to read, and only [`verify`] makes one.
#![no_std]
extern crate alloc;

mod body;
pub mod catalog;
#[cfg(test)]
mod catalog_tests;
pub mod directory;
mod key;
mod signed;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod signed_tests;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod testing;
mod witness;

pub use body::decode_body;
pub use key::{InvalidKey, VerifyingKey};
pub use signed::{Verified, VerifyError, fingerprint, genesis_hash, signed_message, verify};
pub use witness::checkpoint;
