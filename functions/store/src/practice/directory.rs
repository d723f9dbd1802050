//! The signed directory.
use super::{Outcome, Stop, first, meta, session, set_meta};
use crate::driver::{Driver, StoreError, blob};
use vestibule_app::actor::practice::{CatalogSet, DeploymentSet, FreshnessSet, Pieces, PracticeReply};
use vestibule_app::sha256;
use vestibule_core::{
    cbor,
    ids::Digest,
    problem::ProblemKind,
    time::UnixSeconds,
    wire::{directory::Manifest, envelope::Signed},
};

/// All pieces.
pub(super) fn read(db: &impl Driver) -> Outcome {
    let before = first(db, "SELECT value FROM meta WHERE actor = ?1 AND key = ?2", vec![blob("before")])?;
    let before = before.map(|row| row.blob(0).map(<[u8]>::to_vec)).transpose()?;
    Ok(PracticeReply::Directory(Pieces {
        roots: meta(db, "roots")?.into(),
        deployment: meta(db, "deployment")?.into(),
        manifest: meta(db, "manifest")?.into(),
        catalog: meta(db, "catalog")?.into(),
        freshness: meta(db, "freshness")?.into(),
        catalog_body: meta(db, "catalog_body")?.into(),
        // Empty stands for none: rows of `meta` are never taken away.
        before: before.filter(|bytes| !bytes.is_empty()).map(Into::into),
    }))
}

/// The body of the manifest in force, as it was verified when it was stored.
pub(super) fn manifest(db: &impl Driver) -> Result<Manifest, Stop> {
    let broken = || StoreError("the manifest does not decode".into());
    let signed: Signed = cbor::from_slice(&meta(db, "manifest")?).map_err(|_| broken())?;
    Ok(cbor::from_slice(&signed.body).map_err(|_| broken())?)
}

/// A timestamp is over manifest and catalog, so whoever changed either was quicker.
fn unchanged(db: &impl Driver, expected: &Digest) -> Result<(), Stop> {
    let current = sha256(&[meta(db, "manifest")?, meta(db, "catalog")?].concat());
    if current == *expected { Ok(()) } else { Err(ProblemKind::Conflict.into()) }
}

/// Replaces the catalog that the caller verified against, and the manifest with it where new calendars came.
pub(super) fn set_catalog(db: &impl Driver, now: UnixSeconds, command: &CatalogSet) -> Outcome {
    session::require(db, now, &command.session)?;
    unchanged(db, &command.expected)?;
    set_meta(db, "catalog", &command.catalog)?;
    set_meta(db, "catalog_body", &command.catalog_body)?;
    set_meta(db, "freshness", &command.freshness)?;
    if let Some(manifest) = &command.manifest {
        set_meta(db, "manifest", manifest)?;
    }
    Ok(PracticeReply::Done)
}

/// Replaces the timestamp.
pub(super) fn set_freshness(db: &impl Driver, now: UnixSeconds, command: &FreshnessSet) -> Outcome {
    session::require(db, now, &command.session)?;
    unchanged(db, &command.expected)?;
    set_meta(db, "freshness", &command.freshness)?;
    Ok(PracticeReply::Done)
}

/// The deployment that was left last.
pub(super) fn left(db: &impl Driver) -> Outcome {
    let row = first(db, "SELECT value FROM meta WHERE actor = ?1 AND key = ?2", vec![blob("left")])?;
    Ok(PracticeReply::Left(row.map(|row| row.blob(0).map(|bytes| bytes.to_vec().into())).transpose()?))
}

/// Replaces deployment and manifest together. This realm must serve the new deployment already: what is published is what
/// patients ask for.
pub(super) fn set_deployment(db: &impl Driver, now: UnixSeconds, command: &DeploymentSet) -> Outcome {
    session::require(db, now, &command.session)?;
    unchanged(db, &command.expected)?;
    if meta(db, "member-of")? != command.serves.0 {
        return Err(ProblemKind::Conflict.into());
    }
    if command.before.is_none() {
        set_meta(db, "left", &meta(db, "before")?)?;
    }
    set_meta(db, "deployment", &command.deployment)?;
    set_meta(db, "before", command.before.as_ref().map_or(&[], |bytes| bytes))?;
    set_meta(db, "manifest", &command.manifest)?;
    set_meta(db, "freshness", &command.freshness)?;
    Ok(PracticeReply::Done)
}
