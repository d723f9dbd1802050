//! What server and browser agree on: ids, time, limits, routes, problems, the wire types, and the pure
//! decision functions. Nothing here reads a clock, draws randomness or does IO; `clippy.toml` forbids it.
#![no_std]
extern crate alloc;

pub mod bytes;
#[cfg(feature = "calendar")]
pub mod calendar;
pub mod cbor;
pub mod day;
pub mod guard;
pub mod ids;
pub mod limits;
pub mod pow;
pub mod problem;
pub mod routes;
pub mod states;
pub mod suite;
pub mod time;
pub mod wire;
