//! Proofs of work: challenges are stateless, their MAC covers everything.
use crate::{
    config::Keys,
    error::{Failure, malformed},
};
use vestibule_core::{
    ids::{Digest, PracticeId},
    limits,
    pow::{ChallengeInfo, solved},
    problem::ProblemKind,
    suite::Suite,
    time::UnixSeconds,
    wire::pow::{Challenge, ChallengeRequest, Purpose, Solution},
};

const LABEL: &str = "challenge";

fn info(
    practice: PracticeId,
    purpose: Purpose,
    subject: [u8; 16],
    expires: UnixSeconds,
    salt: Digest,
) -> ChallengeInfo {
    ChallengeInfo {
        suite: Suite::V1,
        purpose,
        practice,
        subject,
        expires,
        bits: limits::POW_BITS,
        puzzles: PUZZLES,
        salt,
    }
}

/// [`limits::POW_PUZZLES`] as it travels.
#[expect(clippy::cast_possible_truncation, reason = "16")]
const PUZZLES: u32 = limits::POW_PUZZLES as u32;

/// Makes a challenge from 32 random bytes.
pub(crate) fn challenge(
    keys: &Keys,
    now: UnixSeconds,
    salt: Digest,
    practice: PracticeId,
    request: &ChallengeRequest,
) -> Result<Challenge, Failure> {
    let subject = request.subject.as_ref().try_into().map_err(|_| malformed("subject is not 16 bytes"))?;
    let expires = now.plus(limits::POW_SECONDS);
    let mac = keys.platform.mac(LABEL, &info(practice, request.purpose, subject, expires, salt));
    Ok(Challenge { expires, bits: limits::POW_BITS, puzzles: PUZZLES, mac, salt })
}

/// Whether a solution is ours, for this purpose, practice and subject, in time, and solved.
pub(crate) fn check(
    keys: &Keys,
    now: UnixSeconds,
    practice: PracticeId,
    purpose: Purpose,
    subject: [u8; 16],
    work: &Solution,
) -> Result<(), ProblemKind> {
    let info = info(practice, purpose, subject, work.expires, work.salt);
    let holds = now < work.expires
        && keys.platform.mac_matches(LABEL, &info, &work.mac)
        && solved(&work.mac, &work.nonces);
    if holds { Ok(()) } else { Err(ProblemKind::WorkRequired) }
}
