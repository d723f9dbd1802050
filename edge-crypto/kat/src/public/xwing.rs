//! X-Wing.
use super::public_vectors;
use crate::vector::{Hex, count, tests};
use serde::Deserialize;
use vestibule_suite::{
    KemSecret, Secret32,
    hazmat::{decapsulate, encapsulate_deterministic},
};

#[derive(Deserialize)]
struct Case {
    seed: Hex,
    eseed: Hex,
    ss: Hex,
    sk: Hex,
    pk: Hex,
    ct: Hex,
}

pub(crate) fn draft() -> u32 {
    let cases: Vec<Case> = tests(public_vectors!("xwing_draft"));
    for case in &cases {
        assert_eq!(case.seed, case.sk);
        let secret = KemSecret::from_seed(Secret32::from_bytes(case.sk.array()));
        assert_eq!(Hex(secret.public_key()), case.pk);
        let (ct, ss) = encapsulate_deterministic(&case.pk, &case.eseed.array()).unwrap();
        assert_eq!((Hex(ct), Hex::from(ss.expose())), (case.ct.clone(), case.ss.clone()));
        assert_eq!(Hex::from(decapsulate(&secret, &case.ct).unwrap().expose()), case.ss);
    }
    count(&cases)
}
