//! What appointments claim beside their calendars.
use super::{Outcome, session};
use crate::driver::{Driver, StoreError, number};
use vestibule_app::actor::practice::{BesideLoad, PracticeReply};
use vestibule_core::{calendar::Takes, cbor, time::UnixSeconds};

/// Of all that stand and start in the span, by start, then id. What stands for nothing any more claims nothing.
pub(super) fn load(db: &impl Driver, now: UnixSeconds, command: &BesideLoad) -> Outcome {
    session::require(db, now, &command.session)?;
    let sql = "SELECT id, resource, takes FROM appointments
        WHERE actor = ?1 AND status >= 2 AND start >= ?2 AND start < ?3 AND takes IS NOT NULL ORDER BY start, id";
    let mut claims = Vec::new();
    for row in db.exec(sql, vec![number(command.from.0), number(command.to.0)])? {
        let own = row.id(1)?;
        let takes: Takes =
            cbor::from_slice(row.blob(2)?).map_err(|_| StoreError("what it takes does not decode".into()))?;
        for stretch in takes.stretches.into_iter().filter(|stretch| stretch.resource != own) {
            claims.push((row.id(0)?, stretch));
        }
    }
    Ok(PracticeReply::Beside(claims))
}
