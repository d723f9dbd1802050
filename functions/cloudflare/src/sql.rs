//! The store's driver over a Durable Object's SQLite.
use js_sys::Promise;
use vestibule_store::{Driver, Row, StoreError, Value};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use worker::{SqlStorage, SqlStorageValue, State, wasm_bindgen_futures::JsFuture};

#[wasm_bindgen]
extern "C" {
    /// `DurableObjectStorage`, as far as worker does not bind it.
    type SyncStorage;
    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &SyncStorage,
        work: &mut dyn FnMut() -> Result<(), JsValue>,
    ) -> Result<(), JsValue>;
    #[wasm_bindgen(method, js_name = deleteAll)]
    fn delete_all(this: &SyncStorage) -> Promise;
}

/// One object's database.
pub(crate) struct ObjectSql {
    storage: SyncStorage,
    sql: SqlStorage,
}

impl ObjectSql {
    pub(crate) fn of(state: &State) -> Self {
        let storage = state.storage();
        let raw: JsValue = storage.as_raw().into();
        Self { storage: raw.unchecked_into(), sql: storage.sql() }
    }
}

impl ObjectSql {
    /// Drops the whole database, free pages included.
    pub(crate) async fn drop_all(&self) -> Result<(), StoreError> {
        let dropped = JsFuture::from(self.storage.delete_all()).await;
        dropped.map(drop).map_err(|error| StoreError(format!("deleteAll: {error:?}")))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn failed(error: impl ToString) -> StoreError {
    StoreError(error.to_string())
}

impl Driver for ObjectSql {
    fn exec(&self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let params: Vec<SqlStorageValue> = params
            .into_iter()
            .map(|value| match value {
                Value::Null => SqlStorageValue::Null,
                Value::Integer(n) => SqlStorageValue::Integer(n),
                Value::Blob(bytes) => SqlStorageValue::Blob(bytes),
            })
            .collect();
        let cursor = self.sql.exec(sql, params).map_err(failed)?;
        cursor.raw().map(|row| row.map_err(failed).and_then(|r| values(r).map(Row))).collect()
    }

    /// `transactionSync`: a throw inside rolls back. The object's output gate holds the answer until the writes are
    /// durable.
    fn transaction<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        let (mut work, mut done) = (Some(work), None);
        let thrown = self.storage.transaction_sync(&mut || {
            let Some(work) = work.take() else { return Ok(()) };
            match work() {
                Ok(value) => {
                    done = Some(Ok(value));
                    Ok(())
                }
                Err(error) => {
                    let text = error.to_string();
                    done = Some(Err(error));
                    Err(JsValue::from_str(&text))
                }
            }
        });
        match (thrown, done) {
            (Ok(()), Some(result)) => result,
            (_, Some(Err(error))) => Err(error),
            (Err(error), _) => Err(StoreError(format!("transaction: {error:?}"))),
            (Ok(()), None) => Err(StoreError("the transaction did not run".into())),
        }
    }
}

fn values(row: Vec<SqlStorageValue>) -> Result<Vec<Value>, StoreError> {
    row.into_iter()
        .map(|value| match value {
            SqlStorageValue::Null => Ok(Value::Null),
            SqlStorageValue::Integer(n) => Ok(Value::Integer(n)),
            SqlStorageValue::Blob(bytes) => Ok(Value::Blob(bytes)),
            _ => Err(StoreError("a column of another type".into())),
        })
        .collect()
}
