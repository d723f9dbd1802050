//! The Rust standard library for WebAssembly.
use crate::{
    cmd::{self, Outcome},
    paths,
};
use std::sync::OnceLock;

/// Makes the target usable. Returns the value for `RUSTUP_TOOLCHAIN` in builds for it, `None` for the default.
pub(crate) fn toolchain() -> Outcome<Option<String>> {
    static FOUND: OnceLock<Option<String>> = OnceLock::new();
    if let Some(found) = FOUND.get() {
        return Ok(found.clone());
    }
    let root = paths::root();
    // Cargo sets RUSTUP_TOOLCHAIN for xtask itself; the script must see what rust-toolchain.toml says.
    let name =
        cmd::output(cmd::command("bash", &root).arg("infra/wasm32-std.sh").env_remove("RUSTUP_TOOLCHAIN"))?;
    let name = (!name.is_empty()).then_some(name);
    Ok(FOUND.get_or_init(|| name).clone())
}
