//! The Spin component.
use super::{functions::VARIANTS, rust};
use crate::{
    cmd::{self, Outcome, Problem, say},
    paths, setup, stamp,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const SOURCES: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "core",
    "edge-crypto",
    "functions/app",
    "functions/store",
    "functions/spin",
];

/// As the standard library names the target.
pub(crate) const TARGET: &str = "wasm32-wasip2";

/// What belongs to browsers and Workers: in a component it would import what no Spin has.
const NOT_IN_A_COMPONENT: &[&str] = &["wasm-bindgen", "js-sys", "web-sys", "worker"];

/// The components as they are deployed, in `functions/spin/build`: `vestibule.wasm`, which `spin.toml` names, and
/// `vestibule-realm.wasm`, a realm and nothing else, of `spin-realm.toml`.
pub(crate) fn product() -> Outcome {
    build("", &[])?;
    build("-realm", &["--no-default-features"])
}

/// The variants of the hostile tests, `vestibule-<feature>.wasm`.
pub(crate) fn variants() -> Outcome {
    VARIANTS.iter().try_for_each(|feature| build(&format!("-{feature}"), &["--features", feature]))
}

fn build(suffix: &str, features: &[&str]) -> Outcome {
    let root = paths::root();
    let folder = root.join("functions/spin/build");
    let file = folder.join(format!("vestibule{suffix}.wasm"));
    let hash = stamp::Inputs { settings: &features.join(" "), paths: SOURCES }.hash()?;
    let stamp_name = format!("spin{suffix}");
    if stamp::fresh(&stamp_name, &hash, std::slice::from_ref(&file)) {
        return Ok(());
    }
    say(&format!("Building the Spin component into {}", file.display()));
    let mut cargo = cargo_spin()?;
    cmd::run(cargo.arg("--lib").args(features))?;
    fs::create_dir_all(&folder)?;
    fs::copy(output().join("vestibule_spin.wasm"), &file)?;
    stamp::write(&stamp_name, &hash)
}

/// The benchmark's peer: a component that only answers.
pub(crate) fn empty() -> Outcome<PathBuf> {
    let mut cargo = cargo_spin()?;
    cmd::run(cargo.args(["--example", "empty"]))?;
    let built = output().join("examples/empty.wasm");
    // Beside the product, so that its machine code is kept as well.
    let file = paths::root().join("functions/spin/build/empty.wasm");
    fs::copy(built, &file)?;
    Ok(file)
}

/// Cargo's build of the package for the component's target; what to build of it comes next.
fn cargo_spin() -> Outcome<Command> {
    setup::wasi_target()?;
    let mut cargo = cmd::command("cargo", &paths::root());
    cargo.args(["build", "--release", "--package", "vestibule-spin", "--target", TARGET, "--target-dir"]);
    cargo.arg(folder()).env("CARGO_ENCODED_RUSTFLAGS", rust::remap_flags().join("\u{1f}"));
    Ok(cargo)
}

/// Cargo's folder for components: other flags than the worker's, other dependencies.
fn folder() -> PathBuf {
    paths::target().join("wasm-spin")
}

fn output() -> PathBuf {
    folder().join(TARGET).join("release")
}

/// The host, with the machine code of every component that is there beside it: a server then starts at once.
pub(crate) fn runnable() -> Outcome<PathBuf> {
    let host = setup::spin_host()?;
    let folder = paths::root().join("functions/spin/build");
    for file in fs::read_dir(&folder)? {
        let wasm = file?.path();
        if wasm.extension().is_none_or(|e| e != "wasm") {
            continue;
        }
        let time = |path: &Path| fs::metadata(path).and_then(|m| m.modified());
        let compiled = wasm.with_extension("cwasm");
        if !matches!((time(&compiled), time(&wasm)), (Ok(code), Ok(source)) if code >= source) {
            cmd::run(cmd::command(&host, &folder).arg("compile").arg(&wasm))?;
        }
    }
    Ok(host)
}

/// Fails if the component's dependencies hold anything of a browser.
pub(crate) fn check_graph() -> Outcome {
    let tree = cmd::output(cmd::command("cargo", &paths::root()).args([
        "tree",
        "--package",
        "vestibule-spin",
        "--target",
        TARGET,
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p} {f}",
    ]))?;
    let wrong = of_browsers(&tree);
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Problem(format!("not in a Spin component:\n  {}", wrong.join("\n  "))))
}

fn of_browsers(tree: &str) -> Vec<&str> {
    let wrong = |line: &&str| {
        let name = line.split(' ').next().unwrap_or_default();
        NOT_IN_A_COMPONENT.contains(&name) || (name == "getrandom" && line.contains("wasm_js"))
    };
    tree.lines().filter(wrong).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_browsers_is_found() {
        let tree = "vestibule-spin v0.1.0\ngetrandom v0.4.3 sys_rng\ngetrandom v0.3.4 std,wasm_js\njs-sys v0.3.1 \nworkers v1.0.0";
        assert_eq!(of_browsers(tree), ["getrandom v0.3.4 std,wasm_js", "js-sys v0.3.1 "]);
    }

    #[test]
    fn the_component_is_free_of_it() -> Outcome {
        check_graph()
    }
}
