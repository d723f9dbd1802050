//! Notes and tasks of staff over HTTP: written, ticked off, changed and removed; of two who change one at once one wins and the
//! other is told; what was sent without an answer is not written twice; a server that lies about them is named, lie by lie; and
//! nobody without a session of this practice gets at any (PROTOCOL section 6, R6.24 to R6.28; docs/SCHEDULING.md, M1 to M9).
//!
//! Bites: each lie runs through the same proxy without the rewrite first; `"a-note-of-another-appointment"`, `"a-removed-note-comes-back"`, `"nobody-misses-a-note"`,
//! `"an-older-note-is-believed"` and `"a-colleague-is-overwritten"` of `cargo xtask mutants` are caught here.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
use std::{
    cell::{Cell, RefCell},
    sync::Barrier,
    thread,
};
use vestibule_core::{
    cbor,
    day::Day,
    ids::{AppointmentId, Digest, MemoId, PracticeId},
    limits,
    problem::ProblemKind,
    routes::Route,
    time,
    wire::{
        appointment::Contact,
        entry::EntryKind,
        http::{HEAD_PREFIX, Read},
        memo::{MarksQuery, MemoEnvelope, MemoKind, MemoPut, MemoQuery, MemoState, MemoStored, StoredMemo},
    },
};
use vestibule_edge_crypto::{
    booking::OpenError,
    client::{
        ClientError, Request, TransportError,
        practice::{EntryWish, MemoLine, MemoWish, StaffSession},
    },
    memo::OpenedMemo,
};
use vestibule_tests::{
    client::{Answer, forward, hooked, lying, run},
    http::Http,
    needles, samples,
    server::Server,
    world::{World, fresh_name, random},
};

const PIN: &str = "73915820";

/// So many colleagues at once.
const COLLEAGUES: usize = 6;

fn text(what: &str) -> String {
    let text = format!("{what} {}", fresh_name());
    needles::record_text("text of a note or task", &text);
    text
}

fn new(about: Option<AppointmentId>, kind: MemoKind, due: Option<Day>) -> MemoWish {
    let what = if kind == MemoKind::Note { "Notiz" } else { "Aufgabe" };
    MemoWish::New { about, kind, text: text(what), due }
}

/// Visits that the practice enters itself, in the night, so that no other test wants their times.
fn visits(world: &World, staff: &mut StaffSession, n: u64) -> Vec<AppointmentId> {
    let free = world.slots(world.services().0, 28);
    let last = free.last().unwrap();
    let [a, b] = random::<2>();
    let start = last.start.0 / time::CELL_SECONDS + 160 + u64::from(a % 64) + u64::from(b % 8) * 2_016;
    let wish = |at| EntryWish {
        resource: last.resource,
        starts: vec![time::Cell(start + at)],
        cells: 1,
        kind: EntryKind::Visit,
        title: String::new(),
        service: None,
        contact: Contact {
            name: format!("Anruf {}", fresh_name()),
            email: String::new(),
            phone: String::new(),
            birth_date: String::new(),
        },
        note: String::new(),
        locale: "de".into(),
    };
    (0..n).map(|at| run(world.client().enter(staff, &wish(at))).unwrap()[0]).collect()
}

fn write(world: &World, staff: &mut StaffSession, wish: &MemoWish) -> OpenedMemo {
    run(world.client().write_memo(staff, wish)).unwrap()
}

fn listed(world: &World, staff: &mut StaffSession, about: Option<AppointmentId>) -> Vec<OpenedMemo> {
    let lines = run(world.client().memos(staff, about)).unwrap();
    lines.into_iter().map(|line| line.result.unwrap()).collect()
}

fn done(of: &OpenedMemo, done: bool) -> MemoWish {
    MemoWish::Done { memo: of.memo.memo, seen: of.memo.number, done }
}

fn change(of: &OpenedMemo, text: &str, due: Option<Day>) -> MemoWish {
    MemoWish::Change { memo: of.memo.memo, seen: of.memo.number, text: text.into(), due }
}

fn remove(of: &OpenedMemo) -> MemoWish {
    MemoWish::Remove { memo: of.memo.memo, seen: of.memo.number }
}

fn conflict(error: ClientError) {
    match error {
        ClientError::Problem(problem) => assert_eq!(problem.kind, ProblemKind::Conflict),
        other => panic!("{other:?}"),
    }
}

#[test]
fn notes_and_tasks_are_written_ticked_off_changed_and_removed() {
    let world = World::found(Server::shared());
    let mut staff = world.sign_in();
    let visits = visits(&world, &mut staff, 2);
    let about = Some(visits[0]);
    let due = Day::parse("2027-01-31");
    let note = write(&world, &mut staff, &new(about, MemoKind::Note, None));
    let task = write(&world, &mut staff, &new(about, MemoKind::Task, due));
    let own = write(&world, &mut staff, &new(None, MemoKind::Task, None));
    let ids =
        |memos: &[OpenedMemo]| memos.iter().map(|m| m.memo.memo).collect::<std::collections::BTreeSet<_>>();
    // On another device, which has seen nothing yet; and here again, where nothing is sent twice.
    for staff in [&mut world.sign_in(), &mut staff] {
        assert_eq!(ids(&listed(&world, staff, about)), ids(&[note.clone(), task.clone()]));
        assert_eq!(ids(&listed(&world, staff, None)), ids(&[task.clone(), own.clone()]));
        assert!(listed(&world, staff, Some(visits[1])).is_empty());
    }
    let marks = |staff: &StaffSession| {
        let from = time::UnixSeconds(world.slots(world.services().0, 28).last().unwrap().start.0);
        let marks =
            run(world.client().marks(staff, from, from.plus(limits::MAX_MARK_DAYS * 86_400))).unwrap();
        marks.iter().map(|m| (m.appointment, m.kept, m.open)).collect::<Vec<_>>()
    };
    assert_eq!(marks(&staff), [(visits[0], 1, 1)]);
    // Done: with who and when, and off the list of open tasks. Not after all: on it again.
    let ticked = write(&world, &mut staff, &done(&task, true));
    assert_eq!(
        (ticked.memo.state, &ticked.memo.text, ticked.memo.due),
        (MemoState::Kept, &task.memo.text, due)
    );
    assert_eq!((ticked.memo.signer, ticked.memo.author), (staff.own_key(), staff.own_key()));
    assert_eq!(ids(&listed(&world, &mut staff, None)), ids(std::slice::from_ref(&own)));
    assert_eq!(marks(&staff), [(visits[0], 2, 0)]);
    let code = |staff: &mut StaffSession, wish: &MemoWish| {
        run(world.client().write_memo(staff, wish)).unwrap_err().code()
    };
    assert_eq!(
        code(&mut staff, &change(&ticked, "another", None)),
        "state-forbids",
        "what is done stays as it was"
    );
    assert_eq!(code(&mut staff, &done(&ticked, true)), "state-forbids");
    assert_eq!(code(&mut staff, &done(&task, true)), "conflict", "from a version that is not the newest");
    let open = write(&world, &mut staff, &done(&ticked, false));
    let later = write(&world, &mut staff, &change(&open, &text("Aufgabe"), Day::parse("2027-02-28")));
    assert_eq!((later.memo.number, later.memo.made), (4, task.memo.made));
    assert_eq!(ids(&listed(&world, &mut world.sign_in(), None)), ids(&[own, later]));
    // Removed: its last version says so, to who knew it, and there is nothing after it.
    let mut other = world.sign_in();
    listed(&world, &mut other, about);
    let gone = write(&world, &mut staff, &remove(&note));
    assert_eq!(gone.memo.text, "");
    assert_eq!(ids(&listed(&world, &mut staff, about)), ids(std::slice::from_ref(&task)));
    assert_eq!(ids(&listed(&world, &mut other, about)), ids(&[task]), "the removal was shown");
    assert_eq!(code(&mut other, &change(&gone, "again", None)), "state-forbids");
    // What is not even sent.
    let long = "x".repeat(limits::MEMO_TEXT_BYTES + 1);
    let of = |about, kind, text: &str, due| MemoWish::New { about, kind, text: text.into(), due };
    assert_eq!(code(&mut staff, &of(about, MemoKind::Note, &long, None)), "too-long");
    assert_eq!(code(&mut staff, &of(about, MemoKind::Note, " ", None)), "not-offered");
    assert_eq!(code(&mut staff, &of(about, MemoKind::Note, "x", due)), "not-offered", "a note until a date");
    assert_eq!(code(&mut staff, &of(None, MemoKind::Note, "x", None)), "not-offered", "a note about nothing");
    assert_eq!(code(&mut staff, &MemoWish::Remove { memo: MemoId(random()), seen: 1 }), "not-ready");
    assert_eq!(code(&mut staff, &of(Some(AppointmentId(random())), MemoKind::Note, "x", None)), "missing");
}

#[test]
fn of_colleagues_who_change_one_at_once_one_wins_and_the_others_are_told() {
    let world = World::shared();
    let mut staff = world.sign_in();
    let about = Some(visits(world, &mut staff, 1)[0]);
    let task = write(world, &mut staff, &new(about, MemoKind::Task, None));
    let mut colleagues: Vec<StaffSession> = (0..COLLEAGUES).map(|_| world.sign_in()).collect();
    for colleague in &mut colleagues {
        assert_eq!(listed(world, colleague, about), std::slice::from_ref(&task));
    }
    let barrier = Barrier::new(COLLEAGUES);
    let answers: Vec<_> = thread::scope(|scope| {
        let mut running = Vec::new();
        for (n, colleague) in colleagues.iter_mut().enumerate() {
            let barrier = &barrier;
            let wish = match n % 3 {
                0 => done(&task, true),
                1 => remove(&task),
                _ => change(&task, &text("Aufgabe"), None),
            };
            running.push(scope.spawn(move || {
                barrier.wait();
                run(world.client().write_memo(colleague, &wish))
            }));
        }
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, COLLEAGUES - 1));
    for answer in lost {
        conflict(answer.unwrap_err());
    }
    let won = won.into_iter().next().unwrap().unwrap();
    // Whoever was told reads it again, and goes on from there.
    let stands = won.memo.state != MemoState::Removed;
    for colleague in &mut colleagues {
        assert_eq!(listed(world, colleague, about), if stands { vec![won.clone()] } else { vec![] });
    }
    let after = run(world.client().write_memo(&mut colleagues[0], &remove(&won)));
    assert_eq!(after.is_ok(), stands);
}

#[test]
fn what_was_sent_without_an_answer_is_not_written_twice() {
    let world = World::shared();
    let mut staff = world.sign_in();
    let about = Some(visits(world, &mut staff, 1)[0]);
    let deaf = Cell::new(true);
    let client = hooked(&world.http, |http: &Http, request: Request| -> Answer {
        let answer = forward(http, &request);
        let put = matches!(request.route, Route::MemoPut(..));
        if put && deaf.get() { Err(TransportError) } else { answer }
    });
    let wish = new(about, MemoKind::Task, None);
    let network = |answer: Result<OpenedMemo, ClientError>| assert_eq!(answer.unwrap_err().code(), "network");
    network(run(client.write_memo(&mut staff, &wish)));
    network(run(client.write_memo(&mut staff, &wish)));
    deaf.set(false);
    let task = run(client.write_memo(&mut staff, &wish)).unwrap();
    assert_eq!(listed(world, &mut staff, about), std::slice::from_ref(&task), "once");
    // Something else follows on what arrived without the client knowing.
    deaf.set(true);
    network(run(client.write_memo(&mut staff, &done(&task, true))));
    deaf.set(false);
    let back = run(client.write_memo(&mut staff, &done(&task, false))).unwrap();
    assert_eq!((back.memo.number, back.memo.state), (3, MemoState::Open));
    // A client that died in between, and signs in again.
    deaf.set(true);
    network(run(client.write_memo(&mut staff, &done(&back, true))));
    let again = listed(world, &mut world.sign_in(), about);
    assert_eq!(again[0].memo.state, MemoState::Kept);
}

fn sequence(bytes: &[u8]) -> Vec<StoredMemo> {
    let mut d = minicbor::Decoder::new(bytes);
    let mut all = Vec::new();
    while d.position() < bytes.len() {
        all.push(d.decode().unwrap());
    }
    all
}

fn page(memos: &[StoredMemo]) -> Vec<u8> {
    memos.iter().flat_map(cbor::to_vec).collect()
}

/// What the server has of the memos about an appointment.
fn served(world: &World, token: Digest, about: AppointmentId) -> Vec<StoredMemo> {
    let query = MemoQuery { about: Some(about), after: None, have: vec![].into() };
    let request = Request {
        body: Some(cbor::to_vec(&query)),
        bearer: Some(token),
        ..Request::new(Route::MemoList(world.practice.id()))
    };
    sequence(&run(world.client().call(request)).unwrap())
}

/// What a server that rewrites every list about `about`, and what it serves by id, makes a device see that remembers `staff`'s
/// memory: the codes of the lines, or `shown`.
fn seen(
    world: &World,
    staff: &StaffSession,
    about: AppointmentId,
    list: &dyn Fn(Vec<StoredMemo>) -> Vec<StoredMemo>,
    read: &dyn Fn(StoredMemo) -> StoredMemo,
) -> Vec<&'static str> {
    let client = lying(&world.http, |request, body| match request.route {
        Route::MemoList(_) => page(&list(sequence(&body))),
        Route::MemoRead(..) => cbor::to_vec(&read(cbor::from_slice(&body).unwrap())),
        _ => body,
    });
    let mut device = world.sign_in();
    device.memory = staff.memory.clone();
    let lines = run(client.memos(&mut device, Some(about))).unwrap();
    let code = |line: MemoLine| line.result.map_or_else(OpenError::code, |_| "shown");
    lines.into_iter().map(code).collect()
}

#[test]
fn every_lie_about_them_is_named() {
    let world = World::shared();
    let mut staff = world.sign_in();
    let token = staff.token();
    let visits = visits(world, &mut staff, 2);
    let (one, two) = (visits[0], visits[1]);
    let fresh = world.sign_in();
    let note = write(world, &mut staff, &new(Some(one), MemoKind::Note, None));
    let first = served(world, token, one);
    let note = write(world, &mut staff, &change(&note, &text("Notiz"), None));
    write(world, &mut staff, &new(Some(two), MemoKind::Note, None));
    let others = served(world, token, two);
    let honest = |memo: StoredMemo| memo;
    let lie = |list: &dyn Fn(Vec<StoredMemo>) -> Vec<StoredMemo>| seen(world, &staff, one, list, &honest);
    assert_eq!(lie(&|list| list), ["shown"]);
    // Another appointment's; as it is, under this id, and with a label that fits.
    assert_eq!(
        lie(&|mut list| {
            list.extend(others.clone());
            list.sort_by_key(|m| m.memo);
            list
        })
        .len(),
        2
    );
    let foreign = |_: Vec<StoredMemo>| others.clone();
    assert_eq!(seen(world, &fresh, one, &foreign, &honest), ["wrong-appointment"]);
    assert_eq!(lie(&|list| vec![StoredMemo { memo: list[0].memo, ..others[0].clone() }]), ["wrong-memo"]);
    let altered = |stored: &StoredMemo, change: &dyn Fn(&mut MemoEnvelope)| {
        let mut envelope: MemoEnvelope = cbor::from_slice(stored.envelope.as_ref().unwrap()).unwrap();
        change(&mut envelope);
        let bytes = cbor::to_vec(&envelope);
        // The server may put its links in order.
        let mut links = stored.links.0[..stored.links.len() - 32].to_vec();
        links.extend(vestibule_suite::sha256(&[&bytes]).0);
        StoredMemo { links: links.into(), envelope: Some(bytes.into()), ..stored.clone() }
    };
    let about_one = |e: &mut MemoEnvelope| e.context.about = Some(one);
    let moved = |_: Vec<StoredMemo>| vec![altered(&others[0], &about_one)];
    assert_eq!(seen(world, &fresh, one, &moved, &honest), ["does-not-open"], "relabelled");
    let about_two = |e: &mut MemoEnvelope| e.context.about = Some(two);
    let away = |list: Vec<StoredMemo>| vec![altered(&list[0], &about_two)];
    assert_eq!(seen(world, &fresh, one, &away, &honest), ["does-not-open"]);
    assert_eq!(lie(&away), ["forked"]);
    // The version before: for a device that has seen the newer one. (Who never saw it cannot know.)
    let older = |_: Vec<StoredMemo>| first.clone();
    assert_eq!(lie(&older), ["rolled-back"]);
    assert_eq!(seen(world, &fresh, one, &older, &honest), ["shown"]);
    // Kept back: from the list, and altogether.
    let none = |_: Vec<StoredMemo>| vec![];
    assert_eq!(lie(&none), ["missing"]);
    assert_eq!(seen(world, &staff, one, &none, &|_| others[0].clone()), ["wrong-memo"]);
    assert_eq!(seen(world, &staff, one, &none, &|_| first[0].clone()), ["rolled-back"]);
    // Its content kept back, as if this device had it.
    let bare = |list: Vec<StoredMemo>| vec![StoredMemo { envelope: None, ..list[0].clone() }];
    assert_eq!(lie(&bare), ["content-withheld"]);
    // Links of a history that nobody signed.
    let links = |mut list: Vec<StoredMemo>| {
        list[0].links.0[0] ^= 1;
        list
    };
    assert_eq!(seen(world, &fresh, one, &links, &honest), ["chain-broken"]);
    // What was removed, shown again.
    let newest = served(world, token, one);
    write(world, &mut staff, &remove(&note));
    assert_eq!(seen(world, &staff, one, &|list| list, &honest), [""; 0]);
    assert_eq!(seen(world, &staff, one, &|_| newest.clone(), &honest), ["revived"]);
    // Open tasks: one that this device knows is kept back; one that is none is not shown as one.
    let task = write(world, &mut staff, &new(Some(two), MemoKind::Task, None)).memo.memo;
    let client = lying(&world.http, |request, body| {
        let open = matches!(request.route, Route::MemoList(_));
        if open {
            page(&sequence(&body).into_iter().filter(|m| m.memo != task).collect::<Vec<_>>())
        } else {
            body
        }
    });
    let lines = run(client.memos(&mut staff, None)).unwrap();
    let kept_back = lines.iter().find(|line| line.memo == task).unwrap();
    assert_eq!(kept_back.result.as_ref().unwrap_err().code(), "missing");
    // And the mark of the appointment stays.
    let unmarked = lying(&world.http, |request, body| {
        if matches!(request.route, Route::MemoMarks(_)) { vec![0x81, 0x80] } else { body }
    });
    let (from, to) = (time::UnixSeconds(0), time::UnixSeconds(86_400));
    let marks = run(unmarked.marks(&staff, from, to)).unwrap();
    assert!(marks.iter().any(|m| m.appointment == two && (m.kept, m.open) == (1, 1)));
    // A server that repeats itself is not asked for ever.
    let endless = lying(&world.http, |request, body| {
        let list = matches!(request.route, Route::MemoList(_));
        if list { page(&vec![others[0].clone(); usize::try_from(limits::MEMO_PAGE).unwrap()]) } else { body }
    });
    assert_eq!(run(endless.memos(&mut staff, Some(two))).unwrap_err().code(), "answer");
}

#[test]
fn nobody_without_a_session_of_this_practice_gets_at_any() {
    let world = World::shared();
    let other = World::found(Server::shared());
    let practice = world.practice.id();
    let mut staff = world.sign_in();
    let (mut alice, email) = world.enrol(PIN);
    let booked = world.book(&mut alice, &email).1;
    let id = booked.booking.appointment;
    let note = write(world, &mut staff, &new(Some(id), MemoKind::Note, None));
    let stored = served(world, staff.token(), id);
    let envelope = stored[0].envelope.clone().unwrap();
    // Alice's own page: nothing of it is in what she is served, byte for byte.
    let capability = alice.keys().capability(id);
    let read =
        Request { body: Some(cbor::to_vec(&Read { capability })), ..Request::new(Route::Read(practice, id)) };
    let served = run(world.client().call(read)).unwrap();
    let secret = &envelope[envelope.len() - 200..envelope.len() - 100];
    assert!(!served.windows(secret.len()).any(|window| window == secret));
    assert!(!served.windows(16).any(|window| window == note.memo.memo.0));
    let ask = |bearer, route: Route, body: Option<Vec<u8>>| {
        run(world.client().call(Request { bearer, body, ..Request::new(route) })).unwrap_err().code()
    };
    let query = cbor::to_vec(&MemoQuery { about: Some(id), after: None, have: vec![].into() });
    let marks = MarksQuery { from: time::UnixSeconds(0), to: time::UnixSeconds(1) };
    let put = |envelope| cbor::to_vec(&MemoPut { envelope });
    let all = [
        (Route::MemoList(practice), Some(query.clone())),
        (Route::MemoRead(practice, note.memo.memo), None),
        (Route::MemoMarks(practice), Some(cbor::to_vec(&marks))),
        (Route::MemoPut(practice, note.memo.memo), Some(put(envelope.clone()))),
    ];
    for (route, body) in all {
        for bearer in [None, Some(capability), Some(Digest(random())), Some(other.staff_token())] {
            assert_eq!(ask(bearer, route, body.clone()), "unauthorized", "{route:?}");
        }
    }
    let token = Some(staff.token());
    // Another practice's memo in this one, another memo's envelope, another epoch: not stored.
    let with = |change: &dyn Fn(&mut MemoEnvelope)| {
        let mut sealed: MemoEnvelope = cbor::from_slice(&envelope).unwrap();
        change(&mut sealed);
        ask(token, Route::MemoPut(practice, note.memo.memo), Some(put(cbor::to_vec(&sealed).into())))
    };
    assert_eq!(with(&|e| e.context.practice = PracticeId([1; 16])), "unverifiable");
    assert_eq!(with(&|e| e.context.memo.0[0] ^= 1), "unverifiable");
    assert_eq!(with(&|e| e.scope.epoch += 1), "unverifiable");
    assert_eq!(with(&|e| e.scope.scope.0[0] ^= 1), "unverifiable");
    let elsewhere = |e: &mut MemoEnvelope| {
        e.context.scope.0[0] ^= 1;
        e.scope.scope = e.context.scope;
    };
    assert_eq!(with(&elsewhere), "forbidden", "another scope's");
    assert_eq!(with(&|e| e.body.namespace = "appointment".into()), "unverifiable");
    assert_eq!(with(&|e| e.proof.namespace = "proof".into()), "unverifiable");
    assert_eq!(with(&|e| e.context.about = None), "unverifiable", "what it is about does not change");
    let fresh = |about| {
        let mut sealed: MemoEnvelope = cbor::from_slice(&envelope).unwrap();
        (sealed.context.memo, sealed.context.about) = (MemoId([3; 16]), about);
        let body = Some(put(cbor::to_vec(&sealed).into()));
        ask(token, Route::MemoPut(practice, MemoId([3; 16])), body)
    };
    assert_eq!(fresh(Some(AppointmentId(random()))), "not-found");
    assert_eq!(ask(token, Route::MemoRead(practice, MemoId(random())), None), "not-found");
    let heads =
        |n: usize| Some(cbor::to_vec(&MemoQuery { about: None, after: None, have: vec![0; n].into() }));
    assert_eq!(ask(token, Route::MemoList(practice), heads(HEAD_PREFIX * 51)), "malformed");
    assert_eq!(ask(token, Route::MemoList(practice), heads(HEAD_PREFIX + 1)), "malformed");
    let long = MarksQuery { to: time::UnixSeconds(43 * 86_400), ..marks };
    assert_eq!(ask(token, Route::MemoMarks(practice), Some(cbor::to_vec(&long))), "malformed");
    let sample = samples::body("MemoPut", practice).unwrap().cbor;
    assert_eq!(ask(token, Route::MemoPut(practice, samples::MEMO), Some(sample)), "forbidden");
    // After all that it is as it was; and the same bytes again are answered the same.
    let again = Request {
        bearer: token,
        body: Some(put(envelope.clone())),
        ..Request::new(Route::MemoPut(practice, note.memo.memo))
    };
    let answer: MemoStored = run(world.client().fetch(again)).unwrap();
    assert_eq!((answer.number, answer.head), (1, note.head));
    assert_eq!(self::served(world, staff.token(), id), stored);
    let body = RefCell::new(Vec::new());
    let recorder = hooked(&world.http, |http: &Http, request: Request| {
        body.borrow_mut().extend(request.body.clone().unwrap_or_default());
        forward(http, &request)
    });
    run(recorder.memos(&mut staff, Some(id))).unwrap();
    let sent = body.into_inner();
    assert!(sent.windows(8).any(|window| window == &note.head.0[..8]), "what it has is not sent again");
}
