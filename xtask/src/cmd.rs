//! Runs other programs, shows which, and turns their failure into one line.
use std::{
    ffi::OsStr,
    fmt, io,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

/// Why a command of xtask failed, for the person at the terminal.
#[derive(Debug)]
pub(crate) struct Problem(pub(crate) String);

/// Result of a step.
pub(crate) type Outcome<T = ()> = Result<T, Problem>;

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Tells what happens next.
pub(crate) fn say(what: &str) {
    eprintln!("\x1b[1m» {what}\x1b[0m");
}

/// A command in a directory.
pub(crate) fn command(program: impl AsRef<OsStr>, directory: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(directory);
    command
}

/// The command as a person would type it.
fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

/// Runs it with its output on the terminal; fails if it does.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let text = shown(command);
    eprintln!("  $ {text}");
    let started = Instant::now();
    let status = command.status().map_err(|error| Problem(format!("{text}: {error}")))?;
    let seconds = started.elapsed().as_secs();
    if seconds >= 10 {
        eprintln!("  ({seconds} s)");
    }
    if status.success() { Ok(()) } else { Err(Problem(format!("failed ({status}): {text}"))) }
}

/// Runs it and returns what it prints to stdout, trimmed; stderr stays on the terminal.
pub(crate) fn output(command: &mut Command) -> Outcome<String> {
    let text = shown(command);
    let out =
        command.stderr(Stdio::inherit()).output().map_err(|error| Problem(format!("{text}: {error}")))?;
    if !out.status.success() {
        return Err(Problem(format!("failed ({}): {text}", out.status)));
    }
    Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

/// Like [`output`] without any noise: `None` if it cannot be started or fails.
pub(crate) fn probe(program: impl AsRef<OsStr>, args: &[&str]) -> Option<String> {
    let out = Command::new(program).args(args).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    out.status.success().then(|| String::from_utf8_lossy(&out.stdout).trim().to_owned())
}
