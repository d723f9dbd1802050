//! `seal` and `open`.
use super::own_vectors;
use crate::{
    rng::Replay,
    vector::{Hex, Raw, count, tests},
};
use serde::{Deserialize, Serialize};
use vestibule_core::{cbor, wire::envelope::Sealed};
use vestibule_suite::{Secret32, derive, open, seal_at_least, sha256};

/// One sealing, with what lies between.
#[derive(Serialize, Deserialize)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) key: Hex,
    pub(crate) namespace: String,
    /// CBOR of the context.
    pub(crate) context: Hex,
    pub(crate) plaintext: Hex,
    /// Padded at least to the bucket of so many bytes.
    pub(crate) floor: usize,
    /// All randomness: the salt.
    pub(crate) salt: Hex,
    /// CBOR `[suite, namespace, H(context)]`.
    pub(crate) info: Hex,
    /// CBOR of the `Sealed`.
    pub(crate) sealed: Hex,
}

impl Case {
    #[cfg(test)]
    pub(crate) fn make(
        name: &'static str,
        namespace: &str,
        context: Vec<u8>,
        plaintext: Vec<u8>,
        floor: usize,
    ) -> Self {
        let mut rng = crate::rng::Recorder::new(name);
        let key = Secret32::random(&mut rng);
        rng.given.clear();
        let raw = Raw(context);
        let sealed = seal_at_least(&mut rng, &key, namespace, &raw, &plaintext, floor);
        Self {
            name: name.into(),
            key: key.expose().into(),
            namespace: namespace.into(),
            info: Self::info(namespace, &raw.0).into(),
            context: Hex(raw.0),
            plaintext: Hex(plaintext),
            floor,
            salt: Hex(rng.given),
            sealed: cbor::to_vec(&sealed).into(),
        }
    }

    fn info(namespace: &str, context: &[u8]) -> Vec<u8> {
        cbor::to_vec(&(1u8, namespace, sha256(&[context])))
    }
}

pub(crate) fn check() -> u32 {
    let cases: Vec<Case> = tests(own_vectors!("seal"));
    for case in &cases {
        let (key, context) = (Secret32::from_bytes(case.key.array()), Raw(case.context.0.clone()));
        assert_eq!(Hex(Case::info(&case.namespace, &case.context)), case.info);
        let mut rng = Replay::new(&case.salt);
        let sealed = seal_at_least(&mut rng, &key, &case.namespace, &context, &case.plaintext, case.floor);
        rng.finish();
        assert_eq!(Hex(cbor::to_vec(&sealed)), case.sealed, "{}", case.name);
        let received: Sealed = cbor::from_slice(&case.sealed).unwrap();
        assert_eq!(
            *open(&key, &case.namespace, &context, &received).unwrap(),
            case.plaintext.0,
            "{}",
            case.name
        );
        // Not by another key.
        let other = derive(key.expose(), &(1u8, "other"));
        assert!(open(&other, &case.namespace, &context, &received).is_err());
    }
    count(&cases)
}
