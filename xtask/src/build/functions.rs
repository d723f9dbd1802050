//! The Cloudflare worker.
use super::rust;
use crate::{
    cmd::{self, Outcome, say},
    paths, setup, stamp,
};
use std::fs;

const SOURCES: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "core",
    "edge-crypto",
    "functions/app",
    "functions/store",
    "functions/cloudflare",
    "wrangler.toml",
];

/// Cargo features of `vestibule-cloudflare` that misbehave on purpose: the hostile tests must notice.
pub(crate) const VARIANTS: &[&str] = &["faults", "leak-b"];

/// The worker as it is deployed, in `functions/cloudflare/build/`.
pub(crate) fn product() -> Outcome {
    build("")
}

/// The variants of the hostile tests, in `functions/cloudflare/build-<feature>/`.
pub(crate) fn variants() -> Outcome {
    VARIANTS.iter().try_for_each(|feature| build(feature))
}

fn build(feature: &str) -> Outcome {
    let root = paths::root();
    let folder = root.join("functions/cloudflare");
    let output = if feature.is_empty() { "build".to_owned() } else { format!("build-{feature}") };
    let hash = stamp::Inputs { settings: feature, paths: SOURCES }.hash()?;
    let stamp_name = format!("functions-{output}");
    if stamp::fresh(&stamp_name, &hash, &[folder.join(&output)]) {
        return Ok(());
    }
    let (bindgen, worker_build) = (setup::wasm_bindgen()?, setup::worker_build()?);
    say(&format!("Building the worker into functions/cloudflare/{output}"));
    let built = folder.join(&output);
    if built.exists() {
        fs::remove_dir_all(&built)?;
    }
    let mut command = cmd::command(worker_build, &folder);
    command.args(["--release", "--out-dir", &output]);
    if !feature.is_empty() {
        command.args(["--features", feature]);
    }
    // Its own downloads are not needed: the pinned helpers are here.
    command
        .env("WASM_BINDGEN_BIN", bindgen)
        .env("ESBUILD_BIN", paths::node_program("esbuild"))
        .env("WASM_OPT_BIN", paths::node_program("wasm-opt"))
        .env("CARGO_ENCODED_RUSTFLAGS", rust::wasm_flags(false))
        // Shared with the browser's modules of the same flags.
        .env("CARGO_TARGET_DIR", paths::target().join("wasm-plain"));
    if let Some(toolchain) = setup::wasm_toolchain()? {
        command.env("RUSTUP_TOOLCHAIN", toolchain);
    }
    cmd::run(&mut command)?;
    stamp::write(&stamp_name, &hash)
}
