//! Mailed codes.
use super::Outcome;
use crate::driver::{Driver, blob, number};
use vestibule_app::actor::patient::{PatientReply, VoucherCount, VoucherPut};
use vestibule_core::{guard::HOUR, limits, time::UnixSeconds};

/// Counts a code to be mailed: at most so many an hour for one patient, each proof of work once.
pub(super) fn count(db: &impl Driver, now: UnixSeconds, command: &VoucherCount) -> Outcome {
    db.exec("DELETE FROM used_codes WHERE actor = ?1 AND expires < ?2", vec![number(now.0)])?;
    let fresh = db.exec(
        "INSERT INTO used_codes VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING RETURNING 1",
        vec![blob(command.work), number(command.expires.0)],
    )?;
    if fresh.is_empty() {
        return Ok(PatientReply::WorkUsed);
    }
    let since = now.0.saturating_sub(HOUR);
    db.exec("DELETE FROM voucher_mails WHERE actor = ?1 AND at <= ?2", vec![number(since)])?;
    let rows = db.exec(
        "SELECT count(*), coalesce(min(at), 0) FROM voucher_mails WHERE actor = ?1 AND patient = ?2",
        vec![blob(command.patient)],
    )?;
    let (mailed, oldest): (u32, u64) = match rows.first() {
        Some(row) => (row.number(0)?, row.number(1)?),
        None => (0, 0),
    };
    if mailed >= limits::VOUCHERS_PER_HOUR {
        return Ok(PatientReply::Locked((oldest + HOUR).saturating_sub(now.0).max(1)));
    }
    db.exec("INSERT INTO voucher_mails VALUES (?1, ?2, ?3)", vec![blob(command.patient), number(now.0)])?;
    Ok(PatientReply::Done)
}

/// Stores the MAC of a code; the code before is void.
pub(super) fn put(db: &impl Driver, now: UnixSeconds, command: &VoucherPut) -> Outcome {
    db.exec("DELETE FROM vouchers WHERE actor = ?1 AND expires <= ?2", vec![number(now.0)])?;
    db.exec(
        "INSERT INTO vouchers VALUES (?1, ?2, ?3, ?4, 0) ON CONFLICT DO UPDATE
         SET code = excluded.code, expires = excluded.expires, guesses = 0",
        vec![blob(command.patient), blob(command.code), number(command.expires.0)],
    )?;
    Ok(PatientReply::Done)
}
