//! From an address to a PatientID.
use super::own_vectors;
use crate::vector::{Hex, count, tests};
use serde::{Deserialize, Serialize};
use vestibule_core::ids::PracticeId;
use vestibule_oprf::{Key, evaluate_direct, locator};

/// One address.
#[derive(Serialize, Deserialize)]
pub(crate) struct Case {
    pub(crate) typed: String,
    pub(crate) normalised: String,
    pub(crate) practice: Hex,
    /// Argon2id of the address: the OPRF's input.
    pub(crate) input: Hex,
    /// The locator key, a scalar.
    pub(crate) key: Hex,
    pub(crate) output: Hex,
    pub(crate) patient: Hex,
}

impl Case {
    pub(crate) fn from(typed: &str, practice: PracticeId, key: &Key) -> Self {
        let email = locator::normalise_email(typed).unwrap();
        let input = locator::input(&email, &practice, &mut |_, _| ()).unwrap();
        let output = evaluate_direct(key, &input[..]).unwrap();
        Self {
            typed: typed.into(),
            normalised: email.as_str().into(),
            practice: practice.into(),
            input: input.as_slice().into(),
            key: key.expose().as_slice().into(),
            output: output.expose().into(),
            patient: locator::patient_id(&output).into(),
        }
    }
}

pub(crate) fn check() -> u32 {
    let cases: Vec<Case> = tests(own_vectors!("locator"));
    for case in &cases {
        let key = Key::from_bytes(&case.key.array()).unwrap();
        let now = Case::from(&case.typed, PracticeId(case.practice.array()), &key);
        assert_eq!(now.normalised, case.normalised);
        assert_eq!(
            (now.input, now.output, now.patient),
            (case.input.clone(), case.output.clone(), case.patient.clone())
        );
    }
    count(&cases)
}
