//! `POST /v1/practices/{practice}/sessions`.
use super::{ask, confused};
use crate::{
    actor::practice::{CeremonyTake, PracticeCommand, PracticeReply, SessionPut},
    error::{Failure, unverifiable},
    http::{Call, Response, parse, reply},
    port::{Platform, random32},
    sha256,
    webauthn::Assertion,
};
use vestibule_core::{
    ids::PracticeId,
    limits,
    wire::http::{Session, SignIn},
};

/// Completes a passkey sign-in: the ceremony is taken once, the assertion verifies with user verification. The token is
/// stored as its hash; the credential's sealed keys are released only now (section 3).
pub(crate) async fn sign_in<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    let request: SignIn = parse(call)?;
    let assertion = Assertion::parse(&request.assertion)?;
    let credential = assertion.credential();
    let take = CeremonyTake { id: request.ceremony, credential: Some(credential) };
    let PracticeReply::Ceremony(ceremony) =
        ask(platform, practice, &PracticeCommand::CeremonyTake(take)).await?
    else {
        return Err(confused());
    };
    let passkey =
        ceremony.passkey.ok_or_else(|| unverifiable("this passkey is not one of the practice's"))?;
    let passkey = assertion.finish(&call.origin, &ceremony.state, &passkey)?;
    let token = random32(platform);
    let expires = platform.now().plus(limits::SESSION_SECONDS);
    let put = SessionPut { token: sha256(&token.0), credential, expires, passkey };
    let PracticeReply::StaffKeys(staff_keys) =
        ask(platform, practice, &PracticeCommand::SessionPut(put)).await?
    else {
        return Err(confused());
    };
    Ok(reply(call, &Session { token, expires, staff_keys }))
}
