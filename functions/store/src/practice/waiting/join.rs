//! Join the list.
use super::row;
use crate::{
    driver::{Driver, StoreError, blob, number},
    practice::{Outcome, counters, first},
};
use vestibule_app::actor::{practice::PracticeReply, waiting::WaitingJoin};
use vestibule_core::{
    calendar::waiting::{JoinFacts, JoinOutcome, decide_join},
    cbor,
    time::UnixSeconds,
    wire::catalog::Catalog,
};

/// Adds an entry at the end; the same bytes again are answered the same.
pub(super) fn join(db: &impl Driver, catalog: &Catalog, now: UnixSeconds, command: &WaitingJoin) -> Outcome {
    row::close_over(db, now)?;
    let known = row::find(db, command.entry, now)?;
    let sql = "SELECT count(*) FROM waiting WHERE actor = ?1 AND state <= 2";
    let waiting = first(db, sql, vec![])?.ok_or_else(|| StoreError("no row".into()))?;
    let facts = JoinFacts {
        id_used: known.is_some(),
        stored: known.is_some_and(|e| {
            e.facts.capability == command.capability && e.envelope.as_deref() == Some(&*command.envelope)
        }),
        practice: waiting.number(0)?,
    };
    if let JoinOutcome::Add(ends) = decide_join(catalog, &command.terms, &facts, now)? {
        counters::add(db, now, &command.count)?;
        db.exec(
            "INSERT INTO waiting SELECT ?1, ?2, coalesce(max(number), 0) + 1, 1, ?3, ?4, ?5, ?6, ?7, NULL, 0
             FROM waiting WHERE actor = ?1",
            vec![
                blob(command.entry),
                blob(command.capability),
                number(now.0),
                number(ends.0),
                blob(cbor::to_vec(&command.terms)),
                blob(&command.envelope),
            ],
        )?;
    }
    Ok(PracticeReply::Done)
}
