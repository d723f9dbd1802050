//! Passkeys, through webauthn-rs.
use crate::error::{Failure, Fault, unverifiable};
use serde::{Deserialize, Serialize};
use url::Url;
use vestibule_core::{
    bytes::Bytes,
    ids::{Digest, StaffId},
};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Uuid, Webauthn, WebauthnBuilder,
};
use webauthn_rs_proto::ResidentKeyRequirement;

/// What a founding ceremony remembers.
#[derive(Serialize, Deserialize)]
pub(crate) struct Founding {
    registration: PasskeyRegistration,
    pub(crate) staff: StaffId,
}

fn build(origin: &str) -> Result<Webauthn, Fault> {
    let bad = |_| Fault::new("ORIGIN is not an origin with a host name");
    let url = Url::parse(origin).map_err(|e| bad(e.to_string()))?;
    let host = url.host_str().unwrap_or_default().to_owned();
    WebauthnBuilder::new(&host, &url)
        .and_then(|b| b.rp_name("Vestibule").build())
        .map_err(|e| bad(e.to_string()))
}

fn json<T: Serialize>(value: &T) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|_| Fault::new("a ceremony does not serialise"))
}

/// Options for `navigator.credentials.create`, and what to remember. The passkey is discoverable and verifies its user.
pub(crate) fn start_registration(
    origin: &str,
    staff: StaffId,
    name: &str,
) -> Result<(String, Bytes), Failure> {
    let (mut options, registration) = build(origin)?
        .start_passkey_registration(Uuid::from_bytes(staff.0), name, name, None)
        .map_err(|_| Fault::new("webauthn-rs refused to start a registration"))?;
    if let Some(selection) = &mut options.public_key.authenticator_selection {
        selection.resident_key = Some(ResidentKeyRequirement::Required);
        selection.require_resident_key = true;
    }
    let state = json(&Founding { registration, staff })?;
    Ok((json(&options)?, state.into_bytes().into()))
}

/// A verified new passkey: its JSON to store, SHA-256 of its id, and whose it is.
pub(crate) fn finish_registration(
    origin: &str,
    state: &[u8],
    response: &str,
) -> Result<(Bytes, Digest, StaffId), Failure> {
    let founding: Founding =
        serde_json::from_slice(state).map_err(|_| Fault::new("a stored ceremony does not parse"))?;
    let response: RegisterPublicKeyCredential = serde_json::from_str(response)
        .map_err(|_| unverifiable("registration is not a registration response"))?;
    let passkey = build(origin)?
        .finish_passkey_registration(&response, &founding.registration)
        .map_err(|_| unverifiable("the passkey's registration does not verify"))?;
    let digest = crate::sha256(passkey.cred_id().as_ref());
    Ok((json(&passkey)?.into_bytes().into(), digest, founding.staff))
}

/// Options for `navigator.credentials.get`, and what to remember. They name no credential: strangers learn nothing.
pub(crate) fn start_sign_in(origin: &str) -> Result<(String, Bytes), Failure> {
    let (mut options, state) = build(origin)?
        .start_discoverable_authentication()
        .map_err(|_| Fault::new("webauthn-rs refused to start an authentication"))?;
    // Not "conditional": the page has a button.
    options.mediation = None;
    Ok((json(&options)?, json(&state)?.into_bytes().into()))
}

/// A parsed assertion.
pub(crate) struct Assertion(PublicKeyCredential);

impl Assertion {
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        serde_json::from_str(text)
            .map(Self)
            .map_err(|_| unverifiable("assertion is not an authentication response"))
    }

    /// SHA-256 of the credential id that it names.
    pub(crate) fn credential(&self) -> Digest {
        crate::sha256(self.0.get_credential_id())
    }

    /// Verifies it against the stored passkey; the passkey's JSON with its new counter.
    pub(crate) fn finish(&self, origin: &str, state: &[u8], passkey: &[u8]) -> Result<Bytes, Failure> {
        let corrupt = |_| Fault::new("a stored ceremony or passkey does not parse");
        let state: DiscoverableAuthentication = serde_json::from_slice(state).map_err(corrupt)?;
        let mut passkey: Passkey = serde_json::from_slice(passkey).map_err(corrupt)?;
        let result = build(origin)?
            .finish_discoverable_authentication_v2(&self.0, state, DiscoverableKey::from(&passkey))
            .map_err(|_| unverifiable("the passkey's assertion does not verify"))?;
        passkey.update_credential(&result);
        Ok(json(&passkey)?.into_bytes().into())
    }
}
