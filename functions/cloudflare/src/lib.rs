//! Cloudflare: fetch, queue and Durable Objects as adapters of few lines.
//!
//! The front worker opens and seals, and decides nothing that an actor owns; a Durable Object applies one command in one
//! transaction of its own SQLite. They talk by `fetch` with the command's CBOR as body.
#[cfg(all(target_family = "wasm", feature = "faults"))]
mod contract;
#[cfg(target_family = "wasm")]
mod durable;
#[cfg(target_family = "wasm")]
mod entry;
#[cfg(target_family = "wasm")]
mod mail;
#[cfg(target_family = "wasm")]
mod platform;
#[cfg(target_family = "wasm")]
mod settings;
#[cfg(target_family = "wasm")]
mod sql;

// worker-build replaces panics' abort by a fresh instance; nothing else of the crate is public.
