//! The waiting list: what every driver must keep. The rules W1 to W10 of `docs/SCHEDULING.md` as far as they are about the
//! order of events.
use super::support::{
    Database, NETWORK, NINE, NOW, PRACTICE, Practice, RESOURCE, SESSION, appointment, count, place,
};
use crate::Driver;
use vestibule_app::actor::{
    practice::{Act, Book, By, Counted, Hold, PracticeCommand, PracticeReply, SlotsLoad},
    waiting::{
        WaitingAccept, WaitingAct, WaitingCommand, WaitingJoin, WaitingList, WaitingMail, WaitingRead,
        WaitingRemove,
    },
};
use vestibule_core::{
    day::Day,
    ids::{Digest, WaitingId},
    limits,
    problem::ProblemKind,
    time::{Cell, UnixSeconds},
    wire::{
        appointment::{Action, AppointmentContext, Place, State},
        waiting::{StoredWaiting, Terms, WaitingDeed, WaitingState, Want},
    },
};

const STEP: u64 = limits::OFFER_STEP_SECONDS;
const OFFER: u64 = limits::OFFER_SECONDS;

fn entry(n: u8) -> WaitingId {
    WaitingId([n; 16])
}

fn join_for(n: u8, cells: u32) -> PracticeCommand {
    let want = Want { resources: vec![RESOURCE], minutes: cells * 5, classes: None };
    PracticeCommand::Waiting(WaitingCommand::Join(WaitingJoin {
        entry: entry(n),
        capability: Digest([n; 32]),
        terms: Terms { wants: vec![want], weekdays: 127, last: Day(20_261_231) },
        envelope: [vec![n; 12], vec![0; cells as usize]].concat().into(),
        count: count(Counted::Wait, 6),
    }))
}

fn join(n: u8) -> PracticeCommand {
    join_for(n, 4)
}

fn hold(n: u8, place: Place) -> Hold {
    Hold {
        appointment: appointment(n),
        place,
        capability: Digest([n; 32]),
        network: NETWORK,
        cap: 8,
        visit: None,
    }
}

fn book(n: u8, place: Place) -> PracticeCommand {
    PracticeCommand::Book(Book {
        practice: PRACTICE,
        capability: Digest([n; 32]),
        context: AppointmentContext { practice: PRACTICE, appointment: appointment(n), version: 1, place },
        envelope: vec![n].into(),
        digest: Digest([n; 32]),
        head: Digest([n; 32]),
        request: false,
    })
}

fn act(n: u8, seq: u32, action: Action, to: Option<Place>) -> PracticeCommand {
    PracticeCommand::Act(Act {
        appointment: appointment(n),
        by: if action.by_patient() { By::Patient(Digest([n; 32])) } else { By::Session(SESSION) },
        action,
        seq,
        statement: vec![n].into(),
        place: to,
        visit: None,
    })
}

fn accept(n: u8, hold: Hold) -> PracticeCommand {
    let capability = Digest([n; 32]);
    PracticeCommand::Waiting(WaitingCommand::Accept(WaitingAccept { entry: entry(n), capability, hold }))
}

fn deed(n: u8, what: WaitingDeed) -> PracticeCommand {
    let capability = Digest([n; 32]);
    PracticeCommand::Waiting(WaitingCommand::Act(WaitingAct { entry: entry(n), capability, what }))
}

fn read<D: Driver>(practice: &Practice<'_, D>, now: UnixSeconds, n: u8) -> StoredWaiting {
    let read = WaitingRead { entry: entry(n), capability: Digest([n; 32]) };
    match practice.run(now, PracticeCommand::Waiting(WaitingCommand::Read(read))) {
        PracticeReply::Appointments(bytes) => vestibule_core::cbor::from_slice(&bytes).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// Who has an open offer, of these.
fn offered<D: Driver>(practice: &Practice<'_, D>, now: UnixSeconds, of: &[u8]) -> Vec<u8> {
    of.iter().copied().filter(|n| read(practice, now, *n).offer.is_some()).collect()
}

fn claims<D: Driver>(practice: &Practice<'_, D>, now: UnixSeconds) -> usize {
    let load = SlotsLoad { resources: vec![RESOURCE], from: Cell(0), to: Cell(NINE), classes: None };
    match practice.run(now, PracticeCommand::SlotsLoad(load)) {
        PracticeReply::Slots(data) => data.claims.len(),
        other => panic!("{other:?}"),
    }
}

/// Books twenty minutes at nine, and lets these entries join.
fn waited_for<'d, D: Driver>(db: &'d Database<'d, D>, entries: &[u8]) -> Practice<'d, D> {
    let practice = Practice::founded(db);
    practice.run(NOW, PracticeCommand::Hold(hold(1, place(0, 4))));
    practice.run(NOW, book(1, place(0, 4)));
    for n in entries {
        practice.done(NOW, join(*n));
    }
    practice
}

fn due<D: Driver>(practice: &Practice<'_, D>, now: UnixSeconds, command: PracticeCommand) -> Option<u64> {
    match practice.run(now, command) {
        PracticeReply::Booked(booked) => booked.due.map(|d| d.since(now)),
        PracticeReply::Due(due) => due.map(|d| d.since(now)),
        other => panic!("{other:?}"),
    }
}

fn cancel() -> PracticeCommand {
    act(1, 2, Action::CancelledByPatient, None)
}

pub(super) fn what_is_freed_is_offered_in_order_and_the_first_accept_wins<D: Driver>(db: &Database<'_, D>) {
    let practice = waited_for(db, &[11, 12, 13]);
    assert_eq!(offered(&practice, NOW, &[11, 12, 13]), [0; 0]);
    assert_eq!(due(&practice, NOW, cancel()), Some(STEP));
    assert_eq!(offered(&practice, NOW, &[11, 12, 13]), [11]);
    assert_eq!(claims(&practice, NOW), 4, "kept for the list");
    let taken = practice.declined(NOW, PracticeCommand::Hold(hold(2, place(0, 4))));
    assert_eq!(taken, ProblemKind::SlotTaken, "nobody else can take it");
    assert_eq!(practice.declined(NOW, accept(12, hold(2, place(0, 4)))), ProblemKind::SlotTaken, "not yet");
    assert_eq!(due(&practice, NOW, PracticeCommand::Expire), None, "a message is under way");
    let later = NOW.plus(STEP);
    assert_eq!(due(&practice, later, PracticeCommand::Expire), Some(STEP));
    assert_eq!(offered(&practice, later, &[11, 12, 13]), [11, 12]);
    let stranger =
        WaitingAccept { entry: entry(12), capability: Digest([99; 32]), hold: hold(2, place(0, 4)) };
    let stranger = PracticeCommand::Waiting(WaitingCommand::Accept(stranger));
    assert_eq!(practice.declined(later, stranger), ProblemKind::NotFound);
    assert_eq!(
        practice.declined(later, accept(12, hold(2, place(4, 4)))),
        ProblemKind::SlotTaken,
        "another time"
    );
    let held = practice.run(later, accept(12, hold(2, place(0, 4))));
    assert_eq!(held, PracticeReply::Held(later.plus(limits::HOLD_SECONDS)));
    assert_eq!(offered(&practice, later, &[11, 12, 13]), [0; 0], "gone for the others");
    assert_eq!(practice.declined(later, accept(11, hold(3, place(0, 4)))), ProblemKind::SlotTaken);
    assert_eq!(
        practice.declined(later, accept(12, hold(3, place(0, 4)))),
        ProblemKind::SlotTaken,
        "replayed"
    );
    assert_eq!(read(&practice, later, 12).state, WaitingState::Accepted);
    assert!(matches!(practice.run(later, book(2, place(0, 4))), PracticeReply::Booked(_)));
    let gone = read(&practice, later, 12);
    assert_eq!((gone.state, gone.envelope.len()), (WaitingState::Booked, 0));
    assert_eq!(practice.declined(later, join(12)), ProblemKind::Conflict, "an id waits once");
    assert_eq!(claims(&practice, later), 4);
}

pub(super) fn offers_end_and_a_place_that_nobody_takes_is_free<D: Driver>(db: &Database<'_, D>) {
    let practice = waited_for(db, &[11]);
    practice.run(NOW, cancel());
    let until = NOW.plus(OFFER);
    assert_eq!(read(&practice, NOW, 11).offer.map(|o| o.until), Some(until));
    for step in 1..8 {
        let again = due(&practice, NOW.plus(step * STEP), PracticeCommand::Expire);
        assert_eq!(again, Some(STEP), "{step}");
    }
    assert_eq!(offered(&practice, UnixSeconds(until.0 - 1), &[11]), [11]);
    assert_eq!(offered(&practice, until, &[11]), [0; 0], "whenever it is cleared away");
    assert_eq!(practice.declined(until, accept(11, hold(2, place(0, 4)))), ProblemKind::SlotTaken);
    assert_eq!(claims(&practice, until), 0);
    assert!(matches!(
        practice.run(until, PracticeCommand::Hold(hold(2, place(0, 4)))),
        PracticeReply::Held(_)
    ));
    // A hold that lapses was on offer a moment ago: it is not offered to the list.
    let lapsed = until.plus(limits::HOLD_SECONDS);
    assert_eq!(due(&practice, lapsed, PracticeCommand::Expire), None);
    assert_eq!((offered(&practice, lapsed, &[11]).len(), claims(&practice, lapsed)), (0, 0));
}

pub(super) fn a_lapsed_acceptance_costs_ten_minutes_once<D: Driver>(db: &Database<'_, D>) {
    let practice = waited_for(db, &[11, 12]);
    practice.run(NOW, cancel());
    let (mut now, here) = (NOW, place(0, 4));
    for (n, next) in [(2, 11), (3, 12)] {
        assert!(matches!(practice.run(now, accept(11, hold(n, here))), PracticeReply::Held(_)));
        now = now.plus(limits::HOLD_SECONDS);
        assert_eq!(practice.declined(now, book(n, here)), ProblemKind::HoldExpired);
        assert_eq!(due(&practice, now, PracticeCommand::Expire), Some(STEP));
        assert_eq!(offered(&practice, now, &[11, 12]), [next], "the second time it goes to the end");
        assert_eq!(claims(&practice, now), 4);
    }
}

pub(super) fn a_move_frees_and_what_the_winner_leaves_goes_on<D: Driver>(db: &Database<'_, D>) {
    let practice = Practice::founded(db);
    practice.run(NOW, PracticeCommand::Hold(hold(1, place(0, 6))));
    practice.run(NOW, book(1, place(0, 6)));
    practice.run(NOW, PracticeCommand::Hold(hold(2, place(6, 12))));
    practice.run(NOW, book(2, place(6, 12)));
    practice.done(NOW, join_for(11, 3));
    practice.done(NOW, join_for(12, 3));
    practice.done(NOW, join_for(13, 6));
    let moved = act(1, 2, Action::MovedByPractice, Some(place(18, 6)));
    assert_eq!(due(&practice, NOW, moved), Some(STEP));
    assert_eq!(offered(&practice, NOW, &[11, 12, 13]), [11]);
    assert_eq!(read(&practice, NOW, 11).offer.map(|o| o.place), Some(place(0, 3)));
    let later = NOW.plus(STEP);
    practice.run(later, PracticeCommand::Expire);
    assert_eq!(
        read(&practice, later, 12).offer.map(|o| o.place),
        Some(place(0, 3)),
        "the same may be taken by both"
    );
    let third = later.plus(STEP);
    practice.run(third, PracticeCommand::Expire);
    assert_eq!(claims(&practice, third), 12 + 6 + 6, "what the third needs is kept too");
    practice.done(third, join_for(14, 3));
    assert!(matches!(practice.run(third, accept(12, hold(3, place(0, 3)))), PracticeReply::Held(_)));
    assert_eq!(offered(&practice, third, &[11, 12, 13, 14]), [11]);
    assert_eq!(read(&practice, third, 11).offer.map(|o| o.place), Some(place(3, 3)), "the rest, in order");
}

pub(super) fn leaving_passing_removing_and_one_mail<D: Driver>(db: &Database<'_, D>) {
    let practice = waited_for(db, &[11, 12, 13]);
    let waiting = |command| PracticeCommand::Waiting(command);
    let mail = |n, mailed| {
        let place = place(0, 4);
        waiting(WaitingCommand::Mail(WaitingMail { session: SESSION, entry: entry(n), place, mailed }))
    };
    assert_eq!(practice.declined(NOW, mail(11, true)), ProblemKind::SlotTaken, "no offer");
    practice.run(NOW, act(1, 2, Action::CancelledByPractice, None));
    practice.done(NOW, mail(11, true));
    assert_eq!(practice.declined(NOW, mail(11, true)), ProblemKind::Conflict, "once");
    practice.done(NOW, mail(11, false));
    practice.done(NOW, mail(11, true));
    assert!(read(&practice, NOW, 11).offer.is_some_and(|o| o.mailed));
    assert_eq!(due(&practice, NOW, deed(11, WaitingDeed::Pass)), None);
    assert_eq!(offered(&practice, NOW, &[11, 12, 13]), [12], "at once the next's");
    assert_eq!(read(&practice, NOW, 11).state, WaitingState::Waiting);
    practice.run(NOW, deed(12, WaitingDeed::Leave));
    practice.run(NOW, deed(12, WaitingDeed::Leave));
    let left = read(&practice, NOW, 12);
    assert_eq!((left.state, left.envelope.len(), left.offer), (WaitingState::Left, 0, None));
    assert_eq!(offered(&practice, NOW, &[11, 13]), [13]);
    let wrong = WaitingAct { entry: entry(13), capability: Digest([1; 32]), what: WaitingDeed::Leave };
    assert_eq!(practice.declined(NOW, waiting(WaitingCommand::Act(wrong))), ProblemKind::NotFound);
    let remove = |session| waiting(WaitingCommand::Remove(WaitingRemove { session, entry: entry(13) }));
    assert_eq!(practice.declined(NOW, remove(Digest([0; 32]))), ProblemKind::Unauthorized);
    let list = |session| {
        let list = WaitingCommand::List(WaitingList { session, after: 0 });
        match practice.run(NOW, PracticeCommand::Waiting(list)) {
            PracticeReply::Appointments(bytes) => {
                let mut d = minicbor::Decoder::new(&bytes);
                let mut all = Vec::new();
                while d.position() < bytes.len() {
                    all.push(d.decode::<StoredWaiting>().unwrap().entry);
                }
                all
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(list(SESSION), [entry(11), entry(13)]);
    practice.run(NOW, remove(SESSION));
    assert_eq!(read(&practice, NOW, 13).state, WaitingState::Removed);
    assert_eq!(list(SESSION), [entry(11)]);
    assert_eq!(claims(&practice, NOW), 0, "nobody is left who was not asked");
}

pub(super) fn entries_wait_once_up_to_a_cap_and_to_their_date<D: Driver>(db: &Database<'_, D>) {
    let practice = waited_for(db, &[11, 11]);
    let other = WaitingRead { entry: entry(11), capability: Digest([1; 32]) };
    let other = PracticeCommand::Waiting(WaitingCommand::Read(other));
    assert_eq!(practice.declined(NOW, other), ProblemKind::NotFound);
    for n in 12..17 {
        practice.done(NOW, join(n));
    }
    assert_eq!(practice.declined(NOW, join(17)), ProblemKind::RateLimited, "six an hour for this network");
    assert_eq!(practice.declined(NOW, join_for(11, 3)), ProblemKind::Conflict);
    assert_eq!(practice.declined(NOW, join_for(18, 13)), ProblemKind::Malformed, "nothing lasts so long");
    // New Year's Eve ends at 23:00 UTC in Berlin.
    let end = UnixSeconds(1_798_758_000);
    assert_eq!(read(&practice, UnixSeconds(end.0 - 1), 11).state, WaitingState::Waiting);
    assert_eq!(read(&practice, end, 11).state, WaitingState::Over);
    practice.run(end, PracticeCommand::Expire);
    let over = read(&practice, end, 11);
    assert_eq!((over.state, over.envelope.len()), (WaitingState::Over, 0));
    let state = practice.run(NOW, cancel());
    assert!(matches!(state, PracticeReply::Booked(b) if b.state == State::Cancelled && b.due.is_none()));
}
