//! Series that patients book (rule S18): what every driver must keep.
use super::support::{
    Database, NETWORK, NINE, NOW, PRACTICE, Practice, RESOURCE, ROOM, SECOND, SESSION, appointment, place,
};
use crate::Driver;
use vestibule_app::actor::practice::{
    Book, Booked, CalendarLoad, Hold, PracticeCommand, PracticeReply, SlotsLoad,
};
use vestibule_core::{
    bytes::Bytes,
    ids::{Digest, ResourceId},
    limits,
    problem::ProblemKind,
    time::Cell,
    wire::{
        appointment::{AppointmentContext, Place, State},
        catalog::Visit,
    },
};

const WEEK: u64 = 2_016;

fn at(resource: ResourceId, offset: u64) -> Place {
    Place { resource, ..place(offset, 4) }
}

/// A hold of the class that may be a series.
fn hold(n: u8, place: Place) -> Hold {
    Hold {
        appointment: appointment(n),
        place,
        capability: Digest([n; 32]),
        network: NETWORK,
        cap: 8,
        visit: Some(Visit { classes: vec![5], code: None }),
    }
}

fn weekly(first: u8, count: u8) -> Vec<Hold> {
    (0..count).map(|n| hold(first + n, at(RESOURCE, u64::from(n) * WEEK))).collect()
}

fn book(hold: &Hold) -> Book {
    let n = hold.capability.0[0];
    Book {
        practice: PRACTICE,
        capability: hold.capability,
        context: AppointmentContext {
            practice: PRACTICE,
            appointment: hold.appointment,
            version: 1,
            place: hold.place,
        },
        envelope: vec![n].into(),
        digest: Digest([n; 32]),
        head: Digest([n ^ 0xff; 32]),
        request: false,
    }
}

fn books(holds: &[Hold]) -> PracticeCommand {
    PracticeCommand::SeriesBook(holds.iter().map(book).collect())
}

fn conflicts<D: Driver>(practice: &Practice<'_, D>, holds: Vec<Hold>) -> (ProblemKind, Vec<u32>) {
    match practice.run(NOW, PracticeCommand::SeriesHold(holds)) {
        PracticeReply::Declined(d) => (ProblemKind::from_slug(&d.slug).unwrap(), d.conflicts),
        other => panic!("not declined: {other:?}"),
    }
}

/// Claimed cells of both doctors and the room in the weeks that are used here.
fn claims<D: Driver>(practice: &Practice<'_, D>) -> usize {
    let from = Cell(NINE / 300 - 288);
    let resources = vec![RESOURCE, SECOND, ROOM];
    let load = SlotsLoad { resources, from, to: Cell(from.0 + 6 * WEEK), classes: None };
    match practice.run(NOW, PracticeCommand::SlotsLoad(load)) {
        PracticeReply::Slots(data) => data.claims.len(),
        other => panic!("{other:?}"),
    }
}

/// The doctor's 20 minutes, and the room's 20 with 10 afterwards.
const EACH: usize = 4 + 6;

pub(super) fn a_patients_series_is_held_and_booked_whole_or_not_at_all<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    // Somebody else has the room in the third week.
    practice.run(NOW, PracticeCommand::Hold(hold(1, at(SECOND, 2 * WEEK))));
    assert_eq!(conflicts(&practice, weekly(10, 4)), (ProblemKind::SlotTaken, vec![2]));
    assert_eq!(claims(&practice), EACH, "nothing of it is held");
    let mut free = weekly(10, 4);
    free[2].place = at(RESOURCE, 2 * WEEK + 6);
    let until = NOW.plus(limits::HOLD_SECONDS);
    assert_eq!(practice.run(NOW, PracticeCommand::SeriesHold(free.clone())), PracticeReply::Held(until));
    assert_eq!(claims(&practice), 5 * EACH);
    let again = practice.declined(NOW, PracticeCommand::SeriesHold(free.clone()));
    assert_eq!(again, ProblemKind::Conflict, "there is no renewal");

    // Whoever knows the ids of others books nothing, of the own ones neither.
    let mut strange: Vec<Book> = free.iter().map(book).collect();
    strange[3].capability = Digest([0; 32]);
    let declined = practice.declined(NOW, PracticeCommand::SeriesBook(strange));
    assert!(matches!(declined, ProblemKind::NotFound | ProblemKind::Forbidden), "{declined:?}");
    // Nor does whoever says another place in one of them.
    let mut moved: Vec<Book> = free.iter().map(book).collect();
    moved[1].context.place = at(RESOURCE, WEEK + 12);
    assert_eq!(practice.declined(NOW, PracticeCommand::SeriesBook(moved)), ProblemKind::Unverifiable);
    let day = Cell(NINE / 300 - 12);
    let page = CalendarLoad {
        session: SESSION,
        from: day,
        to: Cell(day.0 + 6 * WEEK),
        after: None,
        have: vec![].into(),
    };
    let page = || practice.run(NOW, PracticeCommand::CalendarLoad(page.clone()));
    assert_eq!(page(), PracticeReply::Appointments(Bytes(vec![])), "nobody has booked");

    let all = PracticeReply::All(
        free.iter().map(|h| Booked { state: State::Booked, envelope: h.capability, due: None }).collect(),
    );
    assert_eq!(practice.run(NOW, books(&free)), all);
    assert_eq!(practice.run(NOW, books(&free)), all, "a lost answer");
    assert_eq!(practice.run(until.plus(1), books(&free)), all, "and after the hold would have ended");
    assert_eq!(claims(&practice), 5 * EACH);
}

pub(super) fn a_series_that_lapsed_is_not_booked_in_part<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    let series = weekly(10, 3);
    practice.run(NOW, PracticeCommand::SeriesHold(series.clone()));
    practice.run(NOW, PracticeCommand::Book(book(&series[0])));
    let later = NOW.plus(limits::HOLD_SECONDS + 1);
    assert_eq!(practice.declined(later, books(&series)), ProblemKind::HoldExpired);
    practice.run(later, PracticeCommand::Expire);
    assert_eq!(claims(&practice), EACH, "what was booked alone");
}

pub(super) fn a_series_is_what_the_catalog_allows<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    let kind = |holds: Vec<Hold>| practice.declined(NOW, PracticeCommand::SeriesHold(holds));
    assert_eq!(kind(weekly(10, 1)), ProblemKind::Malformed, "one is none");
    assert_eq!(kind(weekly(10, 5)), ProblemKind::Forbidden, "four are the most");
    assert_eq!(kind(weekly(10, 9)), ProblemKind::Malformed);
    let with = |change: fn(&mut Hold)| {
        let mut holds = weekly(10, 3);
        holds.iter_mut().for_each(change);
        holds
    };
    let class = |id| move |h: &mut Hold| h.visit = Some(Visit { classes: vec![id], code: None });
    for id in [1, 4] {
        let mut holds = weekly(10, 3);
        holds.iter_mut().for_each(class(id));
        assert_eq!(kind(holds), ProblemKind::Forbidden, "class {id} is no series");
    }
    assert_eq!(kind(with(|h| h.visit = None)), ProblemKind::Forbidden);
    assert_eq!(kind(with(|h| h.appointment = appointment(10))), ProblemKind::Malformed, "an id for each");
    let mut mixed = weekly(10, 3);
    mixed[1].place.resource = SECOND;
    assert_eq!(kind(mixed), ProblemKind::Malformed, "one calendar");
    let mut mixed = weekly(10, 3);
    class(1)(&mut mixed[2]);
    assert_eq!(kind(mixed), ProblemKind::Malformed, "one class");
    // Two of one list in each other's way: the room needs ten minutes after the first.
    let near = vec![hold(10, at(RESOURCE, 0)), hold(11, at(RESOURCE, 3)), hold(12, at(RESOURCE, 12))];
    assert_eq!(conflicts(&practice, near), (ProblemKind::SlotTaken, vec![1]));
    // Two a day: the third of the list is one too many.
    let day = [0, 6, 12, WEEK].iter().zip(10..).map(|(o, n)| hold(n, at(RESOURCE, *o))).collect();
    assert_eq!(conflicts(&practice, day), (ProblemKind::SlotTaken, vec![2]));
    assert_eq!(claims(&practice), 0);
    // Each counts as a hold: a network that may have eight has no room for three besides six.
    for n in 0..2 {
        let series =
            (0..3).map(|at_| hold(20 + n * 3 + at_, at(RESOURCE, u64::from(at_) * WEEK + u64::from(n) * 6)));
        practice.run(NOW, PracticeCommand::SeriesHold(series.collect()));
    }
    assert_eq!(claims(&practice), 6 * EACH);
    let third = (0..3).map(|n| hold(30 + n, at(RESOURCE, u64::from(3 + n) * WEEK))).collect();
    assert_eq!(kind(third), ProblemKind::RateLimited);
    assert_eq!(claims(&practice), 6 * EACH);
}
