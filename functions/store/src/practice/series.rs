//! Series that patients book: all of a list, or nothing of it (rule S18). Everything is decided before anything is written: what
//! is declined is not rolled back.
use super::{Outcome, book, claims, expire::expire, hold};
use crate::driver::Driver;
use vestibule_app::actor::practice::{Book, Hold, PracticeReply};
use vestibule_core::{
    calendar::{SeriesPlace, Taken, concerned_by_series, decide_series},
    problem::ProblemKind,
    time::UnixSeconds,
    wire::catalog::Catalog,
};

/// Claims all places, or none.
pub(super) fn hold(db: &impl Driver, catalog: &Catalog, now: UnixSeconds, holds: &[Hold]) -> Outcome {
    expire(db, catalog, now)?;
    let wanted: Vec<_> = holds
        .iter()
        .map(|hold| SeriesPlace {
            appointment: hold.appointment,
            place: &hold.place,
            visit: hold.visit.as_ref(),
        })
        .collect();
    let facts = holds.iter().map(|one| hold::facts(db, one)).collect::<Result<Vec<_>, _>>()?;
    let (mut taken, mut counted) = (Vec::new(), Vec::new());
    for concerned in concerned_by_series(catalog, &wanted) {
        taken.extend(claims::of(db, &concerned.resources, &concerned.cells, &[])?);
        counted.extend(claims::counted(db, &concerned.classes, &concerned.weeks, &[])?);
    }
    let granted = decide_series(catalog, &wanted, &facts, Taken::new(taken, counted), now)?;
    let first = granted.first().ok_or(ProblemKind::Malformed)?.expires;
    for (one, granted) in holds.iter().zip(&granted) {
        hold::write(db, one, granted)?;
    }
    Ok(PracticeReply::Held(first))
}

/// Stores all envelopes, or none; the same bytes again are answered the same.
pub(super) fn book(db: &impl Driver, now: UnixSeconds, books: &[Book]) -> Outcome {
    let decided = books.iter().map(|one| book::decide(db, now, one)).collect::<Result<Vec<_>, _>>()?;
    let stored = books.iter().zip(decided).map(|(one, outcome)| book::write(db, one, outcome));
    Ok(PracticeReply::All(stored.collect::<Result<_, _>>()?))
}
