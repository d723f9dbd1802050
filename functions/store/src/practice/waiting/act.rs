//! Leave the list, let an offer pass, take an entry off.
use super::{
    Done, row,
    vacancy::{self, due},
};
use crate::{
    driver::Driver,
    practice::{Outcome, expire::expire, session},
};
use vestibule_app::actor::{
    practice::PracticeReply,
    waiting::{WaitingAct, WaitingRemove},
};
use vestibule_core::{
    ids::WaitingId,
    problem::ProblemKind,
    time::UnixSeconds,
    wire::{
        catalog::Catalog,
        waiting::{WaitingDeed, WaitingState},
    },
};

/// What the patient does. Said again it is answered the same.
pub(super) fn act(db: &impl Driver, catalog: &Catalog, now: UnixSeconds, command: &WaitingAct) -> Outcome {
    expire(db, catalog, now)?;
    let entry = row::find(db, command.entry, now)?
        .filter(|e| e.facts.capability == command.capability)
        .ok_or(ProblemKind::NotFound)?;
    let why = (command.what == WaitingDeed::Leave).then_some(WaitingState::Left);
    give_up(db, catalog, now, (entry.id, entry.vacancy), why.filter(|_| entry.facts.state.is_live()))?;
    Ok(PracticeReply::Due(due(db)?))
}

/// What staff does.
pub(super) fn remove(
    db: &impl Driver,
    catalog: &Catalog,
    now: UnixSeconds,
    command: &WaitingRemove,
) -> Outcome {
    session::require(db, now, &command.session)?;
    expire(db, catalog, now)?;
    let entry = row::find(db, command.entry, now)?.ok_or(ProblemKind::NotFound)?;
    let why = entry.facts.state.is_live().then_some(WaitingState::Removed);
    give_up(db, catalog, now, (entry.id, entry.vacancy), why)?;
    Ok(PracticeReply::Due(due(db)?))
}

/// Ends its offer, if it has one, and itself, if there is a reason; the place goes on to the next.
fn give_up(
    db: &impl Driver,
    catalog: &Catalog,
    now: UnixSeconds,
    (id, vacancy): (WaitingId, Option<u64>),
    why: Option<WaitingState>,
) -> Done {
    if let Some(why) = why {
        row::bury(db, id, why)?;
    }
    if let Some(number) = vacancy {
        vacancy::close(db, number, id.as_ref())?;
        vacancy::turn(db, catalog, now, number)?;
    }
    Ok(())
}
