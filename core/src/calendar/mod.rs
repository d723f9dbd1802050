//! Slots, holds and bookings: pure decisions over the signed catalog and the claims (PROTOCOL section 6).
//!
//! Weekly hours are wall-clock times in the practice's zone. A start is offered at every multiple of the duration and
//! at every multiple of 15 minutes after the interval's start, if the whole appointment fits into the interval. At a
//! clock change a start that does not exist is left out, and one that exists twice is offered once, at its first.
mod act;
mod book;
mod hold;
mod hours;
mod slots;

pub use act::{ActFacts, ActOutcome, decide_act};
pub use book::{BookFacts, BookOutcome, decide_book};
pub use hold::{HoldFacts, decide_hold};
pub use hours::{Zone, is_offered};
pub use slots::{days, slots, utc_cells};

use crate::{
    ids::{Digest, ResourceId},
    time::{Cell, UnixSeconds},
    wire::appointment::Place,
};
use minicbor::{Decode, Encode};

/// A claimed cell of a resource: the unit of the primary key that makes overlap impossible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(array)]
pub struct Claim {
    /// Whose calendar.
    #[n(0)]
    pub resource: ResourceId,
    /// Which five minutes.
    #[n(1)]
    pub cell: Cell,
}

/// Where an appointment stands, as the store keeps it. An id that was ever used keeps its row for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Held until then.
    Held(UnixSeconds),
    /// The hold ran out before it was booked.
    Lapsed,
    /// Booked.
    Booked,
    /// Cancelled; its cells are free.
    Cancelled,
}

/// An appointment as far as decisions look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appointment {
    /// State.
    pub standing: Standing,
    /// When and with whom.
    pub place: Place,
    /// SHA-256 of the capability, from the hold.
    pub capability: Digest,
}

/// Why a query for slots makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// Not `YYYY-MM-DD`, no day at all, or more than [`crate::limits::MAX_SLOT_DAYS`].
    #[error("from must be a date and days 1 to 35")]
    Days,
    /// Not a multiple of 5 from 5 to 480.
    #[error("minutes must be a multiple of 5 from 5 to 480")]
    Minutes,
    /// None, too many, or unknown ones.
    #[error("resources must name resources of the catalog")]
    Resources,
    /// The catalog names a zone that the time-zone data lacks.
    #[error("the catalog's time zone is unknown")]
    Zone,
}

#[cfg(test)]
mod fixture;
