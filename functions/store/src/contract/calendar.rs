//! The practice actor's calendar on SQLite: what every driver must keep.
use super::support::{
    Database, NETWORK, NINE, NOW, PRACTICE, Practice, RESOURCE, SESSION, appointment, place,
};
use crate::{Driver, Value};
use vestibule_app::actor::practice::{
    Act, Book, Booked, By, CachePut, CalendarLoad, Hold, PracticeCommand, PracticeReply, Read, SlotsLoad,
};
use vestibule_core::{
    ids::{AppointmentId, Digest},
    limits,
    problem::ProblemKind,
    time::{Cell, UnixSeconds},
    wire::appointment::{Action, AppointmentContext, CalendarItem, Place, State, StoredAppointment},
};

const CAP: Digest = Digest([21; 32]);
const ENVELOPE: Digest = Digest([22; 32]);

fn hold_by(id: AppointmentId, place: Place, network: Digest) -> PracticeCommand {
    PracticeCommand::Hold(Hold { appointment: id, place, capability: CAP, network, cap: 8, visit: None })
}

fn hold(n: u8, place: Place) -> PracticeCommand {
    hold_by(appointment(n), place, NETWORK)
}

fn book(n: u8, place: Place, capability: Digest, envelope: u8) -> PracticeCommand {
    PracticeCommand::Book(Book {
        practice: PRACTICE,
        capability,
        context: AppointmentContext { practice: PRACTICE, appointment: appointment(n), version: 1, place },
        envelope: vec![envelope].into(),
        digest: Digest([envelope; 32]),
        head: Digest([envelope ^ 0xff; 32]),
        request: false,
    })
}

fn cancel(n: u8, seq: u32, statement: u8) -> PracticeCommand {
    PracticeCommand::Act(Act {
        appointment: appointment(n),
        by: By::Patient(CAP),
        action: Action::CancelledByPatient,
        seq,
        statement: vec![statement].into(),
        place: None,
        visit: None,
    })
}

fn claims<D: Driver>(practice: &Practice<'_, D>) -> usize {
    claims_at(practice, NOW)
}

fn claims_at<D: Driver>(practice: &Practice<'_, D>, now: UnixSeconds) -> usize {
    let load = SlotsLoad { resources: vec![RESOURCE], from: Cell(0), to: Cell(NINE), classes: None };
    match practice.run(now, PracticeCommand::SlotsLoad(load)) {
        PracticeReply::Slots(data) => data.claims.len(),
        other => panic!("{other:?}"),
    }
}

fn ask<D: Driver>(
    practice: &Practice<'_, D>,
    from: u64,
    after: Option<AppointmentId>,
    have: &[u8],
) -> Vec<CalendarItem> {
    let load = CalendarLoad {
        session: SESSION,
        from: Cell(from),
        to: Cell(NINE),
        after,
        have: have.to_vec().into(),
    };
    let PracticeReply::Appointments(bytes) = practice.run(NOW, PracticeCommand::CalendarLoad(load)) else {
        panic!("no page")
    };
    let mut d = minicbor::Decoder::new(&bytes);
    let mut all = Vec::new();
    while d.position() < bytes.len() {
        all.push(d.decode().unwrap());
    }
    all
}

fn calendar<D: Driver>(
    practice: &Practice<'_, D>,
    from: u64,
    after: Option<AppointmentId>,
) -> Vec<StoredAppointment> {
    let whole = |item| match item {
        CalendarItem::Full(stored) => stored,
        CalendarItem::Known(listed) => panic!("without content: {listed:?}"),
    };
    ask(practice, from, after, &[]).into_iter().map(whole).collect()
}

pub(super) fn two_hundred_overlapping_holds_have_one_winner<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    let mut won = Vec::new();
    for n in 0..200u8 {
        // Starts at 09:00, 09:15 and 09:20 of twenty minutes overlap in pairs; each id from a network of its own.
        let place = place([0, 3][usize::from(n % 2)], 4);
        match practice.run(NOW, hold_by(appointment(n), place, Digest([n; 32]))) {
            PracticeReply::Held(until) => {
                assert_eq!(until, NOW.plus(limits::HOLD_SECONDS));
                won.push(n);
            }
            PracticeReply::Declined(d) => assert_eq!(d.slug, "slot-taken"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(won, [0]);
    assert_eq!(claims(&practice), 4);
}

pub(super) fn the_primary_key_itself_refuses_an_overlap<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    assert!(matches!(practice.run(NOW, hold(1, place(0, 4))), PracticeReply::Held(_)));
    let blob = |b: &[u8]| Value::Blob(b.to_vec());
    let twice = db.driver.exec(
        "INSERT INTO claims VALUES (?1, ?2, ?3, ?4)",
        vec![
            blob(&practice.key),
            blob(RESOURCE.as_ref()),
            Value::Integer(i64::try_from(NINE / 300).unwrap()),
            blob(appointment(2).as_ref()),
        ],
    );
    assert!(twice.unwrap_err().0.contains("UNIQUE"), "two owners of one cell");
}

pub(super) fn a_lapsed_hold_frees_its_cells_but_never_its_id<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    practice.run(NOW, hold(1, place(0, 4)));
    assert_eq!(practice.declined(NOW, hold(2, place(3, 4))), ProblemKind::SlotTaken);
    let later = NOW.plus(limits::HOLD_SECONDS);
    assert_eq!(practice.declined(later, book(1, place(0, 4), CAP, 1)), ProblemKind::HoldExpired);
    assert_eq!(
        (claims(&practice), claims_at(&practice, later)),
        (4, 0),
        "free at once, whenever it is cleared away"
    );
    assert_eq!(practice.run(later, PracticeCommand::Expire), PracticeReply::Due(None));
    assert_eq!(claims(&practice), 0);
    assert_eq!(practice.declined(later, book(1, place(0, 4), CAP, 1)), ProblemKind::HoldExpired);
    assert_eq!(practice.declined(later, hold(1, place(0, 4))), ProblemKind::Conflict);
    assert!(matches!(practice.run(later, hold(2, place(3, 4))), PracticeReply::Held(_)));
}

pub(super) fn holds_are_capped_by_network_and_freed_by_booking<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    for n in 0..8 {
        assert!(matches!(practice.run(NOW, hold(n, place(u64::from(n) * 3, 3))), PracticeReply::Held(_)));
    }
    assert_eq!(practice.declined(NOW, hold(8, place(24, 3))), ProblemKind::RateLimited);
    let other = hold_by(appointment(9), place(27, 3), Digest([99; 32]));
    assert!(matches!(practice.run(NOW, other), PracticeReply::Held(_)));
    assert!(matches!(practice.run(NOW, book(0, place(0, 3), CAP, 1)), PracticeReply::Booked(_)));
    assert!(matches!(practice.run(NOW, hold(8, place(24, 3))), PracticeReply::Held(_)));
}

pub(super) fn booking_reading_and_cancelling<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    let (here, read) =
        (place(0, 4), |capability| PracticeCommand::Read(Read { appointment: appointment(1), capability }));
    assert_eq!(practice.declined(NOW, book(1, here, CAP, 1)), ProblemKind::NotFound);
    practice.run(NOW, hold(1, here));
    assert_eq!(practice.declined(NOW, read(CAP)), ProblemKind::NotFound, "a hold cannot be read");
    assert_eq!(practice.declined(NOW, book(1, here, ENVELOPE, 1)), ProblemKind::NotFound);
    assert_eq!(practice.declined(NOW, book(1, place(0, 5), CAP, 1)), ProblemKind::Unverifiable);
    let booked = PracticeReply::Booked(Booked { state: State::Booked, envelope: Digest([1; 32]), due: None });
    assert_eq!(practice.run(NOW, book(1, here, CAP, 1)), booked);
    assert_eq!(practice.run(NOW.plus(9_999), book(1, here, CAP, 1)), booked, "a lost answer is given again");
    assert_eq!(practice.declined(NOW, book(1, here, CAP, 2)), ProblemKind::Conflict);
    assert_eq!(practice.declined(NOW, hold(1, here)), ProblemKind::Conflict, "a replayed hold");
    assert_eq!(practice.declined(NOW, read(ENVELOPE)), ProblemKind::NotFound);
    assert_eq!(practice.declined(NOW, cancel(1, 3, 9)), ProblemKind::Conflict);
    let cancelled =
        PracticeReply::Booked(Booked { state: State::Cancelled, envelope: Digest([1; 32]), due: None });
    assert_eq!(practice.run(NOW, cancel(1, 2, 9)), cancelled);
    assert_eq!(practice.run(NOW, cancel(1, 2, 9)), cancelled, "a lost answer is given again");
    assert_eq!(practice.declined(NOW, cancel(1, 2, 8)), ProblemKind::Conflict);
    assert_eq!(practice.declined(NOW, book(1, here, CAP, 1)), ProblemKind::Conflict);
    assert_eq!(claims(&practice), 0);
    let PracticeReply::Appointments(bytes) = practice.run(NOW, read(CAP)) else { panic!("not read") };
    let stored: StoredAppointment = vestibule_core::cbor::from_slice(&bytes).unwrap();
    assert_eq!((stored.state, stored.place), (State::Cancelled, here));
    assert_eq!((stored.envelope.0, stored.statements), (vec![1], vec![vec![9].into()]));
    assert!(matches!(practice.run(NOW, hold(2, here)), PracticeReply::Held(_)), "cells are free again");
}

pub(super) fn the_calendar_is_for_staff_and_pages<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    for n in 0..3u8 {
        let here = place(u64::from(n) * 3, 3);
        practice.run(NOW, hold(n + 1, here));
        practice.run(NOW, book(n + 1, here, CAP, n + 1));
    }
    practice.run(NOW, hold(9, place(12, 3)));
    practice.run(NOW, cancel(2, 2, 5));
    let entries = vec![(appointment(1), vec![77].into()), (appointment(200), vec![1].into())];
    practice.done(NOW, PracticeCommand::CachePut(CachePut { session: SESSION, entries: entries.clone() }));
    let page = calendar(&practice, NINE / 300, None);
    let ids: Vec<_> = page.iter().map(|a| a.appointment).collect();
    assert_eq!(ids, [appointment(1), appointment(2), appointment(3)], "a mere hold is not shown");
    assert_eq!(page[0].cache, Some(vec![77].into()));
    assert_eq!((page[1].state, page[1].statements.len()), (State::Cancelled, 1));
    let rest = calendar(&practice, NINE / 300 + 3, Some(appointment(2)));
    assert_eq!(rest.iter().map(|a| a.appointment).collect::<Vec<_>>(), [appointment(3)]);
    let stranger = CalendarLoad {
        session: Digest([0; 32]),
        from: Cell(0),
        to: Cell(NINE),
        after: None,
        have: vec![].into(),
    };
    let unauthorized = ProblemKind::Unauthorized;
    assert_eq!(practice.declined(NOW, PracticeCommand::CalendarLoad(stranger.clone())), unauthorized);
    let cache = CachePut { session: Digest([0; 32]), entries };
    assert_eq!(practice.declined(NOW, PracticeCommand::CachePut(cache)), unauthorized);
    let late = UnixSeconds(NOW.0 + 43_200);
    let own = PracticeCommand::CalendarLoad(CalendarLoad { session: SESSION, ..stranger });
    assert_eq!(practice.declined(late, own), unauthorized, "a session ends");
}

pub(super) fn what_the_asker_has_is_listed_without_content<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    for n in 0..3u8 {
        let here = place(u64::from(n) * 3, 3);
        practice.run(NOW, hold(n + 1, here));
        practice.run(NOW, book(n + 1, here, CAP, n + 1));
    }
    let head = |n: u8| [n ^ 0xff; 8];
    let shape = |have: &[u8]| -> Vec<Option<Digest>> {
        let items = ask(&practice, 0, None, have);
        let head = |item: &CalendarItem| match item {
            CalendarItem::Full(_) => None,
            CalendarItem::Known(listed) => Some(listed.head),
        };
        items.iter().map(head).collect()
    };
    let whole = |n: u8| Some(Digest([n ^ 0xff; 32]));
    assert_eq!(shape(&[head(1), head(3)].concat()), [whole(1), None, whole(3)]);
    // A prefix counts only where one begins, and as a whole.
    assert_eq!(shape(&[0; 8]), [None, None, None]);
    assert_eq!(shape(&[[0; 4], [254; 4], [254; 4], [0; 4]].concat()), [None, None, None]);
    // A statement is a new head: its appointment comes whole again, and the head is the statement's digest.
    practice.run(NOW, cancel(1, 2, 9));
    let all = [head(1), head(2), head(3)].concat();
    assert_eq!(shape(&all), [None, whole(2), whole(3)]);
    let CalendarItem::Full(cancelled) = &ask(&practice, 0, None, &all)[0] else { panic!("listed") };
    assert_eq!(cancelled.statements, [vec![9].into()]);
    let newest = vestibule_app::sha256(&[9]);
    assert_eq!(shape(&[&newest.0[..8], &head(2)].concat()), [Some(newest), whole(2), None]);
    let CalendarItem::Known(listed) = &ask(&practice, 0, None, &newest.0[..8])[0] else { panic!("whole") };
    assert_eq!(
        (listed.appointment, listed.state, listed.place),
        (appointment(1), State::Cancelled, place(0, 3))
    );
}

pub(super) fn a_place_far_beyond_any_calendar_is_only_declined<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    let far = Place { resource: RESOURCE, start: Cell(u64::MAX), cells: u32::MAX };
    assert_eq!(practice.declined(NOW, hold(1, far)), ProblemKind::SlotTaken);
    assert_eq!(claims(&practice), 0);
}
