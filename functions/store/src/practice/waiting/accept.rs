//! An offer becomes a hold; what becomes of the entry then.
use super::{Done, row, vacancy};
use crate::{
    driver::{Driver, StoreError, blob, number},
    practice::{Outcome, expire::expire, first, hold},
};
use vestibule_app::actor::{practice::PracticeReply, waiting::WaitingAccept};
use vestibule_core::{
    calendar::waiting::{decide_accept, goes_to_the_end},
    problem::ProblemKind,
    time::UnixSeconds,
    wire::{catalog::Catalog, waiting::WaitingState},
};

/// First accept wins: the place is held in the patient's name, all other offers of it end, and what is left of it goes on
/// (rule W7). The hold is judged like any other, by the newest catalog.
pub(super) fn accept(
    db: &impl Driver,
    catalog: &Catalog,
    now: UnixSeconds,
    command: &WaitingAccept,
) -> Outcome {
    expire(db, catalog, now)?;
    let entry = row::find(db, command.entry, now)?;
    let (place, visit) = (&command.hold.place, command.hold.visit.as_ref());
    decide_accept(entry.as_ref().map(|e| &e.facts), &command.capability, place, visit)?;
    let number_of = entry.and_then(|e| e.vacancy).ok_or(ProblemKind::SlotTaken)?;
    let granted = hold::decide(db, catalog, now, &command.hold, &vacancy::owner(number_of))?;
    let freed = vacancy::end(db, number_of)?;
    hold::write(db, &command.hold, &granted)?;
    db.exec(
        "UPDATE waiting SET state = 2, appointment = ?2 WHERE actor = ?1 AND id = ?3",
        vec![blob(command.hold.appointment), blob(command.entry)],
    )?;
    vacancy::vacate(db, catalog, now, &freed)?;
    Ok(PracticeReply::Held(granted.expires))
}

/// The hold became an appointment: its entry has what it waited for.
pub(in crate::practice) fn booked(db: &impl Driver, appointment: &[u8]) -> Done {
    if let Some(row) = entry_of(db, appointment)? {
        row::bury(db, row.0, WaitingState::Booked)?;
    }
    Ok(())
}

/// The hold of an accepted offer ran out: the entry waits again (rule W8). Whether it was one of the list.
pub(in crate::practice) fn lapsed(db: &impl Driver, appointment: &[u8]) -> Result<bool, StoreError> {
    let Some((id, lapses)) = entry_of(db, appointment)? else { return Ok(false) };
    let lapses = lapses.saturating_add(1);
    db.exec(
        "UPDATE waiting SET state = 1, appointment = NULL, lapses = ?2 WHERE actor = ?1 AND id = ?3",
        vec![number(lapses.into()), blob(id)],
    )?;
    if goes_to_the_end(lapses) {
        db.exec(
            "UPDATE waiting SET number = (SELECT max(number) + 1 FROM waiting WHERE actor = ?1) WHERE actor = ?1 AND id = ?2",
            vec![blob(id)],
        )?;
    }
    Ok(true)
}

fn entry_of(
    db: &impl Driver,
    appointment: &[u8],
) -> Result<Option<(vestibule_core::ids::WaitingId, u32)>, StoreError> {
    let sql = "SELECT id, lapses FROM waiting WHERE actor = ?1 AND state = 2 AND appointment = ?2";
    first(db, sql, vec![blob(appointment)])?.map(|row| Ok((row.id(0)?, row.number(1)?))).transpose()
}
