//! Holds that ran out.
use crate::driver::{Driver, StoreError, blob, number};
use vestibule_core::time::UnixSeconds;

/// Frees their cells. Runs by a delayed message and before every hold, so a claim that stands in the way is always a live one.
pub(super) fn expire(db: &impl Driver, now: UnixSeconds) -> Result<(), StoreError> {
    let lapsed = db.exec(
        "UPDATE appointments SET status = 1, network = NULL WHERE actor = ?1 AND status = 0 AND expires <= ?2 RETURNING id",
        vec![number(now.0)],
    )?;
    for row in lapsed {
        free(db, row.blob(0)?)?;
    }
    Ok(())
}

/// Frees the cells of one appointment.
pub(super) fn free(db: &impl Driver, id: &[u8]) -> Result<(), StoreError> {
    // The place is looked up in the same statement, so the primary key finds the cells.
    db.exec(
        "DELETE FROM claims WHERE actor = ?1 AND appointment = ?2
         AND resource = (SELECT resource FROM appointments WHERE actor = ?1 AND id = ?3)
         AND cell >= (SELECT start FROM appointments WHERE actor = ?1 AND id = ?4)
         AND cell < (SELECT start + cells FROM appointments WHERE actor = ?1 AND id = ?5)",
        vec![blob(id), blob(id), blob(id), blob(id)],
    )?;
    Ok(())
}
