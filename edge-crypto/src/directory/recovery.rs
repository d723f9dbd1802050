//! The printed recovery kit: 32 bytes that make the recovery key, which can only name a new root (rule R5.7).
//!
//! Text form: base32 of seed (32 bytes) and checksum (the first 3 bytes of SHA-256 over `[suite, "recovery-kit",
//! practice, seed]`), 56 letters in 14 groups of 4. The practice is in the checksum, so the kit of another practice is
//! refused before anything is tried with it.
use crate::{keys::SigningSeeds, sign::SigningKey};
use vestibule_core::{
    bytes::{from_base32, to_base32},
    ids::{Digest, Fingerprint, PracticeId},
    suite::Suite,
};
use vestibule_suite::{CryptoRng, Secret32, hash_cbor};
use zeroize::Zeroizing;

const CHECK_BYTES: usize = 3;
const GROUP: usize = 4;

/// The kit was typed or scanned wrongly, or is of another practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the recovery kit of this practice")]
pub struct RecoveryError;

/// What is printed. Both hold the seed: show, print, then drop.
#[derive(Clone)]
pub struct RecoveryKit {
    /// 14 groups of 4 letters.
    pub groups: Vec<Zeroizing<String>>,
    /// Text of the QR code: `vestibule-recovery:1:<fingerprint>:<56 letters>`.
    pub qr: Zeroizing<String>,
}

impl core::fmt::Debug for RecoveryKit {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("RecoveryKit(..)")
    }
}

/// The seed of the recovery key. Wiped on drop.
#[derive(Debug)]
pub struct RecoverySeed(Secret32);

impl RecoverySeed {
    /// A new seed.
    pub fn random(rng: &mut impl CryptoRng) -> Self {
        Self(Secret32::random(rng))
    }

    /// The composite key of the kit.
    pub fn signing_key(&self) -> SigningKey {
        SigningSeeds::from_recovery(&self.0).signing_key()
    }

    /// The kit to print.
    pub fn kit(&self, fingerprint: Fingerprint) -> RecoveryKit {
        let check = checksum(fingerprint.practice(), &self.0);
        let bytes = Zeroizing::new([self.0.expose().as_slice(), &check].concat());
        let text = Zeroizing::new(to_base32(&bytes));
        let groups = text
            .as_bytes()
            .chunks(GROUP)
            .map(|g| Zeroizing::new(g.iter().copied().map(char::from).collect::<String>()))
            .collect();
        let qr = Zeroizing::new(format!("vestibule-recovery:1:{fingerprint}:{}", *text));
        RecoveryKit { groups, qr }
    }

    /// Reads typed groups: upper or lower case, with any spaces or hyphens.
    pub fn from_text(text: &str, practice: PracticeId) -> Result<Self, RecoveryError> {
        let plain: Zeroizing<String> = Zeroizing::new(
            text.chars()
                .filter(|c| !c.is_whitespace() && *c != '-')
                .map(|c| c.to_ascii_lowercase())
                .collect(),
        );
        let bytes = Zeroizing::new(from_base32(&plain).map_err(|_| RecoveryError)?);
        let (seed, check) = bytes.split_at_checked(32).ok_or(RecoveryError)?;
        let seed = Secret32::from_bytes(seed.try_into().map_err(|_| RecoveryError)?);
        if checksum(practice, &seed) == check { Ok(Self(seed)) } else { Err(RecoveryError) }
    }
}

fn checksum(practice: PracticeId, seed: &Secret32) -> [u8; CHECK_BYTES] {
    let hash = hash_cbor(&(Suite::V1, "recovery-kit", practice, Digest(*seed.expose())));
    [hash.0[0], hash.0[1], hash.0[2]]
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::testing::rng;

    #[test]
    fn a_kit_reads_back_and_a_slip_of_the_pen_is_noticed() {
        let seed = RecoverySeed::random(&mut rng(1));
        let fingerprint = Fingerprint([3; 20]);
        let kit = seed.kit(fingerprint);
        assert_eq!(kit.groups.len(), 14);
        let text = kit.groups.iter().map(|g| g.to_uppercase()).collect::<Vec<_>>().join(" - ");
        let again = RecoverySeed::from_text(&text, fingerprint.practice()).unwrap();
        assert_eq!(again.signing_key().public_key(), seed.signing_key().public_key());
        assert!(kit.qr.ends_with(&kit.groups.iter().map(|g| g.as_str()).collect::<String>()));
        for at in 0..56 {
            let mut wrong: Vec<u8> = kit.groups.iter().flat_map(|g| g.bytes()).collect();
            wrong[at] = if wrong[at] == b'q' { b'r' } else { b'q' };
            let wrong = String::from_utf8(wrong).unwrap();
            assert!(RecoverySeed::from_text(&wrong, fingerprint.practice()).is_err(), "{at}");
        }
        assert!(RecoverySeed::from_text(&text, PracticeId([4; 16])).is_err());
        assert!(RecoverySeed::from_text("", fingerprint.practice()).is_err());
    }
}
