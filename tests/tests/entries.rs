//! What the practice enters itself, over HTTP: a series is stored whole or not at all, whoever else wants its times; what is in the
//! way is told exactly; nobody without a session of this practice enters anything; and no server makes a patient's booking an
//! entry or the reverse (PROTOCOL section 6, R6.15; docs/SCHEDULING.md, E1 to E8).
//!
//! Bites: with `"a-series-passes-over-what-is-taken"` of `cargo xtask mutants` the histories of the store end with half a series; here
//! every refused series must be in somebody's way, and every stored one be there to its last cell.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
use std::{
    cell::RefCell,
    collections::BTreeMap,
    sync::{Barrier, Mutex},
    thread,
};
use vestibule_core::{
    cbor,
    ids::{AppointmentId, Digest, ResourceId},
    limits,
    problem::ProblemKind,
    routes::Route,
    time::{CELL_SECONDS, Cell},
    wire::{
        appointment::{CalendarItem, Contact, Envelope, Place, State, StoredAppointment},
        entry::{Entries, EntryKind, NewEntry, StaffActs, Stored},
        http::{Held, Hold, Read},
        pow::Purpose,
    },
};
use vestibule_edge_crypto::client::{
    ClientError, Request, TransportError,
    practice::{EntryWish, StaffSession},
};
use vestibule_tests::{
    client::{hooked, lying, run},
    http::Http,
    needles, samples,
    server::Server,
    world::{World, fresh_name, random},
};

const PIN: &str = "73915820";
const WEEK: u64 = 7 * 288;

/// So many patients, and so many series, at once.
const PATIENTS: usize = 140;
const SERIES: usize = 60;

fn cells(place: &Place) -> impl Iterator<Item = (ResourceId, u64)> {
    let (resource, from) = (place.resource, place.start.0);
    (from..from + u64::from(place.cells)).map(move |cell| (resource, cell))
}

fn block(resource: ResourceId, starts: Vec<Cell>, cells: u32) -> EntryWish {
    let title = format!("Besprechung {}", fresh_name());
    needles::record_text("title of a block", &title);
    let (name, email, phone, birth_date) = Default::default();
    EntryWish {
        resource,
        starts,
        cells,
        kind: EntryKind::Block,
        title,
        service: None,
        contact: Contact { name, email, phone, birth_date },
        note: String::new(),
        locale: "de".into(),
    }
}

fn visit(world: &World, resource: ResourceId, start: Cell) -> EntryWish {
    let name = format!("Anruf {}", fresh_name());
    let phone = format!("+49 30 {}", fresh_name());
    for (what, text) in [("name of a caller", &name), ("phone of a caller", &phone)] {
        needles::record_text(what, text);
    }
    EntryWish {
        kind: EntryKind::Visit,
        title: String::new(),
        service: Some(world.services().0),
        contact: Contact { name, email: String::new(), phone, birth_date: String::new() },
        note: "ruft wieder an".into(),
        ..block(resource, vec![start], 6)
    }
}

/// The body that the client would send: what it seals, without the server.
fn sealed(world: &World, staff: &mut StaffSession, wish: &EntryWish) -> Vec<u8> {
    let body = RefCell::new(Vec::new());
    let recorder = hooked(&world.http, |_: &Http, request: Request| {
        *body.borrow_mut() = request.body.unwrap();
        Err(TransportError)
    });
    run(recorder.enter(staff, wish)).unwrap_err();
    body.into_inner()
}

fn send(world: &World, token: Option<Digest>, route: Route, body: Vec<u8>) -> Result<Stored, ClientError> {
    run(world.client().fetch(Request { body: Some(body), bearer: token, ..Request::new(route) }))
}

fn add(world: &World, token: Option<Digest>, body: &[u8]) -> Result<Stored, ClientError> {
    send(world, token, Route::EntriesAdd(world.practice.id()), body.to_vec())
}

fn conflicts(error: ClientError) -> Vec<u32> {
    match error {
        ClientError::Problem(problem) if problem.kind == ProblemKind::SlotTaken => problem.conflicts,
        other => panic!("{other:?}"),
    }
}

fn places(body: &[u8]) -> Vec<Place> {
    let entries: Entries = cbor::from_slice(body).unwrap();
    let place = |e: &NewEntry| cbor::from_slice::<Envelope>(&e.envelope).unwrap().context.place;
    entries.entries.iter().map(place).collect()
}

fn served(world: &World, token: Digest, id: AppointmentId) -> StoredAppointment {
    let request = Request { bearer: Some(token), ..Request::new(Route::StaffRead(world.practice.id(), id)) };
    run(world.client().fetch(request)).unwrap()
}

#[test]
fn two_hundred_at_once_patients_against_series() {
    let world = World::found(Server::shared());
    let practice = world.practice.id();
    let mut staff = world.sign_in();
    let token = staff.token();
    let client = world.client();
    let first = world.slots(world.services().0, 1)[0].clone();
    let resource = first.resource;
    let base = first.start.0 / CELL_SECONDS;
    // Three weeks on the same two hours of a day: patients want one time, the practice one of each week.
    let holds: Vec<Hold> = (0..PATIENTS)
        .map(|_| {
            let appointment = AppointmentId(random());
            let [quarter, week] = random::<2>();
            let start = Cell(base + u64::from(week % 3) * WEEK + u64::from(quarter % 6) * 3);
            let place = Place { resource, start, cells: 3 };
            let work = run(client.work(practice, Purpose::Hold, appointment.0)).unwrap();
            Hold { appointment, place, capability_hash: Digest(random()), work, visit: None }
        })
        .collect();
    let bodies: Vec<Vec<u8>> = (0..SERIES)
        .map(|n| {
            let offset = u64::try_from(n % 8).unwrap() * 3;
            let starts = (0..3).map(|week| Cell(base + week * WEEK + offset)).collect();
            sealed(&world, &mut staff, &block(resource, starts, 3))
        })
        .collect();
    let barrier = Barrier::new(PATIENTS + SERIES);
    let (held, entered) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for hold in &holds {
            let (barrier, held, client) = (&barrier, &held, world.client());
            scope.spawn(move || {
                barrier.wait();
                let answer = run(client.exchange::<_, Held>(Route::Hold(practice), hold));
                held.lock().unwrap().push((hold.place, answer));
            });
        }
        for body in &bodies {
            let (barrier, entered, world) = (&barrier, &entered, &world);
            scope.spawn(move || {
                barrier.wait();
                let answer = add(world, Some(token), body);
                entered.lock().unwrap().push((places(body), answer));
            });
        }
    });
    let (held, entered) = (held.into_inner().unwrap(), entered.into_inner().unwrap());
    assert_eq!((held.len(), entered.len()), (PATIENTS, SERIES));
    let mut owner = BTreeMap::new();
    let mut take = |place: &Place, who: String| {
        for cell in cells(place) {
            assert_eq!(owner.insert(cell, who.clone()), None, "{cell:?} was given twice");
        }
    };
    for (n, (place, answer)) in held.iter().enumerate() {
        match answer {
            Ok(_) => take(place, format!("patient {n}")),
            Err(error) => assert_eq!(error.code(), "slot-taken", "{error:?}"),
        }
    }
    for (n, (places, answer)) in entered.iter().enumerate() {
        if answer.is_ok() {
            for place in places {
                take(place, format!("series {n}"));
            }
        }
    }
    for (places, answer) in entered {
        let Err(error) = answer else { continue };
        for at in conflicts(error) {
            let place = &places[usize::try_from(at).unwrap()];
            assert!(cells(place).any(|cell| owner.contains_key(&cell)), "nobody has {place:?}");
        }
    }
    // As the server offers it: no taken cell, and nothing else is gone.
    let free = world.slots(world.services().0, 28);
    for slot in &free {
        let place = Place { resource: slot.resource, start: Cell(slot.start.0 / CELL_SECONDS), cells: 6 };
        assert!(!cells(&place).any(|cell| owner.contains_key(&cell)), "a taken time is offered");
    }
    let all = run(client.calendar(&mut staff, first.start, first.start.plus(22 * 86_400))).unwrap();
    let listed = all.iter().filter(|l| l.result.is_ok()).count();
    let stored = owner.values().filter(|who| who.starts_with("series")).count() / 3;
    assert_eq!(listed, stored, "all of a series, or none of it");
}

#[test]
fn what_is_in_the_way_is_told_exactly_and_the_same_again_is_answered_the_same() {
    let world = World::found(Server::shared());
    let client = world.client();
    let (mut alice, email) = world.enrol(PIN);
    let (wish, booked) = world.book(&mut alice, &email);
    let mut staff = world.sign_in();
    let token = staff.token();
    // Ten weeks at Alice's time, beginning three weeks before; and one of its own in the sixth.
    let start = wish.start.0 / CELL_SECONDS;
    let starts: Vec<Cell> = (0..10).map(|week| Cell(start + week * WEEK)).collect();
    let own = run(client.enter(&mut staff, &block(wish.resource, vec![Cell(starts[6].0 + 5)], 1))).unwrap();
    let series = block(wish.resource, starts.clone(), 6);
    assert_eq!(conflicts(run(client.enter(&mut staff, &series)).unwrap_err()), [0, 6]);
    assert!(served(&world, token, own[0]).statements.is_empty());
    let day = |cell: Cell| (cell.start(), cell.start().plus(1));
    let (from, to) = day(starts[1]);
    assert!(run(client.calendar(&mut staff, from, to)).unwrap().is_empty(), "nothing of it was stored");
    // Without these two dates it fits. Lost answers: the same bytes again.
    let rest: Vec<Cell> = starts.iter().copied().filter(|s| *s != starts[0] && *s != starts[6]).collect();
    let again = block(wish.resource, rest.clone(), 6);
    let body = sealed(&world, &mut staff, &again);
    let stored = add(&world, Some(token), &body).unwrap();
    assert_eq!(stored.all.len(), 8);
    assert_eq!(add(&world, Some(token), &body).unwrap(), stored);
    // Shown, verified, as what it is; the patient's is as before.
    let lines = run(client.calendar(&mut staff, rest[0].start(), rest[7].start().plus(1))).unwrap();
    let ids: Vec<_> = lines.iter().map(|l| l.appointment).collect();
    assert_eq!(ids.len(), 8 + 1);
    for line in run(client.verify_calendar(&mut staff, &ids)).unwrap() {
        let shown = line.result.unwrap();
        let entry = shown.summary().entry.clone().unwrap();
        assert!(entry.kind == EntryKind::Block && entry.title.starts_with("Besprechung"));
    }
    let listed = run(client.appointments(&world.practice, &mut alice)).unwrap();
    assert_eq!(listed[0].result.as_ref().unwrap().place, booked.place);
    let free = |cell: Cell| {
        world
            .slots(world.services().0, 35)
            .iter()
            .any(|s| s.start == cell.start() && s.resource == wish.resource)
    };
    assert!(!free(rest[0]), "patients are not offered it");
    // This one and all later ones of the series: from the third on, as one.
    let entries: Entries = cbor::from_slice(&body).unwrap();
    let third = entries.entries[2].appointment;
    let gone = run(client.cancel_rest(&mut staff, third, "")).unwrap();
    assert_eq!(gone.len(), 6);
    assert_eq!(run(client.cancel_rest(&mut staff, third, "")).unwrap_err().code(), "state-forbids");
    for (n, entry) in entries.entries.iter().enumerate() {
        let want = if n < 2 { State::Booked } else { State::Cancelled };
        assert_eq!(served(&world, token, entry.appointment).state, want, "{n}");
    }
    // One that is no series.
    assert_eq!(run(client.cancel_rest(&mut staff, own[0], "")).unwrap(), own);
    // Nobody has its key but the practice: whatever capability is shown, there is nothing.
    for capability in [Digest([0; 32]), Digest(random())] {
        let read = Request {
            body: Some(cbor::to_vec(&Read { capability })),
            ..Request::new(Route::Read(world.practice.id(), third))
        };
        assert_eq!(run(client.call(read)).unwrap_err().code(), "not-found");
    }
}

#[test]
fn a_caller_is_entered_and_moved_like_everybody() {
    let world = World::shared();
    let client = world.client();
    let mut staff = world.sign_in();
    // Sunday night: closed, and off the grid.
    let night = world.slots(world.services().0, 28).last().unwrap().start.0 / CELL_SECONDS + 145;
    let wish = visit(world, world.slots(world.services().0, 1)[0].resource, Cell(night));
    let id = run(client.enter(&mut staff, &wish)).unwrap()[0];
    let to = Place { resource: wish.resource, start: Cell(night + 1), cells: 12 };
    let act = vestibule_edge_crypto::booking::Act {
        action: vestibule_core::wire::appointment::Action::MovedByPractice,
        place: Some(to),
        note: String::new(),
    };
    let line = run(client.act(&mut staff, id, act)).unwrap();
    assert_eq!(line.place, Some(to));
    let shown = line.result.unwrap();
    assert_eq!(
        (&shown.summary().contact, shown.summary().service_name.as_str()),
        (&wish.contact, "Untersuchung")
    );
    assert_eq!(shown.summary().entry.as_ref().map(|e| e.kind), Some(EntryKind::Visit));
    // What the client does not even send.
    let refused = |wish: &EntryWish| run(client.enter(&mut world.sign_in(), wish)).unwrap_err().code();
    let nobody = Contact { name: " ".into(), ..wish.contact.clone() };
    assert_eq!(refused(&EntryWish { contact: nobody, ..wish.clone() }), "not-offered");
    assert_eq!(refused(&EntryWish { starts: vec![], ..wish.clone() }), "not-offered");
    assert_eq!(refused(&EntryWish { starts: vec![Cell(night + 60); 53], ..wish.clone() }), "too-long");
    assert_eq!(refused(&EntryWish { note: "x".repeat(9_000), ..wish }), "too-long");
}

#[test]
fn who_may_not_enters_nothing() {
    let world = World::shared();
    let other = World::found(Server::shared());
    let mut staff = world.sign_in();
    let token = staff.token();
    let free = world.slots(world.services().0, 28).last().unwrap().clone();
    let start = Cell(free.start.0 / CELL_SECONDS + 400);
    let body = sealed(world, &mut staff, &block(free.resource, vec![start], 1));
    let code = |token, body: &[u8]| add(world, token, body).unwrap_err().code();
    assert_eq!(code(None, &body), "unauthorized");
    assert_eq!(code(Some(Digest(random())), &body), "unauthorized");
    assert_eq!(code(Some(other.staff_token()), &body), "unauthorized", "another practice's session");
    // Another practice's entries, in this one.
    let theirs = other.practice.directory.catalog().resources[0].id;
    let foreign = sealed(&other, &mut other.sign_in(), &block(theirs, vec![start], 1));
    assert_eq!(code(Some(token), &foreign), "forbidden", "a calendar that is not this staff's");
    let with = |change: &dyn Fn(&mut Envelope)| {
        let mut entries: Entries = cbor::from_slice(&body).unwrap();
        let mut envelope: Envelope = cbor::from_slice(&entries.entries[0].envelope).unwrap();
        change(&mut envelope);
        entries.entries[0].envelope = cbor::to_vec(&envelope).into();
        cbor::to_vec(&entries)
    };
    let refused = |change: &dyn Fn(&mut Envelope)| code(Some(token), &with(change));
    assert_eq!(refused(&|e| e.scope.epoch += 1), "unverifiable");
    assert_eq!(refused(&|e| e.scope.scope.0[0] ^= 1), "unverifiable");
    assert_eq!(refused(&|e| e.context.appointment.0[0] ^= 1), "unverifiable");
    assert_eq!(refused(&|e| e.context.practice.0[0] ^= 1), "unverifiable");
    assert_eq!(refused(&|e| e.context.place.resource.0[0] ^= 1), "forbidden");
    assert_eq!(refused(&|e| e.context.place.start = Cell(1)), "unverifiable", "long ago");
    let booking = samples::envelope(world.practice.id(), AppointmentId([0; 16]));
    assert_eq!(refused(&|e| e.patient.clone_from(&booking.patient)), "unverifiable", "it has a patient");
    // None, one twice, too many. (Too many bytes: `malformed.rs`, for every route.)
    let one: Entries = cbor::from_slice(&body).unwrap();
    let list = |n: usize| cbor::to_vec(&Entries { entries: vec![one.entries[0].clone(); n] });
    assert_eq!(code(Some(token), &list(0)), "malformed");
    assert_eq!(code(Some(token), &list(2)), "malformed", "one id twice");
    assert_eq!(code(Some(token), &list(limits::MAX_ENTRIES + 1)), "malformed");
    let route = Route::StaffActs(world.practice.id());
    for (token, acts, want) in [
        (None, samples::body("StaffActs", world.practice.id()).unwrap().cbor, "unauthorized"),
        (Some(token), samples::body("StaffActs", world.practice.id()).unwrap().cbor, "not-found"),
        (Some(token), cbor::to_vec(&StaffActs { acts: vec![] }), "malformed"),
    ] {
        assert_eq!(send(world, token, route, acts).unwrap_err().code(), want);
    }
    // After all that it is still free.
    assert_eq!(add(world, Some(token), &body).map(|stored| stored.all.len()), Ok(1));
}

#[test]
fn a_server_makes_no_booking_an_entry_nor_the_reverse() {
    let world = World::shared();
    let (mut alice, email) = world.enrol(PIN);
    let (wish, booked) = world.book(&mut alice, &email);
    let id = booked.booking.appointment;
    let mut staff = world.sign_in();
    let night = Cell(wish.start.0 / CELL_SECONDS + 150);
    let entry = run(world.client().enter(&mut staff, &visit(world, wish.resource, night))).unwrap()[0];
    let patient = {
        let stored = served(world, staff.token(), id);
        cbor::from_slice::<Envelope>(&stored.envelope).unwrap().patient
    };
    let shown = |lie: bool| {
        let liar = lying(&world.http, |request, body| {
            if !lie || !matches!(request.route, Route::Calendar(_)) {
                return body;
            }
            let mut all = Vec::new();
            let mut decoder = minicbor::Decoder::new(&body);
            while decoder.position() < body.len() {
                let CalendarItem::Full(mut stored) = decoder.decode().unwrap() else { panic!("known") };
                let mut envelope: Envelope = cbor::from_slice(&stored.envelope).unwrap();
                envelope.patient = if stored.appointment == id { None } else { patient.clone() };
                stored.envelope = cbor::to_vec(&envelope).into();
                all.extend(cbor::to_vec(&CalendarItem::Full(stored)));
            }
            all
        });
        let mut staff = world.sign_in();
        let lines = run(liar.calendar(&mut staff, wish.start, night.start().plus(1))).unwrap();
        let code = |id| {
            let line = lines.iter().find(|l| l.appointment == id).unwrap();
            line.result.as_ref().map_or_else(|lie| lie.code(), |_| "shown")
        };
        (code(id), code(entry))
    };
    assert_eq!(shown(false), ("shown", "shown"));
    assert_eq!(shown(true), ("not-by-patient", "not-by-practice"));
    // Alice, who is served the practice's entry as her own.
    let stored = served(world, staff.token(), entry);
    let liar = lying(&world.http, |request, body| {
        if matches!(request.route, Route::Read(..)) {
            let mut lie = stored.clone();
            let mut envelope: Envelope = cbor::from_slice(&lie.envelope).unwrap();
            envelope.context.appointment = id;
            envelope.context.place = booked.booking.place;
            (lie.appointment, lie.envelope) = (id, cbor::to_vec(&envelope).into());
            cbor::to_vec(&lie)
        } else {
            body
        }
    });
    let listed = run(liar.appointments(&world.practice, &mut alice)).unwrap();
    assert_eq!(listed[0].result.as_ref().unwrap_err().code(), "not-by-patient");
}
