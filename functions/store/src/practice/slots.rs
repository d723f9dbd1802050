//! What slots are computed from.
use super::{Outcome, meta};
use crate::driver::{Driver, StoreError, blob, number};
use vestibule_app::actor::practice::{PracticeReply, SlotsData, SlotsLoad};
use vestibule_core::{
    calendar::{Claim, Counted, concerned},
    problem::{Problem, ProblemKind},
    time::{Cell, UnixSeconds},
    wire::catalog::Catalog,
};

/// Cells of the week before and after: caps count whole weeks.
const WEEK: u64 = 8 * 288;

/// The catalog and the live claims of a span. Reads only: it is asked far more often than anything is held, so claims of
/// holds that ran out are passed over here and freed by the next hold.
pub(super) fn load(db: &impl Driver, known: &Catalog, now: UnixSeconds, command: &SlotsLoad) -> Outcome {
    let catalog = meta(db, "catalog_body")?.into();
    let (mut resources, mut classes) = (command.resources.clone(), Vec::new());
    if let Some(asked) = &command.classes {
        let (more, capped) = concerned(known, asked)
            .map_err(|error| Problem::new(ProblemKind::Malformed, error.to_string()))?;
        resources.extend(more);
        classes = capped;
    }
    resources.sort_unstable();
    resources.dedup();
    let mut claims = Vec::new();
    for resource in resources {
        let sql = "SELECT cell FROM claims WHERE actor = ?1 AND resource = ?2 AND cell >= ?3 AND cell < ?4
                   AND appointment NOT IN (SELECT id FROM appointments WHERE actor = ?1 AND status = 0 AND expires <= ?5)";
        let span = vec![blob(resource), number(command.from.0), number(command.to.0), number(now.0)];
        for row in db.exec(sql, span)? {
            claims.push(Claim { resource, cell: Cell(row.number(0)?) });
        }
    }
    let counted = starts(db, &classes, now, command)?;
    Ok(PracticeReply::Slots(SlotsData { catalog, claims, counted }))
}

fn starts(
    db: &impl Driver,
    classes: &[u16],
    now: UnixSeconds,
    command: &SlotsLoad,
) -> Result<Vec<Counted>, StoreError> {
    let mut counted = Vec::new();
    for class in classes {
        let sql = "SELECT start FROM counted WHERE actor = ?1 AND class = ?2 AND start >= ?3 AND start < ?4
                   AND appointment NOT IN (SELECT id FROM appointments WHERE actor = ?1 AND status = 0 AND expires <= ?5)";
        let (from, to) = (command.from.0.saturating_sub(WEEK), command.to.0.saturating_add(WEEK));
        let span = vec![number((*class).into()), number(from), number(to), number(now.0)];
        for row in db.exec(sql, span)? {
            counted.push(Counted { class: *class, start: Cell(row.number(0)?) });
        }
    }
    Ok(counted)
}
