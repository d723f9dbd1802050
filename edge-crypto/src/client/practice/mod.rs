//! Flows of staff: found, sign in, calendar, catalog, freshness.
mod act;
mod beside;
mod calendar;
mod entries;
mod fetch;
mod found;
mod kept;
mod memo_write;
mod memos;
mod moving;
mod reshare;
mod sign_in;
#[cfg(test)]
mod tests;
mod update;
mod verify;
mod waiting;

pub use calendar::{CalendarLine, Shown};
pub use entries::EntryWish;
pub use fetch::calendar_items;
pub use found::{Ceremony, Founded, FoundingBegun, FoundingInput, OtherRealm, booking_link};
pub use memo_write::MemoWish;
pub use memos::MemoLine;
pub use moving::MovingState;
pub use reshare::{ChosenRealm, NewRealms, OnReshare, ReshareStep};
pub use sign_in::{SignInBegun, StaffSession};
pub use waiting::StaffWaiting;
