//! What a PIN guards: dealing, checking and using a registration (PROTOCOL section 4). Pure functions of their inputs
//! and the given randomness; the flows around them are in [`crate::client`].
//!
//! To enrol or change a PIN: [`Plan::new`] draws the OPRF key and makes the descriptor D; [`Plan::hash_pin`] hashes
//! the PIN under it; [`Plan::register`] turns root and hash into what each realm gets ([`Registration::put`]). A changed PIN is a
//! new registration of the same root.
//!
//! To unlock: [`check`] accepts D as the realms returned it; [`crate::pin::hash`] and the OPRF give y; [`Unlocking`] derives the
//! realms' unlock keys and rebuilds a [`CandidateRoot`], which becomes the patient's keys only if they have the hash that
//! the realms were given at enrolment.
mod check;
mod deal;
mod labels;
mod unlock;

pub use check::{DescriptorError, check};
pub use deal::{Plan, Registration, RegistrationError};
pub use unlock::{CandidateRoot, Opened, SharesDisagree, Unlocking};

#[cfg(test)]
mod tests;
