//! Against the `voprf` crate: their client with our realm, our client with their server.
use crate::{Key, blind, evaluate, evaluate_direct, testing::rng, verify_and_combine};
use peer_rand_core::OsRng;
use proptest::prelude::*;
use vestibule_core::{ids::Digest, wire::realm::Evaluated};
use voprf::{BlindedElement, EvaluationElement, Proof, Ristretto255, VoprfClient, VoprfServer};

type Server = VoprfServer<Ristretto255>;

fn digest(bytes: &[u8]) -> Digest {
    Digest::try_from(bytes).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(32) })]
    #[test]
    fn both_ways(seed: u64, input in prop::collection::vec(any::<u8>(), 1..200)) {
        let rng = &mut rng(seed);
        let key = Key::generate(rng);
        let server = Server::new_with_key(&key.expose()[..]).unwrap();
        let expected = evaluate_direct(&key, &input).unwrap();
        prop_assert_eq!(&server.evaluate(&input).unwrap()[..], &expected.expose()[..]);

        // Their client, our realm.
        let client = VoprfClient::<Ristretto255>::blind(&input, &mut OsRng).unwrap();
        let (element, proof) = evaluate(rng, &key, &digest(&client.message.serialize())).unwrap();
        let element = EvaluationElement::deserialize(&element.0).unwrap();
        let proof = Proof::deserialize(&proof).unwrap();
        let output = client.state.finalize(&input, &element, &proof, server.get_public_key()).unwrap();
        prop_assert_eq!(&output[..], &expected.expose()[..]);

        // Our client, their server.
        let (blinded, state) = blind(rng, &input).unwrap();
        let result = server.blind_evaluate(&mut OsRng, &BlindedElement::deserialize(&blinded.0).unwrap());
        let answer = Evaluated {
            element: digest(&result.message.serialize()),
            proof: result.proof.serialize().to_vec().into(),
            handle: Digest([0; 32]),
        };
        let output = verify_and_combine(&state, 1, &[(1, key.public(), answer)], &key.public()).unwrap();
        prop_assert_eq!(output.expose(), expected.expose());
    }
}
