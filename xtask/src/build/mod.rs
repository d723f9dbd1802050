//! `cargo xtask build`: what is out of date, and nothing else.
mod functions;
mod rust;
mod spin;
mod wasm;
mod web;

pub(crate) use functions::{product as functions, variants};
pub(crate) use rust::{clippy_spin, clippy_wasm, format_peer, known_answers_wasm};
pub(crate) use spin::{
    check_graph as check_spin_graph, empty as spin_empty, product as spin, runnable as spin_host,
    variants as spin_variants,
};
pub(crate) use wasm::{bench as wasm_bench, product as wasm};
pub(crate) use web::{product as web, with_realms as pages_with_realms};

use crate::{
    cmd::{Outcome, Problem},
    setup,
};

/// Builds the named parts; all of the product without a name.
pub(crate) fn run(args: &[String]) -> Outcome {
    if args.is_empty() {
        return all();
    }
    for part in args {
        match part.as_str() {
            "wasm" => {
                setup::npm()?;
                wasm()?;
            }
            "functions" => {
                setup::npm()?;
                functions()?;
            }
            "web" => {
                setup::npm()?;
                wasm()?;
                web()?;
            }
            "variants" => {
                setup::npm()?;
                variants()?;
            }
            "spin" => spin()?,
            "spin-variants" => spin_variants()?,
            "all" => all()?,
            other => return Err(Problem(format!("nothing to build by the name '{other}'"))),
        }
    }
    Ok(())
}

/// The product: both WASM modules, the worker, the pages.
pub(crate) fn all() -> Outcome {
    setup::npm()?;
    wasm()?;
    functions()?;
    web()
}
