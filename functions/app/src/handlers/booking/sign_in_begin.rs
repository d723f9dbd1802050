//! `POST /v1/practices/{practice}/ceremonies`.
use super::ask;
use crate::{
    actor::practice::{CeremonyPut, Count, Counted, PracticeCommand},
    error::{Failure, malformed},
    http::{Call, Response, reply},
    port::{Platform, random32},
    webauthn,
};
use vestibule_core::{ids::PracticeId, limits, wire::http::Ceremony};

/// Begins a passkey sign-in; takes no body. The passkey is discoverable: the answer names no credential. Counted by
/// network.
pub(crate) async fn sign_in_begin<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    if !call.body.is_empty() {
        return Err(malformed("this route takes no body"));
    }
    let (options, state) = webauthn::start_sign_in(&call.origin)?;
    let ceremony = random32(platform);
    let expires = platform.now().plus(limits::CEREMONY_SECONDS);
    let cap = platform.config().cap(limits::SIGN_INS_PER_NETWORK_HOUR);
    let count = Some(Count { what: Counted::SignIn, network: call.network, cap });
    let put = CeremonyPut { id: ceremony, state, expires, count };
    ask(platform, practice, &PracticeCommand::CeremonyPut(put)).await?;
    Ok(reply(call, &Ceremony { options, ceremony }))
}
