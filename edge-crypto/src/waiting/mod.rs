//! Entries of the waiting list: sealed and signed like bookings, without a place (PROTOCOL section 6).
mod open;
mod seal;
#[cfg(test)]
mod tests;

pub use open::{OpenedWish, open_as_patient, open_as_staff};
pub use seal::{SealedWish, WishDetails, seal_wish};
