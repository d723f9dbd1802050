//! Any t of n realms give the output of the whole key; fewer give nothing.
use super::{Answer, answer, dealt};
use crate::{
    CombineError, InconsistentShares, InvalidThreshold, Key, blind, check_shares, deal, evaluate_direct,
    testing::rng, verify_and_combine,
};
use alloc::vec::Vec;
use proptest::prelude::*;
use vestibule_core::ids::Digest;

/// All subsets of `0..count` with `size` members.
fn subsets(count: u8, size: u8) -> Vec<Vec<usize>> {
    let members = |mask: u32| (0..usize::from(count)).filter(move |i| mask & (1 << i) != 0);
    (0u32..1 << count)
        .filter(|mask| mask.count_ones() == u32::from(size))
        .map(|mask| members(mask).collect())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4) })]
    /// Every threshold and count up to 5, every subset of at least t realms, in any order.
    #[test]
    fn every_subset_of_t_gives_the_whole_keys_output(seed: u64, input in prop::collection::vec(any::<u8>(), 0..80)) {
        let rng = &mut rng(seed);
        for count in 1..=5 {
            for threshold in 1..=count {
                let (key, shares) = dealt(rng, threshold, count);
                let expected = evaluate_direct(&key, &input).unwrap();
                let (blinded, state) = blind(rng, &input).unwrap();
                let answers: Vec<Answer> = shares.iter().map(|s| answer(rng, s, &blinded)).collect();
                for size in 1..=count {
                    for subset in subsets(count, size) {
                        let chosen: Vec<Answer> = subset.iter().rev().map(|i| answers[*i].clone()).collect();
                        let output = verify_and_combine(&state, threshold, &chosen, &key.public());
                        if size < threshold {
                            prop_assert_eq!(output.unwrap_err(), CombineError::TooFew);
                        } else {
                            let output = output.unwrap();
                            prop_assert_eq!(output.expose(), expected.expose());
                        }
                    }
                }
            }
        }
    }
}

/// Fewer than t shares fit every key: for any other key there is a line through the same share, and it evaluates
/// every input consistently. So one realm's share cannot tell a right candidate from a wrong one.
#[test]
fn one_of_two_shares_fits_every_key() {
    let rng = &mut rng(7);
    let (key, shares) = dealt(rng, 2, 2);
    let known = &shares[0];
    for _ in 0..20 {
        let other_key = Key::generate(rng);
        // f(1) and f(0) given: f(2) = 2 f(1) - f(0).
        let second = Key(known.key.0 + known.key.0 - other_key.0);
        let publics = [known.key.public(), second.public()];
        assert_eq!(check_shares(2, &publics, &other_key.public()), Ok(()));
        assert_ne!(other_key.public(), key.public());
        let (blinded, state) = blind(rng, b"493817").unwrap();
        let second = crate::KeyShare { index: 2, key: second };
        let answers = [answer(rng, known, &blinded), answer(rng, &second, &blinded)];
        let output = verify_and_combine(&state, 2, &answers, &other_key.public()).unwrap();
        assert_eq!(output.expose(), evaluate_direct(&other_key, b"493817").unwrap().expose());
        assert_ne!(output.expose(), evaluate_direct(&key, b"493817").unwrap().expose());
    }
}

/// Blinding hides the input: the same input is blinded differently each time, and the output is the same.
#[test]
fn blinding_hides_and_comes_off() {
    let rng = &mut rng(8);
    let (key, shares) = dealt(rng, 1, 1);
    let (first, state1) = blind(rng, b"493817").unwrap();
    let (second, state2) = blind(rng, b"493817").unwrap();
    assert_ne!(first, second);
    let output = |state, blinded: &Digest, rng: &mut _| {
        verify_and_combine(state, 1, &[answer(rng, &shares[0], blinded)], &key.public()).unwrap()
    };
    assert_eq!(output(&state1, &first, rng).expose(), output(&state2, &second, rng).expose());
}

#[test]
fn dealing_needs_a_threshold_that_fits() {
    let rng = &mut rng(9);
    let key = Key::generate(rng);
    for (threshold, count) in [(0, 0), (0, 3), (2, 1), (255, 254)] {
        assert_eq!(deal(rng, &key, threshold, count).unwrap_err(), InvalidThreshold);
    }
    // The whole key with one realm: its share is the key itself.
    let shares = deal(rng, &key, 1, 1).unwrap();
    assert_eq!((shares[0].index, *shares[0].key.expose()), (1, *key.expose()));
    assert_eq!(deal(rng, &key, 3, 255).unwrap().len(), 255);
}

#[test]
fn public_shares_are_checked_against_the_public_key() {
    let rng = &mut rng(10);
    for (threshold, count) in [(1, 1), (1, 3), (2, 2), (2, 3), (3, 5), (5, 5)] {
        let (key, shares) = dealt(rng, threshold, count);
        let publics: Vec<Digest> = shares.iter().map(|s| s.key.public()).collect();
        assert_eq!(check_shares(threshold, &publics, &key.public()), Ok(()));

        let other = Key::generate(rng).public();
        assert_eq!(check_shares(threshold, &publics, &other), Err(InconsistentShares::Mismatch(0)));
        assert_eq!(check_shares(0, &publics, &key.public()), Err(InconsistentShares::Threshold));
        assert_eq!(check_shares(count + 1, &publics, &key.public()), Err(InconsistentShares::Threshold));
        for swapped in 0..publics.len() {
            let mut changed = publics.clone();
            changed[swapped] = other;
            assert!(matches!(
                check_shares(threshold, &changed, &key.public()),
                Err(InconsistentShares::Mismatch(_))
            ));
            changed[swapped] = Digest([0; 32]);
            let index = u8::try_from(swapped + 1).unwrap();
            let element = Err(InconsistentShares::Element(index));
            assert_eq!(check_shares(threshold, &changed, &key.public()), element);
        }
        // A share too many on a line of higher degree: a dealer that gives two halves of the realms different keys.
        if threshold < count {
            let last = publics.len() - 1;
            let mut changed = publics.clone();
            changed[last] = publics[0];
            let wrong = check_shares(threshold, &changed, &key.public());
            // With a threshold of 1 all shares are the same.
            assert_eq!(wrong.is_ok(), threshold == 1);
        }
    }
    assert_eq!(check_shares(1, &[], &Digest([0; 32])), Err(InconsistentShares::Threshold));
}
