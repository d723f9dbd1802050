//! Visits that need more than one resource: what every driver must keep.
use super::support::{
    CODE, Database, NETWORK, NINE, NOW, PRACTICE, Practice, RESOURCE, ROOM, SECOND, SESSION, appointment,
    place,
};
use crate::Driver;
use vestibule_app::actor::practice::{
    Act, BesideLoad, Book, By, Hold, PracticeCommand, PracticeReply, SlotsData, SlotsLoad,
};
use vestibule_core::{
    ids::{Digest, ResourceId},
    limits,
    problem::ProblemKind,
    time::{Cell, UnixSeconds},
    wire::{
        appointment::{Action, AppointmentContext, Place, State},
        catalog::Visit,
    },
};

fn hold(n: u8, resource: ResourceId, offset: u64, class: u16, code: Option<&str>) -> PracticeCommand {
    PracticeCommand::Hold(Hold {
        appointment: appointment(n),
        place: Place { resource, ..place(offset, 4) },
        capability: Digest([n; 32]),
        network: NETWORK,
        cap: 8,
        visit: Some(Visit { classes: vec![class], code: code.map(Into::into) }),
    })
}

/// Books what [`hold`] holds.
fn book(n: u8, offset: u64, request: bool) -> PracticeCommand {
    PracticeCommand::Book(Book {
        practice: PRACTICE,
        capability: Digest([n; 32]),
        context: AppointmentContext {
            practice: PRACTICE,
            appointment: appointment(n),
            version: 1,
            place: place(offset, 4),
        },
        envelope: vec![n].into(),
        digest: Digest([n; 32]),
        head: Digest([n + 1; 32]),
        request,
    })
}

fn load<D: Driver>(practice: &Practice<'_, D>, now: UnixSeconds) -> SlotsData {
    let from = Cell(NINE / 300 - 288);
    let load =
        SlotsLoad { resources: vec![RESOURCE, SECOND], from, to: Cell(from.0 + 576), classes: Some(vec![1]) };
    match practice.run(now, PracticeCommand::SlotsLoad(load)) {
        PracticeReply::Slots(data) => data,
        other => panic!("{other:?}"),
    }
}

/// Claimed cells of both doctors and of the room, and how many starts are counted.
fn standing<D: Driver>(practice: &Practice<'_, D>, now: UnixSeconds) -> ([usize; 3], usize) {
    let data = load(practice, now);
    let of = |id| data.claims.iter().filter(|c| c.resource == id).count();
    ([of(RESOURCE), of(SECOND), of(ROOM)], data.counted.len())
}

fn held<D: Driver>(practice: &Practice<'_, D>, command: PracticeCommand) {
    let reply = practice.run(NOW, command);
    assert!(matches!(reply, PracticeReply::Held(_)), "{reply:?}");
}

pub(super) fn a_visit_takes_all_that_it_needs_or_nothing<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    held(&practice, hold(1, RESOURCE, 0, 1, None));
    assert_eq!(standing(&practice, NOW), ([4, 0, 6], 1), "the room until half past");
    for offset in [0, 3, 4] {
        let other = hold(2, SECOND, offset, 1, None);
        assert_eq!(practice.declined(NOW, other), ProblemKind::SlotTaken, "no room at {offset}");
    }
    assert_eq!(standing(&practice, NOW), ([4, 0, 6], 1), "a refused hold leaves nothing");
    let plain = PracticeCommand::Hold(Hold {
        appointment: appointment(3),
        place: place(3, 4),
        capability: Digest([3; 32]),
        network: NETWORK,
        cap: 8,
        visit: None,
    });
    assert_eq!(
        practice.declined(NOW, plain),
        ProblemKind::SlotTaken,
        "the doctor is the same without a class"
    );
    held(&practice, hold(4, SECOND, 6, 1, None));
    assert_eq!(standing(&practice, NOW), ([4, 4, 12], 2));
    let unknown = hold(5, RESOURCE, 12, 9, None);
    assert_eq!(practice.declined(NOW, unknown), ProblemKind::SlotTaken, "no such class");
}

pub(super) fn what_a_visit_takes_is_freed_with_it<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    held(&practice, hold(1, RESOURCE, 0, 1, None));
    let later = NOW.plus(limits::HOLD_SECONDS);
    assert_eq!(standing(&practice, later), ([0, 0, 0], 0), "free at once, whenever it is cleared away");
    assert_eq!(practice.run(later, PracticeCommand::Expire), PracticeReply::Due(None));
    assert_eq!(standing(&practice, NOW), ([0, 0, 0], 0), "and cleared away whole");
    let reply = practice.run(later, hold(2, SECOND, 0, 1, None));
    assert!(matches!(reply, PracticeReply::Held(_)), "{reply:?}");
}

pub(super) fn caps_count_what_stands<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    held(&practice, hold(1, RESOURCE, 0, 1, None));
    held(&practice, hold(2, RESOURCE, 6, 1, None));
    assert_eq!(practice.declined(NOW, hold(3, RESOURCE, 12, 1, None)), ProblemKind::SlotTaken, "two a day");
    held(&practice, hold(4, RESOURCE, 12, 2, Some(CODE)));
    let later = NOW.plus(limits::HOLD_SECONDS);
    let reply = practice.run(later, hold(5, RESOURCE, 18, 1, None));
    assert!(matches!(reply, PracticeReply::Held(_)), "those lapsed: {reply:?}");
}

pub(super) fn codes_and_internal_classes_are_refused_to_strangers<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    for (class, code) in [(2, None), (2, Some("k7m2p4qx3znv5trx")), (3, None), (3, Some(CODE))] {
        assert_eq!(
            practice.declined(NOW, hold(1, RESOURCE, 0, class, code)),
            ProblemKind::Forbidden,
            "{class}"
        );
    }
    held(&practice, hold(1, RESOURCE, 0, 2, Some(CODE)));
}

pub(super) fn staff_alone_learns_which_rooms_were_given_out<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    let (from, to) = (Cell(NINE / 300), Cell(NINE / 300 + 96));
    let beside = |session| PracticeCommand::BesideLoad(BesideLoad { session, from, to });
    let told = || match practice.run(NOW, beside(SESSION)) {
        PracticeReply::Beside(claims) => claims,
        other => panic!("{other:?}"),
    };
    held(&practice, hold(1, RESOURCE, 0, 1, None));
    assert_eq!(told(), [], "a hold is nobody's appointment yet");
    let booked = practice.run(NOW, book(1, 0, false));
    assert!(matches!(&booked, PracticeReply::Booked(b) if b.state == State::Booked), "{booked:?}");
    let room = Place { resource: ROOM, ..place(0, 6) };
    assert_eq!(told(), [(appointment(1), room)]);
    assert_eq!(practice.declined(NOW, beside(Digest([9; 32]))), ProblemKind::Unauthorized);
    let cancel = PracticeCommand::Act(Act {
        appointment: appointment(1),
        by: By::Patient(Digest([1; 32])),
        action: Action::CancelledByPatient,
        seq: 2,
        statement: vec![2].into(),
        place: None,
        visit: None,
    });
    assert!(matches!(practice.run(NOW, cancel), PracticeReply::Booked(_)));
    assert_eq!(told(), [], "what is cancelled has no room");
}

pub(super) fn what_is_asked_for_is_neither_booked_nor_moved_when_it_stands<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    held(&practice, hold(1, RESOURCE, 0, 4, None));
    assert_eq!(practice.declined(NOW, book(1, 0, false)), ProblemKind::Forbidden);
    let is =
        |reply, want| assert!(matches!(&reply, PracticeReply::Booked(b) if b.state == want), "{reply:?}");
    is(practice.run(NOW, book(1, 0, true)), State::Requested);
    let act = |by, action, seq, to: Option<u64>| {
        let place = to.map(|offset| place(offset, 4));
        let visit = to.map(|_| Visit { classes: vec![4], code: None });
        let statement = vec![u8::try_from(seq).unwrap()].into();
        PracticeCommand::Act(Act { appointment: appointment(1), by, action, seq, statement, place, visit })
    };
    let patient = || By::Patient(Digest([1; 32]));
    is(practice.run(NOW, act(patient(), Action::MovedByPatient, 2, Some(6))), State::Requested);
    is(practice.run(NOW, act(By::Session(SESSION), Action::Confirmed, 3, None)), State::Booked);
    let again = act(patient(), Action::MovedByPatient, 4, Some(12));
    assert_eq!(practice.declined(NOW, again), ProblemKind::Forbidden, "what stands");
    is(practice.run(NOW, act(By::Session(SESSION), Action::MovedByPractice, 4, Some(12))), State::Booked);
}
