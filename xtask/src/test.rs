//! `cargo xtask test`: all tests, from pure functions to a browser.
use crate::{
    build,
    cmd::{self, Outcome, Problem, say},
    paths, setup,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Crates that have nothing to test natively, or need a running server.
const NOT_NATIVE: &[&str] = &["vestibule-wasm", "vestibule-tests"];

/// Runs all parts, or the one that is named. All parts run even if one fails, so that one run tells everything.
pub(crate) fn run(args: &[String]) -> Outcome {
    let wanted = |part: &str| args.is_empty() || args.iter().any(|arg| arg == part);
    if let Some(unknown) =
        args.iter().find(|arg| !["rust", "formats", "e2e", "browser"].contains(&arg.as_str()))
    {
        return Err(Problem(format!("no part '{unknown}': rust, formats, e2e, browser")));
    }
    setup::npm()?;
    let mut failed = Vec::new();
    let mut part = |name: &str, outcome: Outcome| {
        if let Err(Problem(why)) = outcome {
            eprintln!("xtask: {name}: {why}");
            failed.push(name.to_owned());
        }
    };
    if wanted("rust") {
        part("rust", rust());
    }
    if wanted("formats") {
        part("formats", formats());
    }
    if wanted("e2e") || wanted("browser") {
        part("end to end", against_servers(wanted("e2e"), wanted("browser")));
    }
    if failed.is_empty() { Ok(()) } else { Err(Problem(format!("failed: {}", failed.join(", ")))) }
}

fn rust() -> Outcome {
    say("Rust tests, native");
    let mut command = cmd::command("cargo", &paths::root());
    command.args(["test", "--workspace"]);
    for name in NOT_NATIVE {
        command.args(["--exclude", name]);
    }
    cmd::run(&mut command)
}

/// What runs in Node without a server: the second implementation of the formats, the known answers in WebAssembly, the
/// scanner's own test.
fn formats() -> Outcome {
    build::format_peer()?;
    build::known_answers_wasm()?;
    say("The pages' own modules");
    cmd::run(cmd::command("npm", &paths::root().join("web")).args(["test", "--silent"]))?;
    say("Formats against a second implementation; known answers in WebAssembly");
    let peer = paths::target().join("debug/vestibule-peer");
    node_tests(&["tests/formats", "tests/canary", "edge-crypto/kat"], |command| {
        command.env("VESTIBULE_PEER", peer);
    })
}

/// Each test binary and each browser file starts a server with a state of its own. `tests/tests/canary.rs` and the browser
/// journey end with a scan of everything that workerd stored, queued or printed for the secrets they used.
fn against_servers(e2e: bool, browser: bool) -> Outcome {
    build::all()?;
    let mut outcomes = Vec::new();
    if e2e {
        build::variants()?;
        say("End-to-end and hostile tests over HTTP, on workerd");
        let mut command = cmd::command("cargo", &paths::root());
        outcomes.push(cmd::run(command.args(["test", "--no-fail-fast", "--package", "vestibule-tests"])));
    }
    if browser {
        say("The journey in Chromium");
        let chromium = setup::chromium()?;
        outcomes.push(node_tests(&["tests/browser"], |command| {
            command.env("CHROMIUM", &chromium);
        }));
    }
    outcomes.into_iter().collect()
}

/// `node --test` on every `*.test.mjs` below the directories.
fn node_tests(directories: &[&str], prepare: impl FnOnce(&mut Command)) -> Outcome {
    let root = paths::root();
    let mut files: Vec<PathBuf> = Vec::new();
    for directory in directories {
        let before = files.len();
        find_tests(&root.join(directory), &mut files)?;
        if files.len() == before {
            return Err(Problem(format!("no test in {directory}")));
        }
    }
    let mut command = cmd::command("node", &root);
    // One file at a time: they share a server, and two cores.
    command.args(["--test", "--test-concurrency=1"]).args(files);
    prepare(&mut command);
    cmd::run(&mut command)
}

fn find_tests(path: &Path, files: &mut Vec<PathBuf>) -> Outcome {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            find_tests(&entry?.path(), files)?;
        }
    } else if path.to_string_lossy().ends_with(".test.mjs") {
        files.push(path.to_owned());
    }
    files.sort();
    Ok(())
}
