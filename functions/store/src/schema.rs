//! Versioned schemas. A migration, once released, is never edited; a new one is appended.
use crate::driver::{Driver, StoreError, number};

/// Whether any migration ever ran here: an actor that nobody founded stays without a single table.
pub(crate) fn exists(db: &impl Driver) -> Result<bool, StoreError> {
    let rows = db.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'", vec![])?;
    Ok(!rows.is_empty())
}

/// Brings the schema to its newest version. Runs inside the caller's transaction.
pub(crate) fn migrate(db: &impl Driver, migrations: &[&[&str]]) -> Result<(), StoreError> {
    db.exec("CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY)", vec![])?;
    let rows = db.exec("SELECT coalesce(max(version), 0) FROM migrations", vec![])?;
    let done: u64 = rows.first().map_or(Ok(0), |r| r.number(0))?;
    for (version, statements) in (1..).zip(migrations) {
        if version > done {
            for statement in *statements {
                db.exec(statement, vec![])?;
            }
            db.exec("INSERT INTO migrations VALUES (?)", vec![number(version)])?;
        }
    }
    Ok(())
}
