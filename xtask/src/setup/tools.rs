//! Tools from crates.io, each in a folder of the cache named by its version.
use crate::{
    cmd::{self, Outcome, Problem, say},
    paths,
};
use std::path::PathBuf;

/// Must equal the `wasm-bindgen` version in Cargo.lock: the format between the two is private.
pub(crate) const WASM_BINDGEN: &str = "0.2.130";
const WORKER_BUILD: &str = "0.8.7";
const CARGO_DENY: &str = "0.20.2";

/// Path of `wasm-bindgen`.
pub(crate) fn wasm_bindgen() -> Outcome<PathBuf> {
    install("wasm-bindgen-cli", WASM_BINDGEN, "wasm-bindgen", "about 2 minutes")
}

/// Path of `worker-build`.
pub(crate) fn worker_build() -> Outcome<PathBuf> {
    install("worker-build", WORKER_BUILD, "worker-build", "about 3 minutes")
}

/// Path of `cargo-deny`, if it is in the cache or in `PATH`; installed only when asked for.
pub(crate) fn cargo_deny(install_it: bool) -> Outcome<Option<PathBuf>> {
    let cached = folder("cargo-deny", CARGO_DENY).join("bin/cargo-deny");
    if cached.is_file() {
        return Ok(Some(cached));
    }
    if install_it {
        return install("cargo-deny", CARGO_DENY, "cargo-deny", "about 5 minutes").map(Some);
    }
    Ok(paths::which("cargo-deny"))
}

fn folder(package: &str, version: &str) -> PathBuf {
    paths::cache().join("tools").join(format!("{package}-{version}"))
}

fn install(package: &str, version: &str, program: &str, takes: &str) -> Outcome<PathBuf> {
    let folder = folder(package, version);
    let file = folder.join("bin").join(program);
    if file.is_file() {
        return Ok(file);
    }
    say(&format!("Installing {package} {version} into {} ({takes}, once)", folder.display()));
    let cargo = |locked: bool| {
        // Outside the clone: its toolchain file and configuration are for the product.
        let mut command = cmd::command("cargo", &std::env::temp_dir());
        command.args(["install", package, "--version", &format!("={version}"), "--root"]).arg(&folder);
        if locked {
            command.arg("--locked");
        }
        command.env_remove("CARGO_TARGET_DIR");
        command
    };
    if let Err(Problem(why)) = cmd::run(&mut cargo(true)) {
        // Its lock file may name a release that was withdrawn, or that a mirror does not have.
        say(&format!("{why}; once more without {package}'s own lock file"));
        cmd::run(&mut cargo(false))?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tool_has_the_version_of_the_library() -> Outcome {
        let lock = std::fs::read_to_string(paths::root().join("Cargo.lock"))?;
        let entry = format!("name = \"wasm-bindgen\"\nversion = \"{WASM_BINDGEN}\"");
        assert!(lock.contains(&entry), "Cargo.lock has another wasm-bindgen than {WASM_BINDGEN}");
        Ok(())
    }
}
