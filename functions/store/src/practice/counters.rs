//! Counters by network and hour, and proofs of work that were spent.
use super::{Outcome, Stop, first, meta};
use crate::driver::{Driver, StoreError, blob, number};
use vestibule_app::actor::practice::{Count, Counted, Locate, PracticeReply};
use vestibule_core::{
    ids::Digest,
    limits,
    problem::{Problem, ProblemKind},
    time::UnixSeconds,
};

/// One more of `what` for a network: refused at the cap. Windows are clock hours.
pub(super) fn add(db: &impl Driver, now: UnixSeconds, count: &Count) -> Result<(), Stop> {
    let hour = now.0 / 3_600;
    db.exec("DELETE FROM rates WHERE actor = ?1 AND hour < ?2", vec![number(hour)])?;
    let counted = first(
        db,
        "INSERT INTO rates VALUES (?1, ?2, ?3, ?4, 1)
         ON CONFLICT DO UPDATE SET count = count + 1 WHERE count < ?5 RETURNING count",
        vec![number(hour), number(count.what as u64), blob(count.network), number(count.cap.into())],
    )?;
    match counted {
        Some(_) => Ok(()),
        None => Err(Stop::Declined(Problem {
            retry_after: Some((hour + 1) * 3_600 - now.0),
            ..ProblemKind::RateLimited.into()
        })),
    }
}

/// Remembers a solved challenge until it ends; whether it is new.
pub(super) fn spend(
    db: &impl Driver,
    now: UnixSeconds,
    mac: Digest,
    expires: UnixSeconds,
) -> Result<bool, StoreError> {
    db.exec("DELETE FROM used_work WHERE actor = ?1 AND expires < ?2", vec![number(now.0)])?;
    let sql = "INSERT INTO used_work VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING RETURNING 1";
    Ok(first(db, sql, vec![blob(mac), number(expires.0)])?.is_some())
}

/// Counts a realm operation of a practice that this realm serves.
pub(super) fn count(db: &impl Driver, now: UnixSeconds, command: &Count) -> Outcome {
    let member = meta(db, "member")?;
    add(db, now, command)?;
    Ok(PracticeReply::Member(member.into()))
}

/// Counts a locator evaluation by network and by practice, and tells what this realm is to it.
pub(super) fn locate(db: &impl Driver, now: UnixSeconds, command: &Locate) -> Outcome {
    let member = meta(db, "member")?;
    if !spend(db, now, command.work, command.expires)? {
        return Err(ProblemKind::WorkRequired.into());
    }
    add(db, now, &command.count)?;
    add(
        db,
        now,
        &Count { what: Counted::Locate, network: Digest([0; 32]), cap: limits::LOCATES_PER_PRACTICE_HOUR },
    )?;
    Ok(PracticeReply::Member(member.into()))
}
