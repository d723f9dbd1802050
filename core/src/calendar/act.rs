//! Whether a patient's later act on an appointment is taken.
use super::{Appointment, Standing};
use crate::{
    ids::Digest,
    limits,
    problem::{Problem, ProblemKind},
    wire::appointment::State,
};

/// What the store knows of the appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActFacts {
    /// The row, if the id was ever used.
    pub appointment: Option<Appointment>,
    /// Seq of the last stored statement; the booking is 1.
    pub last: u32,
    /// The very same bytes are stored at the asked seq.
    pub stored: bool,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActOutcome {
    /// Store the statement, cancel, free the cells.
    Cancel,
    /// These very bytes are stored.
    Already,
}

/// Whether the capability fits, the chain goes on without a gap, and the state allows it (PROTOCOL section 6).
pub fn decide_act(
    facts: &ActFacts,
    capability: &Digest,
    wanted: State,
    seq: u32,
) -> Result<ActOutcome, Problem> {
    let Some(appointment) = facts.appointment.filter(|a| a.capability == *capability) else {
        return Err(ProblemKind::NotFound.into());
    };
    match (appointment.standing, wanted) {
        (Standing::Cancelled, State::Cancelled) if facts.stored => Ok(ActOutcome::Already),
        (Standing::Booked, State::Cancelled) => {
            if Some(seq) != facts.last.checked_add(1) || seq as usize > limits::MAX_STATEMENTS {
                return Err(Problem::new(ProblemKind::Conflict, "seq does not follow the last statement"));
            }
            Ok(ActOutcome::Cancel)
        }
        (Standing::Held(_) | Standing::Lapsed, _) => Err(ProblemKind::NotFound.into()),
        (Standing::Booked | Standing::Cancelled, _) => Err(ProblemKind::Conflict.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        calendar::fixture::R1,
        time::{Cell, UnixSeconds},
        wire::appointment::Place,
    };

    #[test]
    fn table() {
        let cap = Digest([1; 32]);
        let facts = |standing, stored| ActFacts {
            appointment: Some(Appointment {
                standing,
                place: Place { resource: R1, start: Cell(1), cells: 1 },
                capability: cap,
            }),
            last: 1,
            stored,
        };
        let booked = facts(Standing::Booked, false);
        let cancelled = State::Cancelled;
        for (name, facts, cap, state, seq, want) in [
            ("cancel", booked, cap, cancelled, 2, Ok(ActOutcome::Cancel)),
            ("gap", booked, cap, cancelled, 3, Err(ProblemKind::Conflict)),
            ("repeat of a seq", booked, cap, cancelled, 1, Err(ProblemKind::Conflict)),
            (
                "overflow",
                ActFacts { last: u32::MAX, ..booked },
                cap,
                cancelled,
                0,
                Err(ProblemKind::Conflict),
            ),
            ("to booked", booked, cap, State::Booked, 2, Err(ProblemKind::Conflict)),
            ("wrong capability", booked, Digest([2; 32]), cancelled, 2, Err(ProblemKind::NotFound)),
            ("twice", facts(Standing::Cancelled, false), cap, cancelled, 3, Err(ProblemKind::Conflict)),
            ("replay", facts(Standing::Cancelled, true), cap, cancelled, 2, Ok(ActOutcome::Already)),
            (
                "only held",
                facts(Standing::Held(UnixSeconds(9)), false),
                cap,
                cancelled,
                2,
                Err(ProblemKind::NotFound),
            ),
        ] {
            assert_eq!(decide_act(&facts, &cap, state, seq).map_err(|p| p.kind), want, "{name}");
        }
    }
}
