//! Whether the notice of an offer is to be mailed: at most once.
use super::row;
use crate::{
    driver::{Driver, blob, number},
    practice::{Outcome, session},
};
use vestibule_app::actor::{practice::PracticeReply, waiting::WaitingMail};
use vestibule_core::{problem::ProblemKind, time::UnixSeconds};

/// Notes it; `conflict` if it was noted before, `slot-taken` if this offer is not open.
pub(super) fn mail(db: &impl Driver, now: UnixSeconds, command: &WaitingMail) -> Outcome {
    session::require(db, now, &command.session)?;
    let entry = row::find(db, command.entry, now)?.ok_or(ProblemKind::NotFound)?;
    let offer = entry.facts.offer.filter(|o| o.place == command.place).ok_or(ProblemKind::SlotTaken)?;
    if offer.mailed == command.mailed {
        return Err(ProblemKind::Conflict.into());
    }
    db.exec(
        "UPDATE offers SET mailed = ?2 WHERE actor = ?1 AND entry = ?3 AND open = 1",
        vec![number(command.mailed.into()), blob(command.entry)],
    )?;
    Ok(PracticeReply::Done)
}
