//! A practice whose PINs this deployment guards, founded here or elsewhere.
use super::{Outcome, Stop, counters, first, meta, schema::TABLES, set_meta};
use crate::{
    driver::{Driver, blob},
    schema::forget_actor,
};
use vestibule_app::actor::practice::{End, Join, Leave, PracticeReply, Spend};
use vestibule_core::{ids::Digest, problem::ProblemKind, time::UnixSeconds};

/// What this deployment is to the practice.
pub(super) fn read(db: &impl Driver) -> Outcome {
    Ok(PracticeReply::Member(meta(db, "member")?.into()))
}

/// Spends a proof of work, once.
fn spent(db: &impl Driver, now: UnixSeconds, work: Digest, expires: UnixSeconds) -> Result<(), Stop> {
    if counters::spend(db, now, work, expires)? { Ok(()) } else { Err(ProblemKind::WorkRequired.into()) }
}

/// Counts an order of the practice's root by its proof of work, and tells what this deployment is to the practice.
pub(super) fn spend(db: &impl Driver, now: UnixSeconds, command: &Spend) -> Outcome {
    let member = meta(db, "member")?;
    spent(db, now, command.work, command.expires)?;
    Ok(PracticeReply::Member(member.into()))
}

/// Serves one deployment only from now on.
pub(super) fn end(db: &impl Driver, now: UnixSeconds, command: &End) -> Outcome {
    spent(db, now, command.work, command.expires)?;
    if meta(db, "member-of")? != command.deployment.0 {
        return Err(ProblemKind::Conflict.into());
    }
    set_meta(db, "member", &command.member)?;
    Ok(PracticeReply::Done)
}

/// Serves the practice no longer; what it has of it is still to be forgotten. Never where the calendar is.
pub(super) fn leave(db: &impl Driver, now: UnixSeconds, command: &Leave) -> Outcome {
    let find = |key| first(db, "SELECT value FROM meta WHERE actor = ?1 AND key = ?2", vec![blob(key)]);
    if find("manifest")?.is_some() {
        return Err(ProblemKind::Conflict.into());
    }
    spent(db, now, command.work, command.expires)?;
    let serves = find("member-of")?;
    if serves.as_ref().map(|row| row.blob(0)).transpose()? != command.deployment.as_ref().map(AsRef::as_ref) {
        return Err(ProblemKind::Conflict.into());
    }
    for key in ["member", "member-of"] {
        db.exec("DELETE FROM meta WHERE actor = ?1 AND key = ?2", vec![blob(key)])?;
    }
    Ok(PracticeReply::Done)
}

/// Forgets a practice that is not served any more.
pub(super) fn erase(db: &impl Driver) -> Outcome {
    if first(db, "SELECT 1 FROM meta WHERE actor = ?1", vec![])?.is_some() {
        return Err(ProblemKind::Conflict.into());
    }
    forget_actor(db, TABLES)?;
    Ok(PracticeReply::Erased)
}

/// Remembers a membership; again for the same deployment changes nothing, so that a founder may repeat it. Another one only
/// takes the place of the one that the caller saw.
pub(super) fn join(db: &impl Driver, now: UnixSeconds, command: &Join) -> Outcome {
    spent(db, now, command.work, command.expires)?;
    match first(db, "SELECT value FROM meta WHERE actor = ?1 AND key = ?2", vec![blob("member-of")])? {
        Some(known) if known.blob(0)? == command.deployment.0 => {}
        Some(known) if command.replaces.is_none_or(|seen| known.blob(0) != Ok(&seen.0)) => {
            return Err(ProblemKind::Conflict.into());
        }
        Some(_) | None => {
            set_meta(db, "member-of", &command.deployment.0)?;
            set_meta(db, "member", &command.member)?;
        }
    }
    Ok(PracticeReply::Done)
}
