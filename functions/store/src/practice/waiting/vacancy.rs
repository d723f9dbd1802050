//! Places that are offered to the list: who has an open offer, and what is kept meanwhile.
use super::{Done, row::broken};
use crate::{
    driver::{Driver, StoreError, blob, maybe_blob, number},
    practice::{Stop, claims, first},
};
use vestibule_core::{
    calendar::{
        QueryError, Stretches, Taken, Takes,
        waiting::{Found, first_to_fit, is_next, look_again},
    },
    cbor,
    time::UnixSeconds,
    wire::{appointment::Place, catalog::Catalog, waiting::Terms},
};

/// In whose name the cells of a vacancy are claimed: eight bytes, where appointments have sixteen.
pub(super) fn owner(vacancy: u64) -> [u8; 8] {
    vacancy.to_be_bytes()
}

/// What was freed is offered to the list, if anybody fits (rule W5).
pub(in crate::practice) fn vacate(
    db: &impl Driver,
    catalog: &Catalog,
    now: UnixSeconds,
    freed: &[Place],
) -> Done {
    let sql = "SELECT 1 FROM waiting WHERE actor = ?1 AND state = 1 LIMIT 1";
    if first(db, sql, vec![])?.is_none() {
        return Ok(());
    }
    let sql = "INSERT INTO vacancies SELECT ?1, coalesce(max(number), 0) + 1, ?2, 0, 0 FROM vacancies WHERE actor = ?1
               RETURNING number";
    let made = first(db, sql, vec![blob(cbor::to_vec(&freed.to_vec()))])?;
    turn(db, catalog, now, made.ok_or_else(|| StoreError("no row".into()))?.number(0)?)
}

/// Goes on with every place whose time has come. Runs by a delayed message and before what needs to know.
pub(in crate::practice) fn go_on(db: &impl Driver, catalog: &Catalog, now: UnixSeconds) -> Done {
    let sql = "SELECT number FROM vacancies WHERE actor = ?1 AND next <= ?2 ORDER BY number";
    for row in db.exec(sql, vec![number(now.0)])? {
        let vacancy = row.number(0)?;
        let sql = "SELECT entry FROM offers WHERE actor = ?1 AND vacancy = ?2 AND open = 1 AND until <= ?3";
        for over in db.exec(sql, vec![number(vacancy), number(now.0)])? {
            close(db, vacancy, over.blob(0)?)?;
        }
        turn(db, catalog, now, vacancy)?;
    }
    Ok(())
}

/// When offered places are to be looked at again, if no message is under way for it; one is then taken to be.
pub(in crate::practice) fn due(db: &impl Driver) -> Result<Option<UnixSeconds>, StoreError> {
    let sql = "SELECT min(next) FROM vacancies WHERE actor = ?1 AND queued < next HAVING count(*) > 0";
    let Some(row) = first(db, sql, vec![])? else { return Ok(None) };
    let next: u64 = row.number(0)?;
    db.exec(
        "UPDATE vacancies SET queued = next WHERE actor = ?1 AND queued < next AND next = ?2",
        vec![number(next)],
    )?;
    Ok(Some(UnixSeconds(next)))
}

/// Ends one open offer, and keeps what the others need.
pub(super) fn close(db: &impl Driver, vacancy: u64, entry: &[u8]) -> Done {
    let sql = "UPDATE offers SET open = 0 WHERE actor = ?1 AND vacancy = ?2 AND entry = ?3 RETURNING takes";
    let Some(row) = first(db, sql, vec![number(vacancy), blob(entry)])? else { return Ok(()) };
    claims::release(db, &owner(vacancy), &cbor::from_slice::<Takes>(row.blob(0)?).map_err(broken)?)?;
    for (_, takes) in open(db, vacancy)? {
        claims::keep(db, &owner(vacancy), &takes)?;
    }
    Ok(())
}

/// Ends a vacancy; what it was.
pub(super) fn end(db: &impl Driver, vacancy: u64) -> Result<Stretches, Stop> {
    for (_, takes) in open(db, vacancy)? {
        claims::release(db, &owner(vacancy), &takes)?;
    }
    db.exec("DELETE FROM offers WHERE actor = ?1 AND vacancy = ?2", vec![number(vacancy)])?;
    let sql = "DELETE FROM vacancies WHERE actor = ?1 AND number = ?2 RETURNING freed";
    let row = first(db, sql, vec![number(vacancy)])?.ok_or_else(|| StoreError("no vacancy".into()))?;
    Ok(cbor::from_slice(row.blob(0)?).map_err(broken)?)
}

/// Ends and contents of the open offers.
fn open(db: &impl Driver, vacancy: u64) -> Result<Vec<(UnixSeconds, Takes)>, StoreError> {
    let sql = "SELECT until, takes FROM offers WHERE actor = ?1 AND vacancy = ?2 AND open = 1";
    let rows = db.exec(sql, vec![number(vacancy)])?;
    rows.iter()
        .map(|row| Ok((UnixSeconds(row.number(0)?), cbor::from_slice(row.blob(1)?).map_err(broken)?)))
        .collect()
}

/// Offers the place to the next if it is somebody's turn; when nobody is left it is free for all (rules W6 and W9).
pub(super) fn turn(db: &impl Driver, catalog: &Catalog, now: UnixSeconds, vacancy: u64) -> Done {
    let sql = "SELECT freed, next FROM vacancies WHERE actor = ?1 AND number = ?2";
    let Some(row) = first(db, sql, vec![number(vacancy)])? else { return Ok(()) };
    let (freed, next): (Stretches, _) =
        (cbor::from_slice(row.blob(0)?).map_err(broken)?, UnixSeconds(row.number(1)?));
    let before = open(db, vacancy)?;
    if !is_next(before.len(), next, now) {
        return Ok(());
    }
    if let Some((entry, found)) = find(db, catalog, now, vacancy, &freed)? {
        claims::keep(db, &owner(vacancy), &found.takes)?;
        db.exec(
            "INSERT INTO offers VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, 0)",
            vec![
                number(vacancy),
                blob(entry),
                blob(cbor::to_vec(&found.place)),
                maybe_blob(found.classes.map(|c| cbor::to_vec(&c))),
                blob(cbor::to_vec(&found.takes)),
                number(now.0),
                number(found.until.0),
            ],
        )?;
    } else if before.is_empty() {
        end(db, vacancy)?;
        return Ok(());
    }
    let again = look_again(open(db, vacancy)?.into_iter().map(|(until, _)| until), now);
    db.exec(
        "UPDATE vacancies SET next = ?2 WHERE actor = ?1 AND number = ?3",
        vec![number(again.0), number(vacancy)],
    )?;
    Ok(())
}

/// The first of those who wait, who have no open offer, and who were not asked for this place yet.
fn find(
    db: &impl Driver,
    catalog: &Catalog,
    now: UnixSeconds,
    vacancy: u64,
    freed: &[Place],
) -> Result<Option<(Vec<u8>, Found)>, Stop> {
    let sql = "SELECT id, terms FROM waiting WHERE actor = ?1 AND state = 1 AND ends > ?2
               AND id NOT IN (SELECT entry FROM offers WHERE actor = ?1 AND (open = 1 OR vacancy = ?3))
               ORDER BY number";
    let rows = db.exec(sql, vec![number(now.0), number(vacancy)])?;
    let mut terms: Vec<Terms> = Vec::with_capacity(rows.len());
    for row in &rows {
        terms.push(cbor::from_slice(row.blob(1)?).map_err(broken)?);
    }
    let name = owner(vacancy);
    let found = first_to_fit(catalog, terms.iter(), freed, now, |c| -> Result<Taken, Lookup> {
        let cells = claims::of(db, &c.resources, &c.cells, &name)?;
        Ok(Taken::new(cells, claims::counted(db, &c.classes, &c.weeks, &name)?))
    });
    let found = found.map_err(|Lookup(error)| error)?;
    found
        .map(|(at, place)| {
            Ok((rows.get(at).map(|r| r.blob(0)).transpose()?.unwrap_or_default().to_vec(), place))
        })
        .transpose()
}

/// What stops the search: the database, or a catalog that passed every check and does not work.
struct Lookup(StoreError);

impl From<StoreError> for Lookup {
    fn from(error: StoreError) -> Self {
        Self(error)
    }
}

impl From<QueryError> for Lookup {
    fn from(error: QueryError) -> Self {
        Self(StoreError(error.to_string()))
    }
}
