//! The servers of `cargo xtask dev`.
use super::origin;
use crate::{
    build,
    cmd::{self, Outcome, Problem, say},
    paths,
};
use std::{
    fmt::Write as _,
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, TcpStream},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

/// A cold start of workerd with a new module takes a few seconds.
const START: Duration = Duration::from_secs(90);

/// `.dev.vars` with a secret of this clone, made once, readable by its owner only.
pub(super) fn secrets() -> Outcome {
    let file = paths::root().join(".dev.vars");
    if file.exists() {
        return Ok(());
    }
    say("Making the development secrets (.dev.vars)");
    let mut bytes = [0; 32];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    let mut hex = String::with_capacity(64);
    for byte in bytes {
        write!(hex, "{byte:02x}").map_err(|error| Problem(error.to_string()))?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    writeln!(
        file,
        "# Made by cargo xtask dev, for this clone alone. Losing it makes .vestibule/ unreadable."
    )?;
    writeln!(file, "PLATFORM_SECRET=\"{hex}\"")?;
    Ok(())
}

/// Workerd; with partner realms, on a copy of the pages that knows them.
pub(super) fn wrangler(port: u16, realms: &[String]) -> Outcome<Child> {
    let root = paths::root();
    fs::create_dir_all(root.join(".vestibule"))?;
    let mut command = cmd::command(paths::node_program("wrangler"), &root);
    command
        .args(["dev", "--ip", "127.0.0.1", "--port", &port.to_string(), "--persist-to", ".vestibule/state"])
        .args(["--var", &format!("ORIGIN:{}", origin(port)), "--show-interactive-dev-session=false"])
        .env("WRANGLER_SEND_METRICS", "false");
    if !realms.is_empty() {
        build::pages_with_realms(&root.join(".vestibule/pages"), realms)?;
        command.args(["--assets", ".vestibule/pages"]);
    }
    Ok(command.spawn()?)
}

/// The harness of the tests: it makes the secret and passes signals on.
pub(super) fn spin_host(
    host: &Path,
    port: u16,
    state: &str,
    variant: &str,
    realms: &[String],
) -> Outcome<Child> {
    let mut command = cmd::command("node", &paths::root());
    command.args(["tests/harness/serve-spin.mjs", "--verbose", "--state", state, "--until-stdin-closes"]);
    command.args(["--variant", variant, "--port", &port.to_string(), "--host"]).arg(host);
    for realm in realms {
        command.args(["--realm", realm]);
    }
    // Its own line says less than ours. Its input closes when we end, however we end.
    Ok(command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?)
}

pub(super) fn wait_until_it_answers(port: u16, server: &mut Child) -> Outcome {
    let started = Instant::now();
    while started.elapsed() < START {
        if let Some(status) = server.try_wait()? {
            return Err(Problem(format!("the server ended with {status}")));
        }
        if health(port).is_ok_and(|ok| ok) {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(200));
    }
    server.kill()?;
    Err(Problem("the server did not answer in time".to_owned()))
}

fn health(port: u16) -> io::Result<bool> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(stream, "GET /v1/health HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\n\r\n")?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer)?;
    Ok(&answer == b"HTTP/1.1 200")
}
