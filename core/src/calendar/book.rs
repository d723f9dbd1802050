//! Whether a hold may become a booking.
use super::{Appointment, Standing};
use crate::{
    ids::{Digest, PracticeId},
    problem::{Problem, ProblemKind},
    time::UnixSeconds,
    wire::appointment::{AppointmentContext, State},
};

/// What the store knows of the appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookFacts {
    /// The row, if the id was ever used.
    pub appointment: Option<Appointment>,
    /// SHA-256 of the stored envelope, if any.
    pub envelope: Option<Digest>,
    /// Its classes allow only a request (rule S17).
    pub asks: bool,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookOutcome {
    /// Store the envelope.
    Store,
    /// These very bytes are stored: a client whose answer was lost gets it again, with the state of now.
    Already(State),
}

/// Whether the capability and the envelope fit the hold, and the hold still stands (PROTOCOL section 6).
///
/// A wrong capability is answered like an unknown id. An envelope that names another place than the hold is refused:
/// nobody else could open it.
pub fn decide_book(
    facts: &BookFacts,
    capability: &Digest,
    context: &AppointmentContext,
    practice: PracticeId,
    (envelope, request): (&Digest, bool),
    now: UnixSeconds,
) -> Result<BookOutcome, Problem> {
    let Some(appointment) = facts.appointment.filter(|a| a.capability == Some(*capability)) else {
        return Err(ProblemKind::NotFound.into());
    };
    if context.practice != practice || context.version != 1 || context.place != appointment.place {
        return Err(Problem::new(
            ProblemKind::Unverifiable,
            "the envelope names another place than the hold",
        ));
    }
    match appointment.standing {
        Standing::Held(until) if now < until && facts.asks && !request => {
            Err(Problem::new(ProblemKind::Forbidden, "this is asked for, not booked"))
        }
        Standing::Held(until) if now < until => Ok(BookOutcome::Store),
        Standing::Held(_) | Standing::Lapsed => Err(ProblemKind::HoldExpired.into()),
        Standing::Is(state @ (State::Requested | State::Booked))
            if facts.envelope.as_ref() == Some(envelope) =>
        {
            Ok(BookOutcome::Already(state))
        }
        Standing::Is(_) => Err(ProblemKind::Conflict.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{calendar::fixture::R1, ids::AppointmentId, time::Cell, wire::appointment::Place};

    #[test]
    fn table() {
        let place = Place { resource: R1, start: Cell(100), cells: 4 };
        let (cap, envelope, practice) = (Digest([1; 32]), Digest([2; 32]), PracticeId([3; 16]));
        let context = AppointmentContext { practice, appointment: AppointmentId([4; 16]), version: 1, place };
        let facts = |standing, envelope| BookFacts {
            appointment: Some(Appointment { standing, place, capability: Some(cap) }),
            envelope,
            asks: false,
        };
        let held = facts(Standing::Held(UnixSeconds(600)), None);
        let moved = AppointmentContext { place: Place { cells: 5, ..place }, ..context.clone() };
        let foreign = AppointmentContext { practice: PracticeId([9; 16]), ..context.clone() };
        let second = AppointmentContext { version: 2, ..context.clone() };
        let asked = BookFacts { asks: true, ..held };
        let ask =
            |request| decide_book(&asked, &cap, &context, practice, (&envelope, request), UnixSeconds(599));
        assert_eq!(ask(true), Ok(BookOutcome::Store));
        assert_eq!(ask(false).map_err(|p| p.kind), Err(ProblemKind::Forbidden), "booked where one asks");
        for (name, facts, cap, context, now, want) in [
            ("held", held, cap, &context, 599, Ok(BookOutcome::Store)),
            ("lapsed by time", held, cap, &context, 600, Err(ProblemKind::HoldExpired)),
            ("lapsed", facts(Standing::Lapsed, None), cap, &context, 0, Err(ProblemKind::HoldExpired)),
            ("wrong capability", held, Digest([8; 32]), &context, 0, Err(ProblemKind::NotFound)),
            (
                "unknown",
                BookFacts { appointment: None, ..held },
                cap,
                &context,
                0,
                Err(ProblemKind::NotFound),
            ),
            ("other place", held, cap, &moved, 0, Err(ProblemKind::Unverifiable)),
            ("other practice", held, cap, &foreign, 0, Err(ProblemKind::Unverifiable)),
            ("other version", held, cap, &second, 0, Err(ProblemKind::Unverifiable)),
            (
                "again",
                facts(Standing::Is(State::Booked), Some(envelope)),
                cap,
                &context,
                0,
                Ok(BookOutcome::Already(State::Booked)),
            ),
            (
                "other bytes",
                facts(Standing::Is(State::Booked), Some(Digest([5; 32]))),
                cap,
                &context,
                0,
                Err(ProblemKind::Conflict),
            ),
            (
                "cancelled",
                facts(Standing::Is(State::Cancelled), Some(envelope)),
                cap,
                &context,
                0,
                Err(ProblemKind::Conflict),
            ),
        ] {
            let got = decide_book(&facts, &cap, context, practice, (&envelope, false), UnixSeconds(now));
            assert_eq!(got.map_err(|p| p.kind), want, "{name}");
        }
    }
}
