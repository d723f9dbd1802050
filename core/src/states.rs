//! The state machine of an appointment: docs/SCHEDULING.md, section "States". The server asks it before it stores a
//! statement, and every client before it believes one.
use crate::wire::appointment::{Action, State};

/// The state after `action` in `state`; `None` if it may not happen (rules T1 to T6, T8).
pub const fn after(state: State, action: Action) -> Option<State> {
    use Action as A;
    use State as S;
    Some(match (state, action) {
        // T2: what stands, or was asked for, may be cancelled by either side.
        (S::Requested | S::Booked, A::CancelledByPatient | A::CancelledByPractice) => S::Cancelled,
        // T3: only the practice answers a request. T8: who will come changes nothing else.
        (S::Requested, A::Confirmed) | (S::Booked, A::Accepted) => S::Booked,
        (S::Requested, A::Declined) => S::Declined,
        // T4: a move changes the place and nothing else.
        (state @ (S::Requested | S::Booked), A::MovedByPatient | A::MovedByPractice) => state,
        // T5: attended or not, which may be corrected.
        (S::Booked | S::NoShow, A::Attended) => S::Attended,
        (S::Booked | S::Attended, A::NoShow) => S::NoShow,
        // T6: nothing follows a cancellation or a refusal: the cells may be someone else's by now.
        _ => return None,
    })
}

/// Whether an appointment in this state keeps its cells.
pub const fn keeps_cells(state: State) -> bool {
    !matches!(state, State::Cancelled | State::Declined)
}

impl Action {
    /// Whether the patient signs it; all others are signed by the practice.
    pub const fn by_patient(self) -> bool {
        matches!(self, Self::CancelledByPatient | Self::MovedByPatient | Self::Accepted)
    }

    /// Whether it names a new place.
    pub const fn moves(self) -> bool {
        matches!(self, Self::MovedByPatient | Self::MovedByPractice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_transition() {
        use Action as A;
        use State as S;
        let actions = [
            A::CancelledByPatient,
            A::CancelledByPractice,
            A::MovedByPatient,
            A::MovedByPractice,
            A::Confirmed,
            A::Declined,
            A::Attended,
            A::NoShow,
            A::Accepted,
        ];
        let none = [None; 9];
        let (cancelled, stays) = (Some(S::Cancelled), |s| Some(s));
        for (state, want) in [
            (
                S::Requested,
                [
                    cancelled,
                    cancelled,
                    stays(S::Requested),
                    stays(S::Requested),
                    Some(S::Booked),
                    Some(S::Declined),
                    None,
                    None,
                    None,
                ],
            ),
            (
                S::Booked,
                [
                    cancelled,
                    cancelled,
                    stays(S::Booked),
                    stays(S::Booked),
                    None,
                    None,
                    Some(S::Attended),
                    Some(S::NoShow),
                    stays(S::Booked),
                ],
            ),
            (S::Attended, [None, None, None, None, None, None, None, Some(S::NoShow), None]),
            (S::NoShow, [None, None, None, None, None, None, Some(S::Attended), None, None]),
            (S::Cancelled, none),
            (S::Declined, none),
        ] {
            assert_eq!(actions.map(|a| after(state, a)), want, "{state:?}");
        }
    }
}
