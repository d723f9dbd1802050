//! What travels and what is stored: one declaration for each format (PROTOCOL, `docs/PROTOCOL.md`).
//!
//! Types that people script derive serde (JSON) and minicbor (CBOR, for our own client); what is signed or
//! sealed derives minicbor only.
pub mod appointment;
pub mod catalog;
pub mod directory;
pub mod entry;
pub mod envelope;
pub mod http;
pub mod memo;
pub mod pow;
pub mod realm;
pub mod reshare;
pub mod series;
pub mod waiting;
pub mod witness;
