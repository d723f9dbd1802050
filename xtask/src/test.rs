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

/// Crates that have nothing to test natively, need a running server, or have a part of their own.
const NOT_NATIVE: &[&str] = &["vestibule-wasm", "vestibule-tests", "vestibule-scheduling-tests"];

const PARTS: &[&str] = &["rust", "formats", "scheduling", "e2e", "spin", "browser"];

/// Runs all parts, or the one that is named. All parts run even if one fails, so that one run tells everything.
pub(crate) fn run(args: &[String]) -> Outcome {
    let wanted = |part: &str| args.is_empty() || args.iter().any(|arg| arg == part);
    if let Some(unknown) = args.iter().find(|arg| !PARTS.contains(&arg.as_str())) {
        return Err(Problem(format!("no part '{unknown}': {}", PARTS.join(", "))));
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
    if wanted("scheduling") {
        part("scheduling", scheduling());
    }
    if wanted("e2e") || wanted("browser") {
        part("end to end", against_workerd(wanted("e2e"), wanted("browser")));
    }
    if wanted("spin") {
        part("end to end on Spin", against_spin());
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

/// The engine of slots against its second implementation, in Node, on random rule sets and on every change of a clock.
fn scheduling() -> Outcome {
    say("Scheduling against an independent oracle");
    let mut command = cmd::command("cargo", &paths::root());
    cmd::run(command.args(["test", "--release", "--package", "vestibule-scheduling-tests"]))
}

/// Each test binary and each browser file starts a server with a state of its own. `tests/tests/canary.rs` and the browser
/// journey end with a scan of everything that workerd stored, queued or printed for the secrets they used.
fn against_workerd(e2e: bool, browser: bool) -> Outcome {
    build::all()?;
    let mut outcomes = Vec::new();
    if e2e {
        build::variants()?;
        say("End-to-end and hostile tests over HTTP, on workerd");
        outcomes.push(end_to_end(|command| {
            command.env("VESTIBULE_RUNTIME", "workerd");
        }));
    }
    if browser {
        say("The journey in Chromium");
        let chromium = setup::chromium()?;
        // The second realm of the journey over two.
        build::spin()?;
        let host = build::spin_host()?;
        outcomes.push(node_tests(&["tests/browser"], |command| {
            command.env("CHROMIUM", &chromium).env("VESTIBULE_SPIN_HOST", &host);
        }));
    }
    outcomes.into_iter().collect()
}

/// The same cases again: an answer that differs from workerd's fails.
fn against_spin() -> Outcome {
    build::all()?;
    build::spin()?;
    build::spin_variants()?;
    let host = build::spin_host()?;
    say("End-to-end and hostile tests over HTTP, on the Spin host");
    end_to_end(|command| {
        command.env("VESTIBULE_RUNTIME", "spin").env("VESTIBULE_SPIN_HOST", &host);
    })
}

/// Cases that cannot be on this runtime are shown by name with the reason, and counted.
fn end_to_end(prepare: impl FnOnce(&mut Command)) -> Outcome {
    let not_here = paths::target().join("xtask/not-here");
    if not_here.exists() {
        fs::remove_file(&not_here)?;
    }
    let mut command = cmd::command("cargo", &paths::root());
    command.args(["test", "--no-fail-fast", "--package", "vestibule-tests"]);
    prepare(command.env("VESTIBULE_NOT_HERE", &not_here));
    let outcome = cmd::run(&mut command);
    if let Ok(cases) = fs::read_to_string(&not_here) {
        say(&format!("{} cases do not exist on this runtime:\n{}", cases.lines().count(), cases.trim_end()));
    }
    outcome
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
