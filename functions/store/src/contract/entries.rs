//! What the practice enters itself: what every driver must keep.
use super::support::{
    Database, NETWORK, NINE, NOW, PRACTICE, Practice, RESOURCE, ROOM, SCOPE, SECOND, SESSION, appointment,
    place,
};
use crate::Driver;
use vestibule_app::actor::{
    entries::{ActOne, Acts, EntriesAdd, EntryPut},
    practice::{Act, Booked, By, Hold, PracticeCommand, PracticeReply, Read, SlotsLoad},
};
use vestibule_core::{
    ids::{Digest, ResourceId, ScopeId},
    problem::ProblemKind,
    time::Cell,
    wire::appointment::{Action, AppointmentContext, Place, State},
};

/// An entry `weeks` after Monday 9:00 plus `offset` cells.
fn entry(n: u8, resource: ResourceId, weeks: u64, offset: u64, cells: u32) -> EntryPut {
    EntryPut {
        context: AppointmentContext {
            practice: PRACTICE,
            appointment: appointment(n),
            version: 1,
            place: Place { resource, ..place(weeks * 2_016 + offset, cells) },
        },
        scope: SCOPE,
        epoch: 1,
        envelope: vec![n].into(),
        digest: Digest([n; 32]),
        head: Digest([n ^ 0xff; 32]),
        classes: None,
    }
}

fn add(session: Digest, entries: Vec<EntryPut>) -> PracticeCommand {
    PracticeCommand::EntriesAdd(EntriesAdd { session, practice: PRACTICE, entries })
}

fn hold(n: u8, place: Place) -> PracticeCommand {
    PracticeCommand::Hold(Hold {
        appointment: appointment(n),
        place,
        capability: Digest([n; 32]),
        network: NETWORK,
        cap: 8,
        visit: None,
    })
}

/// Claimed cells of a resource in the two years from Monday on.
fn claims<D: Driver>(practice: &Practice<'_, D>, resource: ResourceId) -> usize {
    let from = Cell(NINE / 300 - 288);
    let load = SlotsLoad { resources: vec![resource], from, to: Cell(from.0 + 731 * 288), classes: None };
    match practice.run(NOW, PracticeCommand::SlotsLoad(load)) {
        PracticeReply::Slots(data) => data.claims.len(),
        other => panic!("{other:?}"),
    }
}

fn conflicts<D: Driver>(practice: &Practice<'_, D>, command: PracticeCommand) -> (ProblemKind, Vec<u32>) {
    match practice.run(NOW, command) {
        PracticeReply::Declined(d) => (ProblemKind::from_slug(&d.slug).unwrap(), d.conflicts),
        other => panic!("not declined: {other:?}"),
    }
}

fn all(state: State, ids: &[u8]) -> PracticeReply {
    PracticeReply::All(ids.iter().map(|n| Booked { state, envelope: Digest([*n; 32]), due: None }).collect())
}

pub(super) fn a_series_is_stored_whole_or_not_at_all<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    practice.run(NOW, hold(1, place(0, 4)));
    let series = |offset| (0..52).map(|n| entry(10 + n, RESOURCE, n.into(), offset, 3)).collect::<Vec<_>>();
    assert_eq!(conflicts(&practice, add(SESSION, series(3))), (ProblemKind::SlotTaken, vec![0]));
    assert_eq!(claims(&practice, RESOURCE), 4, "nothing of it");
    let ids: Vec<u8> = (10..62).collect();
    assert_eq!(practice.run(NOW, add(SESSION, series(4))), all(State::Booked, &ids));
    assert_eq!(practice.run(NOW, add(SESSION, series(4))), all(State::Booked, &ids), "a lost answer");
    assert_eq!(claims(&practice, RESOURCE), 4 + 52 * 3);
    // Others, over the first and the last, and over each other.
    let others = vec![
        entry(100, RESOURCE, 0, 6, 2),
        entry(101, RESOURCE, 60, 0, 2),
        entry(102, RESOURCE, 51, 0, 5),
        entry(103, RESOURCE, 60, 1, 2),
    ];
    assert_eq!(conflicts(&practice, add(SESSION, others)), (ProblemKind::SlotTaken, vec![0, 2, 3]));
    let mut part = series(4)[..2].to_vec();
    part.push(entry(104, RESOURCE, 61, 0, 1));
    assert_eq!(practice.declined(NOW, add(SESSION, part)), ProblemKind::Conflict, "an id was used");
    assert_eq!(practice.declined(NOW, hold(2, place(4, 4))), ProblemKind::SlotTaken, "nobody else gets it");
    assert_eq!(claims(&practice, RESOURCE), 4 + 52 * 3);
    let mut twice = series(4);
    twice.push(entry(62, RESOURCE, 53, 0, 1));
    assert_eq!(practice.declined(NOW, add(SESSION, twice)), ProblemKind::Malformed);
}

pub(super) fn entries_need_a_session_that_reads_the_scope<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    let one = || entry(10, RESOURCE, 0, 0, 3);
    let declined = |entry| practice.declined(NOW, add(SESSION, vec![one(), entry]));
    assert_eq!(practice.declined(NOW, add(Digest([0; 32]), vec![one()])), ProblemKind::Unauthorized);
    assert_eq!(declined(entry(11, ROOM, 0, 0, 3)), ProblemKind::Forbidden, "nobody reads the room's");
    assert_eq!(declined(entry(11, ResourceId([9; 16]), 0, 0, 3)), ProblemKind::Forbidden);
    let other = entry(11, RESOURCE, 1, 0, 3);
    for sealed in [
        EntryPut { scope: ScopeId([15; 16]), ..other.clone() },
        EntryPut { epoch: 2, ..other.clone() },
        EntryPut { context: AppointmentContext { version: 2, ..other.context.clone() }, ..other.clone() },
        EntryPut {
            context: AppointmentContext {
                practice: vestibule_core::ids::PracticeId([9; 16]),
                ..other.context.clone()
            },
            ..other
        },
    ] {
        assert_eq!(declined(sealed), ProblemKind::Unverifiable);
    }
    assert_eq!(claims(&practice, RESOURCE), 0);
}

pub(super) fn a_visit_that_the_practice_enters_takes_its_room<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    // Class 3 is for staff only; the room is kept for ten minutes more.
    let visit = |n, resource, offset| EntryPut { classes: Some(vec![3]), ..entry(n, resource, 0, offset, 4) };
    assert_eq!(practice.run(NOW, add(SESSION, vec![visit(10, RESOURCE, 0)])), all(State::Booked, &[10]));
    assert_eq!((claims(&practice, RESOURCE), claims(&practice, ROOM)), (4, 6));
    let list = vec![visit(11, SECOND, 5), visit(12, SECOND, 12), visit(13, RESOURCE, 14)];
    assert_eq!(conflicts(&practice, add(SESSION, list)), (ProblemKind::SlotTaken, vec![0, 2]), "one room");
    assert_eq!((claims(&practice, SECOND), claims(&practice, ROOM)), (0, 6));
}

pub(super) fn no_patient_acts_on_an_entry_and_its_rest_is_cancelled_as_one<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    let ids = [10, 11, 12];
    practice.run(
        NOW,
        add(SESSION, ids.iter().zip(0..).map(|(n, week)| entry(*n, RESOURCE, week, 0, 3)).collect()),
    );
    for capability in [Digest([0; 32]), Digest([10; 32])] {
        let read = Read { appointment: appointment(10), capability };
        assert_eq!(practice.declined(NOW, PracticeCommand::Read(read)), ProblemKind::NotFound);
        let act = Act {
            appointment: appointment(10),
            by: By::Patient(capability),
            action: Action::CancelledByPatient,
            seq: 2,
            statement: vec![1].into(),
            place: None,
            visit: None,
        };
        assert_eq!(practice.declined(NOW, PracticeCommand::Act(act)), ProblemKind::NotFound);
    }
    let cancel = |session, ids: &[u8]| {
        let one = |n: &u8| ActOne {
            appointment: appointment(*n),
            action: Action::CancelledByPractice,
            seq: 2,
            statement: vec![*n].into(),
        };
        PracticeCommand::Acts(Acts { session, acts: ids.iter().map(one).collect() })
    };
    assert_eq!(practice.declined(NOW, cancel(Digest([0; 32]), &ids)), ProblemKind::Unauthorized);
    assert_eq!(conflicts(&practice, cancel(SESSION, &[11, 12, 13])), (ProblemKind::NotFound, vec![2]));
    assert_eq!(claims(&practice, RESOURCE), 9, "none of them");
    let gone = all(State::Cancelled, &[11, 12]);
    assert_eq!(practice.run(NOW, cancel(SESSION, &[11, 12])), gone);
    assert_eq!(practice.run(NOW, cancel(SESSION, &[11, 12])), gone, "a lost answer");
    assert_eq!(claims(&practice, RESOURCE), 3);
    practice.run(NOW, hold(1, place(3, 3)));
    // To another time and for longer, as the practice's moves are; not over what is held.
    let to = |offset| Act {
        appointment: appointment(10),
        by: By::Session(SESSION),
        action: Action::MovedByPractice,
        seq: 2,
        statement: vec![1].into(),
        place: Some(place(offset, 6)),
        visit: None,
    };
    assert_eq!(practice.declined(NOW, PracticeCommand::Act(to(0))), ProblemKind::SlotTaken);
    let moved = PracticeReply::Booked(Booked { state: State::Booked, envelope: Digest([10; 32]), due: None });
    assert_eq!(practice.run(NOW, PracticeCommand::Act(to(6))), moved);
}
