//! A page of the calendar, for staff.
use super::{Outcome, row, session};
use crate::driver::{Driver, Row, StoreError, blob, number};
use core::fmt::Write;
use std::collections::BTreeMap;
use vestibule_app::actor::practice::{CalendarLoad, PracticeReply};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::AppointmentId,
    limits,
    time::{Cell, UnixSeconds},
    wire::{
        appointment::{CalendarItem, Listed, Place, StoredAppointment},
        http::HEAD_PREFIX,
    },
};

/// Booked and cancelled appointments that start in the span, by start, then id; without content where the asker has it.
pub(super) fn load(db: &impl Driver, now: UnixSeconds, command: &CalendarLoad) -> Outcome {
    session::require(db, now, &command.session)?;
    // Without an id nothing comes before: not even an appointment whose client chose zeros.
    let after = command.after.as_ref().map_or(&[][..], AsRef::as_ref);
    let (from, to) = (number(command.from.0), number(command.to.0));
    let known =
        format!("substr(head, 1, {HEAD_PREFIX}) IN ({})", literals(command.have.chunks_exact(HEAD_PREFIX)));
    let sql = format!(
        "SELECT {LISTED}, CASE WHEN {known} THEN NULL ELSE envelope END, cache FROM appointments
         WHERE actor = ?1 AND status >= 2 AND start >= ?2 AND start < ?3 AND (start, id) > (?4, ?5) ORDER BY start, id LIMIT {}",
        limits::CALENDAR_PAGE
    );
    let rows = db.exec(&sql, vec![from.clone(), to, from.clone(), blob(after)])?;
    let last: u64 = rows.last().map_or(Ok(0), |r| r.number(2))?;
    let mut statements: BTreeMap<Vec<u8>, Vec<Bytes>> = BTreeMap::new();
    let sql = format!(
        "SELECT s.appointment, s.statement FROM appointments a JOIN statements s ON s.actor = a.actor AND s.appointment = a.id
         WHERE a.actor = ?1 AND a.status >= 2 AND a.start >= ?2 AND a.start <= ?3 AND NOT {known}
         ORDER BY s.appointment, s.seq"
    );
    for row in db.exec(&sql, vec![from, number(last)])? {
        statements.entry(row.blob(0)?.to_vec()).or_default().push(row.blob(1)?.to_vec().into());
    }
    let mut page = Vec::new();
    for row in &rows {
        page.extend(cbor::to_vec(&item(row, &mut statements)?));
    }
    Ok(PracticeReply::Appointments(page.into()))
}

/// Columns that [`item`] expects, before envelope and cache hint.
const LISTED: &str = "id, resource, start, cells, status, head";

fn item(row: &Row, statements: &mut BTreeMap<Vec<u8>, Vec<Bytes>>) -> Result<CalendarItem, StoreError> {
    let appointment: AppointmentId = row.id(0)?;
    let place = Place { resource: row.id(1)?, start: Cell(row.number(2)?), cells: row.number(3)? };
    let state = row::state(row.number(4)?)?;
    Ok(match row.maybe_blob(6)? {
        None => CalendarItem::Known(Listed { appointment, place, state, head: row.id(5)? }),
        Some(envelope) => CalendarItem::Full(StoredAppointment {
            appointment,
            place,
            state,
            envelope: envelope.to_vec().into(),
            statements: statements.remove(appointment.as_ref()).unwrap_or_default(),
            cache: row.maybe_blob(7)?.map(|b| b.to_vec().into()),
        }),
    })
}

/// SQL literals of byte strings: hexadecimal digits and nothing of the asker's else. (There may be more of them than a
/// statement has parameters.)
pub(super) fn literals<'b>(all: impl Iterator<Item = &'b [u8]>) -> String {
    let mut sql = String::new();
    for bytes in all {
        sql.push_str(if sql.is_empty() { "x'" } else { ",x'" });
        for byte in bytes {
            // Writing to a String cannot fail.
            let _ = write!(sql, "{byte:02x}");
        }
        sql.push('\'');
    }
    sql
}
