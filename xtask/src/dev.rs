//! `cargo xtask dev`: the whole product on this machine.
use crate::{
    build,
    cmd::{self, Outcome, Problem, say},
    paths, setup,
};
use std::{
    fmt::Write as _,
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    process::{Child, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

const PORT: u16 = 8787;
/// A cold start of workerd with a new module takes a few seconds.
const START: Duration = Duration::from_secs(90);

/// Builds, serves, seeds the demo practice at the first run, and says where everything is.
pub(crate) fn run(args: &[String]) -> Outcome {
    let Options { port, demo, spin } = options(args)?;
    if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err() {
        return Err(Problem(format!("port {port} is in use; choose another with --port")));
    }
    build::all()?;
    let origin = format!("http://localhost:{port}");
    let (mut server, demo_file) = if spin {
        build::spin()?;
        let host = build::spin_host()?;
        say("Starting the Spin host (state in .vestibule/spin)");
        (spin_host(&host, port)?, ".vestibule/spin/demo-link")
    } else {
        secrets()?;
        say("Starting wrangler dev (real workerd, state in .vestibule/)");
        (wrangler(port, &origin)?, ".vestibule/demo-link")
    };
    wait_until_it_answers(port, &mut server)?;
    let link = if demo { seed(&origin, demo_file) } else { None };
    eprintln!("\n  Vestibule runs at              {origin}/");
    eprintln!("  Found a practice of your own   {origin}/practice/");
    let demo = link.unwrap_or_else(|| "(none: found one by hand; its page shows the link)".to_owned());
    eprintln!("  Book at the demo practice      {demo}");
    eprintln!("  Mail that would be sent        {origin}/dev/outbox\n  Stop with Ctrl-C.\n");
    let status = server.wait()?;
    if ended_by_the_user(status) { Ok(()) } else { Err(Problem(format!("the server ended with {status}"))) }
}

struct Options {
    port: u16,
    /// Found the demo practice.
    demo: bool,
    /// On the Spin host instead of workerd.
    spin: bool,
}

fn options(args: &[String]) -> Outcome<Options> {
    let (mut port, mut demo, mut spin) = (PORT, true, false);
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--no-demo" => demo = false,
            "--spin" => spin = true,
            "--port" => {
                let value = args.next().and_then(|text| text.parse().ok());
                port = value.ok_or_else(|| Problem("--port needs a number".to_owned()))?;
            }
            other => return Err(Problem(format!("dev does not know '{other}'"))),
        }
    }
    Ok(Options { port, demo, spin })
}

/// `.dev.vars` with a secret of this clone, made once, readable by its owner only.
fn secrets() -> Outcome {
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

fn wrangler(port: u16, origin: &str) -> Outcome<Child> {
    let root = paths::root();
    fs::create_dir_all(root.join(".vestibule"))?;
    let mut command = cmd::command(paths::node_program("wrangler"), &root);
    command
        .args(["dev", "--ip", "127.0.0.1", "--port", &port.to_string(), "--persist-to", ".vestibule/state"])
        .args(["--var", &format!("ORIGIN:{origin}"), "--show-interactive-dev-session=false"])
        .env("WRANGLER_SEND_METRICS", "false");
    Ok(command.spawn()?)
}

/// The harness of the tests: it makes the secret and passes signals on.
fn spin_host(host: &Path, port: u16) -> Outcome<Child> {
    let mut command = cmd::command("node", &paths::root());
    command.args(["tests/harness/serve-spin.mjs", "--verbose", "--state", ".vestibule/spin"]);
    command.args(["--port", &port.to_string(), "--host"]).arg(host);
    // Its own line says less than ours.
    Ok(command.stdout(Stdio::null()).spawn()?)
}

fn wait_until_it_answers(port: u16, server: &mut Child) -> Outcome {
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

/// The demo practice's booking link: kept from an earlier run, or founded now through the real pages in a headless browser.
fn seed(origin: &str, link_file: &str) -> Option<String> {
    let root = paths::root();
    let file = root.join(link_file);
    // The origin is part of every passkey and link: another port is another deployment.
    if let Ok(link) = fs::read_to_string(&file)
        && link.starts_with(origin)
    {
        return Some(link.trim().to_owned());
    }
    let Some(chromium) = setup::find_chromium() else {
        say("Chromium was not found, so no demo practice is founded");
        return None;
    };
    say("Founding the demo practice in headless Chromium");
    let mut command = cmd::command("node", &root);
    command.args(["tests/harness/seed-demo.mjs", "--url", origin, "--out"]).arg(&file);
    match cmd::run(command.env("CHROMIUM", chromium)) {
        Ok(()) => fs::read_to_string(&file).ok().map(|link| link.trim().to_owned()),
        Err(Problem(why)) => {
            say(&format!("No demo practice: {why}"));
            None
        }
    }
}

/// Ctrl-C reaches wrangler as well; that is no failure.
fn ended_by_the_user(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    status.success() || status.signal().is_some() || matches!(status.code(), Some(130 | 143))
}
