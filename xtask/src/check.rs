//! `cargo xtask check`: everything that needs no run of the product.
use crate::{
    arrows, build,
    cmd::{self, Outcome, say},
    paths, setup,
};

/// Runs all checks; the first that fails ends it.
pub(crate) fn run(args: &[String]) -> Outcome {
    let root = paths::root();
    say("Format");
    cmd::run(cmd::command("cargo", &root).args(["fmt", "--all", "--check"]))?;
    let host = root.join("tests/spin-host");
    cmd::run(cmd::command("cargo", &host).args(["fmt", "--check"]))?;
    say("Arrows between the crates");
    arrows::check()?;
    build::check_spin_graph()?;
    say("Lints");
    cmd::run(cmd::command("cargo", &root).args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))?;
    build::clippy_wasm()?;
    build::clippy_spin()?;
    say("Types of the web pages");
    setup::npm()?;
    cmd::run(cmd::command("npm", &root.join("web")).args(["run", "--silent", "check"]))?;
    licences(args.iter().any(|arg| arg == "--deny"))
}

fn licences(install: bool) -> Outcome {
    let root = paths::root();
    if let Some(program) = setup::cargo_deny(install)? {
        say("Licences, sources, duplicates");
        // Advisories come from a repository on the network; a run without one must not fail for it.
        let what = if install {
            ["advisories", "bans", "licenses", "sources"].as_slice()
        } else {
            &["bans", "licenses", "sources"]
        };
        let mut command = cmd::command(program, &root);
        // As cargo itself calls a subcommand: with its name first.
        command.args(["--all-features", "check"]).args(what);
        cmd::run(&mut command)
    } else {
        say(
            "cargo-deny is not installed: licences and duplicates were not checked ('cargo xtask check --deny' installs it)",
        );
        Ok(())
    }
}
