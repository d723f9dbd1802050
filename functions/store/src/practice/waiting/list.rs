//! Read the list.
use super::row;
use crate::{
    driver::Driver,
    practice::{Outcome, session},
};
use vestibule_app::actor::{
    practice::PracticeReply,
    waiting::{WaitingList, WaitingRead},
};
use vestibule_core::{cbor, limits, problem::ProblemKind, time::UnixSeconds};

/// An own entry; a wrong capability and an unknown id look the same.
pub(super) fn read(db: &impl Driver, now: UnixSeconds, command: &WaitingRead) -> Outcome {
    let entry = row::find(db, command.entry, now)?
        .filter(|e| e.facts.capability == command.capability)
        .ok_or(ProblemKind::NotFound)?;
    Ok(PracticeReply::Appointments(cbor::to_vec(&entry.served()).into()))
}

/// A page for staff, in the order of the list.
pub(super) fn list(db: &impl Driver, now: UnixSeconds, command: &WaitingList) -> Outcome {
    session::require(db, now, &command.session)?;
    let mut page = Vec::new();
    for entry in row::after(db, command.after, limits::WAITING_PAGE, now)? {
        page.extend(cbor::to_vec(&entry.served()));
    }
    Ok(PracticeReply::Appointments(page.into()))
}
