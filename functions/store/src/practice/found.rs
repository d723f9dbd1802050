//! Founding: all or nothing.
use super::{Outcome, first, set_meta};
use crate::driver::{Driver, blob};
use vestibule_app::actor::practice::{Found, PracticeReply};
use vestibule_core::problem::ProblemKind;

/// Stores the directory, the first credential and what this realm is to the practice; once.
pub(super) fn found(db: &impl Driver, command: &Found) -> Outcome {
    if first(db, "SELECT 1 FROM meta WHERE actor = ?1 AND key = ?2", vec![blob("manifest")])?.is_some() {
        return Err(ProblemKind::Conflict.into());
    }
    let pieces = &command.pieces;
    for (key, value) in [
        ("roots", &pieces.roots),
        ("deployment", &pieces.deployment),
        ("manifest", &pieces.manifest),
        ("catalog", &pieces.catalog),
        ("catalog_body", &pieces.catalog_body),
        ("freshness", &pieces.freshness),
        ("member", &command.member),
    ] {
        set_meta(db, key, value)?;
    }
    set_meta(db, "member-of", &command.deployment.0)?;
    db.exec(
        "INSERT INTO credentials VALUES (?1, ?2, ?3, ?4)",
        vec![blob(command.credential), blob(&command.passkey), blob(&command.staff_keys)],
    )?;
    db.exec("DELETE FROM ceremonies WHERE actor = ?1", vec![])?;
    Ok(PracticeReply::Done)
}
