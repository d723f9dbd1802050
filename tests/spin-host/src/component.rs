//! The component's machine code: compiled once, kept beside the file.
use crate::instance::State;
use std::{fs, path::Path};
use wasmtime::error::Context as _;
use wasmtime::{
    Config, Engine,
    component::{Component, Linker},
};
use wasmtime_wasi_http::{handler::ProxyPre, p3::bindings::ServicePre};

fn engine() -> wasmtime::Result<Engine> {
    Ok(Engine::new(Config::new().wasm_component_model_async(true))?)
}

/// Leaves `FILE.cwasm` beside `FILE.wasm`: starting takes seconds otherwise.
pub(crate) fn compile(wasm: &Path) -> wasmtime::Result<()> {
    let bytes = fs::read(wasm).with_context(|| wasm.display().to_string())?;
    let code = engine()?.precompile_component(&bytes)?;
    let (to, new) = (wasm.with_extension("cwasm"), wasm.with_extension("cwasm.new"));
    fs::write(&new, code)?;
    fs::rename(new, to)?;
    Ok(())
}

/// Whether a file is there and newer than another.
fn newer(file: &Path, than: &Path) -> bool {
    let time = |path: &Path| fs::metadata(path).and_then(|m| m.modified());
    matches!((time(file), time(than)), (Ok(a), Ok(b)) if a >= b)
}

/// Loads a component and links what it imports.
pub(crate) fn load(wasm: &Path) -> wasmtime::Result<(Engine, ProxyPre<State>)> {
    let engine = engine()?;
    let compiled = wasm.with_extension("cwasm");
    let component = if newer(&compiled, wasm) {
        // SAFETY: the file was written by `compile`, in the build's own folder; wasmtime checks its version and settings.
        unsafe { Component::deserialize_file(&engine, &compiled)? }
    } else {
        Component::from_file(&engine, wasm)?
    };
    let mut linker = Linker::<State>::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;
    crate::wit::Host_::add_to_linker::<_, wasmtime::component::HasSelf<State>>(&mut linker, |state| state)?;
    let pre = linker.instantiate_pre(&component)?;
    Ok((engine, ProxyPre::P3(ServicePre::new(pre)?)))
}
