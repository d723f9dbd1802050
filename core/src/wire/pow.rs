//! Proof of work. Each attempt hashes `nonce (8, little endian) || index (1) || mac (32)`: 41 bytes, one SHA-256 block
//! whose first bytes change each time, so no midstate can be kept.
use crate::{bytes::Bytes, ids::Digest, time::UnixSeconds};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use vestibule_cbor_derive::{Decode, Encode};

/// What the work is for; part of the MAC, so a solution serves one purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Found a practice; subject: practice id.
    #[n(1)]
    Found,
    /// Evaluate the locator; subject: first 16 bytes of SHA-256(blinded element).
    #[n(2)]
    Locate,
    /// Mail a voucher; subject: patient id.
    #[n(3)]
    Voucher,
    /// Hold a slot; subject: appointment id.
    #[n(4)]
    Hold,
    /// Join the waiting list; subject: entry id.
    #[n(5)]
    Wait,
}

/// Asks for a challenge.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct ChallengeRequest {
    /// What for.
    #[n(0)]
    pub purpose: Purpose,
    /// 16 bytes that the work is bound to.
    #[n(1)]
    pub subject: Bytes,
}

/// A challenge: stateless, its MAC covers purpose, practice, subject, expiry, cost and salt.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// When it ends.
    #[n(0)]
    pub expires: UnixSeconds,
    /// Leading zero bits of each sub-puzzle.
    #[n(1)]
    pub bits: u32,
    /// Number of sub-puzzles.
    #[n(2)]
    pub puzzles: u32,
    /// The server's MAC: what is hashed.
    #[n(3)]
    pub mac: Digest,
    /// 32 random bytes: two challenges are never equal, so nobody uses up another's.
    #[n(4)]
    pub salt: Digest,
}

/// A solved challenge.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct Solution {
    /// The challenge's expiry, as given.
    #[n(0)]
    pub expires: UnixSeconds,
    /// The challenge's MAC, as given.
    #[n(1)]
    pub mac: Digest,
    /// One nonce for each sub-puzzle.
    #[n(2)]
    pub nonces: Vec<u64>,
    /// The challenge's salt, as given.
    #[n(3)]
    pub salt: Digest,
}
