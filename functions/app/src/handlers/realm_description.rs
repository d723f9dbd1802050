//! `GET /v1/realm`.
use crate::{
    error::Failure,
    http::{Call, Response, reply},
    port::{Platform, keys},
};
use vestibule_core::wire::http::RealmDescription;

/// How to reach this deployment as a realm. Nothing here is trusted: clients take realm keys from the deployment that
/// the practice's root signed (PROTOCOL section 5); the founder, who signs it, is the one reader.
pub(crate) fn realm_description<P: Platform>(platform: &P, call: &Call) -> Result<Response, Failure> {
    let config = platform.config();
    Ok(reply(
        call,
        &RealmDescription {
            origin: call.origin.clone(),
            kem_key: keys(platform)?.realm.public_key().to_vec().into(),
            founding_code: config.founding_code.is_some(),
            development: config.development,
            signing_key: keys(platform)?.platform.signing().public_key().to_vec().into(),
        },
    ))
}
