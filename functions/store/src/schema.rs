//! Versioned schemas. A migration, once released, is never edited; a new one is appended.
use crate::driver::{Driver, Row, StoreError, blob, number};

/// Deletes all rows of an actor, and that it was ever opened. `tables` are all that its kind has.
pub(crate) fn forget_actor(db: &impl Driver, tables: &[&str]) -> Result<(), StoreError> {
    for table in tables.iter().chain(&["actors"]) {
        db.exec(&format!("DELETE FROM {table} WHERE actor = ?1"), vec![])?;
    }
    Ok(())
}

/// Whose tables: the actors of both kinds and the jobs may share a database.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Practice = 0,
    Patient = 1,
    Jobs = 2,
}

/// Whether an actor was ever opened, and at which version its tables stand. `None`: there is not a single table.
fn standing(db: &impl Driver, kind: Kind, actor: &[u8]) -> Result<Option<Row>, StoreError> {
    let tables = db.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'actors'", vec![])?;
    if tables.is_empty() {
        return Ok(None);
    }
    let rows = db.exec(
        "SELECT EXISTS (SELECT 1 FROM actors WHERE actor = ?1),
                (SELECT coalesce(max(version), 0) FROM migrations WHERE kind = ?2)",
        vec![blob(actor), number(kind as u64)],
    )?;
    Ok(rows.into_iter().next())
}

/// Opens an actor: brings the tables to their newest version, and remembers the actor. `false` for one that was never
/// opened, unless `create`: then nothing is written. Runs inside the caller's transaction.
pub(crate) fn open(
    db: &impl Driver,
    kind: Kind,
    actor: &[u8],
    migrations: &[&[&str]],
    create: bool,
) -> Result<bool, StoreError> {
    let row = standing(db, kind, actor)?;
    let (known, mut done) = match &row {
        Some(row) => (row.number::<u8>(0)? == 1, row.number::<u64>(1)?),
        None => (false, 0),
    };
    if !known && !create {
        return Ok(false);
    }
    if row.is_none() {
        db.exec("CREATE TABLE actors (actor BLOB PRIMARY KEY) WITHOUT ROWID", vec![])?;
        db.exec(
            "CREATE TABLE migrations (kind INTEGER NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (kind, version))",
            vec![],
        )?;
    }
    for (version, statements) in (1..).zip(migrations) {
        if version > done {
            for statement in *statements {
                db.exec(statement, vec![])?;
            }
            db.exec("INSERT INTO migrations VALUES (?1, ?2)", vec![number(kind as u64), number(version)])?;
            done = version;
        }
    }
    if !known {
        db.exec("INSERT INTO actors VALUES (?1)", vec![blob(actor)])?;
    }
    Ok(true)
}
