//! Holds that ran out.
use super::{Stop, claims::free, waiting};
use crate::driver::{Driver, number};
use vestibule_core::{time::UnixSeconds, wire::catalog::Catalog};

/// Frees their cells, and goes on with what is offered to the waiting list. Runs by a delayed message and before every hold, so a
/// claim that stands in the way is always a live one. The place of an accepted offer goes back to the list (rule W8).
pub(super) fn expire(db: &impl Driver, catalog: &Catalog, now: UnixSeconds) -> Result<(), Stop> {
    let lapsed = db.exec(
        "UPDATE appointments SET status = 1, network = NULL WHERE actor = ?1 AND status = 0 AND expires <= ?2 RETURNING id",
        vec![number(now.0)],
    )?;
    let mut back = Vec::new();
    let mut ids = lapsed.iter().map(|row| row.blob(0)).collect::<Result<Vec<_>, _>>()?;
    ids.sort_unstable();
    for id in ids {
        let takes = free(db, id)?;
        if waiting::lapsed(db, id)? {
            back.extend(takes);
        }
    }
    waiting::go_on(db, catalog, now)?;
    for takes in back {
        waiting::vacate(db, catalog, now, &takes.stretches)?;
    }
    Ok(())
}
