//! Skips work whose inputs did not change: a stamp holds the SHA-256 of the inputs' names and contents.
use crate::{cmd::Outcome, paths};
use sha2::{Digest as _, Sha256};
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// Directories that are outputs, never inputs.
const SKIPPED: &[&str] = &["target", "node_modules", "dist", ".git", ".wrangler", "build", "wasm"];

/// What a step depends on: its own settings as text, and files or directories below the root.
pub(crate) struct Inputs<'a> {
    /// Anything that is not in a file: flags, tool versions.
    pub(crate) settings: &'a str,
    /// Relative to the root; directories count with all files below, but for [`SKIPPED`] names.
    pub(crate) paths: &'a [&'a str],
}

impl Inputs<'_> {
    /// Hash of all inputs.
    pub(crate) fn hash(&self) -> Outcome<String> {
        let root = paths::root();
        let mut files = Vec::new();
        for path in self.paths {
            collect(&root.join(path), true, &mut files)?;
        }
        hash_files(&root, files, self.settings)
    }
}

/// Hash over sorted relative names and contents of all files below a directory.
pub(crate) fn hash_directory(directory: &Path) -> Outcome<String> {
    let mut files = Vec::new();
    collect(directory, false, &mut files)?;
    hash_files(directory, files, "")
}

fn hash_files(base: &Path, mut files: Vec<PathBuf>, settings: &str) -> Outcome<String> {
    files.sort();
    let mut all = Sha256::new();
    all.update(settings);
    for file in files {
        let name = file.strip_prefix(base).unwrap_or(&file).to_string_lossy().into_owned();
        all.update(name.as_bytes());
        all.update([0]);
        all.update(Sha256::digest(fs::read(&file)?));
    }
    Ok(hex(&all.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn collect(path: &Path, skip: bool, files: &mut Vec<PathBuf>) -> Outcome {
    if path.is_file() {
        files.push(path.to_owned());
    } else if path.is_dir() {
        for entry in fs::read_dir(path)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let output = path.is_dir() && (SKIPPED.contains(&name.as_str()) || name.starts_with("build-"));
            // `edge-crypto/wasm` is source all the same.
            let source = path.ends_with("edge-crypto/wasm") || path.ends_with("xtask/src/build");
            if !(skip && output) || source {
                collect(&path, skip, files)?;
            }
        }
    }
    Ok(())
}

fn file(name: &str) -> PathBuf {
    paths::root().join("target/xtask").join(format!("{name}.stamp"))
}

/// Whether the step `name` ran last with these inputs and all its outputs are still there.
pub(crate) fn fresh(name: &str, hash: &str, outputs: &[PathBuf]) -> bool {
    fs::read_to_string(file(name)).is_ok_and(|stored| stored == hash)
        && outputs.iter().all(|output| output.exists())
}

/// Remembers that the step ran.
pub(crate) fn write(name: &str, hash: &str) -> Outcome {
    let file = file(name);
    if let Some(directory) = file.parent() {
        fs::create_dir_all(directory)?;
    }
    Ok(fs::write(file, hash)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_follows_names_contents_and_settings() {
        let hash = |settings| {
            Inputs { settings, paths: &["xtask/src", "rust-toolchain.toml"] }.hash().map_err(|e| e.0)
        };
        assert_eq!(hash("a"), hash("a"));
        assert_ne!(hash("a"), hash("b"));
        let other = Inputs { settings: "a", paths: &["xtask/src"] }.hash().map_err(|e| e.0);
        assert_ne!(hash("a"), other);
    }
}
