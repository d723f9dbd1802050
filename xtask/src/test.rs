//! `cargo xtask test`: all tests, from pure functions to a browser, and the scan for secrets at the end.
use crate::{
    build,
    cmd::{self, Outcome, Problem, say},
    paths,
    server::Server,
    setup,
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
        part("end to end", against_a_server(wanted("e2e"), wanted("browser")));
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

fn against_a_server(e2e: bool, browser: bool) -> Outcome {
    build::all()?;
    if e2e {
        build::variants()?;
    }
    let directory = paths::target().join("vestibule-test");
    let needles = directory.join("needles.jsonl");
    let state = directory.join("state");
    fs::create_dir_all(&directory)?;
    fs::write(&needles, "")?;
    say("Starting the worker on workerd");
    let server = Server::start(&state)?;
    let environment = |command: &mut Command| -> Outcome {
        command
            .env("VESTIBULE_URL", &server.url)
            .env("VESTIBULE_STATE", &server.state)
            .env("VESTIBULE_PLATFORM_SECRET", server.platform_secret()?.trim())
            .env("VESTIBULE_SERVE_PID", server.pid().to_string())
            .env("VESTIBULE_NEEDLES", &needles);
        Ok(())
    };
    let mut outcomes = Vec::new();
    if e2e {
        say("End-to-end and hostile tests over HTTP");
        let mut command = cmd::command("cargo", &paths::root());
        command.args(["test", "--package", "vestibule-tests"]);
        environment(&mut command)?;
        outcomes.push(cmd::run(&mut command));
    }
    if browser {
        say("The journey in Chromium");
        let chromium = setup::chromium()?;
        let mut set = Ok(());
        outcomes.push(node_tests(&["tests/browser"], |command| {
            command.env("CHROMIUM", &chromium);
            set = environment(command);
        }));
        outcomes.push(set);
    }
    server.stop()?;
    outcomes.push(canary(&state, &needles));
    outcomes.into_iter().collect()
}

/// No test may leave a secret in what workerd stored or printed.
fn canary(state: &Path, needles: &Path) -> Outcome {
    say("Scanning everything that workerd stored, queued or printed for the secrets used");
    let lines = fs::read_to_string(needles)?;
    let list = lines.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>().join(",");
    let file = needles.with_extension("json");
    fs::write(&file, format!("[{list}]"))?;
    let mut command = cmd::command("node", &paths::root());
    command.args(["tests/canary/scan.mjs", "--needles"]).arg(&file);
    command.args([state.join("data"), state.join("workerd.log"), state.join("queue.log")]);
    cmd::run(&mut command)
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
