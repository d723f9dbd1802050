//! As much of `spin.toml` as we use: one component, its files, databases and variables.
use serde::Deserialize;
use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
};
use wasmtime::{bail, error::Context as _};

#[derive(Deserialize)]
struct File {
    spin_manifest_version: u32,
    #[serde(default)]
    variables: BTreeMap<String, Variable>,
    component: BTreeMap<String, Component>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Variable {
    #[serde(default)]
    required: bool,
    default: Option<String>,
    // Known, and without meaning here.
    #[serde(default, rename = "secret")]
    _secret: bool,
}

/// A `[component.…]` table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Component {
    /// The WebAssembly file.
    pub(crate) source: PathBuf,
    /// Folders that it may read.
    #[serde(default)]
    pub(crate) files: Vec<Mount>,
    /// Labels of databases that it may open.
    #[serde(default)]
    pub(crate) sqlite_databases: Vec<String>,
    #[serde(default)]
    allowed_outbound_hosts: Vec<String>,
    #[serde(default)]
    variables: BTreeMap<String, String>,
    #[serde(default, rename = "build")]
    _build: Option<toml::Table>,
}

/// A folder, read only.
#[derive(Deserialize)]
pub(crate) struct Mount {
    /// On this machine.
    pub(crate) source: PathBuf,
    /// As the component sees it.
    pub(crate) destination: String,
}

/// A manifest.
pub(crate) struct Manifest {
    variables: BTreeMap<String, Variable>,
    pub(crate) component: Component,
}

/// Values of variables.
pub(crate) struct Values {
    application: HashMap<String, String>,
    /// As the component asks for them.
    pub(crate) component: HashMap<String, String>,
}

/// Reads a manifest; its paths become relative to the current folder.
pub(crate) fn read(path: &Path) -> wasmtime::Result<Manifest> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let file: File = toml::from_str(&text)?;
    if file.spin_manifest_version != 2 {
        bail!("spin_manifest_version is not 2");
    }
    let mut components = file.component.into_values();
    let (Some(mut component), None) = (components.next(), components.next()) else {
        bail!("the manifest has not exactly one component");
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    component.source = folder.join(&component.source);
    for mount in &mut component.files {
        mount.source = folder.join(&mount.source);
    }
    Ok(Manifest { variables: file.variables, component })
}

/// `{{ name }}` filled in; an unknown name is left as it is.
fn fill(template: &str, values: &HashMap<String, String>) -> String {
    let mut text = template.to_owned();
    for (name, value) in values {
        text = text.replace(&format!("{{{{ {name} }}}}"), value);
    }
    text
}

impl Manifest {
    /// The component's variables, from the given values and the manifest's defaults.
    pub(crate) fn values(&self, given: &HashMap<String, String>) -> wasmtime::Result<Values> {
        if let Some(unknown) = given.keys().find(|name| !self.variables.contains_key(*name)) {
            bail!("the manifest has no variable {unknown}");
        }
        let mut application = HashMap::new();
        for (name, variable) in &self.variables {
            let value = given.get(name).or(variable.default.as_ref());
            if value.is_none() && variable.required {
                bail!("the variable {name} is required");
            }
            application.insert(name.clone(), value.cloned().unwrap_or_default());
        }
        let templates = self.component.variables.iter();
        let component = templates.map(|(name, text)| (name.clone(), fill(text, &application))).collect();
        Ok(Values { application, component })
    }
}

impl Component {
    /// The hosts that it may call.
    pub(crate) fn outbound(&self, values: &Values) -> Vec<String> {
        self.allowed_outbound_hosts.iter().map(|host| fill(host, &values.application)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product() -> Manifest {
        read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spin.toml")).unwrap()
    }

    fn given(pairs: &[(&str, &str)]) -> HashMap<String, String> {
        pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn the_products_manifest() {
        let manifest = product();
        assert!(manifest.values(&HashMap::new()).is_err(), "the secret is required");
        assert!(manifest.values(&given(&[("platform_secret", "x"), ("nonsense", "y")])).is_err());
        let values = manifest.values(&given(&[("platform_secret", "x")])).unwrap();
        assert_eq!(values.component["platform_secret"], "x");
        assert_eq!(values.component["rate_limit_scale"], "1");
        assert_eq!(values.component["founding_code"], "");
        assert_eq!(manifest.component.sqlite_databases, ["default"]);
    }
}
