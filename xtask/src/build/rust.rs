//! Calls of cargo that several builds share.
use crate::{
    cmd::{self, Outcome, say},
    paths, setup,
};
use std::{env, process::Command};

/// Flags that map paths of this machine away, so that equal sources give equal bytes everywhere.
pub(super) fn remap_flags() -> Vec<String> {
    let mut flags = Vec::new();
    for (from, to) in [
        (
            env::var("CARGO_HOME")
                .ok()
                .or_else(|| env::var("HOME").ok().map(|home| format!("{home}/.cargo"))),
            "/cargo",
        ),
        (Some(paths::root().to_string_lossy().into_owned()), "/vestibule"),
    ] {
        flags.extend(from.map(|from| format!("--remap-path-prefix={from}={to}")));
    }
    flags
}

/// `RUSTFLAGS` of builds for browsers and workers.
pub(super) fn wasm_flags(simd: bool) -> String {
    let mut flags = remap_flags();
    if simd {
        flags.push("-Ctarget-feature=+simd128".to_owned());
    } else {
        // The worker's build is of this kind, and one of its dependencies reads the choice here instead of from a feature.
        flags.push(r#"--cfg=getrandom_backend="wasm_js""#.to_owned());
    }
    flags.join("\u{1f}")
}

/// Cargo for the WebAssembly target; the sub-command comes first, then add what differs.
pub(super) fn cargo_wasm(flags: &str) -> Outcome<Command> {
    let mut cargo = cmd::command("cargo", &paths::root());
    if let Some(toolchain) = setup::wasm_toolchain()? {
        cargo.env("RUSTUP_TOOLCHAIN", toolchain);
    }
    cargo.env("CARGO_BUILD_TARGET", "wasm32-unknown-unknown");
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags);
    Ok(cargo)
}

/// Lints what is compiled for browsers and workers only.
pub(crate) fn clippy_wasm() -> Outcome {
    say("Lints of what only browsers and workers run");
    let mut cargo = cargo_wasm(&format!("{}\u{1f}-Ctarget-feature=+simd128", wasm_flags(false)))?;
    cargo.arg("clippy");
    for package in ["vestibule-wasm", "vestibule-argon2id", "vestibule-cloudflare"] {
        cargo.args(["--package", package]);
    }
    cargo.args(["--features", "vestibule-wasm/patient,vestibule-wasm/practice,vestibule-wasm/bench"]);
    cargo.arg("--target-dir").arg(paths::target().join("wasm-clippy"));
    cmd::run(cargo.args(["--", "-D", "warnings"]))
}

/// Lints what is compiled for Spin only.
pub(crate) fn clippy_spin() -> Outcome {
    say("Lints of what only Spin runs");
    setup::wasi_target()?;
    for features in [&["--features", "faults"][..], &["--no-default-features"]] {
        let mut cargo = cmd::command("cargo", &paths::root());
        cargo.args(["clippy", "--package", "vestibule-spin", "--target", super::spin::TARGET]).args(features);
        cargo.arg("--target-dir").arg(paths::target().join("wasm-clippy"));
        cmd::run(cargo.args(["--", "-D", "warnings"]))?;
    }
    Ok(())
}

/// The Rust side of the format tests.
pub(crate) fn format_peer() -> Outcome {
    cmd::run(cmd::command("cargo", &paths::root()).args(["build", "--package", "vestibule-peer"]))
}

/// The known-answer tests as WebAssembly, for Node.
pub(crate) fn known_answers_wasm() -> Outcome {
    let mut cargo = cargo_wasm(&wasm_flags(true))?;
    cargo.args(["build", "--release", "--package", "vestibule-kat"]);
    cmd::run(cargo.arg("--target-dir").arg(paths::target().join("wasm-simd")))
}
