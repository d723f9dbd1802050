//! The cryptography of users: everything that seals, opens, signs, shares, derives.
//!
//! Servers cannot reach this crate (a test on cargo metadata proves it). From the bottom up: [`sign`], [`keys`],
//! [`patient`] (keys expanded for a session), [`booking`], [`vault`], [`directory`], [`staff`], and [`client`], the
//! flows that pages call.
extern crate alloc;

pub mod booking;
pub mod client;
pub mod directory;
pub mod keys;
pub mod memo;
pub mod offline;
pub mod patient;
pub mod pin;
pub mod pow;
mod random;
pub mod registration;
pub mod shamir;
/// Composite signatures, in a crate of their own since realms sign too.
pub use vestibule_sign as sign;
pub mod staff;
pub mod vault;
pub mod waiting;

#[cfg(test)]
mod testing;
