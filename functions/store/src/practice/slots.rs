//! What slots are computed from.
use super::{Outcome, meta};
use crate::driver::{Driver, blob, number};
use vestibule_app::actor::practice::{PracticeReply, SlotsData, SlotsLoad};
use vestibule_core::{
    calendar::Claim,
    time::{Cell, UnixSeconds},
};

/// The catalog and the live claims of a span. Reads only: it is asked far more often than anything is held, so claims of
/// holds that ran out are passed over here and freed by the next hold.
pub(super) fn load(db: &impl Driver, now: UnixSeconds, command: &SlotsLoad) -> Outcome {
    let catalog = meta(db, "catalog_body")?.into();
    let mut claims = Vec::new();
    for resource in &command.resources {
        let sql = "SELECT cell FROM claims WHERE actor = ?1 AND resource = ?2 AND cell >= ?3 AND cell < ?4
                   AND appointment NOT IN (SELECT id FROM appointments WHERE actor = ?1 AND status = 0 AND expires <= ?5)";
        let span = vec![blob(resource), number(command.from.0), number(command.to.0), number(now.0)];
        for row in db.exec(sql, span)? {
            claims.push(Claim { resource: *resource, cell: Cell(row.number(0)?) });
        }
    }
    Ok(PracticeReply::Slots(SlotsData { catalog, claims }))
}
