//! The storage contract on rusqlite.
#![expect(clippy::unwrap_used, reason = "tests")]
use rusqlite::{Connection, params_from_iter, types::ValueRef};
use std::cell::RefCell;
use vestibule_store::{
    Driver, Row, StoreError, Value,
    contract::{CASES, Database, run},
};

/// A database in memory.
struct Native(RefCell<Connection>);

impl Native {
    fn new() -> Self {
        Self(RefCell::new(Connection::open_in_memory().unwrap()))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn failed(error: rusqlite::Error) -> StoreError {
    StoreError(error.to_string())
}

impl Driver for Native {
    fn exec(&self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let connection = self.0.borrow();
        let mut statement = connection.prepare(sql).map_err(failed)?;
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

    fn transaction<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.exec("BEGIN IMMEDIATE", vec![])?;
        let done = work();
        self.exec(if done.is_ok() { "COMMIT" } else { "ROLLBACK" }, vec![])?;
        done
    }

    /// A read that writes fails here.
    fn snapshot<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.exec("PRAGMA query_only = ON", vec![])?;
        let done = work();
        self.exec("PRAGMA query_only = OFF", vec![])?;
        done
    }
}

#[test]
fn every_case_alone() {
    for case in CASES {
        eprintln!("{case}");
        assert!(run(case, &Database::new(&Native::new(), &[])), "{case}");
    }
}

#[test]
fn all_cases_in_one_database() {
    let native = Native::new();
    for (number, case) in (0u8..).zip(CASES) {
        eprintln!("{case}");
        assert!(run(case, &Database::new(&native, &[number])), "{case}");
    }
}
