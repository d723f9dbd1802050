//! `GET /v1/realm`.
use crate::{
    error::Failure,
    http::{Call, Response, reply},
    port::{Platform, keys},
};
use vestibule_channel::{key_hash_signing, realm_fingerprint};
use vestibule_core::wire::http::RealmDescription;

/// How to reach this deployment as a realm. Nothing here is trusted: clients take realm keys from the deployment that
/// the practice's root signed (PROTOCOL section 5); the founder, who signs it, is the one reader.
pub(crate) fn realm_description<P: Platform>(platform: &P, call: &Call) -> Result<Response, Failure> {
    let (config, keys) = (platform.config(), keys(platform)?);
    let (kem_key, signing_key) = (keys.realm.public_key(), keys.platform.signing().public_key().to_vec());
    Ok(reply(
        call,
        &RealmDescription {
            origin: call.origin.clone(),
            kem_key: kem_key.to_vec().into(),
            founding_code: config.founding_code.is_some(),
            development: config.development,
            fingerprint: realm_fingerprint(kem_key, Some(key_hash_signing(&signing_key))),
            signing_key: signing_key.into(),
        },
    ))
}
