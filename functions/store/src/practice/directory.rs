//! The signed directory.
use super::{Outcome, Stop, meta, session, set_meta};
use crate::driver::Driver;
use vestibule_app::actor::practice::{CatalogSet, FreshnessSet, Pieces, PracticeReply};
use vestibule_app::sha256;
use vestibule_core::{ids::Digest, problem::ProblemKind, time::UnixSeconds};

/// All pieces.
pub(super) fn read(db: &impl Driver) -> Outcome {
    Ok(PracticeReply::Directory(Pieces {
        roots: meta(db, "roots")?.into(),
        deployment: meta(db, "deployment")?.into(),
        manifest: meta(db, "manifest")?.into(),
        catalog: meta(db, "catalog")?.into(),
        freshness: meta(db, "freshness")?.into(),
        catalog_body: meta(db, "catalog_body")?.into(),
    }))
}

fn unchanged(db: &impl Driver, expected: &Digest) -> Result<(), Stop> {
    if sha256(&meta(db, "catalog")?) == *expected { Ok(()) } else { Err(ProblemKind::Conflict.into()) }
}

/// Replaces the catalog that the caller verified against.
pub(super) fn set_catalog(db: &impl Driver, now: UnixSeconds, command: &CatalogSet) -> Outcome {
    session::require(db, now, &command.session)?;
    unchanged(db, &command.expected)?;
    set_meta(db, "catalog", &command.catalog)?;
    set_meta(db, "catalog_body", &command.catalog_body)?;
    set_meta(db, "freshness", &command.freshness)?;
    Ok(PracticeReply::Done)
}

/// Replaces the timestamp.
pub(super) fn set_freshness(db: &impl Driver, now: UnixSeconds, command: &FreshnessSet) -> Outcome {
    session::require(db, now, &command.session)?;
    unchanged(db, &command.expected)?;
    set_meta(db, "freshness", &command.freshness)?;
    Ok(PracticeReply::Done)
}
