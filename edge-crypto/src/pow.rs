//! Solves proof-of-work challenges. The form of the puzzle is in `vestibule_core::wire::pow`.
use vestibule_core::{
    limits,
    pow::solves,
    wire::pow::{Challenge, Solution},
};

/// Most bits of one puzzle that a client is willing to work for: 16 times today's, so that a server can raise the
/// price under attack but not hang a phone.
pub const MAX_BITS: u32 = limits::POW_BITS + 4;

/// The server asks for more work than this client does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the challenge asks for too much work")]
pub struct TooMuchWork;

/// Finds one nonce for each puzzle: about 65,536 hashes at today's price.
pub fn solve(challenge: &Challenge) -> Result<Solution, TooMuchWork> {
    let puzzles = u8::try_from(challenge.puzzles).map_err(|_| TooMuchWork)?;
    if challenge.bits > MAX_BITS || usize::from(puzzles) > limits::POW_PUZZLES {
        return Err(TooMuchWork);
    }
    let mac = &challenge.mac;
    let nonces = (0..puzzles)
        .map(|index| (0..u64::MAX).find(|&n| solves(mac, index, n, challenge.bits)).ok_or(TooMuchWork))
        .collect::<Result<_, _>>()?;
    Ok(Solution { expires: challenge.expires, mac: challenge.mac, nonces, salt: challenge.salt })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use vestibule_core::{ids::Digest, time::UnixSeconds};

    fn challenge(bits: u32, puzzles: u32) -> Challenge {
        Challenge { expires: UnixSeconds(600), bits, puzzles, mac: Digest([7; 32]), salt: Digest([8; 32]) }
    }

    #[test]
    fn every_nonce_reaches_the_bits_and_belongs_to_its_puzzle() {
        let solution = solve(&challenge(8, 4)).unwrap();
        assert_eq!(solution.nonces.len(), 4);
        for (index, &nonce) in (0u8..).zip(&solution.nonces) {
            assert!(solves(&Digest([7; 32]), index, nonce, 8));
            // The smallest solution is returned, so the one before is none.
            assert!(nonce == 0 || !solves(&Digest([7; 32]), index, nonce - 1, 8));
        }
    }

    #[test]
    fn a_server_cannot_hang_the_client() {
        assert_eq!(solve(&challenge(MAX_BITS + 1, 1)), Err(TooMuchWork));
        assert_eq!(solve(&challenge(1, 17)), Err(TooMuchWork));
        assert_eq!(solve(&challenge(1, 257)), Err(TooMuchWork));
    }
}
