//! Spin: HTTP, SQLite, variables and files as adapters of few lines.
//!
//! One component answers everything. An actor is a key in the database that all instances share; a command is one
//! `BEGIN IMMEDIATE ... COMMIT`, so SQLite's own lock makes it the only one.
#[cfg(all(feature = "booking", any(target_family = "wasm", test)))]
mod pages;

#[cfg(target_family = "wasm")]
mod entry;
#[cfg(target_family = "wasm")]
mod jobs;
#[cfg(target_family = "wasm")]
mod platform;
#[cfg(target_family = "wasm")]
mod settings;
#[cfg(target_family = "wasm")]
mod sql;
