//! SQLite in memory, with faults: a transaction is lost at any of its statements, at its end, or only its answer is.
use rusqlite::{Connection, params_from_iter, types::ValueRef};
use std::cell::{Cell, RefCell};
use vestibule_store::{Driver, Row, StoreError, Value};

/// What goes wrong with one command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// The process dies before the statement of this number, from 0: nothing of the transaction is kept. A command of
    /// fewer statements is not hurt.
    DiesAt(u8),
    /// The process dies at the commit: nothing is kept.
    DiesAtCommit,
    /// Everything is kept, and the caller is told that it failed.
    AnswerLost,
}

/// The database of one history.
pub(crate) struct Faulty {
    connection: RefCell<Connection>,
    fault: Cell<Fault>,
    statements: Cell<u8>,
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn failed(error: rusqlite::Error) -> StoreError {
    StoreError(error.to_string())
}

/// What the caller of a faulty command hears.
pub(crate) const INJECTED: &str = "injected";

fn injected<T>() -> Result<T, StoreError> {
    Err(StoreError(INJECTED.into()))
}

impl Faulty {
    pub(crate) fn new() -> Result<Self, StoreError> {
        let connection = Connection::open_in_memory().map_err(failed)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self {
            connection: RefCell::new(connection),
            fault: Cell::new(Fault::None),
            statements: Cell::new(0),
        })
    }

    /// Arms a fault for the next transaction.
    pub(crate) fn arm(&self, fault: Fault) {
        self.fault.set(fault);
        self.statements.set(0);
    }

    /// Runs a statement that no fault can hit.
    pub(crate) fn plain(&self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let connection = self.connection.borrow();
        let mut statement = connection.prepare_cached(sql).map_err(failed)?;
        let params = params.into_iter().map(|value| match value {
            Value::Null => rusqlite::types::Value::Null,
            Value::Integer(n) => rusqlite::types::Value::Integer(n),
            Value::Blob(bytes) => rusqlite::types::Value::Blob(bytes),
        });
        let columns = statement.column_count();
        let mut rows = statement.query(params_from_iter(params)).map_err(failed)?;
        let mut out = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            let value = |i| match row.get_ref(i).map_err(failed)? {
                ValueRef::Null => Ok(Value::Null),
                ValueRef::Integer(n) => Ok(Value::Integer(n)),
                ValueRef::Blob(bytes) => Ok(Value::Blob(bytes.to_vec())),
                other => Err(StoreError(format!("a column of type {}", other.data_type()))),
            };
            out.push(Row((0..columns).map(value).collect::<Result<_, _>>()?));
        }
        Ok(out)
    }
}

impl Driver for Faulty {
    fn exec(&self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let number = self.statements.get();
        self.statements.set(number.saturating_add(1));
        if self.fault.get() == Fault::DiesAt(number) {
            return injected();
        }
        self.plain(sql, params)
    }

    fn transaction<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.plain("BEGIN IMMEDIATE", vec![])?;
        let done = work();
        let keep = done.is_ok() && self.fault.get() != Fault::DiesAtCommit;
        self.plain(if keep { "COMMIT" } else { "ROLLBACK" }, vec![])?;
        match self.fault.get() {
            Fault::DiesAtCommit | Fault::AnswerLost => injected(),
            Fault::None | Fault::DiesAt(_) => done,
        }
    }

    /// A read that writes fails here.
    fn snapshot<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.plain("PRAGMA query_only = ON", vec![])?;
        let done = work();
        self.plain("PRAGMA query_only = OFF", vec![])?;
        if self.fault.get() == Fault::AnswerLost { injected() } else { done }
    }
}
