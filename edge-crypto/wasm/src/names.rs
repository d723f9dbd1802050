//! Names of states and acts, as the pages know them (`web/src/lib/api.ts`).
use vestibule_core::wire::appointment::{Action, State};

/// Of a state.
pub(crate) const fn state(state: State) -> &'static str {
    match state {
        State::Booked => "booked",
        State::Cancelled => "cancelled",
        State::Requested => "requested",
        State::Declined => "declined",
        State::Attended => "attended",
        State::NoShow => "no-show",
    }
}

/// Of what a statement does, whoever made it.
pub(crate) const fn act(action: Action) -> &'static str {
    match action {
        Action::CancelledByPatient | Action::CancelledByPractice => "cancelled",
        Action::MovedByPatient | Action::MovedByPractice => "moved",
        Action::Confirmed => "confirmed",
        Action::Declined => "declined",
        Action::Attended => "attended",
        Action::NoShow => "no-show",
        Action::Accepted => "accepted",
    }
}

/// Of who made a statement.
pub(crate) const fn by(action: Action) -> &'static str {
    if action.by_patient() { "patient" } else { "practice" }
}

/// What staff does, by its name.
#[cfg(feature = "practice")]
pub(crate) fn staff_action(name: &str) -> Option<Action> {
    Some(match name {
        "cancelled" => Action::CancelledByPractice,
        "moved" => Action::MovedByPractice,
        "confirmed" => Action::Confirmed,
        "declined" => Action::Declined,
        "attended" => Action::Attended,
        "no-show" => Action::NoShow,
        _ => return None,
    })
}
