//! Proof of work: what counts as solved. Format in [`crate::wire::pow`], cost in [`crate::limits`].
use crate::{
    ids::{Digest, PracticeId},
    limits,
    suite::Suite,
    time::UnixSeconds,
    wire::pow::Purpose,
};
use sha2::{Digest as _, Sha256};
use vestibule_cbor_derive::{Decode, Encode};

/// What a challenge's MAC covers: so a solution serves one purpose, one practice and one subject, and nobody can lower
/// its difficulty.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ChallengeInfo {
    /// Algorithms.
    #[n(0)]
    pub suite: Suite,
    /// What for.
    #[n(1)]
    pub purpose: Purpose,
    /// At which practice.
    #[n(2)]
    pub practice: PracticeId,
    /// What the work is bound to.
    #[n(3)]
    pub subject: [u8; 16],
    /// When it ends.
    #[n(4)]
    pub expires: UnixSeconds,
    /// Leading zero bits of each sub-puzzle.
    #[n(5)]
    pub bits: u32,
    /// Number of sub-puzzles.
    #[n(6)]
    pub puzzles: u32,
    /// 32 random bytes.
    #[n(7)]
    pub salt: Digest,
}

/// Whether one nonce solves sub-puzzle `index`: SHA-256(nonce, little endian ‖ index ‖ mac) starts with `bits` zero bits.
pub fn solves(mac: &Digest, index: u8, nonce: u64, bits: u32) -> bool {
    let hash =
        Sha256::new().chain_update(nonce.to_le_bytes()).chain_update([index]).chain_update(mac.0).finalize();
    let mut zeros = 0;
    for byte in hash {
        zeros += byte.leading_zeros();
        if byte != 0 {
            break;
        }
    }
    zeros >= bits
}

/// Whether there is exactly one right nonce for each of the [`limits::POW_PUZZLES`] sub-puzzles.
pub fn solved(mac: &Digest, nonces: &[u64]) -> bool {
    nonces.len() == limits::POW_PUZZLES
        && (0u8..).zip(nonces).all(|(index, nonce)| solves(mac, index, *nonce, limits::POW_BITS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn solve(mac: &Digest) -> Vec<u64> {
        (0..u8::MAX)
            .take(limits::POW_PUZZLES)
            .filter_map(|i| (0..u64::MAX).find(|n| solves(mac, i, *n, limits::POW_BITS)))
            .collect()
    }

    #[test]
    fn a_solution_serves_its_mac_only() {
        let (mac, other) = (Digest([1; 32]), Digest([2; 32]));
        let nonces = solve(&mac);
        assert!(solved(&mac, &nonces));
        assert!(!solved(&other, &nonces));
        assert!(!solved(&mac, &nonces[1..]));
        assert!(!solved(&mac, &[nonces.as_slice(), &[0]].concat()));
        let mut swapped = nonces.clone();
        swapped.swap(0, 1);
        assert!(!solved(&mac, &swapped));
        assert!(!solved(&mac, &[]));
    }

    #[test]
    fn bits_count_over_byte_borders() {
        // SHA-256(0^8 || 0 || 0^32) starts with a known byte; every bound at or under its zeros holds, none over.
        let mac = Digest([0; 32]);
        let zeros = (0..=256).take_while(|b| solves(&mac, 0, 0, *b)).count();
        assert!(zeros < 64);
        let deep = (0..u64::MAX).find(|n| solves(&mac, 0, *n, 10));
        assert!(deep.is_some_and(|n| solves(&mac, 0, n, 8) && solves(&mac, 0, n, 0)));
    }
}
