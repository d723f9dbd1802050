//! The waiting list: who may join, who is offered what was freed, and who may accept (rules W1 to W10 of
//! `docs/SCHEDULING.md`).
#[cfg(test)]
mod examples;
mod find;
mod join;

pub use find::{Found, first_to_fit};
pub use join::{JoinFacts, JoinOutcome, decide_join, ends};

use crate::{
    ids::Digest,
    limits,
    problem::{Problem, ProblemKind},
    time::UnixSeconds,
    wire::{
        appointment::Place,
        catalog::Visit,
        waiting::{Offer, WaitingState},
    },
};

/// Whether it is somebody's turn in a place that is offered: nobody has an open offer, or the last one has had it alone for
/// so long (rules W5 and W6).
pub const fn is_next(open: usize, next: UnixSeconds, now: UnixSeconds) -> bool {
    open == 0 || now.0 >= next.0
}

/// When a place that is offered is looked at again: when the next may take it as well, or an offer ends.
pub fn look_again(ends: impl Iterator<Item = UnixSeconds>, now: UnixSeconds) -> UnixSeconds {
    ends.fold(now.plus(limits::OFFER_STEP_SECONDS), |first, end| first.min(end.max(now)))
}

/// What the store knows of an entry that is to be acted on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryFacts {
    /// SHA-256 of its capability.
    pub capability: Digest,
    /// Where it stands.
    pub state: WaitingState,
    /// Its open offer, if it has not ended.
    pub offer: Option<Offer>,
}

/// Whether who shows this capability may make a hold of an offer (rules W6 and W7). A wrong capability is answered like an
/// unknown entry; an offer that somebody else took, or that ended, like any place that is taken.
pub fn decide_accept(
    facts: Option<&EntryFacts>,
    capability: &Digest,
    place: &Place,
    visit: Option<&Visit>,
) -> Result<(), Problem> {
    let entry = facts.filter(|e| e.capability == *capability).ok_or(ProblemKind::NotFound)?;
    match (&entry.offer, entry.state) {
        (Some(offer), WaitingState::Waiting)
            if offer.place == *place && offer.classes.as_ref() == visit.map(|v| &v.classes) =>
        {
            Ok(())
        }
        _ => Err(ProblemKind::SlotTaken.into()),
    }
}

/// Whether an entry whose accepted hold lapsed goes to the end of the list: from the second time on (rule W8).
pub const fn goes_to_the_end(lapses: u32) -> bool {
    lapses > 1
}
