//! The patient's sealed index: compare and swap.
use super::Outcome;
use crate::driver::{Driver, Row, StoreError, blob};
use vestibule_app::actor::patient::{PatientReply, VaultGet, VaultPut};
use vestibule_core::ids::{Digest, PatientId};

/// Key hash of the active registration that the token belongs to, with head and vault.
pub(super) fn of_device(
    db: &impl Driver,
    patient: PatientId,
    device: &Digest,
) -> Result<Option<Row>, StoreError> {
    let rows = db.exec(
        "SELECT r.key_hash, v.head, v.vault FROM devices d
         JOIN registrations r ON r.actor = d.actor AND r.patient = d.patient AND r.registration = d.registration AND r.status = 1
         LEFT JOIN vaults v ON v.actor = r.actor AND v.patient = r.patient AND v.key_hash = r.key_hash
         WHERE d.actor = ?1 AND d.token = ?2 AND d.patient = ?3",
        vec![blob(device), blob(patient)],
    )?;
    Ok(rows.into_iter().next())
}

/// Replaces the vault that the caller saw. A retry whose first answer was lost is done already.
pub(super) fn put(db: &impl Driver, command: &VaultPut) -> Outcome {
    let Some(row) = of_device(db, command.patient, &command.device)? else {
        return Ok(PatientReply::Unauthorized);
    };
    let head = row.maybe_blob(1)?.unwrap_or(&[0; 32]);
    if head == command.head.as_ref() {
        return Ok(PatientReply::Done);
    }
    if head != command.expected.as_ref() {
        return Ok(PatientReply::Conflict);
    }
    db.exec(
        "INSERT INTO vaults VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE
         SET head = excluded.head, vault = excluded.vault",
        vec![blob(command.patient), blob(row.blob(0)?), blob(command.head), blob(&command.vault)],
    )?;
    Ok(PatientReply::Done)
}

/// The vault, empty if there is none.
pub(super) fn get(db: &impl Driver, command: &VaultGet) -> Outcome {
    let Some(row) = of_device(db, command.patient, &command.device)? else {
        return Ok(PatientReply::Unauthorized);
    };
    Ok(PatientReply::Vault(row.maybe_blob(2)?.map(<[u8]>::to_vec).unwrap_or_default().into()))
}
