//! Hold a place.
use super::{Outcome, Stop, claims, expire::expire, first};
use crate::driver::{Driver, StoreError, blob, number};
use vestibule_app::actor::practice::{Hold, PracticeReply};
use vestibule_core::{
    calendar::{Granted, HoldFacts, Taken, concerned_by_hold, decide_hold},
    time::UnixSeconds,
    wire::catalog::Catalog,
};

/// Claims all cells of all that the place needs at once, or none.
pub(super) fn hold(db: &impl Driver, catalog: &Catalog, now: UnixSeconds, command: &Hold) -> Outcome {
    expire(db, catalog, now)?;
    let granted = decide(db, catalog, now, command, &[])?;
    write(db, command, &granted)?;
    Ok(PracticeReply::Held(granted.expires))
}

/// Judges a hold by what is taken, but for what is kept in the name `except`.
pub(super) fn decide(
    db: &impl Driver,
    catalog: &Catalog,
    now: UnixSeconds,
    command: &Hold,
    except: &[u8],
) -> Result<Granted, Stop> {
    let (place, visit) = (&command.place, command.visit.as_ref());
    let facts = facts(db, command)?;
    // What the catalog does not offer at all needs no look at the claims; the decision says so.
    let taken = match concerned_by_hold(catalog, place, visit) {
        Ok(concerned) => Taken::new(
            claims::of(db, &concerned.resources, &concerned.cells, except)?,
            claims::counted(db, &concerned.classes, &concerned.weeks, except)?,
        ),
        Err(_) => Taken::default(),
    };
    Ok(decide_hold(catalog, place, visit, &taken, &facts, now)?)
}

/// Whether the id was used, and how many holds are open.
pub(super) fn facts(db: &impl Driver, command: &Hold) -> Result<HoldFacts, StoreError> {
    let sql = "SELECT
        EXISTS (SELECT 1 FROM appointments WHERE actor = ?1 AND id = ?2),
        (SELECT count(*) FROM appointments WHERE actor = ?1 AND status = 0 AND network = ?3),
        (SELECT count(*) FROM appointments WHERE actor = ?1 AND status = 0)";
    let row = first(db, sql, vec![blob(command.appointment), blob(command.network)])?
        .ok_or_else(|| StoreError("no row".into()))?;
    Ok(HoldFacts {
        id_used: row.number::<u8>(0)? != 0,
        network: row.number(1)?,
        network_cap: command.cap,
        practice: row.number(2)?,
    })
}

/// Writes what was granted.
pub(super) fn write(db: &impl Driver, command: &Hold, granted: &Granted) -> Result<(), StoreError> {
    let place = &command.place;
    db.exec(
        "INSERT INTO appointments (actor, id, resource, start, cells, status, expires, capability, network, asks)
         VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, ?8, ?9)",
        vec![
            blob(command.appointment),
            blob(place.resource),
            number(place.start.0),
            number(place.cells.into()),
            number(granted.expires.0),
            blob(command.capability),
            blob(command.network),
            number(granted.asks.into()),
        ],
    )?;
    claims::take(db, command.appointment, place, &granted.takes)
}
