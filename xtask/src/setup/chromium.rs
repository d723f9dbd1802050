//! The browser of the browser tests.
use crate::{
    cmd::{self, Outcome, Problem, say},
    paths,
};
use std::{env, fs, path::PathBuf};

/// An installed Chromium or Chrome.
pub(crate) fn find() -> Option<PathBuf> {
    if let Some(file) = env::var_os("CHROMIUM").map(PathBuf::from) {
        return file.is_file().then_some(file);
    }
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
        .iter()
        .find_map(|name| paths::which(name))
}

/// A Chromium; installed where that can be done without asking (Debian as root).
pub(crate) fn needed() -> Outcome<PathBuf> {
    if let Some(file) = find() {
        return Ok(file);
    }
    let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let id =
        system.lines().find_map(|line| line.strip_prefix("ID=")).unwrap_or("").trim_matches('"').to_owned();
    let advice = match id.as_str() {
        // There the package is a stub that fetches a snap, which does not run everywhere headless.
        "ubuntu" => "On Ubuntu: 'sudo snap install chromium', or Google Chrome from its own package.",
        "debian" => "On Debian: 'sudo apt-get install chromium'.",
        _ => "Install Chromium or Google Chrome.",
    };
    let root = cmd::probe("id", &["-u"]).as_deref() == Some("0");
    if id == "debian" && root {
        say("Installing Chromium (Debian package, once)");
        let directory = paths::root();
        cmd::run(cmd::command("apt-get", &directory).args(["update", "-qq"]))?;
        let mut install = cmd::command("apt-get", &directory);
        install.args(["install", "-y", "-qq", "--no-install-recommends", "chromium"]);
        cmd::run(install.env("DEBIAN_FRONTEND", "noninteractive"))?;
    }
    find().ok_or_else(|| {
        Problem(format!("Chromium was not found. {advice} Or set CHROMIUM to the path of its executable."))
    })
}
