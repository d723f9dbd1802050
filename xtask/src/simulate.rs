//! `cargo xtask simulate`: millions of random operations on the practice actor, in release mode.
use crate::{
    cmd::{self, Outcome, Problem, say},
    paths,
};

/// Runs the long simulation; the seed and the number of operations are printed, and repeat a run exactly.
pub(crate) fn run(args: &[String]) -> Outcome {
    let (mut ops, mut seed) = (10_000_000u64, 1u64);
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        let value = rest.next().and_then(|v| v.replace('_', "").parse().ok());
        match (arg.as_str(), value) {
            ("--ops", Some(n)) => ops = n,
            ("--seed", Some(n)) => seed = n,
            _ => return Err(Problem("simulate [--ops N] [--seed S]".into())),
        }
    }
    say(&format!("{ops} random operations on the practice actor, seed {seed}"));
    let mut command = cmd::command("cargo", &paths::root());
    command.args(["test", "--profile", "simulation", "--package", "vestibule-store", "--test", "simulation"]);
    command.args(["--", "--ignored", "--exact", "--nocapture", "millions"]);
    cmd::run(command.env("VESTIBULE_OPS", ops.to_string()).env("VESTIBULE_SEED", seed.to_string()))
}
