//! A catalog that uses every rule, as it is signed and as it is served.
use super::own_vectors;
use crate::vector::{Hex, count, tests};
use serde::{Deserialize, Serialize};
use vestibule_core::{
    cbor,
    wire::catalog::{Catalog, code_hash},
};
use vestibule_verify::catalog::validate;

/// A catalog in both forms, and the hash of a code.
#[derive(Serialize, Deserialize)]
pub(crate) struct Case {
    pub(crate) name: String,
    /// CBOR: what is signed.
    pub(crate) catalog: Hex,
    /// JSON: what `GET catalog` serves.
    pub(crate) json: String,
    /// A code, and what the catalog says of it.
    pub(crate) code: String,
    pub(crate) code_hash: Hex,
}

impl Case {
    pub(crate) fn of(name: &str, catalog: &[u8], code: &str) -> Self {
        let parsed: Catalog = cbor::from_slice(catalog).unwrap();
        validate(&parsed).unwrap();
        let json = serde_json::to_string(&parsed).unwrap();
        assert_eq!(serde_json::from_str::<Catalog>(&json).unwrap(), parsed, "JSON loses something");
        Self {
            name: name.into(),
            catalog: cbor::to_vec(&parsed).into(),
            json,
            code: code.into(),
            code_hash: code_hash(parsed.suite, parsed.practice, code).into(),
        }
    }
}

pub(crate) fn check() -> u32 {
    let cases: Vec<Case> = tests(own_vectors!("catalog"));
    for case in &cases {
        let read = Case::of(&case.name, &case.catalog, &case.code);
        assert_eq!(serde_json::to_string(&read).unwrap(), serde_json::to_string(case).unwrap());
    }
    count(&cases)
}
