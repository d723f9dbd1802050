//! The browser's crypto modules: two feature sets, each with and without SIMD.
use super::rust;
use crate::{
    cmd::{self, Outcome, say},
    paths, setup, stamp,
};
use std::{fs, path::Path};

/// What goes into the modules.
pub(super) const SOURCES: &[&str] =
    &["Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "core", "edge-crypto"];

/// What browsers have had for years is allowed, and names of this machine's parts are dropped.
const WASM_OPT: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// What opening appointments spends its time in: twice as fast at this level, for a tenth more bytes.
const HOT: &[&str] = &[
    "vestibule-suite",
    "vestibule-verify",
    "aes",
    "aes-gcm",
    "polyval",
    "ghash",
    "sha2",
    "sha3",
    "keccak",
    "shake",
    "ml-kem",
    "libcrux-intrinsics",
    "libcrux-ml-kem",
    "libcrux-platform",
    "libcrux-secrets",
    "libcrux-sha3",
    "libcrux-traits",
    "ml-dsa",
    "module-lattice",
    "hybrid-array",
    "curve25519-dalek",
    "x25519-dalek",
    "ed25519-dalek",
];

/// What has no loops that take time: patients wait for the download instead. (The cryptography itself is larger at this
/// level, after compression.)
const SMALL: &[&str] = &[
    "vestibule-core",
    "vestibule-suite",
    "vestibule-verify",
    "vestibule-oprf",
    "vestibule-channel",
    "vestibule-edge-crypto",
    "vestibule-wasm",
    "minicbor",
];

/// One module as built.
struct Module {
    /// Feature of `vestibule-wasm`, and the name in the output folder.
    features: &'static str,
    /// With 128-bit SIMD.
    simd: bool,
}

impl Module {
    /// Calendars of thousands are opened by all but the patient's: speed before size. Patients wait for the download instead.
    fn is_fast(&self) -> bool {
        self.features != "patient"
    }

    /// Packages whose level differs from the profile's, and the level.
    fn packages(&self) -> (&'static [&'static str], &'static str) {
        if self.is_fast() { (HOT, "3") } else { (SMALL, "\"z\"") }
    }

    /// `wasm-opt` at a level for size undoes half of what the compiler did for speed.
    fn level(&self) -> &'static str {
        if self.is_fast() { "-O3" } else { "-Os" }
    }
}

/// The four modules of the pages, in `web/src/wasm/<patient|practice>[-simd]/`.
pub(crate) fn product() -> Outcome {
    let root = paths::root();
    for features in ["patient", "practice"] {
        for simd in [true, false] {
            build(&Module { features, simd }, &root.join("web/src/wasm"))?;
        }
    }
    Ok(())
}

/// The module with the functions that only `cargo xtask bench` calls, in `target/vestibule-bench/`.
pub(crate) fn bench() -> Outcome {
    build(&Module { features: "bench", simd: true }, &paths::root().join("target/vestibule-bench"))
}

fn build(module: &Module, into: &Path) -> Outcome {
    let name = format!("{}{}", module.features, if module.simd { "-simd" } else { "" });
    let output = into.join(&name);
    let flags = rust::wasm_flags(module.simd);
    let (packages, level) = module.packages();
    let settings = format!("{flags} {} {packages:?} {level} {}", setup::WASM_BINDGEN, module.level());
    let hash = stamp::Inputs { settings: &settings, paths: SOURCES }.hash()?;
    let stamp_name = format!("wasm-{name}");
    let file = output.join("vestibule_wasm_bg.wasm");
    if stamp::fresh(&stamp_name, &hash, std::slice::from_ref(&file)) {
        return Ok(());
    }
    let bindgen = setup::wasm_bindgen()?;
    say(&format!("Building the WebAssembly module '{name}'"));
    let root = paths::root();
    // Flags differ, so each kind has a folder of its own: they would throw out each other's dependencies.
    let target = paths::target().join(if module.simd { "wasm-simd" } else { "wasm-plain" });
    let mut cargo = rust::cargo_wasm(&flags)?;
    cargo.args(["build", "--release", "--package", "vestibule-wasm", "--no-default-features"]);
    cargo.args(["--features", module.features, "--target-dir"]).arg(&target);
    for package in packages {
        cargo.arg("--config").arg(format!("profile.release.package.{package}.opt-level={level}"));
    }
    cmd::run(&mut cargo)?;
    if output.exists() {
        fs::remove_dir_all(&output)?;
    }
    let built = target.join("wasm32-unknown-unknown/release/vestibule_wasm.wasm");
    let mut generate = cmd::command(bindgen, &root);
    generate.args(["--target", "web", "--no-typescript", "--out-name", "vestibule_wasm", "--out-dir"]);
    cmd::run(generate.arg(&output).arg(&built))?;
    let mut optimise = cmd::command(paths::node_program("wasm-opt"), &root);
    optimise.arg(module.level()).args(WASM_OPT);
    if module.simd {
        optimise.arg("--enable-simd");
    }
    cmd::run(optimise.arg(&file).arg("-o").arg(&file))?;
    stamp::write(&stamp_name, &hash)
}
