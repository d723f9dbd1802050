//! One actor's part of a database.
//!
//! Where the platform gives each actor a database of its own (Durable Objects), the key is empty. Where many actors share one
//! (Spin), it tells them apart. The SQL is the same: `?1` is the actor's key in every statement.
use crate::driver::{Driver, Row, StoreError, Value};

/// A database as one actor may use it.
pub(crate) struct Own<'d, D> {
    db: &'d D,
    key: &'d [u8],
}

impl<'d, D: Driver> Own<'d, D> {
    /// The part of `db` that belongs to the actor of this key.
    pub(crate) fn new(db: &'d D, key: &'d [u8]) -> Self {
        Self { db, key }
    }
}

/// Whether the statement names the actor, and every parameter by its number: `?` alone would count on from the last one.
fn bounded(sql: &str) -> bool {
    sql.contains("?1 ") || sql.contains("?1,") || sql.contains("?1)") || sql.ends_with("?1")
}

impl<D: Driver> Driver for Own<'_, D> {
    /// Binds the key as `?1`, the parameters from `?2` on. A statement without `?1` would see other actors' rows: refused.
    fn exec(&self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        if !bounded(sql) {
            return Err(StoreError(format!("a statement without its actor: {sql}")));
        }
        let mut all = Vec::with_capacity(params.len() + 1);
        all.push(Value::Blob(self.key.to_vec()));
        all.extend(params);
        self.db.exec(sql, all)
    }

    fn transaction<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.db.transaction(work)
    }

    fn snapshot<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.db.snapshot(work)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[derive(Default)]
    struct Seen(RefCell<Vec<Vec<Value>>>);

    impl Driver for Seen {
        fn exec(&self, _: &str, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
            self.0.borrow_mut().push(params);
            Ok(Vec::new())
        }
        fn transaction<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
            work()
        }
    }

    #[test]
    fn a_statement_without_its_actor_never_runs() {
        let seen = Seen::default();
        let own = Own::new(&seen, b"key");
        let number = || vec![Value::Integer(7)];
        assert_eq!(own.exec("SELECT 1 FROM t WHERE actor = ?1 AND a = ?2", number()), Ok(vec![]));
        assert_eq!(*seen.0.borrow(), [[Value::Blob(b"key".to_vec()), Value::Integer(7)]]);
        for sql in ["SELECT 1 FROM t", "SELECT 1 FROM t WHERE a = ?2", "SELECT 1 FROM t WHERE a = ?12"] {
            assert!(own.exec(sql, number()).is_err(), "{sql}");
        }
        assert_eq!(seen.0.borrow().len(), 1);
    }
}
