//! Ed25519, strict.
use super::public_vectors;
use crate::{
    unhex,
    vector::{Hex, Verdict, count, tests},
};
use ed25519_dalek::{Signature, VerifyingKey};
use serde::Deserialize;
use vestibule_core::wire::envelope::SIGNING_KEY_BYTES;

#[derive(Deserialize)]
struct Case {
    id: u32,
    result: Verdict,
    pk: Hex,
    msg: Hex,
    sig: Hex,
}

pub(crate) fn wycheproof() -> u32 {
    let cases: Vec<Case> = tests(public_vectors!("wycheproof_ed25519"));
    for case in &cases {
        let holds = VerifyingKey::from_bytes(&case.pk.array())
            .and_then(|key| key.verify_strict(&case.msg, &Signature::from_slice(&case.sig)?))
            .is_ok();
        assert_eq!(holds, case.result == Verdict::Valid, "{}", case.id);
    }
    count(&cases)
}

/// Encodings of points of small order, canonical or not, and of a point with y >= p: no composite key may have one.
const REFUSED: [&str; 10] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    // y = p + 3: the same point as 03 00..., which is of large order, written differently.
    "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

pub(crate) fn small_order_keys() -> u32 {
    // The last one must be a point at all, else it would prove nothing.
    let y_3 = unhex(&format!("03{}", "00".repeat(31)));
    assert!(VerifyingKey::try_from(y_3.as_slice()).is_ok_and(|key| !key.is_weak()));
    for point in REFUSED {
        let mut key = unhex(point);
        key.resize(SIGNING_KEY_BYTES, 0);
        assert!(vestibule_verify::VerifyingKey::from_bytes(&key).is_err(), "{point}");
    }
    count(&REFUSED)
}
