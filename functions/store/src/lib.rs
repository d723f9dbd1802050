//! The SQL and the row mapping, over a small driver port.
