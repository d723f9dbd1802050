//! `spin:sqlite`: a file for each label.
use crate::{instance::State, wit::spin::sqlite::sqlite};
use rusqlite::{Connection, types::Value as Sql};
use std::sync::{Arc, Mutex};
use wasmtime::component::Resource;

/// A connection, shared between a guest's handle and the blocking pool.
pub struct Db(Arc<Mutex<Connection>>);

fn io(error: impl ToString) -> sqlite::Error {
    sqlite::Error::Io(error.to_string())
}

impl sqlite::Host for State {}

impl sqlite::HostConnection for State {
    /// Like Spin: a connection for each open, with rusqlite's own busy timeout of five seconds.
    fn open(&mut self, database: String) -> Result<Resource<Db>, sqlite::Error> {
        if !self.app.manifest.sqlite_databases.contains(&database) {
            return Err(sqlite::Error::AccessDenied);
        }
        let connection = Connection::open(self.app.data.join(format!("{database}.sqlite"))).map_err(io)?;
        self.table.push(Db(Arc::new(Mutex::new(connection)))).map_err(io)
    }

    /// Holds the instance until the statement is done, as a synchronous import does.
    async fn execute(
        &mut self,
        connection: Resource<Db>,
        statement: String,
        parameters: Vec<sqlite::Value>,
    ) -> Result<sqlite::QueryResult, sqlite::Error> {
        let db = self.table.get(&connection).map_err(|_| sqlite::Error::InvalidConnection)?.0.clone();
        let run = move || {
            let db = db.lock().map_err(io)?;
            query(&db, &statement, parameters).map_err(io)
        };
        tokio::task::spawn_blocking(run).await.map_err(io)?
    }

    fn last_insert_rowid(&mut self, connection: Resource<Db>) -> i64 {
        self.on(&connection, Connection::last_insert_rowid)
    }

    fn changes(&mut self, connection: Resource<Db>) -> u64 {
        self.on(&connection, Connection::changes)
    }

    fn drop(&mut self, connection: Resource<Db>) -> wasmtime::Result<()> {
        self.table.delete(connection)?;
        Ok(())
    }
}

impl State {
    fn on<T: Default>(&self, connection: &Resource<Db>, ask: impl FnOnce(&Connection) -> T) -> T {
        let Ok(db) = self.table.get(connection) else { return T::default() };
        db.0.lock().map_or_else(|_| T::default(), |db| ask(&db))
    }
}

fn query(
    db: &Connection,
    statement: &str,
    parameters: Vec<sqlite::Value>,
) -> rusqlite::Result<sqlite::QueryResult> {
    let mut statement = db.prepare_cached(statement)?;
    let columns: Vec<String> = statement.column_names().into_iter().map(Into::into).collect();
    let parameters = rusqlite::params_from_iter(parameters.into_iter().map(to_sql));
    let rows = statement
        .query_map(parameters, |row| {
            let values = (0..columns.len()).map(|i| row.get(i).map(from_sql));
            Ok(sqlite::RowResult { values: values.collect::<Result<_, _>>()? })
        })?
        .collect::<Result<_, _>>()?;
    Ok(sqlite::QueryResult { columns, rows })
}

fn to_sql(value: sqlite::Value) -> Sql {
    match value {
        sqlite::Value::Integer(v) => Sql::Integer(v),
        sqlite::Value::Real(v) => Sql::Real(v),
        sqlite::Value::Text(v) => Sql::Text(v),
        sqlite::Value::Blob(v) => Sql::Blob(v),
        sqlite::Value::Null => Sql::Null,
    }
}

fn from_sql(value: Sql) -> sqlite::Value {
    match value {
        Sql::Integer(v) => sqlite::Value::Integer(v),
        Sql::Real(v) => sqlite::Value::Real(v),
        Sql::Text(v) => sqlite::Value::Text(v),
        Sql::Blob(v) => sqlite::Value::Blob(v),
        Sql::Null => sqlite::Value::Null,
    }
}
