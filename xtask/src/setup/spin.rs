//! What the Spin component is built for, and the host that runs it in tests.
use crate::{
    cmd::{self, Outcome, Problem, say},
    paths, stamp,
};
use std::{fs, path::PathBuf};

const TARGET: &str = "wasm32-wasip2";
const PROGRAM: &str = "vestibule-spin-host";

/// Makes the component's target usable: asks rustup, if the toolchain does not have it.
pub(crate) fn target() -> Outcome {
    let root = paths::root();
    // The toolchain of the clone, not the one that runs xtask.
    let folder = cmd::output(cmd::command("rustc", &root).env_remove("RUSTUP_TOOLCHAIN").args([
        "--print",
        "target-libdir",
        "--target",
        TARGET,
    ]))?;
    if fs::read_dir(&folder).is_ok_and(|mut files| files.next().is_some()) {
        return Ok(());
    }
    let mut rustup = cmd::command("rustup", &root);
    cmd::run(rustup.env_remove("RUSTUP_TOOLCHAIN").args(["target", "add", TARGET])).map_err(|Problem(why)| {
        Problem(format!("the Rust target {TARGET} is missing ({why}); install it, then try again"))
    })
}

/// Path of the host, built from `tests/spin-host` once for each state of its sources: wasmtime takes minutes.
pub(crate) fn host() -> Outcome<PathBuf> {
    let source = "tests/spin-host";
    let hash = stamp::Inputs { settings: "", paths: &[source, "rust-toolchain.toml"] }.hash()?;
    let short = hash.get(..16).unwrap_or(&hash);
    let folder = paths::cache().join("tools").join(format!("{PROGRAM}-{short}"));
    let file = folder.join("bin").join(PROGRAM);
    if file.is_file() {
        return Ok(file);
    }
    say(&format!("Building the Spin host into {} (about 6 minutes, once)", folder.display()));
    let target = paths::target().join("spin-host");
    // Its own tests run here, since only here is everything built that they need.
    for step in ["build", "test"] {
        let mut cargo = cmd::command("cargo", &paths::root().join(source));
        cmd::run(cargo.args([step, "--locked", "--quiet", "--target-dir"]).arg(&target))?;
    }
    fs::create_dir_all(folder.join("bin"))?;
    // Under another name first: a copy that breaks off must not look like the tool.
    let partial = file.with_extension("partial");
    fs::copy(target.join("debug").join(PROGRAM), &partial)?;
    fs::rename(&partial, &file)?;
    Ok(file)
}
