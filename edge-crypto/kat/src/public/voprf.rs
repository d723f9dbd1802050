//! The VOPRF, single and as 1 of 1: RFC 9497 through the calls that realms and clients make.
use super::public_vectors;
use crate::{
    rng::Replay,
    vector::{Hex, count, tests},
};
use serde::Deserialize;
use vestibule_core::{ids::Digest, wire::realm::Evaluated};
use vestibule_oprf::{Key, blind, check_shares, deal, evaluate, evaluate_direct, verify_and_combine};

#[derive(Deserialize)]
struct Case {
    key: Hex,
    public: Hex,
    input: Hex,
    blind: Hex,
    blinded: Hex,
    element: Hex,
    proof_random: Hex,
    proof: Hex,
    output: Hex,
}

/// What makes `Scalar::random` give this scalar: it reduces 64 bytes.
fn wide(scalar: &Hex) -> Vec<u8> {
    [&scalar[..], &[0; 32]].concat()
}

pub(crate) fn rfc9497() -> u32 {
    let cases: Vec<Case> = tests(public_vectors!("rfc9497_voprf"));
    for case in &cases {
        let key = Key::from_bytes(&case.key.array()).unwrap();
        assert_eq!(Hex::from(key.public()), case.public);
        assert_eq!(Hex::from(evaluate_direct(&key, &case.input).unwrap().expose()), case.output);

        let randomness = wide(&case.blind);
        let mut rng = Replay::new(&randomness);
        let (blinded, state) = blind(&mut rng, &case.input).unwrap();
        rng.finish();
        assert_eq!(Hex::from(blinded), case.blinded);

        // As 1 of 1: the only share is the key.
        let shares = deal(&mut Replay::new(&[]), &key, 1, 1).unwrap();
        let randomness = wide(&case.proof_random);
        let mut rng = Replay::new(&randomness);
        let (element, proof) = evaluate(&mut rng, &shares[0].key, &blinded).unwrap();
        rng.finish();
        assert_eq!((Hex::from(element), Hex::from(proof)), (case.element.clone(), case.proof.clone()));

        let answer = Evaluated { element, proof: proof.to_vec().into(), handle: Digest([0; 32]) };
        let public = Digest(case.public.array());
        check_shares(1, &[public], &public).unwrap();
        let output = verify_and_combine(&state, 1, &[(1, public, answer)], &public).unwrap();
        assert_eq!(Hex::from(output.expose()), case.output);
    }
    count(&cases)
}
