//! The oracle's process.
use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader, Error, Result, Write as _},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// A running `node oracle.mjs`: a line in, a line out.
#[derive(Debug)]
pub struct Oracle {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Oracle {
    /// Starts it; `node` must be in the path.
    pub fn start() -> Result<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("oracle.mjs");
        let mut child =
            Command::new("node").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::other("no pipes"));
        };
        Ok(Self { child, input, output: BufReader::new(output) })
    }

    /// Asks one question.
    pub fn ask(&mut self, what: &str, mut request: Value) -> Result<Value> {
        request["ask"] = json!(what);
        writeln!(self.input, "{request}")?;
        self.input.flush()?;
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 {
            return Err(Error::other(format!("the oracle died of {request}")));
        }
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // It may have ended by itself; nothing is left to do either way.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
