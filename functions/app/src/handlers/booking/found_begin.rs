//! `POST /v1/practices`.
use super::ask;
use crate::{
    actor::practice::{CeremonyPut, PracticeCommand},
    error::{Failure, malformed, unverifiable},
    http::{Call, Response, parse, reply},
    port::{Platform, keys, random32},
    webauthn, work,
};
use vestibule_core::{
    cbor, limits,
    problem::ProblemKind,
    wire::{
        envelope::Signed,
        http::{Ceremony, FoundBegin},
        pow::Purpose,
    },
};

/// Longest name that is handed to the authenticator, in bytes (WebAuthn level 3, section 6.4.1).
const NAME_BYTES: usize = 64;

/// Begins founding. The practice id must be the hash of the genesis (section 5), so nobody can found in another's name;
/// costs a proof of work, and the founding code where the operator set one. The server keeps the passkey's challenge only.
pub(crate) async fn found_begin<P: Platform>(platform: &P, call: &Call) -> Result<Response, Failure> {
    let request: FoundBegin = parse(call)?;
    if request.staff_name.is_empty() || request.staff_name.len() > NAME_BYTES {
        return Err(malformed("staff_name must have 1 to 64 bytes"));
    }
    let genesis: Signed =
        cbor::from_slice(&request.genesis).map_err(|_| malformed("genesis is not a signed statement"))?;
    if vestibule_verify::fingerprint(&genesis).practice() != request.practice {
        return Err(unverifiable("practice is not the hash of the genesis"));
    }
    if !platform.config().admits(&request.code) {
        return Err(ProblemKind::Forbidden.into());
    }
    let now = platform.now();
    let practice = request.practice;
    work::check(keys(platform)?, now, practice, Purpose::Found, practice.0, &request.work)?;
    let (options, state) = webauthn::start_registration(&call.origin, request.staff, &request.staff_name)?;
    let ceremony = random32(platform);
    let expires = now.plus(limits::CEREMONY_SECONDS);
    let put = CeremonyPut { id: ceremony, state, expires, count: None };
    ask(platform, practice, &PracticeCommand::CeremonyPut(put)).await?;
    Ok(reply(call, &Ceremony { options, ceremony }))
}
