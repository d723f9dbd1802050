//! Browser bindings: opaque handles in, bytes and view data out. Runs in a web worker; no key bytes cross to JS (the one
//! exception, by its purpose, is the recovery kit, which is printed). `README.md` says how it is built.
#[cfg(feature = "bench")]
pub mod bench;
#[cfg(any(feature = "patient", feature = "practice", feature = "bench"))]
mod browser;
#[cfg(feature = "practice")]
mod edit;
#[cfg(feature = "practice")]
mod entries;
#[cfg(any(feature = "patient", feature = "practice"))]
mod error;
#[cfg(any(feature = "patient", feature = "practice"))]
mod fetch;
#[cfg(feature = "practice")]
mod guards;
#[cfg(any(feature = "patient", feature = "practice"))]
mod input;
#[cfg(feature = "practice")]
mod lines;
#[cfg(feature = "practice")]
mod memos;
#[cfg(any(feature = "patient", feature = "practice"))]
mod names;
#[cfg(feature = "patient")]
mod offline;
#[cfg(feature = "patient")]
pub mod patient;
#[cfg(feature = "practice")]
pub mod practice;
#[cfg(any(feature = "patient", feature = "practice"))]
mod view;
#[cfg(any(feature = "patient", feature = "practice"))]
mod waiting;

use wasm_bindgen::prelude::wasm_bindgen;

/// The version of this module.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
