//! A whole directory as served.
use super::own_vectors;
use crate::vector::{Hex, count, tests};
use serde::{Deserialize, Serialize};
use vestibule_core::{cbor, ids::Fingerprint, time::UnixSeconds};
use vestibule_verify::{
    directory::{Expected, check as check_directory, parse},
    fingerprint, genesis_hash,
};

/// A directory and what a client reads in it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Case {
    pub(crate) name: String,
    /// Body of the genesis.
    pub(crate) genesis: Hex,
    /// SHA-256 of CBOR `["vestibule", suite, "genesis", body]`; the fingerprint is its first 20 bytes.
    pub(crate) genesis_hash: Hex,
    pub(crate) fingerprint: Hex,
    /// As people read it: base32.
    pub(crate) fingerprint_text: String,
    pub(crate) practice: Hex,
    pub(crate) practice_text: String,
    /// CBOR of the `Directory`.
    pub(crate) directory: Hex,
    /// At this time, in Unix seconds, it is fresh.
    pub(crate) now: u64,
    /// SHA-256 of the bodies.
    pub(crate) deployment_hash: Hex,
    pub(crate) manifest_hash: Hex,
    pub(crate) catalog_hash: Hex,
}

impl Case {
    /// Reads a directory and writes down what it says.
    pub(crate) fn read(name: &str, directory: &[u8], now: u64) -> Self {
        let parsed = parse(directory).unwrap();
        let print = fingerprint(&parsed.roots[0]);
        let expected = Expected { practice: print.practice(), fingerprint: Some(print), seen: None };
        let checked = check_directory(&parsed, &expected, UnixSeconds(now)).unwrap();
        let genesis = &parsed.roots[0].body;
        Self {
            name: name.into(),
            genesis: Hex::from(genesis),
            genesis_hash: genesis_hash(genesis).into(),
            fingerprint: print.into(),
            fingerprint_text: print.to_string(),
            practice: checked.practice().into(),
            practice_text: checked.practice().to_string(),
            directory: cbor::to_vec(&parsed).into(),
            now,
            deployment_hash: checked.deployment().digest().into(),
            manifest_hash: checked.manifest().digest().into(),
            catalog_hash: checked.catalog().digest().into(),
        }
    }
}

pub(crate) fn check() -> u32 {
    let cases: Vec<Case> = tests(own_vectors!("directory"));
    for case in &cases {
        let read = Case::read(&case.name, &case.directory, case.now);
        assert_eq!(serde_json::to_string(&read).unwrap(), serde_json::to_string(case).unwrap());
        assert_eq!(case.fingerprint_text.parse(), Ok(Fingerprint(case.fingerprint.array())));
    }
    count(&cases)
}
