//! Whether several acts of staff are taken together: all of them or none (rule E8).
use super::{ActFacts, ActOutcome, Actor, decide_act};
use crate::{
    ids::AppointmentId,
    limits,
    problem::{Problem, ProblemKind},
    time::UnixSeconds,
    wire::appointment::Action,
};
use alloc::{collections::BTreeSet, vec::Vec};

/// What each act does; or the problem of the first that is not taken, with the positions of all that are not. `facts` are in the
/// order of `acts`: which appointment, what, and its position in the chain.
pub fn decide_acts(
    acts: &[(AppointmentId, Action, u32)],
    facts: &[ActFacts],
    now: UnixSeconds,
) -> Result<Vec<ActOutcome>, Problem> {
    let ids: BTreeSet<_> = acts.iter().map(|(id, ..)| id).collect();
    if !(1..=limits::MAX_ENTRIES).contains(&acts.len())
        || ids.len() != acts.len()
        || acts.iter().any(|(_, action, _)| action.moves())
    {
        let detail = "1 to 52 acts, each on another appointment, and no moves";
        return Err(Problem::new(ProblemKind::Malformed, detail));
    }
    let (mut all, mut first, mut conflicts) = (Vec::with_capacity(acts.len()), None, Vec::new());
    for (at, ((_, action, seq), facts)) in (0u32..).zip(acts.iter().zip(facts)) {
        match decide_act(facts, &Actor::Practice, *action, *seq, now) {
            Ok(outcome) => all.push(outcome),
            Err(problem) => {
                first.get_or_insert(problem);
                conflicts.push(at);
            }
        }
    }
    first.map_or(Ok(all), |problem| Err(Problem { conflicts, ..problem }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        calendar::{Appointment, Standing, fixture::R1},
        time::Cell,
        wire::appointment::{Place, State},
    };
    use alloc::vec;

    /// Rule E8.
    #[test]
    fn all_or_none() {
        let facts = |state, stored| ActFacts {
            appointment: Some(Appointment {
                standing: Standing::Is(state),
                place: Place { resource: R1, start: Cell(9), cells: 1 },
                capability: None,
            }),
            last: 1,
            stored,
        };
        let (stands, gone) = (facts(State::Booked, false), facts(State::Cancelled, false));
        let unknown = ActFacts { appointment: None, ..stands };
        let act = |n, action| (AppointmentId([n; 16]), action, 2);
        let cancels = [1, 2, 3].map(|n| act(n, Action::CancelledByPractice));
        let decide = |acts: &[_], facts: &[_]| {
            decide_acts(acts, facts, UnixSeconds(0)).map_err(|p| (p.kind, p.conflicts))
        };
        let store = ActOutcome::Store(State::Cancelled);
        assert_eq!(decide(&cancels, &[stands; 3]), Ok(vec![store; 3]));
        assert_eq!(decide(&cancels, &[stands, gone, gone]), Err((ProblemKind::Conflict, vec![1, 2])));
        assert_eq!(decide(&cancels, &[unknown, stands, gone]), Err((ProblemKind::NotFound, vec![0, 2])));
        let again = facts(State::Cancelled, true);
        assert_eq!(decide(&cancels, &[again; 3]), Ok(vec![ActOutcome::Already(State::Cancelled); 3]));
        let malformed = Err((ProblemKind::Malformed, vec![]));
        assert_eq!(decide(&[], &[]), malformed);
        assert_eq!(decide(&[cancels[0]; 2], &[stands; 2]), malformed, "one twice");
        assert_eq!(decide(&[act(1, Action::MovedByPractice)], &[stands]), malformed);
        assert_eq!(
            decide(&[act(1, Action::CancelledByPatient)], &[stands]),
            Err((ProblemKind::Forbidden, vec![0])),
            "an act of the other side"
        );
    }
}
