//! Whether a later act on an appointment is taken: cancel, move, confirm, decline, attended, no-show.
use super::{
    Appointment, Concerned, Counted, QueryError, Standing, Taken, Takes, concerned_by_hold, fit, hold::asks,
};
use crate::{
    ids::Digest,
    limits,
    problem::{Problem, ProblemKind},
    states,
    time::{Cell, UnixSeconds},
    wire::{
        appointment::{Action, Place, State},
        catalog::{Catalog, Visit},
    },
};
use alloc::{collections::BTreeSet, vec::Vec};

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

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Whoever shows a capability of this hash.
    Patient(Digest),
    /// A staff member with a live session.
    Practice,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActOutcome {
    /// Store the statement; the appointment is then in this state.
    Store(State),
    /// These very bytes are stored; the appointment is in this state.
    Already(State),
}

/// Whether the asker may, the chain goes on without a gap, and the state allows it (PROTOCOL section 6). For a move the
/// place is decided on by [`decide_move`].
pub fn decide_act(
    facts: &ActFacts,
    actor: &Actor,
    action: Action,
    seq: u32,
    now: UnixSeconds,
) -> Result<ActOutcome, Problem> {
    let may_see = |a: &Appointment| match actor {
        Actor::Patient(capability) => a.capability == Some(*capability),
        Actor::Practice => true,
    };
    let appointment = facts.appointment.filter(may_see);
    let Some(Appointment { standing: Standing::Is(state), place, .. }) = appointment else {
        return Err(ProblemKind::NotFound.into());
    };
    if action.by_patient() != matches!(actor, Actor::Patient(_)) {
        return Err(Problem::new(ProblemKind::Forbidden, "an act of the other side"));
    }
    if facts.stored {
        return Ok(ActOutcome::Already(state));
    }
    let Some(next) = states::after(state, action) else {
        return Err(Problem::new(ProblemKind::Conflict, "the state does not allow it"));
    };
    if matches!(action, Action::Attended | Action::NoShow) && now < place.start.start() {
        return Err(Problem::new(ProblemKind::Conflict, "it has not begun yet"));
    }
    if action == Action::Accepted && now >= place.start.start() {
        return Err(Problem::new(ProblemKind::Conflict, "it has begun"));
    }
    if Some(seq) != facts.last.checked_add(1) || seq as usize > limits::MAX_STATEMENTS {
        return Err(Problem::new(ProblemKind::Conflict, "seq does not follow the last statement"));
    }
    Ok(ActOutcome::Store(next))
}

/// A wish to move.
#[derive(Debug, Clone, Copy)]
pub struct Move<'a> {
    /// Where it is.
    pub from: &'a Place,
    /// Where to.
    pub to: &'a Place,
    /// The classes of what a patient moves.
    pub visit: Option<&'a Visit>,
    /// Whether it stands: a request does not yet.
    pub stands: bool,
    /// What it takes where it is.
    pub own: &'a Takes,
}

impl Move<'_> {
    /// What it takes when staff moves it: the same as before, so much later, with the new resource in the old one's place.
    /// `None` beyond the times that there are, and if what takes more than its place is to change its length.
    fn shifted(&self) -> Option<Takes> {
        let (from, to) = (self.from, self.to);
        if *self.own == Takes::only(*from) {
            return Some(Takes::only(*to));
        }
        let cell = |cell: Cell| cell.0.checked_add(to.start.0)?.checked_sub(from.start.0).map(Cell);
        let stretch = |s: &Place| {
            let resource = if s.resource == from.resource { to.resource } else { s.resource };
            Some(Place { resource, start: cell(s.start)?, ..*s })
        };
        let mut takes = Takes {
            stretches: self.own.stretches.iter().map(stretch).collect::<Option<_>>()?,
            counted: self
                .own
                .counted
                .iter()
                .map(|c| Some(Counted { start: cell(c.start)?, ..*c }))
                .collect::<Option<_>>()?,
        };
        takes.stretches.sort_unstable_by_key(|s| (s.resource, s.start));
        // The new resource may be one that it needs besides.
        let overlap = takes.stretches.windows(2).any(|two| {
            two[0].resource == two[1].resource && two[0].start.0 + u64::from(two[0].cells) > two[1].start.0
        });
        (to.cells == from.cells && !overlap).then_some(takes)
    }
}

/// What to look up for a move; the error says why the catalog does not offer the place at all.
pub fn concerned_by_move(catalog: &Catalog, actor: &Actor, wish: &Move<'_>) -> Result<Concerned, QueryError> {
    if matches!(actor, Actor::Patient(_)) {
        return concerned_by_hold(catalog, wish.to, wish.visit);
    }
    let stretches = wish.shifted().ok_or(QueryError::Minutes)?.stretches;
    let end = |s: &Place| s.start.0.saturating_add(s.cells.into());
    let first = stretches.iter().map(|s| s.start).min().unwrap_or(wish.to.start);
    Ok(Concerned {
        resources: stretches.iter().map(|s| s.resource).collect::<BTreeSet<_>>().into_iter().collect(),
        cells: first..Cell(stretches.iter().map(end).max().unwrap_or(first.0)),
        classes: Vec::new(),
        weeks: first..first,
    })
}

/// What an appointment takes when it is moved, or why it may not be. `taken` leaves out what it takes itself. Patients are
/// bound to what is offered; staff may use any time of a resource of the catalog.
pub fn decide_move(
    catalog: &Catalog,
    actor: &Actor,
    wish: &Move<'_>,
    taken: &Taken,
    now: UnixSeconds,
) -> Result<Takes, Problem> {
    let to = wish.to;
    let takes = match actor {
        // The length is that of the service, which the server does not know: it stays.
        Actor::Patient(_) if to.cells != wish.from.cells => None,
        // Its new time would stand without anybody having confirmed it (rule S17).
        Actor::Patient(_) if wish.stands && asks(catalog, to, wish.visit) => {
            return Err(Problem::new(ProblemKind::Forbidden, "what was confirmed is asked for anew"));
        }
        Actor::Patient(_) => {
            fit(catalog, to, wish.visit, taken, now).map_err(|_| Problem::from(ProblemKind::Internal))?
        }
        Actor::Practice => {
            let start = to.start.start();
            let may = start >= now
                && start < now.plus(u64::from(limits::MAX_HORIZON_DAYS) * 86_400)
                && (1..=limits::MAX_APPOINTMENT_CELLS).contains(&to.cells)
                && catalog.resources.iter().any(|r| r.id == to.resource);
            let shifted = if may { wish.shifted() } else { None };
            shifted.filter(|takes| taken.has_room_for(&takes.stretches))
        }
    };
    takes.ok_or_else(|| ProblemKind::SlotTaken.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        calendar::{
            Claim,
            fixture::{R1, R2, at, catalog, interval},
        },
        ids::ResourceId,
    };
    use alloc::vec;

    #[test]
    fn table() {
        use Action as A;
        let patient = Actor::Patient(Digest([1; 32]));
        let facts = |standing| ActFacts {
            appointment: Some(Appointment {
                standing,
                place: Place { resource: R1, start: Cell(1), cells: 1 },
                capability: Some(Digest([1; 32])),
            }),
            last: 1,
            stored: false,
        };
        let is = |state| facts(Standing::Is(state));
        let booked = is(State::Booked);
        let practice = Actor::Practice;
        let replay = ActFacts { stored: true, ..is(State::Cancelled) };
        let conflict = Err(ProblemKind::Conflict);
        let unknown = Err(ProblemKind::NotFound);
        for (name, facts, actor, action, seq, now, want) in [
            ("cancel", booked, patient, A::CancelledByPatient, 2, 0, Ok(ActOutcome::Store(State::Cancelled))),
            (
                "by staff",
                booked,
                practice,
                A::CancelledByPractice,
                2,
                0,
                Ok(ActOutcome::Store(State::Cancelled)),
            ),
            ("as the other", booked, patient, A::CancelledByPractice, 2, 0, Err(ProblemKind::Forbidden)),
            ("as the patient", booked, practice, A::MovedByPatient, 2, 0, Err(ProblemKind::Forbidden)),
            ("gap", booked, patient, A::CancelledByPatient, 3, 0, conflict),
            ("repeat of a seq", booked, patient, A::CancelledByPatient, 1, 0, conflict),
            ("overflow", ActFacts { last: u32::MAX, ..booked }, patient, A::MovedByPatient, 0, 0, conflict),
            (
                "wrong capability",
                booked,
                Actor::Patient(Digest([2; 32])),
                A::CancelledByPatient,
                2,
                0,
                unknown,
            ),
            ("twice", is(State::Cancelled), patient, A::CancelledByPatient, 2, 0, conflict),
            (
                "replay",
                replay,
                patient,
                A::CancelledByPatient,
                2,
                0,
                Ok(ActOutcome::Already(State::Cancelled)),
            ),
            (
                "only held",
                facts(Standing::Held(UnixSeconds(9))),
                patient,
                A::CancelledByPatient,
                2,
                0,
                unknown,
            ),
            ("before it begins", booked, practice, A::Attended, 2, 299, conflict),
            ("begun", booked, practice, A::Attended, 2, 300, Ok(ActOutcome::Store(State::Attended))),
            (
                "confirmed",
                is(State::Requested),
                practice,
                A::Confirmed,
                2,
                0,
                Ok(ActOutcome::Store(State::Booked)),
            ),
            ("confirmed twice", booked, practice, A::Confirmed, 2, 0, conflict),
        ] {
            let got = decide_act(&facts, &actor, action, seq, UnixSeconds(now));
            assert_eq!(got.map_err(|p| p.kind), want, "{name}");
        }
    }

    #[test]
    fn moves() {
        let catalog = catalog(&[interval(1, 540, 600)]);
        let nine = at("2026-11-23", "09:00");
        let now = UnixSeconds(nine - 3_600);
        let to = Place { resource: R1, start: Cell(nine / 300), cells: 4 };
        let off = Place { start: Cell(nine / 300 + 1), ..to };
        let longer = Place { cells: 6, ..to };
        let elsewhere = Place { resource: ResourceId([9; 16]), ..to };
        let endless = Place { cells: 97, ..to };
        for (name, to, taken, now, patient, practice) in [
            ("free", to, false, now, true, true),
            ("taken", to, true, now, false, false),
            ("past", to, false, UnixSeconds(nine + 1), false, false),
            ("horizon", to, false, UnixSeconds(nine - 200 * 86_400), false, true),
            ("two years", to, false, UnixSeconds(nine - 731 * 86_400), false, false),
            ("off the grid", off, false, now, false, true),
            ("longer", longer, false, now, false, true),
            ("endless", endless, false, now, false, false),
            ("unknown resource", elsewhere, false, now, false, false),
        ] {
            let from = Place { resource: R1, start: Cell(1), cells: 4 };
            let own = Takes::only(from);
            let wish = Move { from: &from, to: &to, visit: None, stands: true, own: &own };
            let claims = taken.then_some(Claim { resource: R1, cell: to.start });
            let taken = Taken::new(claims, vec![]);
            let ok = |actor| decide_move(&catalog, &actor, &wish, &taken, now) == Ok(Takes::only(to));
            assert_eq!(
                (ok(Actor::Patient(Digest([1; 32]))), ok(Actor::Practice)),
                (patient, practice),
                "{name}"
            );
        }
    }

    #[test]
    fn what_staff_moves_keeps_its_room_and_its_buffers() {
        let catalog = catalog(&[interval(1, 540, 600)]);
        let nine = at("2026-11-23", "09:00") / 300;
        let place = |resource, start, cells| Place { resource, start: Cell(nine + start), cells };
        let from = place(R1, 0, 4);
        let room = ResourceId([7; 16]);
        let own = Takes {
            stretches: vec![place(R1, 0, 4), place(room, 0, 6)],
            counted: vec![Counted { class: 3, start: Cell(nine) }],
        };
        let wish = |to: &Place, claims: &[Claim]| {
            let wish = Move { from: &from, to, visit: None, stands: true, own: &own };
            let taken = Taken::new(claims.iter().copied(), vec![]);
            decide_move(&catalog, &Actor::Practice, &wish, &taken, UnixSeconds(nine * 300 - 3_600))
        };
        let to = place(R1, 12, 4);
        let moved = Takes {
            stretches: vec![place(R1, 12, 4), place(room, 12, 6)],
            counted: vec![Counted { class: 3, start: Cell(nine + 12) }],
        };
        assert_eq!(wish(&to, &[]), Ok(moved));
        let busy = Claim { resource: room, cell: Cell(nine + 17) };
        assert_eq!(wish(&to, &[busy]).map_err(|p| p.kind), Err(ProblemKind::SlotTaken), "its room is taken");
        let other = wish(&place(R2, 12, 4), &[]).map(|t| t.stretches);
        assert_eq!(other, Ok(vec![place(R2, 12, 4), place(room, 12, 6)]));
        assert!(wish(&place(R1, 12, 5), &[]).is_err(), "of another length");
    }
}
