//! Acts of staff on several appointments at once.
use super::{Outcome, act, session};
use crate::driver::Driver;
use vestibule_app::actor::{
    entries::Acts,
    practice::{Booked, PracticeReply},
};
use vestibule_core::{
    calendar::{ActOutcome, decide_acts},
    ids::Digest,
    time::UnixSeconds,
};

/// Stores all statements and does what they say, or nothing; the same bytes again are answered the same. Everything is decided
/// before anything is written: what is declined is not rolled back.
pub(super) fn act_on_all(db: &impl Driver, now: UnixSeconds, command: &Acts) -> Outcome {
    session::require(db, now, &command.session)?;
    let (mut acts, mut facts, mut envelopes) = (Vec::new(), Vec::new(), Vec::new());
    for one in &command.acts {
        let (of, envelope) = act::facts(db, one.appointment, one.seq, &one.statement)?;
        facts.push(of);
        envelopes.push(envelope.unwrap_or(Digest([0; 32])));
        acts.push((one.appointment, one.action, one.seq));
    }
    let outcomes = decide_acts(&acts, &facts, now)?;
    let mut all = Vec::with_capacity(outcomes.len());
    for ((one, outcome), envelope) in command.acts.iter().zip(outcomes).zip(envelopes) {
        let state = match outcome {
            ActOutcome::Already(state) => state,
            ActOutcome::Store(state) => {
                act::keep(db, one.appointment, one.seq, &one.statement, state)?;
                state
            }
        };
        all.push(Booked { state, envelope });
    }
    Ok(PracticeReply::All(all))
}
