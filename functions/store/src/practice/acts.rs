//! Acts of staff on several appointments at once.
use super::{Outcome, act, expire::expire, session, waiting};
use crate::driver::Driver;
use vestibule_app::actor::{
    entries::Acts,
    practice::{Booked, PracticeReply},
};
use vestibule_core::{
    calendar::{ActOutcome, decide_acts},
    ids::Digest,
    states,
    time::UnixSeconds,
    wire::catalog::Catalog,
};

/// Stores all statements and does what they say, or nothing; the same bytes again are answered the same. Everything is decided
/// before anything is written: what is declined is not rolled back.
pub(super) fn act_on_all(db: &impl Driver, catalog: &Catalog, now: UnixSeconds, command: &Acts) -> Outcome {
    session::require(db, now, &command.session)?;
    let (mut acts, mut facts, mut envelopes) = (Vec::new(), Vec::new(), Vec::new());
    for one in &command.acts {
        let (of, envelope) = act::facts(db, one.appointment, one.seq, &one.statement)?;
        facts.push(of);
        envelopes.push(envelope.unwrap_or(Digest([0; 32])));
        acts.push((one.appointment, one.action, one.seq));
    }
    let outcomes = decide_acts(&acts, &facts, now)?;
    // What is freed goes to the waiting list as one, after what is offered there has gone on.
    if outcomes.iter().any(|o| matches!(o, ActOutcome::Store(state) if !states::keeps_cells(*state))) {
        expire(db, catalog, now)?;
    }
    let (mut all, mut freed) = (Vec::with_capacity(outcomes.len()), Vec::new());
    for ((one, outcome), envelope) in command.acts.iter().zip(outcomes).zip(envelopes) {
        let state = match outcome {
            ActOutcome::Already(state) => state,
            ActOutcome::Store(state) => {
                freed.extend(act::keep(db, one.appointment, one.seq, &one.statement, state)?);
                state
            }
        };
        all.push(Booked { state, envelope, due: None });
    }
    for takes in &freed {
        waiting::vacate(db, catalog, now, &takes.stretches)?;
    }
    if let Some(last) = all.last_mut().filter(|_| !freed.is_empty()) {
        last.due = waiting::due(db)?;
    }
    Ok(PracticeReply::All(all))
}
