//! Handlers and jobs, generic over the ports.
//!
//! A request goes through [`handle`]: the body is capped, the route's handler parses, authenticates, authorizes,
//! decides, stores by a command to an actor, and replies. A queue message goes through [`job::run`].
#![cfg_attr(
    not(feature = "booking"),
    expect(dead_code, unused_imports, reason = "what handlers share is used by those of practices")
)]
pub mod actor;
mod auth;
pub mod config;
mod dispatch;
pub mod error;
mod handlers;
pub mod http;
pub mod job;
mod mail;
mod network;
mod outbox;
pub mod port;
mod realm;
#[cfg(feature = "booking")]
mod webauthn;
mod work;

pub use dispatch::handle;

use vestibule_core::ids::Digest;

/// SHA-256: of tokens, handles and stored bytes.
pub fn sha256(bytes: &[u8]) -> Digest {
    vestibule_channel::sha256(&[bytes])
}
