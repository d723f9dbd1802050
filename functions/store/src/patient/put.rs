//! Store a pending registration.
use super::{Outcome, take_ticket};
use crate::driver::{Driver, StoreError, Value, blob, number};
use vestibule_app::actor::patient::{Known, PatientReply, Permit, Put};
use vestibule_core::{ids::PatientId, limits, time::UnixSeconds};

/// Consumes what allows it, and keeps the registration: for [`limits::PENDING_SECONDS`] if a mailed code allowed it, until
/// the next put if the patient's key did. (A change that stopped when one of two realms had activated it must still be
/// there tomorrow: nothing else opens.) A pending one before is dropped; the active one stays until the first right PIN of
/// the new one.
pub(super) fn put(db: &impl Driver, now: UnixSeconds, command: &Put) -> Outcome {
    let patient = command.patient;
    let used = db.exec(
        "SELECT 1 FROM registrations WHERE actor = ?1 AND patient = ?2 AND registration = ?3",
        vec![blob(patient), blob(command.registration)],
    )?;
    if !used.is_empty() {
        return Ok(PatientReply::Invalid);
    }
    let allowed = match &command.permit {
        Permit::Ticket(ticket) => take_ticket(db, now, patient, ticket)?,
        Permit::Signed(signer, old, nonce) => {
            let active = db.exec(
                "SELECT 1 FROM registrations WHERE actor = ?1 AND patient = ?2 AND status = 1 AND registration = ?3 AND key_hash = ?4",
                vec![blob(patient), blob(old), blob(signer)],
            )?;
            !active.is_empty() && fresh(db, patient, nonce)?
        }
        // Who enrolled anew by a mailed code has another key, and other realms' word does not undo that.
        Permit::Introduced(signer, nonce) => {
            let others = db.exec(
                "SELECT 1 FROM registrations WHERE actor = ?1 AND patient = ?2 AND status = 1 AND key_hash != ?3",
                vec![blob(patient), blob(signer)],
            )?;
            others.is_empty() && fresh(db, patient, nonce)?
        }
    };
    if !allowed {
        return Ok(PatientReply::Unauthorized);
    }
    if matches!(command.permit, Permit::Signed(..) | Permit::Introduced(..)) {
        // Only a patient-key signature clears the strangers' budget.
        db.exec("UPDATE attempts SET cleared = 1 WHERE actor = ?1 AND patient = ?2", vec![blob(patient)])?;
    }
    db.exec(
        "UPDATE registrations SET status = 2, descriptor = NULL, key_hash = NULL, secrets = NULL
         WHERE actor = ?1 AND patient = ?2 AND status = 0",
        vec![blob(patient)],
    )?;
    db.exec(
        "INSERT INTO registrations VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, ?7, ?8, ?9)",
        vec![
            blob(patient),
            blob(command.registration),
            blob(&command.descriptor),
            blob(command.key_hash),
            blob(&command.secrets),
            number(match &command.permit {
                Permit::Ticket(_) => now.plus(limits::PENDING_SECONDS).0,
                Permit::Signed(..) | Permit::Introduced(..) => u64::MAX,
            }),
            // The voucher opens one more try, or a locked address could not enrol: to whoever shows its ticket again, so
            // that no stranger who sees the pending registration takes it.
            match &command.permit {
                Permit::Ticket(ticket) => blob(ticket),
                Permit::Signed(..) | Permit::Introduced(..) => Value::Null,
            },
            blob(command.deployment),
        ],
    )?;
    Ok(PatientReply::Done)
}

/// Remembers a nonce; whether it is new.
fn fresh(db: &impl Driver, patient: PatientId, nonce: &[u8]) -> Result<bool, StoreError> {
    let sql = "INSERT INTO nonces VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING RETURNING 1";
    Ok(!db.exec(sql, vec![blob(patient), blob(nonce)])?.is_empty())
}

/// Whether the active registration is of this key.
pub(super) fn known(db: &impl Driver, command: &Known) -> Outcome {
    let rows = db.exec(
        "SELECT 1 FROM registrations WHERE actor = ?1 AND patient = ?2 AND status = 1 AND key_hash = ?3",
        vec![blob(command.patient), blob(command.key_hash)],
    )?;
    Ok(if rows.is_empty() { PatientReply::Unauthorized } else { PatientReply::Done })
}
