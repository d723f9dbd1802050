//! Node and the npm packages.
use crate::{
    cmd::{self, Outcome, Problem, say},
    paths, stamp,
};

/// Oldest Node that the packages take.
const OLDEST: (u32, u32) = (20, 19);

/// Installs the packages of the root (tools) and of `web/`, exactly as locked, where the lock file changed.
pub(crate) fn packages() -> Outcome {
    version()?;
    for (name, directory) in [("npm-tools", ""), ("npm-web", "web/")] {
        let files = [format!("{directory}package.json"), format!("{directory}package-lock.json")];
        let hash = stamp::Inputs { settings: "", paths: &[&files[0], &files[1]] }.hash()?;
        let folder = paths::root().join(directory);
        if stamp::fresh(name, &hash, &[folder.join("node_modules/.package-lock.json")]) {
            continue;
        }
        say(&format!("Installing the npm packages of {}", folder.display()));
        // No package of ours needs its install script; workerd and esbuild ship their programs.
        cmd::run(cmd::command("npm", &folder).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
        stamp::write(name, &hash)?;
    }
    Ok(())
}

fn version() -> Outcome {
    let wanted = format!("Node {}.{} or newer is needed: https://nodejs.org", OLDEST.0, OLDEST.1);
    let found =
        cmd::probe("node", &["--version"]).ok_or_else(|| Problem(format!("node was not found. {wanted}")))?;
    let mut parts = found.trim_start_matches('v').split('.').map_while(|part| part.parse::<u32>().ok());
    let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if version < OLDEST { Err(Problem(format!("node is {found}. {wanted}"))) } else { Ok(()) }
}
