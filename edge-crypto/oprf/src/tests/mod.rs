//! The protocol between client and realms, honest and not. The RFC's vectors are in `vestibule-kat`, which runs them in
//! WASM too.
#![expect(clippy::unwrap_used, reason = "tests")]
mod lies;
mod peer;
mod reshare;
mod threshold;

use crate::{Key, KeyShare, deal, evaluate, testing::TestRng};
use alloc::vec::Vec;
use vestibule_core::{ids::Digest, wire::realm::Evaluated};

/// One realm's answer, as the client collects them.
type Answer = (u8, Digest, Evaluated);

/// What an honest realm answers.
fn answer(rng: &mut TestRng, share: &KeyShare, blinded: &Digest) -> Answer {
    let (element, proof) = evaluate(rng, &share.key, blinded).unwrap();
    let evaluated = Evaluated { element, proof: proof.to_vec().into(), handle: Digest([0; 32]) };
    (share.index, share.key.public(), evaluated)
}

/// A key with its shares.
fn dealt(rng: &mut TestRng, threshold: u8, count: u8) -> (Key, Vec<KeyShare>) {
    let key = Key::generate(rng);
    let shares = deal(rng, &key, threshold, count).unwrap();
    (key, shares)
}
