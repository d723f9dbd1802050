//! X25519.
use super::public_vectors;
use crate::vector::{Hex, Verdict, count, tests};
use serde::Deserialize;
use x25519_dalek::{PublicKey, StaticSecret};

#[derive(Deserialize)]
struct Case {
    id: u32,
    result: Verdict,
    public: Hex,
    private: Hex,
    shared: Hex,
}

pub(crate) fn wycheproof() -> u32 {
    let cases: Vec<Case> = tests(public_vectors!("wycheproof_x25519"));
    for case in &cases {
        // "Acceptable" are points of low order and twists; X-Wing takes the plain function for all.
        assert_ne!(case.result, Verdict::Invalid, "{}", case.id);
        let secret = StaticSecret::from(case.private.array::<32>());
        let shared = secret.diffie_hellman(&PublicKey::from(case.public.array::<32>()));
        assert_eq!(Hex::from(shared.as_bytes()), case.shared, "{}", case.id);
    }
    count(&cases)
}
