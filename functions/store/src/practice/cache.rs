//! Cache hints of staff clients.
use super::{Outcome, session};
use crate::driver::{Driver, blob};
use vestibule_app::actor::practice::{CachePut, PracticeReply};
use vestibule_core::time::UnixSeconds;

/// Keeps the hint beside each appointment; unknown ids are passed over.
pub(super) fn put(db: &impl Driver, now: UnixSeconds, command: &CachePut) -> Outcome {
    session::require(db, now, &command.session)?;
    for (appointment, cache) in &command.entries {
        db.exec(
            "UPDATE appointments SET cache = ?2 WHERE actor = ?1 AND id = ?3 AND status >= 2",
            vec![blob(cache), blob(appointment)],
        )?;
    }
    Ok(PracticeReply::Done)
}
