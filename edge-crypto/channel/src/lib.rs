//! What a realm does with its own keys: sealed messages and storage under the platform secret (PROTOCOL section 4).
//!
//! Client and server halves are side by side, so that one file shows a message from both ends.
#![no_std]
extern crate alloc;

mod message;
mod platform;
mod share;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

pub use message::{
    ChannelError, PendingReply, RealmSecret, ReplyKey, parse_reply, parse_request, seal_request,
};
pub use platform::PlatformSecret;
pub use share::{DecoySecret, OpenedShare, seal_part, seal_to_realm};
/// A realm's signing key, and why it could not sign.
pub use vestibule_sign::{SignError, SigningKey};
/// What servers may use of the suite: secrets as a type, randomness as a parameter, and hashes. Not `open`.
pub use vestibule_suite::{CryptoRng, Secret32, key_hash_kem, key_hash_signing, realm_fingerprint, sha256};
