//! Appointments: seal them as a patient, open them as patient or staff, and name every lie (PROTOCOL section 6).
//!
//! ```text
//! DEK (random) ── seals ──> Booking           context: practice, appointment, version, place
//!     │       ├── seals ──> Proof             the same context: keys and signature of the booking
//!     │       └── seals ──> Signed<Statement> context: practice, appointment, seq
//!     ├── wrap to the patient       context: practice, appointment, version
//!     ├── wrap to the scope's epoch context: practice, appointment, version, scope, epoch
//!     └── cache hint under derive(epoch seed, "cache"), the same context
//! ```
mod cache;
mod chain;
mod entry;
mod error;
mod open;
mod patient;
mod seal;
mod staff;
mod statement;

pub use entry::{EntryDetails, seal_entry, series_id};
pub use error::OpenError;
pub use open::{Opened, Preview, Unverified};
pub use patient::open_as_patient;
#[cfg(test)]
pub(crate) use seal::seal_envelope;
pub use seal::{Details, SealError, SealedBooking, seal_booking};
pub use staff::{Remembered, StaffOpened, open_as_staff};
pub use statement::{Act, NextStatement, seal_statement};

#[cfg(test)]
mod entry_tests;
#[cfg(test)]
mod tests;

/// The only version of a body there is: what changes later, the place too, is in statements.
pub(crate) const VERSION: u32 = 1;
