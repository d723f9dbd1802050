//! Read one appointment as its patient.
use super::{Outcome, row, session};
use crate::driver::{Driver, blob};
use vestibule_app::actor::practice::{PracticeReply, Read, StaffRead};
use vestibule_core::{cbor, problem::ProblemKind, time::UnixSeconds, wire::appointment::StoredAppointment};

/// As staff, wherever it stands.
pub(super) fn read_as_staff(db: &impl Driver, now: UnixSeconds, command: &StaffRead) -> Outcome {
    session::require(db, now, &command.session)?;
    served(db, row::find(db, command.appointment)?.ok_or(ProblemKind::NotFound)?)
}

/// A wrong capability, an unknown id and what was never booked look the same.
pub(super) fn read(db: &impl Driver, command: &Read) -> Outcome {
    let stored = row::find(db, command.appointment)?
        .filter(|s| s.appointment.capability == Some(command.capability))
        .ok_or(ProblemKind::NotFound)?;
    served(db, stored)
}

fn served(db: &impl Driver, stored: row::Stored) -> Outcome {
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
