//! Slots, holds and bookings: pure decisions over the signed catalog and the claims (PROTOCOL section 6). The rules of
//! slots, numbered S1 to S17, E1 to E8 and M1 to M9, are in `docs/SCHEDULING.md`.
mod act;
mod acts;
mod book;
mod conflicts;
mod engine;
mod entries;
mod hold;
mod hours;
mod memos;
#[cfg(feature = "sample")]
pub mod sample;
mod series;
mod series_hold;
mod slots;
mod taken;
mod visit;
pub mod waiting;
mod zone;

pub use act::{ActFacts, ActOutcome, Actor, Move, concerned_by_move, decide_act, decide_move};
pub use acts::decide_acts;
pub use book::{BookFacts, BookOutcome, decide_book};
pub use conflicts::{Booked, Conflict, conflicts};
pub use engine::Stretches;
pub use entries::{EntriesOutcome, EntryFacts, Wanted, concerned_by_entry, decide_entries, scope_of};
pub use hold::{Concerned, Granted, HoldFacts, Takes, concerned_by_hold, decide_hold, fit};
pub use memos::{MemoFacts, MemoHead, MemoOutcome, decide_memo, reads};
pub use series::{Occurrence, weekly};
pub use series_hold::{SeriesPlace, concerned_by_series, decide_series};
pub use slots::{concerned, slots, utc_cells};
pub use taken::{Counted, Taken};
pub use zone::Zone;

use crate::{
    ids::{Digest, ResourceId},
    time::{Cell, UnixSeconds},
    wire::appointment::{Place, State},
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
    /// It was sent: in this state.
    Is(State),
}

/// An appointment as far as decisions look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appointment {
    /// State.
    pub standing: Standing,
    /// When and with whom.
    pub place: Place,
    /// SHA-256 of the capability, from the hold; `None` for what the practice entered itself: no patient acts on it.
    pub capability: Option<Digest>,
}

/// Why a query for slots makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// Not `YYYY-MM-DD`, no day at all, or more than [`crate::limits::MAX_SLOT_DAYS`] ([`crate::limits::MAX_SEARCH_DAYS`] for
    /// the first few).
    #[error("from must be a date and days 1 to 35, or to 92 with first")]
    Days,
    /// Not a multiple of 5 from 5 to 480, or not the duration of the classes.
    #[error("minutes must be a multiple of 5 from 5 to 480, and the duration of the classes")]
    Minutes,
    /// None, too many, or ones that the catalog or the first class does not name.
    #[error("resources must name resources of the catalog, and of the first class")]
    Resources,
    /// None, too many, or unknown ones.
    #[error("classes must name classes of the catalog")]
    Classes,
    /// The catalog names a zone that the time-zone data lacks.
    #[error("the catalog's time zone is unknown")]
    Zone,
}

#[cfg(test)]
mod examples;
#[cfg(test)]
mod fixture;
