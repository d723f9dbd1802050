//! `cargo xtask dev`: the whole product on this machine.
mod demo;
mod servers;

use crate::{
    build,
    cmd::{Outcome, Problem, say},
};
use std::{
    net::{Ipv4Addr, TcpListener},
    process::{Child, ExitStatus},
};

const PORT: u16 = 8787;
/// More realms than that guard no practice.
const REALMS: u16 = 3;

/// Builds, serves, seeds the demo practice at the first run, and says where everything is.
pub(crate) fn run(args: &[String]) -> Outcome {
    let options = options(args)?;
    let port = options.port;
    for port in port..port + options.realms {
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err() {
            return Err(Problem(format!("port {port} is in use; choose another with --port")));
        }
    }
    build::all()?;
    let others: Vec<u16> = (port + 1..port + options.realms).collect();
    let realms: Vec<String> = others.iter().copied().map(origin).collect();
    let (mut server, mut partners) = start(&options, &others, &realms)?;
    for (port, partner) in others.iter().zip(&mut partners) {
        servers::wait_until_it_answers(*port, partner)?;
    }
    servers::wait_until_it_answers(port, &mut server)?;
    let link = if options.demo { demo::seed(&origin(port), &realms, &options.demo_file()) } else { None };
    tell(&origin(port), &realms, link);
    // Waiting closes a child's input, and that stops a Spin host.
    let input = server.stdin.take();
    let status = server.wait()?;
    drop(input);
    for mut partner in partners {
        partner.wait()?;
    }
    if ended_by_the_user(status) { Ok(()) } else { Err(Problem(format!("the server ended with {status}"))) }
}

/// The server with the pages, and its partner realms, each on a Spin host of its own.
fn start(options: &Options, others: &[u16], realms: &[String]) -> Outcome<(Child, Vec<Child>)> {
    let host = if options.spin || !others.is_empty() {
        build::spin()?;
        Some(build::spin_host()?)
    } else {
        None
    };
    let mut partners = Vec::new();
    for (host, (n, port)) in host.iter().cycle().zip(others.iter().enumerate()) {
        let state = format!(".vestibule/realm-{}", n + 2);
        say(&format!(
            "Starting realm {}, the build that only guards PINs, on the Spin host (state in {state})",
            n + 2
        ));
        partners.push(servers::spin_host(host, *port, &state, "realm", &[])?);
    }
    if let (true, Some(host)) = (options.spin, &host) {
        say("Starting the Spin host (state in .vestibule/spin)");
        return Ok((servers::spin_host(host, options.port, ".vestibule/spin", "", realms)?, partners));
    }
    servers::secrets()?;
    say("Starting wrangler dev (real workerd, state in .vestibule/)");
    Ok((servers::wrangler(options.port, realms)?, partners))
}

fn tell(origin: &str, realms: &[String], link: Option<String>) {
    let demo = link.unwrap_or_else(|| "(none: found one by hand; its page shows the link)".to_owned());
    eprintln!("\n  Vestibule runs at              {origin}/");
    eprintln!("  Found a practice of your own   {origin}/practice/");
    eprintln!("  Book at the demo practice      {demo}");
    eprintln!("  Mail that would be sent        {origin}/dev/outbox");
    for (n, realm) in realms.iter().enumerate() {
        eprintln!("  Mail of realm {}                {realm}/dev/outbox", n + 2);
    }
    eprintln!("  Stop with Ctrl-C.\n");
}

fn origin(port: u16) -> String {
    format!("http://localhost:{port}")
}

struct Options {
    port: u16,
    /// Found the demo practice.
    demo: bool,
    /// On the Spin host instead of workerd.
    spin: bool,
    /// Servers that guard PINs, this one included.
    realms: u16,
}

impl Options {
    /// Where the demo practice's link is kept: one for each way to run it.
    fn demo_file(&self) -> String {
        let folder = if self.spin { ".vestibule/spin" } else { ".vestibule" };
        let over = if self.realms > 1 { format!("-over-{}", self.realms) } else { String::new() };
        format!("{folder}/demo-link{over}")
    }
}

fn options(args: &[String]) -> Outcome<Options> {
    let mut options = Options { port: PORT, demo: true, spin: false, realms: 1 };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let mut number = || {
            let value = args.next().and_then(|text| text.parse().ok());
            value.ok_or_else(|| Problem(format!("{arg} needs a number")))
        };
        match arg.as_str() {
            "--no-demo" => options.demo = false,
            "--spin" => options.spin = true,
            "--port" => options.port = number()?,
            "--realms" => options.realms = number()?,
            other => return Err(Problem(format!("dev does not know '{other}'"))),
        }
    }
    if !(1..=REALMS).contains(&options.realms) || options.port.checked_add(options.realms).is_none() {
        return Err(Problem("--realms takes 1, 2 or 3".to_owned()));
    }
    Ok(options)
}

/// Ctrl-C reaches wrangler as well; that is no failure.
fn ended_by_the_user(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    status.success() || status.signal().is_some() || matches!(status.code(), Some(130 | 143))
}
