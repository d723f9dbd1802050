//! AES-256-GCM with 96-bit nonces.
use super::public_vectors;
use crate::vector::{Hex, Verdict, count, tests};
use serde::Deserialize;
use vestibule_suite::hazmat::{aes256gcm_open, aes256gcm_seal};

#[derive(Deserialize)]
struct Case {
    id: u32,
    result: Verdict,
    key: Hex,
    iv: Hex,
    aad: Hex,
    msg: Hex,
    ct: Hex,
    tag: Hex,
}

fn check(cases: &[Case]) -> u32 {
    for case in cases {
        let (key, nonce) = (case.key.array(), case.iv.array());
        let sealed = [&case.ct[..], &case.tag].concat();
        let mut opened = sealed.clone();
        let opens = aes256gcm_open(&key, &nonce, &case.aad, &mut opened).is_some();
        assert_eq!(opens, case.result == Verdict::Valid, "{}", case.id);
        if opens {
            assert_eq!(opened, case.msg.0, "{}", case.id);
            aes256gcm_seal(&key, &nonce, &case.aad, &mut opened).unwrap();
            assert_eq!(opened, sealed, "{}", case.id);
        }
    }
    count(cases)
}

pub(crate) fn nist() -> u32 {
    check(&tests::<Case>(public_vectors!("nist_cavs_aes_256_gcm")))
}

pub(crate) fn wycheproof() -> u32 {
    check(&tests::<Case>(public_vectors!("wycheproof_aes_256_gcm")))
}
