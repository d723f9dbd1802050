//! What README and CI call: `cargo xtask dev | build | test | check | simulate | bench | setup`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool talks to its user")]

mod arrows;
mod bench;
mod build;
mod check;
mod cmd;
mod dev;
mod mutants;
mod paths;
mod setup;
mod simulate;
mod stamp;
mod test;

use cmd::{Outcome, Problem};
use std::{env, process::ExitCode};

const HELP: &str = "\
cargo xtask COMMAND

  dev [--spin] [--realms N] [--port N] [--no-demo]
                                build everything and serve it on this machine, with a demo practice; --realms 2 or 3: more
                                servers, on the ports after it, that guard PINs together with this one
  build [wasm|functions|web|spin|variants|spin-variants|all]
                                build what is out of date (all: wasm, functions, web)
  test [rust|formats|e2e|spin|browser]
                                all tests, or one part (e2e: on workerd, spin: the same cases on the Spin host)
  check [--deny]                format, lints, types, arrows, licences (--deny: install cargo-deny if missing)
  mutants [NAME...]             break the product on purpose; a hostile test must notice each time
  simulate [--ops N] [--seed S]  ten million random operations on the practice actor, against a plain model
  bench [--json] [NAME...]      the numbers, ours against a peer in one run
  setup                         install what the above need; each of them does so by itself

Installed tools are kept in $VESTIBULE_CACHE, else $XDG_CACHE_HOME/vestibule, else ~/.cache/vestibule.";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Problem(text)) => {
            eprintln!("\nxtask: {text}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Outcome {
    let (command, rest) = args.split_first().map_or(("help", &[][..]), |(c, r)| (c.as_str(), r));
    match command {
        "dev" => dev::run(rest),
        "build" => build::run(rest),
        "test" => test::run(rest),
        "check" => check::run(rest),
        "bench" => bench::run(rest),
        "mutants" => mutants::run(rest),
        "simulate" => simulate::run(rest),
        "setup" => setup::all(),
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        other => Err(Problem(format!("no command '{other}'\n\n{HELP}"))),
    }
}
