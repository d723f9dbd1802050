//! `cargo xtask bench`: ours against a peer, interleaved in one run.
use crate::{
    build,
    cmd::{self, Outcome, say},
    paths, setup,
};

/// Builds what is measured in release form, then lets `bench/run.mjs` measure and print.
pub(crate) fn run(args: &[String]) -> Outcome {
    setup::npm()?;
    build::all()?;
    build::wasm_bench()?;
    build::spin()?;
    let empty = build::spin_empty()?;
    let host = build::spin_host()?;
    say("Building the load client");
    let bench = paths::root().join("bench");
    let target = paths::target().join("bench-native");
    let mut cargo = cmd::command("cargo", &bench);
    cmd::run(cargo.args(["build", "--release", "--quiet", "--target-dir"]).arg(&target))?;
    say("Building the native measurement of slots");
    let mut cargo = cmd::command("cargo", &paths::root());
    cargo.args([
        "build",
        "--release",
        "--quiet",
        "--package",
        "vestibule-core",
        "--features",
        "sample",
        "--example",
        "slots_time",
    ]);
    cmd::run(&mut cargo)?;
    let mut command = cmd::command("node", &paths::root());
    command.arg("bench/run.mjs").args(args);
    command.env("CHROMIUM", setup::chromium()?);
    command.env("VESTIBULE_SPIN_HOST", host).env("VESTIBULE_EMPTY_COMPONENT", empty);
    command.env("VESTIBULE_SLOTS_TIME", paths::target().join("release/examples/slots_time"));
    cmd::run(command.env("VESTIBULE_LOAD", target.join("release/load")))
}
