//! Moves and states over HTTP: an appointment keeps its old cells until the new ones are won, whoever else wants them; each
//! change of state is signed by who may make it, and neither forged nor dropped without the other side noticing (PROTOCOL
//! section 6, docs/SCHEDULING.md).
//!
//! Bites: with `"a-move-frees-first"` and `"a-move-takes-what-is-taken"` of `cargo xtask mutants` the races end with a place
//! that two have, or that nobody has.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Barrier, Mutex},
    thread,
};
use vestibule_core::{
    cbor,
    ids::{AppointmentId, ResourceId},
    problem::ProblemKind,
    routes::Route,
    time::{CELL_SECONDS, Cell, UnixSeconds},
    wire::{
        appointment::{Action, Contact, Place, State, StoredAppointment},
        catalog::{Access, Class, Need, Question, Rules},
        http::{Act, Book, Booked, Held, Hold, Read, StaffAct},
        pow::Purpose,
        realm::VaultEntry,
    },
};
use vestibule_edge_crypto::{
    booking::{self, Details, Opened, open_as_patient, seal_booking, seal_statement},
    client::{BookRequest, ClientError, Env as _, Request},
    directory::CatalogChange,
    keys::PatientRoot,
    patient::PatientKeys,
};
use vestibule_tests::{
    client::{forward, hooked, run},
    http::Http,
    needles,
    server::Server,
    world::{World, fresh_email, fresh_name, random, rng},
};

const PIN: &str = "73914620";

/// Appointments in the race; each is moved by its patient and by staff at once: 200 clients.
const RACERS: usize = 100;

/// A patient without a vault, for whom one appointment of five minutes is booked.
struct Racer {
    keys: PatientKeys,
    opened: Opened,
}

fn cells(place: &Place) -> impl Iterator<Item = (ResourceId, u64)> {
    let (resource, from) = (place.resource, place.start.0);
    (from..from + u64::from(place.cells)).map(move |cell| (resource, cell))
}

fn read(world: &World, keys: &PatientKeys, id: AppointmentId, booked: Place) -> Opened {
    let client = world.client();
    let proof = Read { capability: keys.capability(id) };
    let stored: StoredAppointment =
        run(client.exchange(Route::Read(world.practice.id(), id), &proof)).unwrap();
    let entry = VaultEntry {
        appointment: id,
        place: booked,
        seq: 0,
        head: vestibule_core::ids::Digest([0; 32]),
        removed: false,
        at: client.env.now(),
    };
    let manifest = world.practice.directory.manifest();
    open_as_patient(&stored, &entry, keys, manifest, &world.practice.calendar_keys).unwrap()
}

fn book(world: &World, place: Place) -> Result<Racer, ClientError> {
    let client = world.client();
    let practice = world.practice.id();
    let appointment = AppointmentId(random());
    let keys = PatientKeys::new(PatientRoot::generate(&mut rng()));
    let work = run(client.work(practice, Purpose::Hold, appointment.0))?;
    let hold =
        Hold { appointment, place, capability_hash: keys.capability_hash(appointment), work, visit: None };
    let _: Held = run(client.exchange(Route::Hold(practice), &hold))?;
    let name = fresh_name();
    needles::record_text("patient name", &name);
    let details = Details {
        service: world.services().1,
        service_name: "Kurz".into(),
        contact: Contact { name, email: fresh_email(), phone: String::new(), birth_date: String::new() },
        reason: String::new(),
        locale: "de".into(),
        request: false,
        answers: vec![],
        also: vec![],
        series: None,
    };
    let manifest = world.practice.directory.manifest();
    let sealed = seal_booking(&mut rng(), manifest, &keys, appointment, place, details, client.env.now())?;
    let capability = keys.capability(appointment);
    let book = Book { appointment, capability, envelope: sealed.envelope.into(), request: None };
    let _: Booked = run(client.exchange(Route::Book(practice), &book))?;
    let opened = read(world, &keys, appointment, place);
    Ok(Racer { keys, opened })
}

/// A signed statement that the patient makes.
fn said(world: &World, racer: &Racer, action: Action, place: Option<Place>) -> Act {
    let act = booking::Act { action, place, note: String::new() };
    let now = world.client().env.now();
    let next = seal_statement(&mut rng(), &racer.opened, racer.keys.signing(), act, 1, now).unwrap();
    let capability = racer.keys.capability(racer.opened.booking.appointment);
    Act { capability, action, seq: next.seq, statement: next.sealed.into(), place, visit: None }
}

#[test]
fn of_two_hundred_moves_each_place_is_won_once_and_nobody_loses_the_old_one() {
    let world = World::shared();
    let practice = world.practice.id();
    // Of the last days, where the other tests seldom are; two cells apart, so that nobody's old place is a target.
    let slots = world.slots(world.services().1, 28);
    let mut racers: Vec<Racer> = Vec::new();
    for slot in slots.iter().rev().step_by(2) {
        if racers.len() == RACERS {
            break;
        }
        let place = Place { resource: slot.resource, start: Cell(slot.start.0 / CELL_SECONDS), cells: 1 };
        match book(world, place) {
            Ok(racer) => racers.push(racer),
            Err(error) => assert_eq!(error.code(), "slot-taken", "{error:?}"),
        }
    }
    assert_eq!(racers.len(), RACERS);
    // Twelve places for all: free ones between the old places.
    let free = world.slots(world.services().1, 28);
    let targets: Vec<Place> = free
        .iter()
        .rev()
        .take(12)
        .map(|s| Place { resource: s.resource, start: Cell(s.start.0 / CELL_SECONDS), cells: 1 })
        .collect();
    let staff = world.sign_in();
    let token = staff.token();
    let barrier = Barrier::new(RACERS * 2);
    let answers = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for (n, racer) in racers.iter().enumerate() {
            for by_staff in [false, true] {
                let target = targets[(n + usize::from(by_staff) * 5) % targets.len()];
                let (barrier, answers, client) = (&barrier, &answers, world.client());
                let id = racer.opened.booking.appointment;
                let act = said(world, racer, Action::MovedByPatient, Some(target));
                // The server cannot look into the seal; who signed it the clients will say.
                let as_staff = StaffAct {
                    action: Action::MovedByPractice,
                    seq: act.seq,
                    statement: act.statement.clone(),
                    place: Some(target),
                };
                scope.spawn(move || {
                    barrier.wait();
                    let answer = if by_staff {
                        let request = Request {
                            body: Some(cbor::to_vec(&as_staff)),
                            bearer: Some(token),
                            ..Request::new(Route::StaffAct(practice, id))
                        };
                        run(client.fetch::<Booked>(request))
                    } else {
                        run(client.exchange::<_, Booked>(Route::Act(practice, id), &act))
                    };
                    answers.lock().unwrap().push((n, target, answer));
                });
            }
        }
    });
    let answers = answers.into_inner().unwrap();
    assert_eq!(answers.len(), RACERS * 2);
    let mut now: Vec<Place> = racers.iter().map(|r| r.opened.booking.place).collect();
    let mut moved = BTreeSet::new();
    for (n, target, answer) in &answers {
        match answer {
            Ok(booked) => {
                assert_eq!(booked.state, State::Booked);
                assert!(moved.insert(*n), "one seq was taken twice");
                now[*n] = *target;
            }
            Err(error) => assert!(["slot-taken", "conflict"].contains(&error.code()), "{error:?}"),
        }
    }
    assert!((1..=targets.len()).contains(&moved.len()), "{} moves were won", moved.len());
    let mut owners = BTreeMap::new();
    for (n, place) in now.iter().enumerate() {
        for cell in cells(place) {
            assert_eq!(owners.insert(cell, n), None, "a cell has two owners");
        }
    }
    // As the server has it: everyone where the answers say, every old place of a winner free, every other one not.
    let offered: BTreeSet<_> =
        world.slots(world.services().1, 28).iter().map(|s| (s.resource, s.start.0 / CELL_SECONDS)).collect();
    for (n, racer) in racers.iter().enumerate() {
        let id = racer.opened.booking.appointment;
        let proof = Read { capability: racer.keys.capability(id) };
        let stored: StoredAppointment =
            run(world.client().exchange(Route::Read(practice, id), &proof)).unwrap();
        assert_eq!((stored.place, stored.state), (now[n], State::Booked));
        assert_eq!(stored.statements.len(), usize::from(moved.contains(&n)));
        let old = racer.opened.booking.place;
        assert!(!offered.contains(&(now[n].resource, now[n].start.0)), "a taken place is offered");
        if moved.contains(&n) && !owners.contains_key(&(old.resource, old.start.0)) {
            assert!(offered.contains(&(old.resource, old.start.0)), "a place was lost");
        }
    }
}

#[test]
fn a_moved_appointment_is_found_at_its_new_time_by_everyone() {
    let world = World::shared();
    let client = world.client();
    let (mut alice, email) = world.enrol(PIN);
    let (_, booked) = world.book(&mut alice, &email);
    let id = booked.booking.appointment;
    let old = booked.place;
    let mut staff = world.sign_in();
    let day = |at: Cell| (at.start(), at.start().plus(1));
    let (from, to) = day(old.start);
    run(client.calendar(&mut staff, from, to)).unwrap();
    assert!(run(client.verify_calendar(&mut staff, &[id])).unwrap()[0].result.is_ok());
    // By the patient, to a free slot; then by the practice, to five minutes that no slot begins at.
    let mut last = old;
    let slot = world.slots(world.services().0, 28).into_iter().find(|s| s.start.0 != old.start.start().0);
    let slot = slot.unwrap();
    let moved = match run(client.move_to(&world.practice, &mut alice, id, slot.resource, slot.start)) {
        Ok(moved) => moved,
        Err(error) => panic!("{error:?}"),
    };
    assert_eq!((moved.place.start.start(), moved.booking.place), (slot.start, old));
    for by_staff in [false, true] {
        if by_staff {
            let to = Place { start: Cell(last.start.0 + 1), cells: 1, ..last };
            let act = booking::Act { action: Action::MovedByPractice, place: Some(to), note: "sorry".into() };
            let line = run(client.act(&mut staff, id, act)).unwrap();
            assert_eq!(line.place, Some(to));
        }
        let listed = run(client.appointments(&world.practice, &mut alice)).unwrap();
        let mine = listed[0].result.as_ref().unwrap();
        assert_ne!(mine.place, old);
        // Where it was, it is neither shown nor missed by who remembers it there; where it is, it is verified.
        let (from, to) = day(last.start);
        if last.start != mine.place.start {
            let lines = run(client.calendar(&mut staff, from, to)).unwrap();
            assert!(lines.iter().all(|l| l.appointment != id), "still where it was");
        }
        let (from, to) = day(mine.place.start);
        let lines = run(client.calendar(&mut staff, from, to)).unwrap();
        let line = lines.iter().find(|l| l.appointment == id).unwrap();
        assert_eq!(line.place, Some(mine.place));
        assert!(line.result.is_ok(), "{line:?}");
        last = mine.place;
    }
    // Onto somebody else's time: refused, and nothing has changed.
    let (mut bob, bobs) = world.enrol(PIN);
    let (_, other) = world.book(&mut bob, &bobs);
    let taken = run(client.move_to(
        &world.practice,
        &mut bob,
        other.booking.appointment,
        last.resource,
        last.start.start(),
    ));
    let code = taken.unwrap_err().code();
    assert_eq!(code, "slot-taken");
    let listed = run(client.appointments(&world.practice, &mut bob)).unwrap();
    assert_eq!(listed[0].result.as_ref().unwrap().place, other.place);
}

#[test]
fn states_are_said_by_who_may_and_believed_only_then() {
    let world = World::shared();
    let client = world.client();
    let (mut alice, email) = world.enrol(PIN);
    let asked = loop {
        let wish = BookRequest { request: true, ..world.wish(&email) };
        match run(client.book(&world.practice, &mut alice, wish)) {
            Ok(opened) => break opened,
            Err(error) => assert_eq!(error.code(), "slot-taken"),
        }
    };
    let id = asked.booking.appointment;
    assert_eq!(asked.state, State::Requested);
    let mut staff = world.sign_in();
    let act = |action| booking::Act { action, place: None, note: String::new() };
    let refused = |staff: &mut _, action| run(client.act(staff, id, act(action))).unwrap_err().code();
    // Not yet confirmed, so nobody attended it.
    assert_eq!(refused(&mut staff, Action::Attended), "state-forbids");
    let line = run(client.act(&mut staff, id, act(Action::Confirmed))).unwrap();
    assert_eq!(line.result.unwrap().summary().state, State::Booked);
    // It has not begun.
    assert_eq!(refused(&mut staff, Action::Attended), "conflict");
    assert_eq!(refused(&mut staff, Action::Declined), "state-forbids");
    let listed = run(client.appointments(&world.practice, &mut alice)).unwrap();
    let mine = listed[0].result.as_ref().unwrap();
    assert_eq!((mine.state, mine.statements[0].action), (State::Booked, Action::Confirmed));
    // The answer dropped, or another one invented.
    let lie = |rewrite: fn(&mut StoredAppointment)| {
        let liar = hooked(&world.http, move |http: &Http, request: Request| {
            let read = matches!(request.route, Route::Read(..));
            let mut answer = forward(http, &request)?;
            if read && answer.status == 200 {
                let mut stored: StoredAppointment = cbor::from_slice(&answer.body).unwrap();
                rewrite(&mut stored);
                answer.body = cbor::to_vec(&stored);
            }
            Ok(answer)
        });
        let unlocked = run(world.client().unlock(&world.practice, alice.patient, PIN, &[], &mut |_, _| {}));
        let mut session = unlocked.unwrap().session;
        let listed = run(liar.appointments(&world.practice, &mut session)).unwrap();
        listed[0].result.as_ref().unwrap_err().code()
    };
    assert_eq!(lie(|s| s.state = State::Declined), "state-unexplained");
    assert_eq!(lie(|s| s.place.start.0 += 3), "wrong-place");
    assert_eq!(
        lie(|s| {
            s.statements.clear();
            s.state = State::Requested;
        }),
        "rolled-back"
    );
    // What the server itself refuses: the other side's acts, strangers, and acts without a session.
    let practice = world.practice.id();
    let racer = Racer { keys: PatientKeys::new(PatientRoot::generate(&mut rng())), opened: asked };
    let mut wrong = said(world, &racer, Action::CancelledByPractice, None);
    let code =
        |act: &Act| run(client.exchange::<_, Booked>(Route::Act(practice, id), act)).unwrap_err().code();
    assert_eq!(code(&wrong), ProblemKind::NotFound.slug(), "a stranger's capability");
    wrong.capability = alice.keys().capability(id);
    assert_eq!(code(&wrong), ProblemKind::Forbidden.slug());
    let body = StaffAct {
        action: Action::CancelledByPractice,
        seq: 3,
        statement: wrong.statement.clone(),
        place: None,
    };
    let request = Request { body: Some(cbor::to_vec(&body)), ..Request::new(Route::StaffAct(practice, id)) };
    let code = run(client.fetch::<Booked>(request)).unwrap_err().code();
    assert_eq!(code, ProblemKind::Unauthorized.slug());
    // Cancelled by the practice: the patient sees who and why, and the time is free again.
    let place = mine.place;
    let gone = booking::Act { action: Action::CancelledByPractice, place: None, note: "Dr. is ill".into() };
    run(client.act(&mut staff, id, gone)).unwrap();
    let listed = run(client.appointments(&world.practice, &mut alice)).unwrap();
    let mine = listed[0].result.as_ref().unwrap();
    let last = mine.statements.last().unwrap();
    assert_eq!(
        (mine.state, last.action, last.note.as_str()),
        (State::Cancelled, Action::CancelledByPractice, "Dr. is ill")
    );
    let start: UnixSeconds = place.start.start();
    assert!(
        world.slots(world.services().0, 28).iter().any(|s| (s.resource, s.start) == (place.resource, start))
    );
}

#[test]
fn a_service_that_patients_ask_for() {
    let mut world = World::found(Server::shared());
    let mut staff = world.sign_in();
    let shape = Class {
        id: 1,
        minutes: 30,
        needs: vec![Need {
            one_of: world.practice.directory.catalog().services[0].resources.clone(),
            before: 0,
            after: 0,
        }],
        notice: 0,
        horizon: 90,
        access: Access::Public,
        per_day: None,
        per_week: None,
        request: Some(true),
        series: None,
    };
    let catalog = world.practice.directory.catalog();
    let mut change = CatalogChange {
        name: catalog.name.clone(),
        contact: catalog.contact.clone(),
        time_zone: catalog.time_zone.clone(),
        language: catalog.language.clone(),
        resources: catalog.resources.clone(),
        services: catalog.services.clone(),
        rules: Some(Rules { locations: vec![], closures: vec![], pauses: vec![], classes: vec![shape] }),
    };
    let asked = &mut change.services[0];
    (asked.classes, asked.price) = (Some(vec![1]), Some("30 €".into()));
    asked.questions = Some(vec![
        Question {
            text: "Blutverdünner?".into(), answers: vec!["ja".into(), "nein".into()], required: true
        },
        Question { text: "Seit wann?".into(), answers: vec![], required: false },
    ]);
    run(world.client().update_catalog(&mut staff, change)).unwrap();
    world.practice = run(world.client().directory(world.practice.fingerprint, None)).unwrap();
    let (client, practice) = (world.client(), &world.practice);
    let (mut alice, email) = world.enrol(PIN);
    let wish =
        |answers: [&str; 2]| BookRequest { answers: answers.map(Into::into).into(), ..world.wish(&email) };
    for (answers, want) in [(["", "gestern"], "unanswered"), (["vielleicht", ""], "not-offered")] {
        assert_eq!(run(client.book(practice, &mut alice, wish(answers))).unwrap_err().code(), want);
    }
    // A client that books where one asks: the server refuses, since no reader could tell.
    let outright = hooked(&world.http, |http: &Http, mut request: Request| {
        if let Route::Book(_) = request.route {
            let mut book: Book = cbor::from_slice(&request.body.unwrap()).unwrap();
            book.request = None;
            request.body = Some(cbor::to_vec(&book));
        }
        forward(http, &request)
    });
    let refused = run(outright.book(practice, &mut alice, wish(["ja", ""]))).unwrap_err();
    assert_eq!(refused.code(), ProblemKind::Forbidden.slug());
    let opened = run(client.book(practice, &mut alice, wish(["nein", "gestern"]))).unwrap();
    assert_eq!(opened.state, State::Requested);
    let id = opened.booking.appointment;
    let confirm = booking::Act { action: Action::Confirmed, place: None, note: String::new() };
    let line = run(client.act(&mut staff, id, confirm)).unwrap();
    let told: Vec<(String, String)> = line
        .result
        .unwrap()
        .summary()
        .answers
        .clone()
        .unwrap()
        .into_iter()
        .map(|a| (a.question, a.answer))
        .collect();
    let pair = |q: &str, a: &str| (q.to_owned(), a.to_owned());
    assert_eq!(told, [pair("Blutverdünner?", "nein"), pair("Seit wann?", "gestern")]);
    // What was confirmed is asked for anew.
    let elsewhere = wish(["ja", ""]);
    let moved = run(client.move_to(practice, &mut alice, id, elsewhere.resource, elsewhere.start));
    assert_eq!(moved.unwrap_err().code(), ProblemKind::Forbidden.slug());
}
