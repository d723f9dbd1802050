//! Read one appointment as its patient.
use super::{Outcome, row};
use crate::driver::{Driver, blob};
use vestibule_app::actor::practice::{PracticeReply, Read};
use vestibule_core::{cbor, problem::ProblemKind, wire::appointment::StoredAppointment};

/// A wrong capability, an unknown id and what was never booked look the same.
pub(super) fn read(db: &impl Driver, command: &Read) -> Outcome {
    let stored = row::find(db, command.appointment)?
        .filter(|s| s.appointment.capability == command.capability)
        .ok_or(ProblemKind::NotFound)?;
    let (Some(state), Some(envelope)) = (stored.state(), stored.envelope) else {
        return Err(ProblemKind::NotFound.into());
    };
    let sql = "SELECT statement FROM statements WHERE actor = ?1 AND appointment = ?2 ORDER BY seq";
    let mut statements = Vec::new();
    for row in db.exec(sql, vec![blob(stored.id)])? {
        statements.push(row.blob(0)?.to_vec().into());
    }
    let appointment = StoredAppointment {
        appointment: stored.id,
        place: stored.appointment.place,
        state,
        envelope: envelope.into(),
        statements,
        cache: None,
    };
    Ok(PracticeReply::Appointments(cbor::to_vec(&appointment).into()))
}
