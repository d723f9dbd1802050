//! `POST /v1/practices/{practice}/challenges`.
use crate::{
    error::Failure,
    http::{Call, Response, parse, reply},
    port::{Platform, keys, random32},
    work,
};
use vestibule_core::{ids::PracticeId, wire::pow::ChallengeRequest};

/// A proof-of-work challenge. Stateless: nothing is stored, and the practice need not exist.
pub(crate) fn challenge<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    let request: ChallengeRequest = parse(call)?;
    Ok(reply(
        call,
        &work::challenge(keys(platform)?, platform.now(), random32(platform), practice, &request)?,
    ))
}
