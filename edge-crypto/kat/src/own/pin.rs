//! x: the hashed PIN.
use super::own_vectors;
use crate::vector::{Hex, count, tests};
use serde::{Deserialize, Serialize};
use vestibule_core::{cbor, wire::realm::Descriptor};
use vestibule_edge_crypto::pin;

/// One PIN under one descriptor.
#[derive(Serialize, Deserialize)]
pub(crate) struct Case {
    pub(crate) pin: String,
    /// CBOR of the `Descriptor`: practice, patient, registration and parameters count.
    pub(crate) descriptor: Hex,
    pub(crate) x: Hex,
}

impl Case {
    pub(crate) fn from(pin: &str, descriptor: &[u8]) -> Self {
        let parsed: Descriptor = cbor::from_slice(descriptor).unwrap();
        let x = pin::hash(pin, &parsed, &mut |_, _| ()).unwrap();
        Self { pin: pin.into(), descriptor: descriptor.into(), x: x.expose().into() }
    }
}

pub(crate) fn check() -> u32 {
    let cases: Vec<Case> = tests(own_vectors!("pin"));
    for case in &cases {
        assert_eq!(Case::from(&case.pin, &case.descriptor).x, case.x);
    }
    count(&cases)
}
