//! Flows of staff: found, sign in, calendar, catalog, freshness.
mod calendar;
mod found;
mod sign_in;
mod update;

pub use calendar::CalendarLine;
pub use found::{Ceremony, Founded, FoundingBegun, FoundingInput, OtherRealm, booking_link};
pub use sign_in::{SignInBegun, StaffSession};
