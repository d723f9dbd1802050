//! The demo practice of `cargo xtask dev`.
use crate::{
    cmd::{self, Problem, say},
    paths, setup,
};
use std::fs;

/// The demo practice's booking link: kept from an earlier run, or founded now through the real pages in a headless browser.
pub(super) fn seed(origin: &str, realms: &[String], link_file: &str) -> Option<String> {
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
    for realm in realms {
        command.args(["--realm", realm]);
    }
    match cmd::run(command.env("CHROMIUM", chromium)) {
        Ok(()) => fs::read_to_string(&file).ok().map(|link| link.trim().to_owned()),
        Err(Problem(why)) => {
            say(&format!("No demo practice: {why}"));
            None
        }
    }
}
