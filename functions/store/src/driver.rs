//! The port to a SQLite database: one statement a call, and a transaction around a closure.

/// A value that is bound or read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// NULL.
    Null,
    /// At most 2^53 - 1 in size, since one driver hands numbers through JavaScript.
    Integer(i64),
    /// Bytes.
    Blob(Vec<u8>),
}

/// The database failed, or holds what no code of ours wrote. Our fault: logged, opaque outside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("store: {0}")]
pub struct StoreError(pub String);

/// A SQLite database that one actor owns.
pub trait Driver {
    /// Runs one statement with positional `?` parameters; its rows.
    fn exec(&self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>, StoreError>;

    /// Runs `work` in one transaction: committed if it is `Ok`, else rolled back whole.
    fn transaction<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError>;

    /// Runs `work`, which only reads, on one state of the database. Where writers are told apart from readers, it waits for
    /// no writer.
    fn snapshot<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.transaction(work)
    }
}

/// A row, by column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(pub Vec<Value>);

impl Row {
    /// Column `i` as bytes.
    pub fn blob(&self, i: usize) -> Result<&[u8], StoreError> {
        match self.0.get(i) {
            Some(Value::Blob(bytes)) => Ok(bytes),
            _ => Err(wrong(i, "bytes")),
        }
    }
    /// Column `i` as bytes, if it is not NULL.
    pub fn maybe_blob(&self, i: usize) -> Result<Option<&[u8]>, StoreError> {
        match self.0.get(i) {
            Some(Value::Null) => Ok(None),
            _ => self.blob(i).map(Some),
        }
    }
    /// Column `i` as an id or digest.
    pub fn id<'r, T: TryFrom<&'r [u8]>>(&'r self, i: usize) -> Result<T, StoreError> {
        T::try_from(self.blob(i)?).map_err(|_| wrong(i, "an id"))
    }
    /// Column `i` as a number.
    pub fn number<T: TryFrom<i64>>(&self, i: usize) -> Result<T, StoreError> {
        match self.0.get(i) {
            Some(Value::Integer(n)) => T::try_from(*n).map_err(|_| wrong(i, "a number in range")),
            _ => Err(wrong(i, "a number")),
        }
    }
}

fn wrong(column: usize, expected: &str) -> StoreError {
    StoreError(format!("column {column} is not {expected}"))
}

/// Bytes as a parameter.
pub(crate) fn blob(bytes: impl AsRef<[u8]>) -> Value {
    Value::Blob(bytes.as_ref().to_vec())
}

/// Bytes or NULL as a parameter.
pub(crate) fn maybe_blob(bytes: Option<impl AsRef<[u8]>>) -> Value {
    bytes.map_or(Value::Null, blob)
}

/// A number as a parameter; capped at 2^53 - 1, which no instant or cell of ours comes near.
pub(crate) fn number(n: u64) -> Value {
    const MAX: i64 = (1 << 53) - 1;
    Value::Integer(i64::try_from(n).map_or(MAX, |n| n.min(MAX)))
}
