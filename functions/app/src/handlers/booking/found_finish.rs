//! `POST /v1/practices/{practice}/founding`.
use super::{ask, confused};
use crate::{
    actor::practice::{CeremonyTake, Found, Pieces, PracticeCommand, PracticeReply},
    error::{Failure, malformed, unverifiable},
    http::{Call, Response, done, parse},
    port::{Platform, keys},
    realm::member::Member,
    webauthn,
};
use vestibule_core::{
    calendar::Zone,
    cbor,
    ids::{Digest, PracticeId, StaffId},
    suite::namespace,
    wire::{
        directory::{Directory, Grant, StaffKeys},
        http::FoundFinish,
    },
};
use vestibule_verify::{
    VerifyingKey,
    directory::{Expected, VerifiedDirectory, check},
    verify,
};

/// Completes founding, all or nothing:
/// - the ceremony is taken once, and the passkey's registration verifies;
/// - the whole directory holds (section 5), is the first of its kind, and belongs to this practice id;
/// - the manifest names exactly this passkey, and its grants are signed by it;
/// - this deployment is the first realm, under its own key and origin, and its share fits what the root signed (section 4).
///   The other realms were asked before, by the founder ([`crate::realm`]).
pub(crate) async fn found_finish<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    let request: FoundFinish = parse(call)?;
    let directory: Directory =
        cbor::from_slice(&request.directory).map_err(|_| malformed("directory does not decode"))?;
    let staff_keys: StaffKeys =
        cbor::from_slice(&request.staff_keys).map_err(|_| malformed("staff_keys do not decode"))?;
    let take = CeremonyTake { id: request.ceremony, credential: None };
    let PracticeReply::Ceremony(ceremony) =
        ask(platform, practice, &PracticeCommand::CeremonyTake(take)).await?
    else {
        return Err(confused());
    };
    let (passkey, credential, staff) =
        webauthn::finish_registration(&call.origin, &ceremony.state, &request.registration)?;
    let expected = Expected { practice, fingerprint: None, seen: None };
    let verified = check(&directory, &expected, platform.now()).map_err(|e| unverifiable(e.to_string()))?;
    check_first(&verified)?;
    check_staff(&verified, &staff_keys, credential, staff)?;
    let keys = keys(platform)?;
    let member = Member::join(platform, keys, verified.deployment(), &request.realm_share)
        .map_err(|e| unverifiable(e.to_string()))?;
    let named = verified.deployment().realms.first().map(|realm| realm.origin.as_str());
    if member.index != 1 || named != Some(call.origin.as_str()) {
        return Err(unverifiable("the first realm of the deployment is another one than this"));
    }
    let catalog_body = cbor::to_vec(&**verified.catalog()).into();
    let found = Found {
        pieces: Pieces {
            roots: cbor::to_vec(&directory.roots).into(),
            deployment: cbor::to_vec(&directory.deployment).into(),
            manifest: cbor::to_vec(&directory.manifest).into(),
            catalog: cbor::to_vec(&directory.catalog).into(),
            freshness: cbor::to_vec(&directory.freshness).into(),
            catalog_body,
            before: None,
        },
        credential,
        passkey,
        staff_keys: request.staff_keys,
        member: cbor::to_vec(&member).into(),
        deployment: member.deployment,
    };
    ask(platform, practice, &PracticeCommand::Found(found)).await?;
    Ok(done())
}

fn check_first(verified: &VerifiedDirectory) -> Result<(), Failure> {
    let numbers = (verified.root().number, verified.manifest().number, verified.catalog().number);
    if numbers != (0, 1, 1) {
        return Err(unverifiable("a founding directory has root 0, manifest 1 and catalog 1"));
    }
    Zone::check_all(verified.catalog()).map_err(|e| unverifiable(e.to_string()))?;
    Ok(())
}

fn check_staff(
    verified: &VerifiedDirectory,
    keys: &StaffKeys,
    credential: Digest,
    staff: StaffId,
) -> Result<(), Failure> {
    let [named] = verified.manifest().credentials.as_slice() else {
        return Err(unverifiable("a founding manifest has one credential"));
    };
    let same = (named.credential, named.staff) == (credential, staff)
        && (keys.credential, keys.staff) == (credential, staff);
    if !same {
        return Err(unverifiable("manifest or staff keys name another passkey than the registered one"));
    }
    let key = VerifyingKey::from_bytes(&named.signing_key).map_err(|e| unverifiable(e.to_string()))?;
    for grant in &keys.grants {
        let grant = verify::<Grant>(grant, namespace::GRANT, std::slice::from_ref(&key), 1)
            .map_err(|e| unverifiable(e.to_string()))?;
        if grant.practice != verified.practice() {
            return Err(unverifiable("a grant of another practice"));
        }
    }
    Ok(())
}
