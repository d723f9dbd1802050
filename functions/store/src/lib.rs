//! The SQL and the row mapping, over a small driver port.
//!
//! One actor owns one database; it applies one command in one transaction. Integrity sits in the schema where it can:
//! overlap is a primary key, an appointment id is taken for ever by its row, single use is a unique key.
mod driver;
pub mod patient;
pub mod practice;
mod schema;

pub use driver::{Driver, Row, StoreError, Value};
