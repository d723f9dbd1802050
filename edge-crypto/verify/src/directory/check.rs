//! The whole check, from the pinned fingerprint down to the timestamp.
use super::{
    DirectoryError, Expected, Freshness, Seen, VerifiedDirectory,
    chain::{self, Root, parse_key},
    manifest::{check_deployment, check_manifest, check_order},
};
use crate::{Verified, VerifyError, VerifyingKey, catalog, decode_body, verify};
use alloc::vec::Vec;
use minicbor::{Decode, Encode};
use vestibule_core::{
    ids::PracticeId,
    suite::namespace,
    time::UnixSeconds,
    wire::{
        directory::{Catalog, Deployment, Directory, Freshness as Timestamp, Manifest},
        envelope::Signed,
        reshare::Resharing,
    },
};
use vestibule_suite::key_hash_signing;

/// Bodies that say whose they are.
trait OfPractice {
    fn practice(&self) -> PracticeId;
}

macro_rules! of_practice {
    ($($body:ty),*) => { $(impl OfPractice for $body { fn practice(&self) -> PracticeId { self.practice } })* };
}
of_practice!(Deployment, Manifest, Catalog, Timestamp, Resharing);

/// Verifies one part. A part of another practice is named as such, even though its signature would fail here as well.
fn part<T>(
    signed: &Signed,
    ns: &str,
    keys: &[VerifyingKey],
    threshold: usize,
    practice: PracticeId,
    unsigned: DirectoryError,
) -> Result<Verified<T>, DirectoryError>
where
    T: OfPractice + for<'b> Decode<'b, ()> + Encode<()>,
{
    // Only chooses between two refusals: nothing of the unverified body is kept.
    if decode_body::<T>(&signed.body).is_ok_and(|claimed| claimed.practice() != practice) {
        return Err(DirectoryError::WrongPractice);
    }
    verify(signed, ns, keys, threshold).map_err(|error| match error {
        VerifyError::Malformed => DirectoryError::Malformed,
        VerifyError::UnknownSuite => DirectoryError::UnknownSuite,
        _ => unsigned,
    })
}

fn check_seen(manifest: &Verified<Manifest>, seen: &Seen) -> Result<(), DirectoryError> {
    let same = manifest.number == seen.manifest;
    let next = Some(manifest.number) == seen.manifest.checked_add(1);
    if manifest.number < seen.manifest {
        Err(DirectoryError::ManifestOlder)
    } else if (same && manifest.digest() != seen.manifest_hash)
        || (next && manifest.previous != seen.manifest_hash)
    {
        Err(DirectoryError::ManifestFork)
    } else {
        Ok(())
    }
}

/// The credential that signed the timestamp, so that one key is parsed and not all.
fn timestamp_signer(timestamp: &Signed, manifest: &Manifest) -> Result<VerifyingKey, DirectoryError> {
    let signer = timestamp.signatures.first().ok_or(DirectoryError::FreshnessUnsigned)?.signer;
    let credential = manifest.credentials.iter().find(|c| key_hash_signing(&c.signing_key) == signer);
    parse_key(&credential.ok_or(DirectoryError::FreshnessUnsigned)?.signing_key)
}

fn check_manifest_part(
    signed: &Signed,
    root: &Root,
    deployment: &Verified<Deployment>,
) -> Result<Verified<Manifest>, DirectoryError> {
    let practice = root.fingerprint.practice();
    let manifest: Verified<Manifest> = part(
        signed,
        namespace::MANIFEST,
        &root.admin_keys,
        root.admin_threshold(),
        practice,
        DirectoryError::ManifestUnsigned,
    )?;
    if manifest.root_number != root.statement.number || manifest.deployment != deployment.digest() {
        return Err(DirectoryError::ManifestMismatch);
    }
    check_manifest(&manifest)?;
    Ok(manifest)
}

/// Checks what a realm needs of a directory: genesis, root chain, and the deployment that the root in force signed.
pub fn check_realms(
    roots: &[Signed],
    deployment: &Signed,
    practice: PracticeId,
) -> Result<Verified<Deployment>, DirectoryError> {
    let root = chain::check(roots, &Expected { practice, fingerprint: None, seen: None })?;
    check_deployment_part(deployment, &root)
}

/// Checks an order to deal the locator key anew: genesis, root chain, and that the root in force signed it.
pub fn check_resharing(
    roots: &[Signed],
    order: &Signed,
    practice: PracticeId,
) -> Result<Verified<Resharing>, DirectoryError> {
    let root = chain::check(roots, &Expected { practice, fingerprint: None, seen: None })?;
    let order: Verified<Resharing> = part(
        order,
        namespace::RESHARING,
        core::slice::from_ref(&root.key),
        1,
        practice,
        DirectoryError::DeploymentUnsigned,
    )?;
    check_order(&order)?;
    Ok(order)
}

/// Checks what a realm is shown when patients have gone over: genesis, root chain, the deployment that the root in force
/// signed, and a manifest by the admins that names it and none before it.
pub fn check_ended(
    roots: &[Signed],
    deployment: &Signed,
    manifest: &Signed,
    practice: PracticeId,
) -> Result<Verified<Deployment>, DirectoryError> {
    let root = chain::check(roots, &Expected { practice, fingerprint: None, seen: None })?;
    let deployment = check_deployment_part(deployment, &root)?;
    let manifest = check_manifest_part(manifest, &root, &deployment)?;
    if manifest.before.is_none() { Ok(deployment) } else { Err(DirectoryError::ManifestMismatch) }
}

fn check_deployment_part(signed: &Signed, root: &Root) -> Result<Verified<Deployment>, DirectoryError> {
    let deployment: Verified<Deployment> = part(
        signed,
        namespace::DEPLOYMENT,
        core::slice::from_ref(&root.key),
        1,
        root.fingerprint.practice(),
        DirectoryError::DeploymentUnsigned,
    )?;
    if deployment.root_number != root.statement.number {
        return Err(DirectoryError::DeploymentUnsigned);
    }
    check_deployment(&deployment)?;
    Ok(deployment)
}

/// The deployment before is served exactly if the manifest names it, and the one in force must follow it with the same
/// locator key: else an address would lead to two patients.
fn check_before(
    directory: &Directory,
    root: &Root,
    manifest: &Manifest,
    deployment: &Deployment,
) -> Result<Option<Verified<Deployment>>, DirectoryError> {
    let (signed, named) = match (&directory.before, manifest.before) {
        (None, None) => return Ok(None),
        (Some(signed), Some(named)) => (signed, named),
        _ => return Err(DirectoryError::ManifestMismatch),
    };
    let before = check_deployment_part(signed, root)?;
    if before.digest() != named || !follows(&before, deployment) {
        return Err(DirectoryError::ManifestMismatch);
    }
    Ok(Some(before))
}

/// Whether one deployment may follow another: the next number, the same locator key, and in one step fewer realms come than
/// the new threshold, fewer go than the old one. So those who came cannot agree among themselves on what nobody enrolled,
/// and those who went hold too few shares, and too few registrations, for anything.
pub fn follows(before: &Deployment, next: &Deployment) -> bool {
    let missing_in = |a: &Deployment, b: &Deployment| {
        a.realms.iter().filter(|r| !b.realms.iter().any(|other| other.kem_key == r.kem_key)).count()
    };
    before.number.checked_add(1) == Some(next.number)
        && before.locator == next.locator
        && missing_in(next, before) < usize::from(next.threshold)
        && missing_in(before, next) < usize::from(before.threshold)
}

/// Checks a directory as served against what the client knows. In order: genesis, root chain, deployment, manifest,
/// catalog, timestamp; the first lie found is the error.
pub fn check(
    directory: &Directory,
    expected: &Expected,
    now: UnixSeconds,
) -> Result<VerifiedDirectory, DirectoryError> {
    let root = chain::check(&directory.roots, expected)?;
    let practice = root.fingerprint.practice();
    let deployment = check_deployment_part(&directory.deployment, &root)?;
    let manifest = check_manifest_part(&directory.manifest, &root, &deployment)?;
    let before = check_before(directory, &root, &manifest, &deployment)?;
    if let Some(seen) = &expected.seen {
        check_seen(&manifest, seen)?;
    }

    let catalog: Verified<Catalog> = part(
        &directory.catalog,
        namespace::CATALOG,
        &root.admin_keys,
        root.admin_threshold(),
        practice,
        DirectoryError::CatalogUnsigned,
    )?;
    if expected.seen.is_some_and(|seen| catalog.number < seen.catalog) {
        return Err(DirectoryError::CatalogOlder);
    }
    catalog::validate(&catalog).map_err(DirectoryError::CatalogInvalid)?;

    let signer = timestamp_signer(&directory.freshness, &manifest);
    let keys: Vec<_> = signer.into_iter().collect();
    let timestamp: Verified<Timestamp> = part(
        &directory.freshness,
        namespace::FRESHNESS,
        &keys,
        1,
        practice,
        DirectoryError::FreshnessUnsigned,
    )?;
    if timestamp.manifest != manifest.digest() || timestamp.catalog != catalog.digest() {
        return Err(DirectoryError::FreshnessMismatch);
    }
    Ok(VerifiedDirectory {
        fingerprint: root.fingerprint,
        freshness: Freshness::of(timestamp.at, now),
        root: root.statement,
        deployment,
        before,
        manifest,
        catalog,
        timestamp,
    })
}
