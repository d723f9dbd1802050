//! Where things are.
use std::{
    env,
    path::{Path, PathBuf},
};

/// The clone. As cargo tells at run time: a target folder that two clones share holds the binary of one of them.
pub(crate) fn root() -> PathBuf {
    let manifest =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    manifest.parent().map_or_else(PathBuf::new, Path::to_owned)
}

/// Where installed tools are kept: outside the clone, so that a fresh clone need not build them again.
pub(crate) fn cache() -> PathBuf {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("VESTIBULE_CACHE")
        .or_else(|| set("XDG_CACHE_HOME").map(|dir| dir.join("vestibule")))
        .or_else(|| set("HOME").map(|dir| dir.join(".cache/vestibule")))
        .unwrap_or_else(|| root().join("target/xtask/cache"))
}

/// Cargo's output directory.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A program of the npm packages.
pub(crate) fn node_program(name: &str) -> PathBuf {
    root().join("node_modules/.bin").join(name)
}

/// The first program of that name in `PATH`.
pub(crate) fn which(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(name)).find(|file| file.is_file())
}
