//! Which crate may depend on which. The server cannot decrypt by construction: no functions crate reaches the users'
//! cryptography, and this proves it on cargo's own metadata.
use crate::{
    cmd::{self, Outcome, Problem},
    paths,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The whole table: for each crate of the workspace the crates of the workspace that it is built from. Exact: a new arrow
/// has to be written here, and an arrow that is gone has to go here too.
const ARROWS: &[(&str, &[&str])] = &[
    // A procedural macro: it runs in the compiler, and nothing of it is in a product.
    ("vestibule-cbor-derive", &[]),
    ("vestibule-core", &["vestibule-cbor-derive"]),
    ("vestibule-argon2id", &[]),
    ("vestibule-suite", &["vestibule-core"]),
    ("vestibule-verify", &["vestibule-core", "vestibule-suite"]),
    ("vestibule-oprf", &["vestibule-argon2id", "vestibule-core"]),
    ("vestibule-sign", &["vestibule-core", "vestibule-suite", "vestibule-verify"]),
    ("vestibule-channel", &["vestibule-core", "vestibule-sign", "vestibule-suite"]),
    ("vestibule-edge-crypto", SUITE_AND_ALL_ABOVE_IT),
    (
        "vestibule-wasm",
        &[
            "vestibule-argon2id",
            "vestibule-core",
            "vestibule-edge-crypto",
            "vestibule-suite",
            "vestibule-verify",
        ],
    ),
    ("vestibule-app", &["vestibule-channel", "vestibule-core", "vestibule-oprf", "vestibule-verify"]),
    ("vestibule-store", &["vestibule-app", "vestibule-core"]),
    ("vestibule-cloudflare", &["vestibule-app", "vestibule-core", "vestibule-store"]),
    ("vestibule-spin", &["vestibule-app", "vestibule-core", "vestibule-store"]),
    // For tests only.
    (
        "vestibule-kat",
        &[
            "vestibule-argon2id",
            "vestibule-channel",
            "vestibule-core",
            "vestibule-edge-crypto",
            "vestibule-oprf",
            "vestibule-suite",
            "vestibule-verify",
        ],
    ),
    ("vestibule-peer", CLIENT),
    ("vestibule-tests", TESTS),
    ("vestibule-scheduling-tests", &["vestibule-core", "vestibule-verify"]),
    ("vestibule-fuzz-targets", &["vestibule-channel", "vestibule-core", "vestibule-verify"]),
    ("xtask", &[]),
];

/// What the users' crate is built from.
const SUITE_AND_ALL_ABOVE_IT: &[&str] = &[
    "vestibule-argon2id",
    "vestibule-cbor-derive",
    "vestibule-channel",
    "vestibule-core",
    "vestibule-oprf",
    "vestibule-sign",
    "vestibule-suite",
    "vestibule-verify",
];

/// What a client in tests is built from.
const CLIENT: &[&str] = &[
    "vestibule-channel",
    "vestibule-core",
    "vestibule-edge-crypto",
    "vestibule-oprf",
    "vestibule-suite",
    "vestibule-verify",
];

/// The same, and the storage contract's list of cases.
const TESTS: &[&str] = &[
    "vestibule-channel",
    "vestibule-core",
    "vestibule-edge-crypto",
    "vestibule-oprf",
    "vestibule-store",
    "vestibule-suite",
    "vestibule-verify",
];

/// What a functions crate may name directly; everything else of the workspace is out of its reach.
const FUNCTIONS_MAY: &[&str] = &[
    "vestibule-core",
    "vestibule-verify",
    "vestibule-oprf",
    "vestibule-channel",
    "vestibule-argon2id",
    "vestibule-app",
    "vestibule-store",
];

/// The crates that hold what only clients may do.
const USERS_ONLY: &[&str] = &["vestibule-edge-crypto", "vestibule-wasm"];

type Graph = BTreeMap<String, BTreeSet<String>>;

/// Fails with every wrong arrow.
pub(crate) fn check() -> Outcome {
    let text = cmd::output(cmd::command("cargo", &paths::root()).args([
        "metadata",
        "--no-deps",
        "--format-version",
        "1",
        "--offline",
    ]))?;
    let metadata: Value =
        serde_json::from_str(&text).map_err(|error| Problem(format!("cargo metadata: {error}")))?;
    let (graph, functions) = read(&metadata);
    let wrong = violations(&graph, &functions, ARROWS);
    if wrong.is_empty() { Ok(()) } else { Err(Problem(format!("arrows:\n  {}", wrong.join("\n  ")))) }
}

/// The workspace's own arrows (what a crate is built from, with all optional ones; not what only its tests use), and
/// the crates that lie in `functions/`.
fn read(metadata: &Value) -> (Graph, BTreeSet<String>) {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let root = text(&metadata["workspace_root"]);
    let (mut graph, mut functions) = (Graph::new(), BTreeSet::new());
    for package in list(&metadata["packages"]) {
        let name = text(&package["name"]);
        let manifest = text(&package["manifest_path"]);
        if manifest.strip_prefix(&root).is_some_and(|path| path.starts_with("/functions/")) {
            functions.insert(name.clone());
        }
        let arrows = list(&package["dependencies"])
            .into_iter()
            .filter(|dependency| dependency["path"].is_string() && dependency["kind"] != "dev")
            .map(|dependency| text(&dependency["name"]))
            .collect();
        graph.insert(name, arrows);
    }
    (graph, functions)
}

fn reach(graph: &Graph, from: &str) -> BTreeSet<String> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from.to_owned()]);
    while let Some(next) = open.pop() {
        for to in graph.get(&next).into_iter().flatten() {
            if seen.insert(to.clone()) {
                open.push(to.clone());
            }
        }
    }
    seen
}

fn violations(graph: &Graph, functions: &BTreeSet<String>, table: &[(&str, &[&str])]) -> Vec<String> {
    let mut wrong = Vec::new();
    if functions.is_empty() {
        wrong.push("no crate lies in functions/: the check would prove nothing".to_owned());
    }
    for name in functions {
        for to in reach(graph, name).iter().filter(|to| USERS_ONLY.contains(&to.as_str())) {
            wrong.push(format!("{name} reaches {to}: a server must not be able to decrypt"));
        }
        for to in graph[name].iter().filter(|to| !FUNCTIONS_MAY.contains(&to.as_str())) {
            wrong.push(format!("{name} -> {to}: not for functions crates"));
        }
    }
    let table: BTreeMap<&str, BTreeSet<&str>> =
        table.iter().map(|(name, to)| (*name, to.iter().copied().collect())).collect();
    for (name, arrows) in graph {
        let Some(wanted) = table.get(name.as_str()) else {
            wrong.push(format!("{name} is not in the table of xtask/src/arrows.rs"));
            continue;
        };
        let found: BTreeSet<&str> = arrows.iter().map(String::as_str).collect();
        wrong.extend(found.difference(wanted).map(|to| format!("{name} -> {to}: not in the table")));
        wrong.extend(
            wanted.difference(&found).map(|to| format!("{name} -> {to}: in the table, but not there")),
        );
    }
    wrong.extend(
        table.keys().filter(|name| !graph.contains_key(**name)).map(|name| format!("{name} is not there")),
    );
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_keeps_its_arrows() -> Outcome {
        check()
    }

    fn sample(arrows: &[(&str, &[&str])]) -> Graph {
        arrows
            .iter()
            .map(|(name, to)| ((*name).to_owned(), to.iter().map(|s| (*s).to_owned()).collect()))
            .collect()
    }

    fn functions() -> BTreeSet<String> {
        BTreeSet::from(["vestibule-app".to_owned()])
    }

    #[test]
    fn a_way_to_the_users_keys_is_found_however_long() {
        let table: &[(&str, &[&str])] = &[
            ("vestibule-app", &["vestibule-verify"]),
            ("vestibule-verify", &["helper"]),
            ("helper", &["vestibule-edge-crypto"]),
            ("vestibule-edge-crypto", &[]),
        ];
        let wrong = violations(&sample(table), &functions(), table);
        assert_eq!(
            wrong,
            ["vestibule-app reaches vestibule-edge-crypto: a server must not be able to decrypt"]
        );
    }

    #[test]
    fn new_and_missing_arrows_are_named() {
        let table: &[(&str, &[&str])] = &[("vestibule-app", &["vestibule-core"]), ("vestibule-core", &[])];
        assert!(violations(&sample(table), &functions(), table).is_empty());
        let more =
            sample(&[("vestibule-app", &["vestibule-core"]), ("vestibule-core", &["vestibule-suite"])]);
        assert_eq!(
            violations(&more, &functions(), table),
            ["vestibule-core -> vestibule-suite: not in the table"]
        );
        let fewer = sample(&[("vestibule-app", &[]), ("vestibule-core", &[])]);
        assert_eq!(
            violations(&fewer, &functions(), table),
            ["vestibule-app -> vestibule-core: in the table, but not there"]
        );
        let suite = sample(&[("vestibule-app", &["vestibule-suite"]), ("vestibule-core", &[])]);
        assert!(violations(&suite, &functions(), table)[0].contains("not for functions crates"));
        assert!(!violations(&more, &BTreeSet::new(), table).is_empty());
    }
}
