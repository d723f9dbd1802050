//! The pages.
use crate::{
    cmd::{self, Outcome, say},
    paths, stamp,
};

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
    println!("bundle sha256 {}", stamp::hash_directory(&dist)?);
    Ok(())
}
