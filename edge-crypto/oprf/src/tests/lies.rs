//! What a lying realm, directory or client can send, and what it is called.
use super::{Answer, answer, dealt};
use crate::{
    BlindState, CombineError, InvalidElement, InvalidKey, Key, blind, evaluate,
    testing::{TestRng, rng},
    verify_and_combine,
};
use alloc::vec::Vec;
use curve25519_dalek::constants::RISTRETTO_BASEPOINT_COMPRESSED;
use vestibule_core::{bytes::Bytes, ids::Digest};

/// Encodings that no element has: the identity, non-canonical field elements (RFC 9496 appendix A.3), negative ones.
const NO_ELEMENTS: [&[u8; 32]; 6] = [
    &[0; 32],
    b"\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
    &[0xff; 32],
    b"\xed\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    b"\xf3\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
];

struct Scene {
    key: Key,
    state: BlindState,
    blinded: Digest,
    answers: Vec<Answer>,
    rng: TestRng,
}

/// Three realms, two needed, all answered honestly.
fn scene() -> Scene {
    let mut rng = rng(11);
    let (key, shares) = dealt(&mut rng, 2, 3);
    let (blinded, state) = blind(&mut rng, b"input").unwrap();
    let answers = shares.iter().map(|s| answer(&mut rng, s, &blinded)).collect();
    Scene { key, state, blinded, answers, rng }
}

impl Scene {
    fn combine(&self) -> Result<(), CombineError> {
        verify_and_combine(&self.state, 2, &self.answers, &self.key.public()).map(drop)
    }
}

#[test]
fn the_honest_scene_works() {
    assert_eq!(scene().combine(), Ok(()));
}

#[test]
fn another_element_is_named() {
    let mut s = scene();
    s.answers[1].2.element = Digest(RISTRETTO_BASEPOINT_COMPRESSED.0);
    assert_eq!(s.combine(), Err(CombineError::Proof(2)));
    let first = s.answers[0].2.element;
    s.answers[1].2.element = first;
    assert_eq!(s.combine(), Err(CombineError::Proof(2)));
}

#[test]
fn another_key_is_named_even_with_a_proof_of_its_own() {
    let mut s = scene();
    let other = crate::KeyShare { index: 3, key: Key::generate(&mut s.rng) };
    let public = s.answers[2].1;
    s.answers[2] = answer(&mut s.rng, &other, &s.blinded);
    // The directory's public share decides, not the realm's.
    s.answers[2].1 = public;
    assert_eq!(s.combine(), Err(CombineError::Proof(3)));
}

#[test]
fn an_answer_to_another_question_is_named() {
    let mut s = scene();
    let (other, _) = blind(&mut s.rng, b"input").unwrap();
    let share = dealt(&mut rng(11), 2, 3).1.remove(0);
    s.answers[0] = answer(&mut s.rng, &share, &other);
    assert_eq!(s.combine(), Err(CombineError::Proof(1)));
}

#[test]
fn every_flipped_bit_of_a_proof_is_named() {
    let s = scene();
    for bit in 0..512 {
        let mut answers = s.answers.clone();
        answers[0].2.proof.0[bit / 8] ^= 1 << (bit % 8);
        let result = verify_and_combine(&s.state, 2, &answers, &s.key.public());
        assert_eq!(result.unwrap_err(), CombineError::Proof(1), "bit {bit}");
    }
}

#[test]
fn a_proof_has_64_bytes_and_canonical_scalars() {
    let s = scene();
    let mut proofs: Vec<Vec<u8>> = alloc::vec![Vec::new(), alloc::vec![0; 63], alloc::vec![0; 64]];
    let mut long = s.answers[0].2.proof.0.clone();
    long.push(0);
    proofs.push(long);
    // c + L: the same scalar in another encoding.
    let order = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    for half in [0, 32] {
        let mut proof = s.answers[0].2.proof.0.clone();
        let mut carry = 0u16;
        for (byte, add) in proof[half..half + 32].iter_mut().zip(order) {
            carry += u16::from(*byte) + add;
            *byte = carry.to_le_bytes()[0];
            carry >>= 8;
        }
        assert_eq!(carry, 0);
        proofs.push(proof);
    }
    for proof in proofs {
        let mut answers = s.answers.clone();
        answers[0].2.proof = Bytes(proof);
        let result = verify_and_combine(&s.state, 2, &answers, &s.key.public());
        assert_eq!(result.unwrap_err(), CombineError::Proof(1));
    }
}

#[test]
fn swapped_and_repeated_indices_are_named() {
    let mut s = scene();
    // Realm 1's honest answer under realm 2's index: the shares no longer lie on one line.
    s.answers[0].0 = 2;
    s.answers[1].0 = 1;
    assert_eq!(s.combine(), Err(CombineError::GroupKey));
    let mut s = scene();
    s.answers[1].0 = 1;
    assert_eq!(s.combine(), Err(CombineError::Index(1)));
    let mut s = scene();
    s.answers[1].0 = 0;
    assert_eq!(s.combine(), Err(CombineError::Index(0)));
    // Realm 1 twice, in realm 2's place: two proofs, one share.
    let mut s = scene();
    s.answers[1] = s.answers[0].clone();
    s.answers[1].0 = 2;
    assert_eq!(s.combine(), Err(CombineError::GroupKey));
}

#[test]
fn another_group_key_is_named() {
    let mut s = scene();
    s.key = Key::generate(&mut s.rng);
    assert_eq!(s.combine(), Err(CombineError::GroupKey));
}

#[test]
fn a_lie_beyond_the_threshold_is_named_too() {
    let mut s = scene();
    s.answers[2].2.proof.0[0] ^= 1;
    assert_eq!(s.combine(), Err(CombineError::Proof(3)));
    s.answers.pop();
    assert_eq!(s.combine(), Ok(()));
    s.answers.pop();
    assert_eq!(s.combine(), Err(CombineError::TooFew));
    assert_eq!(
        verify_and_combine(&s.state, 0, &s.answers, &s.key.public()).unwrap_err(),
        CombineError::TooFew
    );
}

#[test]
fn what_is_no_element_is_refused_everywhere() {
    for bytes in NO_ELEMENTS {
        let bad = Digest(*bytes);
        let mut s = scene();
        assert_eq!(evaluate(&mut s.rng, &s.key, &bad).unwrap_err(), InvalidElement, "{bad}");
        s.answers[0].2.element = bad;
        assert_eq!(s.combine(), Err(CombineError::Element(1)), "{bad}");
        let mut s = scene();
        s.answers[1].1 = bad;
        assert_eq!(s.combine(), Err(CombineError::PublicShare(2)), "{bad}");
        let s = scene();
        let result = verify_and_combine(&s.state, 2, &s.answers, &bad);
        assert_eq!(result.unwrap_err(), CombineError::GroupKey, "{bad}");
    }
}

#[test]
fn what_is_no_key_is_refused() {
    let order_minus_one = {
        let mut bytes = (-curve25519_dalek::Scalar::ONE).to_bytes();
        assert!(Key::from_bytes(&bytes).is_ok());
        bytes[0] += 1;
        bytes
    };
    for bytes in [[0; 32], [0xff; 32], order_minus_one] {
        assert_eq!(Key::from_bytes(&bytes).unwrap_err(), InvalidKey);
    }
    let key = Key::generate(&mut rng(12));
    assert_eq!(Key::from_bytes(&key.expose()).unwrap().public(), key.public());
    assert_eq!(alloc::format!("{key:?}"), "Key(..)");
}

#[test]
fn inputs_have_at_most_65535_bytes() {
    let rng = &mut rng(13);
    assert!(blind(rng, &alloc::vec![1; 65_535]).is_ok());
    assert!(blind(rng, &alloc::vec![1; 65_536]).is_err());
    assert!(crate::evaluate_direct(&Key::generate(rng), &alloc::vec![1; 65_536]).is_err());
}
