//! A patient's later act.
use super::{Outcome, claims::free, first, row};
use crate::driver::{Driver, blob, number};
use vestibule_app::{
    actor::practice::{Act, Booked, PracticeReply},
    sha256,
};
use vestibule_core::{
    calendar::{ActFacts, ActOutcome, decide_act},
    ids::Digest,
    wire::appointment::State,
};

/// Stores the statement and frees the cells; the same bytes again are answered the same.
pub(super) fn act(db: &impl Driver, command: &Act) -> Outcome {
    let stored = row::find(db, command.appointment)?;
    let last = first(
        db,
        "SELECT coalesce(max(seq), 1) FROM statements WHERE actor = ?1 AND appointment = ?2",
        vec![blob(command.appointment)],
    )?;
    let same = first(
        db,
        "SELECT 1 FROM statements WHERE actor = ?1 AND appointment = ?2 AND seq = ?3 AND statement = ?4",
        vec![blob(command.appointment), number(command.seq.into()), blob(&command.statement)],
    )?;
    let facts = ActFacts {
        appointment: stored.as_ref().map(|s| s.appointment),
        last: last.map_or(Ok(1), |r| r.number(0))?,
        stored: same.is_some(),
    };
    match decide_act(&facts, &command.capability, command.state, command.seq)? {
        ActOutcome::Already => {}
        ActOutcome::Cancel => {
            db.exec(
                "INSERT INTO statements VALUES (?1, ?2, ?3, ?4)",
                vec![blob(command.appointment), number(command.seq.into()), blob(&command.statement)],
            )?;
            db.exec(
                "UPDATE appointments SET status = 3, head = ?2 WHERE actor = ?1 AND id = ?3",
                vec![blob(sha256(&command.statement)), blob(command.appointment)],
            )?;
            free(db, command.appointment.as_ref())?;
        }
    }
    let envelope = stored.and_then(|s| s.digest).unwrap_or(Digest([0; 32]));
    Ok(PracticeReply::Booked(Booked { state: State::Cancelled, envelope }))
}
