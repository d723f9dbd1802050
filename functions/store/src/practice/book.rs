//! Turn a hold into a booking.
use super::{Outcome, Stop, row, waiting};
use crate::driver::{Driver, blob, number};
use vestibule_app::actor::practice::{Book, Booked, PracticeReply};
use vestibule_core::{
    calendar::{BookFacts, BookOutcome, decide_book},
    time::UnixSeconds,
    wire::appointment::State,
};

/// Stores the envelope of a live hold; the same bytes again are answered the same.
pub(super) fn book(db: &impl Driver, now: UnixSeconds, command: &Book) -> Outcome {
    let outcome = decide(db, now, command)?;
    Ok(PracticeReply::Booked(write(db, command, outcome)?))
}

/// What a booking comes to.
pub(super) fn decide(db: &impl Driver, now: UnixSeconds, command: &Book) -> Result<BookOutcome, Stop> {
    let stored = row::find(db, command.context.appointment)?;
    let facts = BookFacts {
        appointment: stored.as_ref().map(|s| s.appointment),
        envelope: stored.as_ref().and_then(|s| s.digest),
        asks: stored.as_ref().is_some_and(|s| s.asks),
    };
    let (practice, sent) = (command.practice, (&command.digest, command.request));
    Ok(decide_book(&facts, &command.capability, &command.context, practice, sent, now)?)
}

/// Writes what was decided.
pub(super) fn write(db: &impl Driver, command: &Book, outcome: BookOutcome) -> Result<Booked, Stop> {
    let digest = &command.digest;
    let state = match outcome {
        BookOutcome::Already(state) => state,
        BookOutcome::Store => {
            let state = if command.request { State::Requested } else { State::Booked };
            db.exec(
                "UPDATE appointments SET status = ?6, network = NULL, envelope = ?2, digest = ?3, head = ?4
                 WHERE actor = ?1 AND id = ?5",
                vec![
                    blob(&command.envelope),
                    blob(digest),
                    blob(command.head),
                    blob(command.context.appointment),
                    number(row::status(state)),
                ],
            )?;
            waiting::booked(db, command.context.appointment.as_ref())?;
            state
        }
    };
    Ok(Booked { state, envelope: *digest, due: None })
}
