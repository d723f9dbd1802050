//! The test server as a child of xtask.
use crate::{
    cmd::{Outcome, Problem, command},
    paths,
};
use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Stdio},
};

/// A running `tests/harness/serve.mjs`.
pub(crate) struct Server {
    /// Its origin.
    pub(crate) url: String,
    /// Its state directory.
    pub(crate) state: PathBuf,
    child: Child,
}

impl Server {
    /// Starts it on an empty state directory and waits until it answers.
    pub(crate) fn start(state: &Path) -> Outcome<Self> {
        if state.exists() {
            fs::remove_dir_all(state)?;
        }
        fs::create_dir_all(state)?;
        let mut child = command("node", &paths::root())
            .args(["tests/harness/serve.mjs", "--until-stdin-closes"])
            // All tests come from one address.
            .args(["--var", "RATE_LIMIT_SCALE=100000", "--state"])
            .arg(state)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().ok_or_else(|| Problem("the server has no stdout".to_owned()))?;
        let mut lines = BufReader::new(stdout).lines();
        let url = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("READY ").map(str::to_owned));
        let Some(url) = url else {
            child.wait()?;
            return Err(Problem(format!(
                "the server did not start; see {}",
                state.join("workerd.log").display()
            )));
        };
        // A full pipe would stop the server; what comes later is nothing but further READY lines.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Ok(Self { url, state: state.to_owned(), child })
    }

    /// Process id, for signals.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The value of `PLATFORM_SECRET`.
    pub(crate) fn platform_secret(&self) -> Outcome<String> {
        Ok(fs::read_to_string(self.state.join("platform-secret"))?)
    }

    /// Stops it cleanly: all is flushed when this returns.
    pub(crate) fn stop(mut self) -> Outcome {
        drop(self.child.stdin.take());
        let status = self.child.wait()?;
        if status.success() { Ok(()) } else { Err(Problem(format!("the server ended with {status}"))) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Reached with a live child only when a step before `stop` failed; closing its input ends it.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
