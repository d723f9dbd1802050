//! Staff sessions: bearer tokens, stored as hashes.
use super::{Outcome, Stop, first};
use crate::driver::{Driver, blob, number};
use vestibule_app::actor::practice::{PracticeReply, SessionPut};
use vestibule_core::{ids::Digest, problem::ProblemKind, time::UnixSeconds};

/// Opens a session of a known credential and keeps its passkey's new counter.
pub(super) fn put(db: &impl Driver, now: UnixSeconds, command: &SessionPut) -> Outcome {
    db.exec("DELETE FROM sessions WHERE actor = ?1 AND expires <= ?2", vec![number(now.0)])?;
    let row = first(
        db,
        "UPDATE credentials SET passkey = ?2 WHERE actor = ?1 AND credential = ?3 RETURNING staff_keys",
        vec![blob(&command.passkey), blob(command.credential)],
    )?;
    let staff_keys = row.ok_or(ProblemKind::Unauthorized)?.blob(0)?.to_vec();
    db.exec(
        "INSERT INTO sessions VALUES (?1, ?2, ?3, ?4)",
        vec![blob(command.token), blob(command.credential), number(command.expires.0)],
    )?;
    Ok(PracticeReply::StaffKeys(staff_keys.into()))
}

/// The credential of a live session.
pub(super) fn require(db: &impl Driver, now: UnixSeconds, token: &Digest) -> Result<Digest, Stop> {
    let sql = "SELECT s.credential FROM sessions s JOIN credentials c ON c.actor = s.actor AND c.credential = s.credential
               WHERE s.actor = ?1 AND s.token = ?2 AND s.expires > ?3";
    let row = first(db, sql, vec![blob(token), number(now.0)])?;
    Ok(row.ok_or(ProblemKind::Unauthorized)?.id(0)?)
}
