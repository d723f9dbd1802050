//! The store's driver over Spin's SQLite.
//!
//! The interface's synchronous functions are called: a transaction is a plain closure, as in a Durable Object, and no other
//! request of the instance runs in the middle of it. The host waits for locks.

use std::cell::RefCell;
use vestibule_store::{Driver, Row, StoreError, Value};

/// The interface's bindings.
mod wit {
    #![allow(clippy::pedantic, missing_docs, unreachable_pub, reason = "generated")]

    spin_sdk::wit_bindgen::generate!({
        world: "sql",
        path: "wit",
        runtime_path: "spin_sdk::wit_bindgen::rt",
        generate_all,
    });
}

use wit::spin::sqlite::sqlite::{Connection, Error, RowResult, Value as Host};

/// Times that a locked database is asked again. The host waits up to five seconds each time, and SQLite's lock is not first come, first served: of two
/// hundred writers at once on two cores some wait long.
const TRIES: usize = 8;

/// The database that all instances and processes share.
pub(crate) struct Database(Connection);

thread_local! {
    /// Kept between requests: opening reads the whole schema.
    static OPEN: RefCell<Option<Database>> = const { RefCell::new(None) };
}

/// Runs `work` on the database. A connection on which something failed is not used again: dropping it rolls back whatever
/// it left open.
pub(crate) fn database<T>(work: impl FnOnce(&Database) -> Result<T, StoreError>) -> Result<T, StoreError> {
    let database = match OPEN.take() {
        Some(open) => open,
        None => Database::open()?,
    };
    let done = work(&database)?;
    OPEN.set(Some(database));
    Ok(done)
}

impl Database {
    fn open() -> Result<Self, StoreError> {
        let connection = Connection::open("default").map_err(failed)?;
        let database = Self(connection);
        // Readers and the one writer do not wait for each other. Kept in the file; asked each time, it costs nothing.
        database.patiently("PRAGMA journal_mode = WAL")?;
        // A commit is on the disk before it is answered: what is counted stays counted through a power cut.
        database.run("PRAGMA synchronous = FULL", &[])?;
        // What is deleted is overwritten: a practice that was left is gone from the file.
        database.run("PRAGMA secure_delete = ON", &[])?;
        Ok(database)
    }

    fn run(&self, sql: &str, params: &[Host]) -> Result<Vec<RowResult>, StoreError> {
        self.0.execute(sql, params).map(|result| result.rows).map_err(failed)
    }

    /// Runs a statement that waits for the lock; an error after [`TRIES`] waits.
    fn patiently(&self, sql: &str) -> Result<(), StoreError> {
        for _ in 1..TRIES {
            match self.run(sql, &[]) {
                Err(error) if error.0.contains("locked") => {}
                other => return other.map(drop),
            }
        }
        self.run(sql, &[]).map(drop)
    }
}

impl Database {
    /// Brings the log into the file and empties it, so that nothing which was deleted stands there. If somebody is reading, the
    /// log goes later, as always.
    pub(crate) fn empty_log(&self) -> Result<(), StoreError> {
        self.run("PRAGMA wal_checkpoint(TRUNCATE)", &[]).map(drop)
    }
}

fn failed(error: Error) -> StoreError {
    StoreError(match error {
        Error::Io(text) => text,
        other => format!("{other:?}"),
    })
}

impl Driver for Database {
    fn exec(&self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let params: Vec<Host> = params
            .into_iter()
            .map(|value| match value {
                Value::Null => Host::Null,
                Value::Integer(n) => Host::Integer(n),
                Value::Blob(bytes) => Host::Blob(bytes),
            })
            .collect();
        self.run(sql, &params)?.into_iter().map(|row| values(row.values).map(Row)).collect()
    }

    fn transaction<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.within("BEGIN IMMEDIATE", work)
    }

    /// Readers of a write-ahead log wait for nobody.
    fn snapshot<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.within("BEGIN", work)
    }
}

impl Database {
    /// Runs `work` between `begin` and a commit.
    fn within<T>(&self, begin: &str, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.patiently(begin)?;
        match work() {
            Ok(value) => {
                self.run("COMMIT", &[])?;
                Ok(value)
            }
            Err(error) => {
                // If this fails too, dropping the connection rolls back.
                let rolled_back = self.run("ROLLBACK", &[]);
                Err(rolled_back.err().map_or(error.clone(), |e| StoreError(format!("{error}; {e}"))))
            }
        }
    }
}

fn values(row: Vec<Host>) -> Result<Vec<Value>, StoreError> {
    row.into_iter()
        .map(|value| match value {
            Host::Null => Ok(Value::Null),
            Host::Integer(n) => Ok(Value::Integer(n)),
            Host::Blob(bytes) => Ok(Value::Blob(bytes)),
            Host::Real(_) | Host::Text(_) => Err(StoreError("a column of another type".into())),
        })
        .collect()
}
