//! The proof that a PIN was right.
use super::{Outcome, registered, registration};
use crate::driver::{Driver, StoreError, blob, number};
use vestibule_app::actor::patient::{ConfirmApply, ConfirmLoad, Confirmed, PatientReply, Secrets};
use vestibule_core::{
    ids::{Digest, PatientId, RegistrationId},
    limits,
    time::UnixSeconds,
};

/// The one registration of all handles, if each is known, unused and in time.
fn registration_of(
    db: &impl Driver,
    now: UnixSeconds,
    patient: PatientId,
    handles: &[Digest],
) -> Result<Option<RegistrationId>, StoreError> {
    let since = number(now.0.saturating_sub(limits::ATTEMPT_SECONDS));
    let mut found: Option<RegistrationId> = None;
    for handle in handles {
        let rows = db.exec(
            "SELECT registration FROM attempts WHERE actor = ?1 AND handle = ?2 AND patient = ?3 AND at > ?4",
            vec![blob(handle), blob(patient), since.clone()],
        )?;
        let Some(row) = rows.first() else { return Ok(None) };
        let this = row.id(0)?;
        if found.is_some_and(|f| f != this) {
            return Ok(None);
        }
        found = Some(this);
    }
    Ok(found)
}

/// What the proof is checked against. Reads only: a wrong proof costs nothing more, the attempt was counted before.
pub(super) fn load(db: &impl Driver, now: UnixSeconds, command: &ConfirmLoad) -> Outcome {
    let Some(id) = registration_of(db, now, command.patient, &command.handles)? else {
        return Ok(PatientReply::Wrong);
    };
    let known = registration(db, now, command.patient, id)?;
    // Asked for known patients too, so that both cost the same.
    let registered = registered(db, command.patient)?;
    let decoy = id == command.decoy && !registered;
    let sealed = match known {
        Some(known) => known.sealed.into(),
        None if decoy => command.decoy_secrets.clone(),
        None => return Ok(PatientReply::Wrong),
    };
    Ok(PatientReply::Secrets(Secrets { registration: id, sealed }))
}

/// Refunds exactly the proven attempts, activates a pending registration, gives the device a token, releases the vault.
pub(super) fn apply(db: &impl Driver, now: UnixSeconds, command: &ConfirmApply) -> Outcome {
    let (patient, id) = (command.patient, command.registration);
    if registration_of(db, now, patient, &command.handles)? != Some(id) {
        return Ok(PatientReply::Wrong);
    }
    let Some(known) = registration(db, now, patient, id)? else { return Ok(PatientReply::Wrong) };
    for handle in &command.handles {
        db.exec("DELETE FROM attempts WHERE actor = ?1 AND handle = ?2", vec![blob(handle)])?;
    }
    if !known.active {
        activate(db, patient, id)?;
    }
    add_device(db, patient, id, command.device)?;
    let failed_attempts = tell(db, patient)?;
    let rows = db.exec(
        "SELECT r.key_hash, v.head, v.vault FROM registrations r
         LEFT JOIN vaults v ON v.actor = r.actor AND v.patient = r.patient AND v.key_hash = r.key_hash
         WHERE r.actor = ?1 AND r.patient = ?2 AND r.registration = ?3",
        vec![blob(patient), blob(id)],
    )?;
    let row = rows.first().ok_or_else(|| StoreError("no row".into()))?;
    let head = row.maybe_blob(1)?.map_or(Ok(Digest([0; 32])), Digest::try_from);
    Ok(PatientReply::Confirmed(Confirmed {
        key_hash: row.id(0)?,
        vault_head: head.map_err(|_| StoreError("head has a wrong length".into()))?,
        vault: row.maybe_blob(2)?.map(<[u8]>::to_vec).unwrap_or_default().into(),
        failed_attempts,
    }))
}

/// The first right PIN of a pending registration drops the old one with its device tokens.
fn activate(db: &impl Driver, patient: PatientId, id: RegistrationId) -> Result<(), StoreError> {
    db.exec(
        "UPDATE registrations SET status = 2, descriptor = NULL, key_hash = NULL, secrets = NULL
         WHERE actor = ?1 AND patient = ?2 AND status = 1",
        vec![blob(patient)],
    )?;
    db.exec("DELETE FROM devices WHERE actor = ?1 AND patient = ?2", vec![blob(patient)])?;
    db.exec(
        "DELETE FROM attempts WHERE actor = ?1 AND patient = ?2 AND registration != ?3 AND (budget != 0 OR cleared != 0)",
        vec![blob(patient), blob(id)],
    )?;
    // An active registration does not end.
    db.exec(
        "UPDATE registrations SET status = 1, expires = ?2 WHERE actor = ?1 AND patient = ?3 AND registration = ?4",
        vec![number(u64::MAX), blob(patient), blob(id)],
    )?;
    Ok(())
}

/// The oldest token goes when there are too many.
fn add_device(
    db: &impl Driver,
    patient: PatientId,
    id: RegistrationId,
    token: Digest,
) -> Result<(), StoreError> {
    db.exec(
        "INSERT INTO devices (actor, token, patient, registration) VALUES (?1, ?2, ?3, ?4)",
        vec![blob(token), blob(patient), blob(id)],
    )?;
    db.exec(
        "DELETE FROM devices WHERE actor = ?1 AND patient = ?2 AND seq NOT IN
         (SELECT seq FROM devices WHERE actor = ?1 AND patient = ?3 ORDER BY seq DESC LIMIT ?4)",
        vec![blob(patient), blob(patient), number(limits::DEVICES as u64)],
    )?;
    Ok(())
}

/// Strangers' attempts that the patient was not told of yet.
fn tell(db: &impl Driver, patient: PatientId) -> Result<u32, StoreError> {
    let rows = db.exec(
        "SELECT count(*), coalesce(max(seq), 0) FROM attempts
         WHERE actor = ?1 AND patient = ?2 AND budget != 1 AND seq > coalesce((SELECT seq FROM told WHERE actor = ?1 AND patient = ?3), 0)",
        vec![blob(patient), blob(patient)],
    )?;
    let row = rows.first().ok_or_else(|| StoreError("no row".into()))?;
    let (count, last): (u32, u64) = (row.number(0)?, row.number(1)?);
    if count > 0 {
        db.exec(
            "INSERT INTO told VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET seq = excluded.seq",
            vec![blob(patient), number(last)],
        )?;
    }
    Ok(count)
}
