//! The pages.
use crate::{
    cmd::{self, Outcome, say},
    paths, stamp,
};
use std::{env, ffi::OsStr, path::Path};

/// Names the partner realms, separated by spaces: the one setting of the pages, told at each build.
const REALMS: &str = "REALMS";

/// `web/dist/`, and the hash of the bundle: what an operator publishes and a client can compare.
pub(crate) fn product() -> Outcome {
    let web = paths::root().join("web");
    let dist = web.join("dist");
    // The WASM modules are inputs too; they lie in a folder that sources never count.
    let wasm = stamp::hash_directory(&web.join("src/wasm"))?;
    let hash = stamp::Inputs { settings: &wasm, paths: &["web"] }.hash()?;
    if !stamp::fresh("web", &hash, &[dist.join("index.html")]) {
        say("Building the pages");
        cmd::run(cmd::command("npm", &web).args(["run", "--silent", "build"]))?;
        stamp::write("web", &hash)?;
    }
    let named = env::var(REALMS).unwrap_or_default();
    let realms: Vec<&str> = named.split_whitespace().collect();
    with_realms(&dist, &realms)?;
    // A practice over two realms is out of reach for pages that do not know the second: so it is said each time.
    println!("partner realms {}", if realms.is_empty() { "none".to_owned() } else { realms.join(" ") });
    println!("bundle sha256 {}", stamp::hash_directory(&dist)?);
    Ok(())
}

/// The built pages at `target`, with a policy that lets them talk to these partner realms.
pub(crate) fn with_realms(target: &Path, realms: &[impl AsRef<OsStr>]) -> Outcome {
    let web = paths::root().join("web");
    let mut command = cmd::command("node", &web);
    cmd::run(command.arg("partners.mjs").arg(web.join("dist")).arg(target).args(realms))
}
