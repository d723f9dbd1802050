//! Installs or names what a fresh machine with only Rust and Node lacks. Each step first looks, so that a second run is
//! quick and needs no network.
mod chromium;
mod node;
mod spin;
mod tools;
mod wasm;

pub(crate) use chromium::{find as find_chromium, needed as chromium};
pub(crate) use node::packages as npm;
pub(crate) use spin::{host as spin_host, target as wasi_target};
pub(crate) use tools::{WASM_BINDGEN, cargo_deny, wasm_bindgen, worker_build};
pub(crate) use wasm::toolchain as wasm_toolchain;

use crate::cmd::{Outcome, say};

/// Everything that builds and tests need.
pub(crate) fn all() -> Outcome {
    npm()?;
    wasm_toolchain()?;
    wasm_bindgen()?;
    worker_build()?;
    wasi_target()?;
    spin_host()?;
    chromium()?;
    say("everything is there");
    Ok(())
}
