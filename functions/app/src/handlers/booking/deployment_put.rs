//! `PUT /v1/practices/{practice}/deployment`.
use super::{ask, staff_directory};
use crate::{
    actor::practice::{DeploymentSet, PracticeCommand},
    auth::session,
    error::{Failure, malformed, unverifiable},
    http::{Call, Response, done, parse},
    port::{Platform, keys},
    realm::member::Member,
    sha256,
};
use vestibule_core::{
    cbor,
    ids::{Digest, PracticeId},
    problem::{Problem, ProblemKind},
    wire::http::DeploymentUpdate,
};
use vestibule_verify::directory::VerifiedDirectory;

/// Other realms, or the end of the time in which patients go over to them, for a signed-in member. The root signed the
/// deployment and the admin threshold the manifest, which follows the current one and names the same staff and scopes; the
/// whole directory still holds (section 5). This deployment stays the first realm: the calendar is here. Swapped only if
/// nobody was quicker, and only for a deployment that this realm serves already.
pub(crate) async fn deployment_put<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    let session = session(call)?;
    let request: DeploymentUpdate = parse(call)?;
    let decode = |bytes| cbor::from_slice(bytes).map_err(|_| malformed("not a signed body"));
    let mut directory = staff_directory::load(platform, practice, session).await?;
    let expected = staff_directory::head(&directory);
    let now = staff_directory::recheck(platform, practice, &directory)?;
    let former = directory.deployment.clone();
    directory.deployment = decode(&request.deployment)?;
    directory.manifest = decode(&request.manifest)?;
    directory.freshness = decode(&request.freshness)?;
    let begins = sha256(&directory.deployment.body) != now.deployment().digest();
    directory.before = begins.then_some(former);
    let next = staff_directory::recheck(platform, practice, &directory)?;
    follows(&now, &next)?;
    let named = Member::named(keys(platform)?, next.deployment()).map_err(|e| unverifiable(e.to_string()))?;
    if named.index != 1 {
        return Err(unverifiable("the first realm of the deployment is another one than this"));
    }
    let set = DeploymentSet {
        session,
        expected,
        serves: next.deployment().digest(),
        deployment: request.deployment,
        before: directory.before.as_ref().map(|before| cbor::to_vec(before).into()),
        manifest: request.manifest,
        freshness: request.freshness,
    };
    ask(platform, practice, &PracticeCommand::DeploymentSet(set)).await?;
    Ok(done())
}

/// One step: to the next deployment while none is being left, or the end of leaving one.
fn follows(now: &VerifiedDirectory, next: &VerifiedDirectory) -> Result<(), Failure> {
    let (old, new) = (now.manifest(), next.manifest());
    staff_directory::follows(now, next)?;
    if (&old.credentials, &old.scopes) != (&new.credentials, &new.scopes) {
        return Err(unverifiable("the manifest changes staff or scopes"));
    }
    let digest = |d: &VerifiedDirectory| -> (Digest, Option<Digest>) {
        (d.deployment().digest(), d.before().map(vestibule_verify::Verified::digest))
    };
    match (digest(now), digest(next)) {
        ((old, None), (new, Some(before))) if before == old && new != old => Ok(()),
        ((old, Some(_)), (new, None)) if new == old => Ok(()),
        _ => {
            Err(Problem::new(ProblemKind::Conflict, "the deployment does not follow the current one").into())
        }
    }
}
