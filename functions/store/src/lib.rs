//! The SQL and the row mapping, over a small driver port.
//!
//! One actor owns its rows, in a database of its own or in one that several share (ADR 0004); it applies one command in one transaction. Integrity sits in the schema where it can:
//! overlap is a primary key, an appointment id is taken for ever by its row, single use is a unique key.
#[cfg(feature = "contract")]
pub mod contract;
mod driver;
pub mod jobs;
mod own;
pub mod patient;
pub mod practice;
mod schema;

pub use driver::{Driver, Row, StoreError, Value};
