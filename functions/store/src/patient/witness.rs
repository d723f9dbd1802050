//! What this shard says to other realms of its counting, and what it keeps of theirs (rule R4.20).
use super::{Outcome, vault::of_device};
use crate::driver::{Driver, StoreError, blob, number};
use vestibule_app::{
    actor::patient::{Mark, PatientReply, Witness, Witnessed},
    sha256,
};
use vestibule_core::{
    ids::{Digest, KeyHash},
    time::UnixSeconds,
    wire::witness::RELEASED,
};

/// One more attempt was counted. The mark follows from its handle, which nobody can foretell.
pub(super) fn count(db: &impl Driver, handle: &Digest) -> Result<(), StoreError> {
    db.exec(
        "INSERT INTO progress VALUES (?1, 1, ?2, NULL)
         ON CONFLICT DO UPDATE SET number = number + 1, mark = excluded.mark",
        vec![blob(sha256(handle.as_ref()))],
    )?;
    Ok(())
}

/// When this shard learned that its counts had been set back.
pub(super) fn set_back(db: &impl Driver) -> Result<Option<UnixSeconds>, StoreError> {
    let rows = db.exec("SELECT set_back FROM progress WHERE actor = ?1 AND set_back IS NOT NULL", vec![])?;
    rows.first().map(|row| Ok(UnixSeconds(row.number(0)?))).transpose()
}

fn progress(db: &impl Driver) -> Result<(u64, Digest), StoreError> {
    let rows = db.exec("SELECT number, mark FROM progress WHERE actor = ?1", vec![])?;
    let Some(row) = rows.first() else { return Ok((0, Digest([0; 32]))) };
    Ok((row.number(0)?, row.id(1)?))
}

/// For a device of an active registration: takes in what others said, and answers with what was counted here.
pub(super) fn witness(db: &impl Driver, now: UnixSeconds, command: &Witness) -> Outcome {
    if of_device(db, command.patient, &command.device)?.is_none() {
        return Ok(PatientReply::Unauthorized);
    }
    if let Some(own) = &command.own {
        learn(db, now, own, &command.fresh)?;
    }
    for mark in &command.seen {
        keep(db, mark)?;
    }
    let (number, mark) = progress(db)?;
    let rows = db.exec("SELECT checkpoint FROM witnessed WHERE actor = ?1 ORDER BY realm", vec![])?;
    let kept = rows.iter().map(|row| Ok(row.blob(0)?.to_vec().into())).collect::<Result<_, StoreError>>()?;
    let released = release(db, number, mark)?;
    Ok(PatientReply::Witnessed(Witnessed { number, mark, kept, released }))
}

/// Remembers what is told now; the newest of what was told, oldest first.
fn release(db: &impl Driver, count: u64, mark: Digest) -> Result<Vec<(u64, Digest)>, StoreError> {
    db.exec(
        "INSERT INTO released VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET mark = excluded.mark",
        vec![number(count), blob(mark)],
    )?;
    db.exec(
        "DELETE FROM released WHERE actor = ?1 AND number NOT IN
         (SELECT number FROM released WHERE actor = ?1 ORDER BY number DESC LIMIT ?2)",
        vec![number(RELEASED as u64)],
    )?;
    let rows = db.exec("SELECT number, mark FROM released WHERE actor = ?1 ORDER BY number", vec![])?;
    rows.iter().map(|row| Ok((row.number(0)?, row.id(1)?))).collect()
}

/// This shard's own signature shows that it was further: it was set back. It goes on from there, and lets no stranger try for
/// an hour.
fn learn(db: &impl Driver, now: UnixSeconds, own: &Mark, fresh: &Digest) -> Result<(), StoreError> {
    let (count, mark) = progress(db)?;
    let told = db.exec("SELECT number, mark FROM released WHERE actor = ?1 ORDER BY number", vec![])?;
    let told = told
        .iter()
        .map(|row| Ok((row.number(0)?, row.id(1)?)))
        .collect::<Result<Vec<(u64, Digest)>, StoreError>>()?;
    let forgotten = told.len() >= RELEASED && told.first().is_some_and(|oldest| oldest.0 > own.number);
    let remembered = forgotten || told.contains(&(own.number, own.mark));
    if remembered && (own.number < count || (own.number == count && own.mark == mark)) {
        return Ok(());
    }
    db.exec(
        "INSERT INTO progress VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE
         SET number = excluded.number, mark = excluded.mark, set_back = excluded.set_back",
        vec![number(own.number.max(count).saturating_add(1)), blob(fresh), number(now.0)],
    )?;
    // It has said so, whatever storage remembers: nobody is told twice.
    release(db, own.number, own.mark)?;
    Ok(())
}

/// The newest of a realm stays; an older one takes its place never, and the first proof of a contradiction is kept for ever.
fn keep(db: &impl Driver, seen: &Mark) -> Result<(), StoreError> {
    let realm: &KeyHash = &seen.realm;
    db.exec(
        "INSERT INTO witnessed VALUES (?1, ?2, ?3, ?4, ?5, NULL) ON CONFLICT DO UPDATE
         SET number = excluded.number, mark = excluded.mark, checkpoint = excluded.checkpoint
         WHERE excluded.number > number",
        vec![blob(realm), number(seen.number), blob(seen.mark), blob(&seen.checkpoint)],
    )?;
    if let Some(evidence) = &seen.evidence {
        db.exec(
            "UPDATE witnessed SET evidence = coalesce(evidence, ?2) WHERE actor = ?1 AND realm = ?3",
            vec![blob(evidence), blob(realm)],
        )?;
    }
    Ok(())
}
