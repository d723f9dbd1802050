//! Notes and tasks of staff: what every driver must keep.
use super::support::{Database, NINE, NOW, PRACTICE, Practice, ROOM, SCOPE, SESSION, appointment, place};
use crate::{Driver, Value};
use vestibule_app::actor::{
    entries::{EntriesAdd, EntryPut},
    memos::{MarksLoad, MemoCommand, MemoList, MemoPut, MemoRead},
    practice::{Hold, PracticeCommand, PracticeReply, Read},
};
use vestibule_core::{
    ids::{Digest, MemoId, ScopeId},
    limits,
    problem::ProblemKind,
    time::Cell,
    wire::{
        appointment::AppointmentContext,
        memo::{Mark, MemoContext, MemoState, MemoStored, StoredMemo},
    },
};

/// The scope of the room, which the session's credential does not read.
const OTHER: ScopeId = ScopeId([15; 16]);

/// Version 1, about an appointment.
fn first(n: u8, about: Option<u8>, state: MemoState) -> MemoPut {
    MemoPut {
        session: SESSION,
        context: MemoContext {
            practice: PRACTICE,
            scope: SCOPE,
            memo: MemoId([n; 16]),
            about: about.map(appointment),
            number: 1,
            previous: Digest([0; 32]),
            state,
        },
        epoch: 1,
        envelope: vec![n, 1].into(),
        link: Digest([n; 32]),
        head: Digest([n ^ 0xff; 32]),
    }
}

/// What follows it, with other bytes for each mark.
fn next(before: &MemoPut, state: MemoState, mark: u8) -> MemoPut {
    let context = MemoContext {
        number: before.context.number + 1,
        previous: before.head,
        state,
        ..before.context.clone()
    };
    let head = Digest([before.head.0[0] ^ mark ^ 0x55; 32]);
    MemoPut { context, envelope: vec![mark, 2].into(), link: Digest([mark; 32]), head, ..before.clone() }
}

fn put(memo: &MemoPut) -> PracticeCommand {
    PracticeCommand::Memo(MemoCommand::Put(memo.clone()))
}

fn stored(memo: &MemoPut) -> PracticeReply {
    PracticeReply::Memo(MemoStored { number: memo.context.number, head: memo.head })
}

/// An entry of the practice: something to write about.
fn enter(n: u8, offset: u64) -> PracticeCommand {
    let entry = EntryPut {
        context: AppointmentContext {
            practice: PRACTICE,
            appointment: appointment(n),
            version: 1,
            place: place(offset, 2),
        },
        scope: SCOPE,
        epoch: 1,
        envelope: vec![n].into(),
        digest: Digest([n; 32]),
        head: Digest([n; 32]),
        classes: None,
    };
    PracticeCommand::EntriesAdd(EntriesAdd { session: SESSION, practice: PRACTICE, entries: vec![entry] })
}

/// With appointments 1 and 2.
fn practice<'d, D: Driver>(db: &'d Database<'_, D>) -> Practice<'d, D> {
    let practice = Practice::founded(db);
    for n in [1, 2] {
        assert!(matches!(practice.run(NOW, enter(n, u64::from(n) * 4)), PracticeReply::All(_)));
    }
    practice
}

fn bytes<D: Driver>(practice: &Practice<'_, D>, command: MemoCommand) -> Vec<StoredMemo> {
    let PracticeReply::Appointments(bytes) = practice.run(NOW, PracticeCommand::Memo(command)) else {
        panic!("no page")
    };
    let mut d = minicbor::Decoder::new(&bytes);
    let mut page = Vec::new();
    while d.position() < bytes.len() {
        page.push(d.decode().unwrap());
    }
    page
}

fn list<D: Driver>(practice: &Practice<'_, D>, about: Option<u8>, have: &[u8]) -> Vec<(u8, Option<Vec<u8>>)> {
    let about = about.map(appointment);
    let command = MemoList { session: SESSION, about, after: None, have: have.to_vec().into() };
    let page = bytes(practice, MemoCommand::List(command));
    page.into_iter().map(|m| (m.memo.0[0], m.envelope.map(|e| e.0))).collect()
}

fn marks<D: Driver>(practice: &Practice<'_, D>, from: u64, to: u64) -> Vec<Mark> {
    let load = MarksLoad { session: SESSION, from: Cell(from), to: Cell(to) };
    match practice.run(NOW, PracticeCommand::Memo(MemoCommand::Marks(load))) {
        PracticeReply::Marks(marks) => marks,
        other => panic!("{other:?}"),
    }
}

pub(super) fn versions_follow_each_other_and_one_of_two_wins<D: Driver>(db: &Database<'_, D>) {
    let practice = practice(db);
    let task = first(10, Some(1), MemoState::Open);
    assert_eq!(practice.run(NOW, put(&task)), stored(&task));
    assert_eq!(practice.run(NOW, put(&task)), stored(&task), "a lost answer");
    let (done, edited) = (next(&task, MemoState::Kept, 20), next(&task, MemoState::Open, 21));
    assert_eq!(practice.run(NOW, put(&done)), stored(&done));
    assert_eq!(practice.declined(NOW, put(&edited)), ProblemKind::Conflict, "a colleague was quicker");
    assert_eq!(practice.run(NOW, put(&done)), stored(&done));
    assert_eq!(practice.declined(NOW, put(&task)), ProblemKind::Conflict, "the version before");
    let about = |about| MemoPut {
        context: MemoContext { about, ..next(&done, MemoState::Kept, 22).context },
        ..next(&done, MemoState::Kept, 22)
    };
    assert_eq!(practice.declined(NOW, put(&about(None))), ProblemKind::Unverifiable);
    assert_eq!(practice.declined(NOW, put(&about(Some(appointment(2))))), ProblemKind::Unverifiable);
    let gone = next(&done, MemoState::Removed, 23);
    assert_eq!(practice.run(NOW, put(&gone)), stored(&gone));
    for after in [next(&gone, MemoState::Kept, 24), next(&gone, MemoState::Removed, 25), task] {
        assert_eq!(practice.declined(NOW, put(&after)), ProblemKind::Conflict, "it was removed");
    }
    // Not listed any more; but who knows it is shown its last version, and the links of all.
    assert_eq!(list(&practice, Some(1), &[]), []);
    let read = MemoRead { session: SESSION, memo: MemoId([10; 16]) };
    let shown = bytes(&practice, MemoCommand::Read(read));
    let links = [[10; 32], [20; 32], [23; 32]].concat();
    let want = StoredMemo { memo: MemoId([10; 16]), links: links.into(), envelope: Some(gone.envelope) };
    assert_eq!(shown, [want]);
}

pub(super) fn what_is_listed_and_counted<D: Driver>(db: &Database<'_, D>) {
    let practice = practice(db);
    let (note, task) = (first(10, Some(1), MemoState::Kept), first(11, Some(1), MemoState::Open));
    let (other, own) = (first(12, Some(2), MemoState::Open), first(13, None, MemoState::Open));
    for memo in [&note, &task, &other, &own] {
        assert_eq!(practice.run(NOW, put(memo)), stored(memo));
    }
    let full = |n: u8| (n, Some(vec![n, 1]));
    assert_eq!(list(&practice, Some(1), &[]), [full(10), full(11)]);
    assert_eq!(list(&practice, Some(1), &task.head.0[..8]), [full(10), (11, None)], "what the asker has");
    assert_eq!(list(&practice, None, &[]), [full(11), full(12), full(13)], "open tasks");
    assert_eq!(list(&practice, Some(3), &[]), []);
    let after =
        MemoList { session: SESSION, about: None, after: Some(MemoId([11; 16])), have: vec![].into() };
    assert_eq!(bytes(&practice, MemoCommand::List(after)).len(), 2);
    let at = NINE / 300;
    let mark = |n, kept, open| Mark { appointment: appointment(n), kept, open };
    let mut all = marks(&practice, at, at + 12);
    all.sort_by_key(|m| m.appointment);
    assert_eq!(all, [mark(1, 1, 1), mark(2, 0, 1)]);
    assert_eq!(marks(&practice, at, at + 8), [mark(1, 1, 1)], "of the span");
    for gone in [next(&note, MemoState::Removed, 30), next(&task, MemoState::Kept, 31)] {
        practice.run(NOW, put(&gone));
    }
    assert_eq!(marks(&practice, at, at + 8), [mark(1, 1, 0)]);
    assert_eq!(list(&practice, None, &[]), [full(12), full(13)]);
}

pub(super) fn memos_are_for_who_reads_the_scope<D: Driver>(db: &Database<'_, D>) {
    let practice = practice(db);
    let note = first(10, Some(1), MemoState::Kept);
    practice.run(NOW, put(&note));
    let nobody = Digest([0; 32]);
    let command = PracticeCommand::Memo;
    for refused in [
        put(&MemoPut { session: nobody, ..first(11, Some(1), MemoState::Kept) }),
        command(MemoCommand::Read(MemoRead { session: nobody, memo: MemoId([10; 16]) })),
        command(MemoCommand::List(MemoList {
            session: nobody,
            about: Some(appointment(1)),
            after: None,
            have: vec![].into(),
        })),
        command(MemoCommand::Marks(MarksLoad { session: nobody, from: Cell(0), to: Cell(NINE) })),
    ] {
        assert_eq!(practice.declined(NOW, refused), ProblemKind::Unauthorized);
    }
    // An entry's patient there is none; and a patient's reading of it has nothing of the note.
    let read = Read { appointment: appointment(1), capability: nobody };
    assert_eq!(practice.declined(NOW, PracticeCommand::Read(read)), ProblemKind::NotFound);
    let with = |change: &dyn Fn(&mut MemoPut)| {
        let mut memo = first(12, Some(1), MemoState::Kept);
        change(&mut memo);
        practice.declined(NOW, put(&memo))
    };
    assert_eq!(with(&|m| m.context.scope = OTHER), ProblemKind::Forbidden, "another scope");
    assert_eq!(with(&|m| m.epoch = 2), ProblemKind::Unverifiable);
    assert_eq!(with(&|m| m.context.practice.0[0] ^= 1), ProblemKind::Unverifiable);
    assert_eq!(with(&|m| m.context.about = Some(appointment(9))), ProblemKind::NotFound);
    // A hold is nothing to write about yet; and what is in the room's calendar is of the other scope.
    let held = |n, place| {
        PracticeCommand::Hold(Hold {
            appointment: appointment(n),
            place,
            capability: Digest([n; 32]),
            network: Digest([11; 32]),
            cap: 8,
            visit: None,
        })
    };
    practice.run(NOW, held(3, place(20, 4)));
    assert_eq!(with(&|m| m.context.about = Some(appointment(3))), ProblemKind::NotFound, "a hold");
    raw(db, "INSERT INTO appointments (actor, id, resource, start, cells, status, expires, envelope, digest, head, asks)
             VALUES (?1, ?2, ?3, 1, 1, 2, 0, ?4, ?4, ?4, 0)", &practice.key, &[&[9; 16], &ROOM.0, &[9; 32]]);
    assert_eq!(with(&|m| m.context.about = Some(appointment(9))), ProblemKind::Forbidden, "the room's");
    raw(
        db,
        "INSERT INTO memos (actor, id, scope, about, number, state, head, links, envelope)
             VALUES (?1, ?2, ?3, ?4, 1, 2, ?5, ?5, ?2)",
        &practice.key,
        &[&[14; 16], &OTHER.0, &[9; 16], &[7; 32]],
    );
    let read = MemoRead { session: SESSION, memo: MemoId([14; 16]) };
    assert_eq!(practice.declined(NOW, command(MemoCommand::Read(read))), ProblemKind::Forbidden);
    assert_eq!((list(&practice, Some(9), &[]), list(&practice, None, &[])), (vec![], vec![]));
    assert_eq!(marks(&practice, 0, 10), []);
}

fn raw<D: Driver>(db: &Database<'_, D>, sql: &str, key: &[u8], rest: &[&[u8]]) {
    let params = core::iter::once(key).chain(rest.iter().copied());
    db.driver.exec(sql, params.map(|b| Value::Blob(b.to_vec())).collect()).unwrap();
}

pub(super) fn so_many_memos_and_no_more<D: Driver>(db: &Database<'_, D>) {
    let practice = practice(db);
    let most = u8::try_from(limits::MEMOS_PER_APPOINTMENT).unwrap();
    for n in 0..most {
        practice.run(NOW, put(&first(n, Some(1), MemoState::Kept)));
    }
    let more = first(100, Some(1), MemoState::Kept);
    assert_eq!(practice.declined(NOW, put(&more)), ProblemKind::Full);
    assert_eq!(list(&practice, Some(1), &[]).len(), usize::from(most), "one page");
    practice.run(NOW, put(&next(&first(7, Some(1), MemoState::Kept), MemoState::Removed, 101)));
    assert_eq!(practice.run(NOW, put(&more)), stored(&more), "in the place of what was removed");
    // Open tasks, of the practice as a whole.
    for n in 0..limits::OPEN_TASKS {
        let mut task = first(110, None, MemoState::Open);
        task.context.memo.0[..8].copy_from_slice(&(n << 16).to_be_bytes());
        assert_eq!(practice.run(NOW, put(&task)), stored(&task), "{n}");
    }
    assert_eq!(practice.declined(NOW, put(&first(111, None, MemoState::Open))), ProblemKind::Full);
    assert_eq!(list(&practice, None, &[]).len(), usize::try_from(limits::MEMO_PAGE).unwrap());
}

pub(super) fn what_is_about_an_appointment_goes_with_it<D: Driver>(db: &Database<'_, D>) {
    let (practice, other) = (practice(db), self::practice(db));
    for practice in [&practice, &other] {
        for memo in [first(10, Some(1), MemoState::Kept), first(11, Some(2), MemoState::Open)] {
            practice.run(NOW, put(&memo));
        }
    }
    raw(db, "DELETE FROM claims WHERE actor = ?1 AND appointment = ?2", &practice.key, &[&[1; 16]]);
    raw(db, "DELETE FROM appointments WHERE actor = ?1 AND id = ?2", &practice.key, &[&[1; 16]]);
    let left = |practice: &Practice<'_, D>| {
        let read = |n| MemoRead { session: SESSION, memo: MemoId([n; 16]) };
        let reads = |n| practice.run(NOW, PracticeCommand::Memo(MemoCommand::Read(read(n))));
        [10, 11].map(|n| matches!(reads(n), PracticeReply::Appointments(_)))
    };
    assert_eq!((left(&practice), left(&other)), ([false, true], [true, true]));
}
