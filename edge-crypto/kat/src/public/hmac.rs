//! HMAC-SHA-256.
use super::public_vectors;
use crate::vector::{Hex, Verdict, count, tests};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;

#[derive(Deserialize)]
struct Case {
    id: u32,
    result: Verdict,
    key: Hex,
    msg: Hex,
    tag: Hex,
}

pub(crate) fn wycheproof() -> u32 {
    let cases: Vec<Case> = tests(public_vectors!("wycheproof_hmac_sha256"));
    for case in &cases {
        let mut mac = Hmac::<Sha256>::new_from_slice(&case.key).unwrap();
        mac.update(&case.msg);
        assert_eq!(mac.verify_slice(&case.tag).is_ok(), case.result == Verdict::Valid, "{}", case.id);
    }
    count(&cases)
}
