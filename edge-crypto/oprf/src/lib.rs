//! Threshold verifiable OPRF, both sides: RFC 9497 mode VOPRF with ristretto255-SHA512, the key shared t of n by Shamir
//! over the scalar field, each realm's answer proven against its own public share.
//!
//! The `voprf` crate is not used here, since it verifies, unblinds and hashes in one step under one public key; it is the
//! peer in the tests.
#![no_std]
extern crate alloc;

mod client;
mod dleq;
mod group;
mod key;
pub mod locator;
mod reshare;
mod server;
mod threshold;

pub use client::{BlindState, CombineError, InvalidInput, Output, blind, reblind, verify_and_combine};
pub use dleq::PROOF_BYTES;
pub use key::{InvalidKey, InvalidThreshold, Key, KeyShare, deal, deal_with};
pub use reshare::{Commitments, Dealt, ReshareError, combine_parts, new_publics, redeal};
pub use server::{InvalidElement, evaluate, evaluate_direct};
pub use threshold::{InconsistentShares, check_shares};

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
