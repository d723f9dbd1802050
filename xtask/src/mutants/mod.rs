//! `cargo xtask mutants`: breaks the product on purpose, one line at a time, and shows that a hostile test notices.
//!
//! Each mutant is built in a copy of the sources below `target/mutants`; the clone itself is never changed.
mod table;

use crate::{
    cmd::{self, Outcome, Problem, say},
    paths,
};
use std::{env, fs, path::Path, process::Command};
use table::{MUTANTS, Mutant, Side};

/// Runs the named mutants, or all. Fails if one lives, or cannot be made.
pub(crate) fn run(args: &[String]) -> Outcome {
    if let Some(unknown) = args.iter().find(|a| MUTANTS.iter().all(|m| m.name != *a)) {
        let names: Vec<_> = MUTANTS.iter().map(|m| m.name).collect();
        return Err(Problem(format!("no mutant '{unknown}': {}", names.join(", "))));
    }
    let chosen = |m: &&Mutant| args.is_empty() || args.iter().any(|a| a == m.name);
    if MUTANTS.iter().filter(chosen).any(|m| !matches!(m.side, Side::Store | Side::Slots)) {
        crate::build::all()?;
    }
    let copy = paths::target().join("mutants/source");
    let mut lived = Vec::new();
    let mut caught = 0;
    for mutant in MUTANTS.iter().filter(chosen) {
        say(&format!("Mutant {}", mutant.name));
        copy_sources(&copy)?;
        for (file, find, replace) in mutant.edits {
            edit(&copy.join(file), find, replace)?;
        }
        if notices(mutant, &copy)? {
            caught += 1;
            say(&format!("{}: caught by {}::{}", mutant.name, mutant.test.0, mutant.test.1));
        } else {
            lived.push(mutant.name);
            say(&format!("{}: LIVES", mutant.name));
        }
    }
    say(&format!("{caught} mutants caught, {} alive", lived.len()));
    if lived.is_empty() { Ok(()) } else { Err(Problem(format!("alive: {}", lived.join(", ")))) }
}

/// Whether the mutant's test fails with it. The same test without it is part of `cargo xtask test`.
fn notices(mutant: &Mutant, copy: &Path) -> Outcome<bool> {
    let target = paths::target().join("mutants/target");
    if mutant.side == Side::Server {
        let mut build = Command::new(env::current_exe()?);
        build.args(["build", "functions"]).current_dir(copy).env("CARGO_TARGET_DIR", &target);
        cmd::run(build.env("CARGO_MANIFEST_DIR", copy.join("xtask")))?;
    }
    let test = |more: &[&str]| {
        let (function_of, worker_of) = match mutant.side {
            Side::Server => (paths::root(), copy.to_owned()),
            Side::Client | Side::Store | Side::Slots => (copy.to_owned(), paths::root()),
        };
        let mut command = cmd::command("cargo", &function_of);
        command.env("VESTIBULE_WORKER", worker_of.join("functions/cloudflare/build"));
        if mutant.side != Side::Server {
            command.env("CARGO_TARGET_DIR", &target);
        }
        let package = match mutant.side {
            Side::Store => "vestibule-store",
            Side::Slots => "vestibule-scheduling-tests",
            Side::Server | Side::Client => "vestibule-tests",
        };
        cmd::run(command.args(["test", "--package", package, "--test", mutant.test.0]).args(more))
    };
    // First that it compiles: else the failure below would say nothing. A name that no test has passes, so it shows too.
    test(&["--no-run"])?;
    Ok(test(&["--", "--exact", mutant.test.1]).is_err())
}

/// Every file that git knows, where it differs, and none that it knew when this was last copied and does not know now; what
/// is installed and built is shared.
fn copy_sources(copy: &Path) -> Outcome {
    let root = paths::root();
    let known = cmd::output(cmd::command("git", &root).arg("ls-files"))?;
    let list = copy.join("target/xtask/copied");
    match fs::read_to_string(&list) {
        Ok(before) => {
            let gone = before.lines().filter(|name| known.lines().all(|line| line != *name));
            for file in gone.map(|name| copy.join(name)).filter(|file| file.exists()) {
                fs::remove_file(file)?;
            }
        }
        Err(_) if copy.exists() => fs::remove_dir_all(copy)?,
        Err(_) => {}
    }
    for name in known.lines() {
        let (from, to) = (root.join(name), copy.join(name));
        let Ok(wanted) = fs::read(&from) else { continue };
        if fs::read(&to).ok().as_ref() != Some(&wanted) {
            fs::create_dir_all(to.parent().unwrap_or(copy))?;
            fs::write(&to, wanted)?;
        }
    }
    for name in ["node_modules", "web/node_modules", "web/dist"] {
        if !copy.join(name).exists() {
            std::os::unix::fs::symlink(root.join(name), copy.join(name))?;
        }
    }
    // The packages are those of the clone: nothing is to be installed through the links.
    fs::create_dir_all(copy.join("target/xtask"))?;
    fs::write(&list, &known)?;
    for name in ["npm-tools.stamp", "npm-web.stamp"] {
        fs::copy(root.join("target/xtask").join(name), copy.join("target/xtask").join(name))?;
    }
    Ok(())
}

fn edit(file: &Path, find: &str, replace: &str) -> Outcome {
    let text = fs::read_to_string(file)?;
    if text.matches(find).count() != 1 {
        return Err(Problem(format!("{}: '{find}' does not stand there once", file.display())));
    }
    Ok(fs::write(file, text.replacen(find, replace, 1))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_that_a_mutant_breaks_is_still_there() -> Outcome {
        for mutant in MUTANTS {
            for (file, find, _) in mutant.edits {
                let text = fs::read_to_string(paths::root().join(file))?;
                assert_eq!(text.matches(find).count(), 1, "{}: {file}: {find}", mutant.name);
            }
        }
        Ok(())
    }
}
