//! What the end-to-end and hostile tests share: a server fixture, transports, a software passkey, a thief's view
//! of the storage, and the statistics that tell two timing distributions apart.
//!
//! The tests talk HTTP to the built worker in real workerd. Without `VESTIBULE_URL` each test binary starts a
//! server of its own with a fresh state folder ([`server::Server`]) and stops it when it ends.
pub mod authenticator;
pub mod breaks;
pub mod client;
pub mod http;
pub mod needles;
pub mod raw;
pub mod realms;
pub mod resharing;
pub mod samples;
pub mod search;
pub mod server;
pub mod stats;
pub mod storage;
pub mod world;
