//! A page of the calendar, for staff.
use super::{
    Outcome,
    row::{COLUMNS, Stored},
    session,
};
use crate::driver::{Driver, blob, number};
use std::collections::BTreeMap;
use vestibule_app::actor::practice::{CalendarLoad, PracticeReply};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::AppointmentId,
    limits,
    time::{Cell, UnixSeconds},
    wire::appointment::StoredAppointment,
};

/// Booked and cancelled appointments that start in the span, by start, then id.
pub(super) fn load(db: &impl Driver, now: UnixSeconds, command: &CalendarLoad) -> Outcome {
    session::require(db, now, &command.session)?;
    let after = command.after.unwrap_or(AppointmentId([0; 16]));
    let (from, to) = (number(command.from.0), number(command.to.0));
    let sql = format!(
        "SELECT {COLUMNS}, cache FROM appointments WHERE actor = ?1 AND status >= 2 AND start >= ?2 AND start < ?3
         AND (start, id) > (?4, ?5) ORDER BY start, id LIMIT {}",
        limits::CALENDAR_PAGE
    );
    let rows = db.exec(&sql, vec![from.clone(), to, from.clone(), blob(after)])?;
    let last: Cell = rows.last().map_or(Ok(Cell(0)), |r| r.number(2).map(Cell))?;
    let mut statements: BTreeMap<Vec<u8>, Vec<Bytes>> = BTreeMap::new();
    let sql =
        "SELECT s.appointment, s.statement FROM appointments a JOIN statements s ON s.actor = a.actor AND s.appointment = a.id
               WHERE a.actor = ?1 AND a.status >= 2 AND a.start >= ?2 AND a.start <= ?3 ORDER BY s.appointment, s.seq";
    for row in db.exec(sql, vec![from, number(last.0)])? {
        statements.entry(row.blob(0)?.to_vec()).or_default().push(row.blob(1)?.to_vec().into());
    }
    let mut page = Vec::new();
    for row in &rows {
        let stored = Stored::read(row)?;
        let (Some(state), Some(envelope)) = (stored.state(), stored.envelope) else { continue };
        page.extend(cbor::to_vec(&StoredAppointment {
            appointment: stored.id,
            place: stored.appointment.place,
            state,
            envelope: envelope.into(),
            statements: statements.remove(stored.id.as_ref()).unwrap_or_default(),
            cache: row.maybe_blob(9)?.map(|b| b.to_vec().into()),
        }));
    }
    Ok(PracticeReply::Appointments(page.into()))
}
