//! The cryptography of users: everything that seals, opens, signs, shares, derives.
#![no_std]
extern crate alloc;

pub mod keys;
pub mod sign;
