//! Cells that appointments claim, and starts that count towards caps.
use super::first;
use crate::driver::{Driver, StoreError, blob, number};
use std::ops::Range;
use vestibule_core::{
    calendar::{Claim, Counted, Takes},
    cbor,
    ids::{AppointmentId, ResourceId},
    time::Cell,
    wire::appointment::Place,
};

/// Claims of resources in a span, those of holds that ran out too, but none of the appointment `except`.
pub(super) fn of(
    db: &impl Driver,
    resources: &[ResourceId],
    cells: &Range<Cell>,
    except: &[u8],
) -> Result<Vec<Claim>, StoreError> {
    let mut claims = Vec::new();
    for resource in resources {
        let sql = "SELECT cell FROM claims WHERE actor = ?1 AND resource = ?2 AND cell >= ?3 AND cell < ?4 AND appointment <> ?5";
        let span = vec![blob(resource), number(cells.start.0), number(cells.end.0), blob(except)];
        for row in db.exec(sql, span)? {
            claims.push(Claim { resource: *resource, cell: Cell(row.number(0)?) });
        }
    }
    Ok(claims)
}

/// Counted starts of classes in a span, those of holds that ran out too, but none of the appointment `except`.
pub(super) fn counted(
    db: &impl Driver,
    classes: &[u16],
    cells: &Range<Cell>,
    except: &[u8],
) -> Result<Vec<Counted>, StoreError> {
    let mut counted = Vec::new();
    for class in classes {
        let sql = "SELECT start FROM counted WHERE actor = ?1 AND class = ?2 AND start >= ?3 AND start < ?4 AND appointment <> ?5";
        let span = vec![number((*class).into()), number(cells.start.0), number(cells.end.0), blob(except)];
        for row in db.exec(sql, span)? {
            counted.push(Counted { class: *class, start: Cell(row.number(0)?) });
        }
    }
    Ok(counted)
}

/// Writes all that an appointment takes; the primary key of `claims` refuses a cell that somebody has.
pub(super) fn take(
    db: &impl Driver,
    id: AppointmentId,
    place: &Place,
    takes: &Takes,
) -> Result<(), StoreError> {
    keep(db, id.as_ref(), takes)?;
    // A place that takes its own cells and nothing else needs no note.
    if *takes != Takes::only(*place) {
        db.exec(
            "UPDATE appointments SET takes = ?2 WHERE actor = ?1 AND id = ?3",
            vec![blob(cbor::to_vec(takes)), blob(id)],
        )?;
    }
    Ok(())
}

/// What an appointment takes as long as it stands, and whether that is noted; `None` for an unknown id.
pub(super) fn takes(db: &impl Driver, id: &[u8]) -> Result<Option<(Takes, bool)>, StoreError> {
    let sql = "SELECT resource, start, cells, takes FROM appointments WHERE actor = ?1 AND id = ?2";
    let Some(row) = first(db, sql, vec![blob(id)])? else { return Ok(None) };
    if let Some(noted) = row.maybe_blob(3)? {
        let noted =
            cbor::from_slice(noted).map_err(|_| StoreError("what it takes does not decode".into()))?;
        return Ok(Some((noted, true)));
    }
    let place = Place { resource: row.id(0)?, start: Cell(row.number(1)?), cells: row.number(2)? };
    Ok(Some((Takes::only(place), false)))
}

/// Frees all that one appointment takes, and says what that was.
pub(super) fn free(db: &impl Driver, id: &[u8]) -> Result<Option<Takes>, StoreError> {
    let Some((takes, noted)) = takes(db, id)? else { return Ok(None) };
    release(db, id, &takes)?;
    if noted {
        db.exec("UPDATE appointments SET takes = NULL WHERE actor = ?1 AND id = ?2", vec![blob(id)])?;
    }
    Ok(Some(takes))
}

/// Frees what is claimed in this name, of all this.
pub(super) fn release(db: &impl Driver, owner: &[u8], takes: &Takes) -> Result<(), StoreError> {
    for stretch in &takes.stretches {
        let (start, end) = (stretch.start.0, stretch.start.0.saturating_add(stretch.cells.into()));
        // The whole key is named, so that it finds the cells.
        db.exec(
            "DELETE FROM claims WHERE actor = ?1 AND resource = ?2 AND cell >= ?3 AND cell < ?4 AND appointment = ?5",
            vec![blob(stretch.resource), number(start), number(end), blob(owner)],
        )?;
    }
    for one in &takes.counted {
        db.exec(
            "DELETE FROM counted WHERE actor = ?1 AND class = ?2 AND start = ?3 AND appointment = ?4",
            vec![number(one.class.into()), number(one.start.0), blob(owner)],
        )?;
    }
    Ok(())
}

/// Claims all this in a name that may have some of it; the primary key refuses a cell that somebody else has.
pub(super) fn keep(db: &impl Driver, owner: &[u8], takes: &Takes) -> Result<(), StoreError> {
    for stretch in &takes.stretches {
        let (start, end) = (stretch.start.0, stretch.start.0.saturating_add(stretch.cells.into()));
        db.exec(
            "WITH RECURSIVE span (cell) AS (SELECT ?2 UNION ALL SELECT cell + 1 FROM span WHERE cell + 1 < ?3)
             INSERT INTO claims SELECT ?1, ?4, cell, ?5 FROM span WHERE cell NOT IN
             (SELECT cell FROM claims WHERE actor = ?1 AND resource = ?4 AND cell >= ?2 AND cell < ?3 AND appointment = ?5)",
            vec![number(start), number(end), blob(stretch.resource), blob(owner)],
        )?;
    }
    for one in &takes.counted {
        db.exec(
            "INSERT INTO counted VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            vec![number(one.class.into()), number(one.start.0), blob(owner)],
        )?;
    }
    Ok(())
}
