//! Hold a place.
use super::{Outcome, expire::expire, first};
use crate::driver::{Driver, blob, number};
use vestibule_app::actor::practice::{Hold, PracticeReply};
use vestibule_core::{
    calendar::{HoldFacts, decide_hold},
    time::UnixSeconds,
    wire::directory::Catalog,
};

/// Claims all cells at once, or none.
pub(super) fn hold(db: &impl Driver, catalog: &Catalog, now: UnixSeconds, command: &Hold) -> Outcome {
    expire(db, now)?;
    let place = &command.place;
    let (start, end) = (place.start.0, place.start.0.saturating_add(place.cells.into()));
    let sql = "SELECT
        EXISTS (SELECT 1 FROM appointments WHERE actor = ?1 AND id = ?2),
        EXISTS (SELECT 1 FROM claims WHERE actor = ?1 AND resource = ?3 AND cell >= ?4 AND cell < ?5),
        (SELECT count(*) FROM appointments WHERE actor = ?1 AND status = 0 AND network = ?6),
        (SELECT count(*) FROM appointments WHERE actor = ?1 AND status = 0)";
    let row = first(
        db,
        sql,
        vec![
            blob(command.appointment),
            blob(place.resource),
            number(start),
            number(end),
            blob(command.network),
        ],
    )?
    .ok_or_else(|| crate::StoreError("no row".into()))?;
    let facts = HoldFacts {
        id_used: row.number::<u8>(0)? != 0,
        taken: row.number::<u8>(1)? != 0,
        network: row.number(2)?,
        network_cap: command.cap,
        practice: row.number(3)?,
    };
    let expires = decide_hold(catalog, place, &facts, now)?;
    db.exec(
        "INSERT INTO appointments (actor, id, resource, start, cells, status, expires, capability, network)
         VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, ?8)",
        vec![
            blob(command.appointment),
            blob(place.resource),
            number(start),
            number(place.cells.into()),
            number(expires.0),
            blob(command.capability),
            blob(command.network),
        ],
    )?;
    db.exec(
        "WITH RECURSIVE span (cell) AS (SELECT ?2 UNION ALL SELECT cell + 1 FROM span WHERE cell + 1 < ?3)
         INSERT INTO claims SELECT ?1, ?4, cell, ?5 FROM span",
        vec![number(start), number(end), blob(place.resource), blob(command.appointment)],
    )?;
    Ok(PracticeReply::Held(expires))
}
