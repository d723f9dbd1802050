//! A practice whose PINs this deployment guards, founded here or elsewhere.
use super::{Outcome, counters, first, meta, set_meta};
use crate::driver::{Driver, blob};
use vestibule_app::actor::practice::{Join, PracticeReply, Spend};
use vestibule_core::{problem::ProblemKind, time::UnixSeconds};

/// What this deployment is to the practice.
pub(super) fn read(db: &impl Driver) -> Outcome {
    Ok(PracticeReply::Member(meta(db, "member")?.into()))
}

/// Counts an order of the practice's root by its proof of work, and tells what this deployment is to the practice.
pub(super) fn spend(db: &impl Driver, now: UnixSeconds, command: &Spend) -> Outcome {
    let member = meta(db, "member")?;
    if !counters::spend(db, now, command.work, command.expires)? {
        return Err(ProblemKind::WorkRequired.into());
    }
    Ok(PracticeReply::Member(member.into()))
}

/// Remembers a membership; again for the same deployment changes nothing, so that a founder may repeat it. Another one only
/// takes the place of the one that the caller saw.
pub(super) fn join(db: &impl Driver, now: UnixSeconds, command: &Join) -> Outcome {
    if !counters::spend(db, now, command.work, command.expires)? {
        return Err(ProblemKind::WorkRequired.into());
    }
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
