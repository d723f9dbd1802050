//! Holds that ran out.
use super::claims::free;
use crate::driver::{Driver, StoreError, number};
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
