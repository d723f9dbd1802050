//! Runs our Spin component for tests and for `cargo xtask dev --spin`: serves HTTP and implements what the component imports
//! (SQLite, variables, files) over one state folder, from the same `spin.toml` that `spin up` takes.
//!
//! Not Spin: no TLS, no outbound requests but to this machine, no key-value store. What it does, it does as Spin does: reuse of
//! instances, a connection for each `open`, the client's address behind whatever the client sent.
mod component;
mod instance;
mod manifest;
mod outbound;
mod server;
mod sqlite;
mod variables;

use std::{collections::HashMap, net::SocketAddr, path::PathBuf, sync::Arc};
use wasmtime::{bail, error::Context as _};

const HELP: &str = "\
vestibule-spin-host serve [--manifest spin.toml] [--component FILE.wasm] --state DIR [--listen ADDR] [--variable NAME=VALUE]...
vestibule-spin-host compile FILE.wasm

serve prints one line READY http://ADDR when it answers; the port 0 takes a free one. compile leaves FILE.cwasm beside it,
which serve takes as long as it is newer.";

/// The bindings of what the component imports.
mod wit {
    wasmtime::component::bindgen!({
        path: "wit",
        world: "host",
        imports: { "spin:sqlite/sqlite.[method]connection.execute": async },
        with: { "spin:sqlite/sqlite.connection": crate::sqlite::Db },
    });
}

/// What all requests share.
pub(crate) struct App {
    pub(crate) manifest: manifest::Component,
    /// Values of the component's variables.
    pub(crate) variables: HashMap<String, String>,
    /// Hosts, as in `http://127.0.0.1:4711`, that it may call.
    pub(crate) outbound: Vec<String>,
    /// Where databases lie.
    pub(crate) data: PathBuf,
}

struct Options {
    manifest: PathBuf,
    component: Option<PathBuf>,
    state: Option<PathBuf>,
    listen: SocketAddr,
    variables: HashMap<String, String>,
}

fn options(mut args: impl Iterator<Item = String>) -> wasmtime::Result<Options> {
    let mut options = Options {
        manifest: "spin.toml".into(),
        component: None,
        state: None,
        listen: ([127, 0, 0, 1], 3000).into(),
        variables: HashMap::new(),
    };
    while let Some(arg) = args.next() {
        let value = args.next().with_context(|| format!("{arg} needs a value\n\n{HELP}"))?;
        match arg.as_str() {
            "--manifest" => options.manifest = value.into(),
            "--component" => options.component = Some(value.into()),
            "--state" => options.state = Some(value.into()),
            "--listen" => options.listen = value.parse()?,
            "--variable" => {
                let (name, value) = value.split_once('=').context("--variable wants NAME=VALUE")?;
                options.variables.insert(name.into(), value.into());
            }
            _ => bail!("no option {arg}\n\n{HELP}"),
        }
    }
    Ok(options)
}

#[tokio::main]
async fn main() -> wasmtime::Result<()> {
    let mut args = std::env::args().skip(1);
    match args.next().as_deref() {
        Some("compile") => component::compile(&PathBuf::from(args.next().context(HELP)?)),
        Some("serve") => serve(options(args)?).await,
        _ => bail!("{HELP}"),
    }
}

async fn serve(options: Options) -> wasmtime::Result<()> {
    let state = options.state.context("--state DIR is needed")?;
    let data = state.join("data");
    std::fs::create_dir_all(&data)?;
    let manifest = manifest::read(&options.manifest)?;
    let variables = manifest.values(&options.variables)?;
    let component = manifest.component;
    let source = options.component.unwrap_or_else(|| component.source.clone());
    let outbound = component.outbound(&variables);
    let app = App { variables: variables.component, manifest: component, outbound, data };
    server::serve(Arc::new(app), &source, options.listen).await
}
