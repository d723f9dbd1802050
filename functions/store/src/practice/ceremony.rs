//! WebAuthn ceremonies: stored once, taken once.
use super::{Outcome, counters, first};
use crate::driver::{Driver, blob, number};
use vestibule_app::actor::practice::{Ceremony, CeremonyPut, CeremonyTake, PracticeReply};
use vestibule_core::{problem::ProblemKind, time::UnixSeconds};

/// Remembers a ceremony: of founding in a practice that is not founded, else of a sign-in, counted.
pub(super) fn put(db: &impl Driver, now: UnixSeconds, command: &CeremonyPut) -> Outcome {
    let founded =
        first(db, "SELECT 1 FROM meta WHERE actor = ?1 AND key = ?2", vec![blob("manifest")])?.is_some();
    match &command.count {
        None if founded => return Err(ProblemKind::Conflict.into()),
        None => {}
        Some(_) if !founded => return Err(ProblemKind::NotFound.into()),
        Some(count) => counters::add(db, now, count)?,
    }
    db.exec("DELETE FROM ceremonies WHERE actor = ?1 AND expires <= ?2", vec![number(now.0)])?;
    db.exec(
        "INSERT INTO ceremonies VALUES (?1, ?2, ?3, ?4, ?5)",
        vec![
            blob(command.id),
            number(u64::from(command.count.is_none())),
            blob(&command.state),
            number(command.expires.0),
        ],
    )?;
    Ok(PracticeReply::Done)
}

/// Takes a ceremony: founding without a credential, a sign-in with one. A second take finds nothing.
pub(super) fn take(db: &impl Driver, now: UnixSeconds, command: &CeremonyTake) -> Outcome {
    let sql = "DELETE FROM ceremonies WHERE actor = ?1 AND id = ?2 AND founding = ?3 AND expires > ?4 RETURNING state";
    let founding = u64::from(command.credential.is_none());
    let row = first(db, sql, vec![blob(command.id), number(founding), number(now.0)])?;
    let state = row.ok_or(ProblemKind::NotFound)?.blob(0)?.to_vec().into();
    let passkey = match &command.credential {
        None => None,
        Some(credential) => {
            let sql = "SELECT passkey FROM credentials WHERE actor = ?1 AND credential = ?2";
            first(db, sql, vec![blob(credential)])?
                .map(|r| r.blob(0).map(|b| b.to_vec().into()))
                .transpose()?
        }
    };
    Ok(PracticeReply::Ceremony(Ceremony { state, passkey }))
}
