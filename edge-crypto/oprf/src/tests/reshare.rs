//! A key that goes to other holders stays the same key; a holder that deals wrong is named; old and new shares do not mix.
use super::{Answer, answer, dealt};
use crate::{
    CombineError, Commitments, Dealt, Key, KeyShare, ReshareError, blind, combine_parts, evaluate_direct,
    new_publics, redeal, testing::TestRng, testing::rng, verify_and_combine,
};
use alloc::{vec, vec::Vec};
use vestibule_core::ids::Digest;

/// Old holders, what the chosen ones deal, and for whom.
struct Change {
    old: (u8, Vec<Digest>),
    new: (u8, u8),
    dealt: Vec<(u8, Dealt)>,
}

impl Change {
    fn of(rng: &mut TestRng, shares: &[KeyShare], old: u8, dealers: &[usize], new: (u8, u8)) -> Self {
        let dealt = dealers.iter().map(|at| {
            let coefficients: Vec<Key> = (1..new.0).map(|_| Key::generate(rng)).collect();
            (shares[*at].index, redeal(&shares[*at].key, &coefficients, new.1).unwrap())
        });
        let dealt = dealt.collect();
        Self { old: (old, shares.iter().map(|s| s.key.public()).collect()), new, dealt }
    }

    fn commitments(&self) -> Vec<Commitments<'_>> {
        self.dealt.iter().map(|(index, dealt)| (*index, &dealt.commitments[..])).collect()
    }

    fn publics(&self, public: &Digest) -> Result<Vec<Digest>, ReshareError> {
        new_publics(&self.commitments(), &self.old.1, self.old.0, self.new.0, self.new.1, public)
    }

    fn share(&self, index: u8) -> Result<Key, ReshareError> {
        let parts: Vec<Key> =
            self.dealt.iter().map(|(_, d)| d.parts[usize::from(index) - 1].key.clone()).collect();
        combine_parts(&self.commitments(), &parts, &self.old.1, self.old.0, self.new.0, index)
    }
}

#[test]
fn every_change_keeps_the_output() {
    let rng = &mut rng(30);
    for (old, new, dealers) in [
        ((1, 1), (2, 2), vec![0]),
        ((2, 2), (2, 3), vec![0, 1]),
        ((2, 3), (2, 3), vec![0, 2]),
        ((2, 3), (2, 3), vec![2, 1]),
        ((2, 3), (1, 1), vec![1, 2]),
        ((3, 5), (4, 5), vec![4, 0, 2]),
    ] {
        let (key, shares) = dealt(rng, old.0, old.1);
        let expected = evaluate_direct(&key, b"input").unwrap();
        let change = Change::of(rng, &shares, old.0, &dealers, new);
        let publics = change.publics(&key.public()).unwrap();
        let shares: Vec<KeyShare> =
            (1..=new.1).map(|index| KeyShare { index, key: change.share(index).unwrap() }).collect();
        assert_eq!(publics, shares.iter().map(|s| s.key.public()).collect::<Vec<_>>());
        let (blinded, state) = blind(rng, b"input").unwrap();
        let answers: Vec<Answer> = shares.iter().rev().map(|s| answer(rng, s, &blinded)).collect();
        let output = verify_and_combine(&state, new.0, &answers, &key.public()).unwrap();
        assert_eq!(output.expose(), expected.expose(), "{old:?} to {new:?}");
        // And once more, from the new ones on.
        let again = Change::of(rng, &shares, new.0, &(0..usize::from(new.0)).collect::<Vec<_>>(), (1, 1));
        assert_eq!(again.share(1).unwrap().public(), key.public());
    }
}

/// Shares of before and after lie on different polynomials: a removed holder's adds nothing to one of the new.
#[test]
fn old_and_new_shares_do_not_mix() {
    let rng = &mut rng(31);
    let (key, old) = dealt(rng, 2, 2);
    let change = Change::of(rng, &old, 2, &[0, 1], (2, 2));
    let publics = change.publics(&key.public()).unwrap();
    assert!(publics.iter().all(|p| old.iter().all(|s| s.key.public() != *p)));
    let new: Vec<KeyShare> =
        (1..=2).map(|index| KeyShare { index, key: change.share(index).unwrap() }).collect();
    let (blinded, state) = blind(rng, b"input").unwrap();
    for mixed in [[&old[0], &new[1]], [&new[0], &old[1]]] {
        let answers: Vec<Answer> = mixed.iter().map(|s| answer(rng, s, &blinded)).collect();
        let outcome = verify_and_combine(&state, 2, &answers, &key.public());
        assert_eq!(outcome.unwrap_err(), CombineError::GroupKey);
    }
}

#[test]
fn a_holder_that_deals_wrong_is_named() {
    let rng = &mut rng(32);
    let (key, old) = dealt(rng, 2, 3);
    let public = key.public();
    let honest = |rng: &mut TestRng| Change::of(rng, &old, 2, &[0, 2], (2, 3));
    // Another share than its own.
    let mut change = honest(rng);
    change.dealt[1].1 = redeal(&Key::generate(rng), &[Key::generate(rng)], 3).unwrap();
    assert_eq!(change.publics(&public), Err(ReshareError::Dealer(3)));
    assert_eq!(change.share(1).unwrap_err(), ReshareError::Dealer(3));
    // A part that does not fit what it committed to: whoever gets it says so.
    let mut change = honest(rng);
    change.dealt[0].1.parts[1].key = Key::generate(rng);
    change.publics(&public).unwrap();
    change.share(1).unwrap();
    assert_eq!(change.share(2).unwrap_err(), ReshareError::Dealer(1));
    // A polynomial of another degree: the new holders would not agree with each other.
    for commitments in [1, 3] {
        let mut change = honest(rng);
        let coefficients: Vec<Key> = (1..commitments).map(|_| Key::generate(rng)).collect();
        change.dealt[0].1 = redeal(&old[0].key, &coefficients, 3).unwrap();
        assert_eq!(change.publics(&public), Err(ReshareError::Dealer(1)));
    }
    // No element, and the identity.
    for bad in [[0xff; 32], [0; 32]] {
        let mut change = honest(rng);
        change.dealt[0].1.commitments[1] = Digest(bad);
        assert_eq!(change.publics(&public), Err(ReshareError::Dealer(1)));
    }
}

#[test]
fn who_deals_must_be_as_many_as_are_needed() {
    let rng = &mut rng(33);
    let (key, old) = dealt(rng, 2, 3);
    let public = key.public();
    for dealers in [vec![0], vec![0, 1, 2], vec![1, 1], vec![]] {
        let change = Change::of(rng, &old, 2, &dealers, (2, 2));
        assert_eq!(change.publics(&public), Err(ReshareError::Dealers), "{dealers:?}");
    }
    let mut change = Change::of(rng, &old, 2, &[0, 1], (2, 2));
    for nobody in [0, 4] {
        change.dealt[0].0 = nobody;
        assert_eq!(change.publics(&public), Err(ReshareError::Dealers));
    }
    // Another key than that of the old shares.
    let change = Change::of(rng, &old, 2, &[0, 1], (2, 2));
    assert_eq!(change.publics(&Key::generate(rng).public()), Err(ReshareError::Key));
}
