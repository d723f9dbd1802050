//! 200 bookings of overlapping slots, sent at once: exactly one wins each cell; losers are told `slot-taken` and find
//! fresh slots that are truly free (PROTOCOL section 6).
//!
//! Bites: the number of winners is bounded from both sides, and every loser must overlap a winner. Not yet run against a
//! server without the primary key.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
use std::{
    collections::BTreeMap,
    sync::{Barrier, Mutex},
    thread,
};
use vestibule_core::{
    ids::{AppointmentId, Digest, ResourceId},
    problem::ProblemKind,
    routes::Route,
    time::{CELL_SECONDS, Cell},
    wire::{
        appointment::{Contact, Place, State},
        http::{Book, Booked, Held, Hold},
        pow::Purpose,
    },
};
use vestibule_edge_crypto::{
    booking::{Details, seal_booking},
    client::{ClientError, Env as _},
    keys::PatientRoot,
    patient::PatientKeys,
};
use vestibule_tests::{
    client::run,
    needles,
    world::{World, fresh_email, fresh_name, random, rng},
};

const BOOKINGS: usize = 200;

fn cells(place: &Place) -> impl Iterator<Item = (ResourceId, u64)> {
    let (resource, from) = (place.resource, place.start.0);
    (from..from + u64::from(place.cells)).map(move |cell| (resource, cell))
}

fn details(world: &World) -> Details {
    let name = fresh_name();
    needles::record_text("patient name", &name);
    Details {
        service: world.services().0,
        service_name: "Untersuchung".into(),
        contact: Contact { name, email: fresh_email(), phone: String::new(), birth_date: String::new() },
        reason: String::new(),
        locale: "de".into(),
        request: false,
        answers: vec![],
        also: vec![],
        series: None,
    }
}

#[test]
fn exactly_one_wins_each_cell() {
    let world = World::shared();
    let first = &world.slots(world.services().0, 1)[0];
    let client = world.client();
    let wanted: Vec<Hold> = (0..BOOKINGS)
        .map(|n| {
            let appointment = AppointmentId(random());
            let [quarter, length] = random();
            // Quarters of an hour within two hours, from 15 to 60 minutes long: each overlaps many others.
            let start = Cell(first.start.0 / CELL_SECONDS + u64::from(quarter % 8) * 3);
            let place = Place { resource: first.resource, start, cells: u32::from(length % 4 + 1) * 3 };
            let work = run(client.work(world.practice.id(), Purpose::Hold, appointment.0)).unwrap();
            let capability = capability(n);
            Hold {
                appointment,
                place,
                capability_hash: vestibule_suite::sha256(&[&capability.0]),
                work,
                visit: None,
            }
        })
        .collect();

    let barrier = Barrier::new(BOOKINGS);
    let answers: Mutex<Vec<(usize, Result<Held, ClientError>)>> = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for (n, hold) in wanted.iter().enumerate() {
            let (barrier, answers, client) = (&barrier, &answers, world.client());
            scope.spawn(move || {
                barrier.wait();
                let answer = run(client.exchange(Route::Hold(world.practice.id()), hold));
                answers.lock().unwrap().push((n, answer));
            });
        }
    });
    let answers = answers.into_inner().unwrap();
    assert_eq!(answers.len(), BOOKINGS);

    let mut owner = BTreeMap::new();
    let winners: Vec<usize> = answers.iter().filter(|(_, a)| a.is_ok()).map(|(n, _)| *n).collect();
    for &n in &winners {
        for cell in cells(&wanted[n].place) {
            assert_eq!(owner.insert(cell, n), None, "cell {cell:?} was given twice");
        }
    }
    for (n, answer) in &answers {
        if let Err(error) = answer {
            assert_eq!(error.code(), ProblemKind::SlotTaken.slug(), "{error:?}");
            assert!(
                cells(&wanted[*n].place).any(|c| owner.contains_key(&c)),
                "{n} lost although all was free"
            );
        }
    }
    // Two hours hold at most eight quarters, so most must have lost.
    assert!((2..=8).contains(&winners.len()), "{} winners", winners.len());

    // Losers ask again: what they are offered is free, and can be held.
    let fresh = world.slots(world.services().0, 1);
    assert!(!fresh.is_empty());
    for slot in &fresh {
        let place = Place { resource: slot.resource, start: Cell(slot.start.0 / CELL_SECONDS), cells: 6 };
        assert!(!cells(&place).any(|c| owner.contains_key(&c)), "a taken slot was offered");
    }
    let slot = fresh.iter().find(|s| s.resource == first.resource).unwrap();
    let place = Place { resource: slot.resource, start: Cell(slot.start.0 / CELL_SECONDS), cells: 6 };
    hold_and_book(world, place).unwrap();

    // All winners book at once; each twice, as a client whose first answer was lost would.
    let keys = PatientKeys::new(PatientRoot::generate(&mut rng()));
    let booked: Mutex<Vec<Result<Booked, ClientError>>> = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for &n in &winners {
            let hold = &wanted[n];
            let manifest = world.practice.directory.manifest();
            let now = world.client().env.now();
            let sealed =
                seal_booking(&mut rng(), manifest, &keys, hold.appointment, hold.place, details(world), now)
                    .unwrap();
            for _ in 0..2 {
                let book = Book {
                    appointment: hold.appointment,
                    capability: capability(n),
                    envelope: sealed.envelope.clone().into(),
                    request: None,
                };
                let (booked, client) = (&booked, world.client());
                scope.spawn(move || {
                    let answer = run(client.exchange(Route::Book(world.practice.id()), &book));
                    booked.lock().unwrap().push(answer);
                });
            }
        }
    });
    for answer in booked.into_inner().unwrap() {
        match answer {
            Ok(booked) => assert_eq!(booked.state, State::Booked),
            Err(error) => assert_eq!(error.code(), ProblemKind::Conflict.slug(), "{error:?}"),
        }
    }
    let mut staff = world.sign_in();
    let lines = run(world.client().calendar(&mut staff, first.start, first.start.plus(86_400))).unwrap();
    for &n in &winners {
        assert_eq!(lines.iter().filter(|l| l.appointment == wanted[n].appointment).count(), 1);
    }
}

fn capability(n: usize) -> Digest {
    vestibule_suite::sha256(&[b"a capability of this test", &n.to_be_bytes()])
}

fn hold_and_book(world: &World, place: Place) -> Result<Booked, ClientError> {
    let client = world.client();
    let id: [u8; 16] = random();
    let appointment = AppointmentId(id);
    let keys = PatientKeys::new(PatientRoot::generate(&mut rng()));
    let practice = world.practice.id();
    let work = run(client.work(practice, Purpose::Hold, appointment.0))?;
    let capability_hash = keys.capability_hash(appointment);
    let _: Held = run(client
        .exchange(Route::Hold(practice), &Hold { appointment, place, capability_hash, work, visit: None }))?;
    let manifest = world.practice.directory.manifest();
    let sealed =
        seal_booking(&mut rng(), manifest, &keys, appointment, place, details(world), client.env.now())?;
    let book = Book {
        appointment,
        capability: keys.capability(appointment),
        envelope: sealed.envelope.into(),
        request: None,
    };
    run(client.exchange(Route::Book(practice), &book))
}

/// The same id, the same work, the same capability: nothing of a hold can be used twice.
#[test]
fn holds_cannot_be_replayed() {
    let world = World::shared();
    let client = world.client();
    let practice = world.practice.id();
    let slots = world.slots(world.services().0, 14);
    let [.., one, two] = slots.as_slice() else { panic!("no slots") };
    let at = |slot: &vestibule_core::wire::http::Slot| Place {
        resource: slot.resource,
        start: Cell(slot.start.0 / CELL_SECONDS),
        cells: 6,
    };
    let id: [u8; 16] = random();
    let appointment = AppointmentId(id);
    let keys = PatientKeys::new(PatientRoot::generate(&mut rng()));
    let capability_hash = keys.capability_hash(appointment);
    let work = run(client.work(practice, Purpose::Hold, appointment.0)).unwrap();
    let hold = Hold { appointment, place: at(one), capability_hash, work: work.clone(), visit: None };
    let send = |hold: &Hold| run(client.exchange::<_, Held>(Route::Hold(practice), hold));
    send(&hold).unwrap();
    // The very same request again, and the same id for another place.
    for again in [hold.clone(), Hold { place: at(two), ..hold.clone() }] {
        let code = send(&again).unwrap_err().code();
        assert!(["conflict", "work-required", "slot-taken"].contains(&code), "{code}");
    }
    // Work for one id does not pay for another.
    let mut other = id;
    other[0] ^= 1;
    let stolen = Hold { appointment: AppointmentId(other), place: at(two), ..hold };
    assert_eq!(send(&stolen).unwrap_err().code(), "work-required");
    // Only who knows the capability can book the hold, and only once.
    let manifest = world.practice.directory.manifest();
    let sealed =
        seal_booking(&mut rng(), manifest, &keys, appointment, at(one), details(world), client.env.now())
            .unwrap();
    let book = |capability| {
        let book = Book { appointment, capability, envelope: sealed.envelope.clone().into(), request: None };
        run(client.exchange::<_, Booked>(Route::Book(practice), &book))
    };
    let code = book(Digest([9; 32])).unwrap_err().code();
    assert!(["unauthorized", "not-found"].contains(&code), "{code}");
    book(keys.capability(appointment)).unwrap();
    let elsewhere =
        seal_booking(&mut rng(), manifest, &keys, appointment, at(one), details(world), client.env.now())
            .unwrap();
    let again = Book {
        appointment,
        capability: keys.capability(appointment),
        envelope: elsewhere.envelope.into(),
        request: None,
    };
    let error = run(client.exchange::<_, Booked>(Route::Book(practice), &again)).unwrap_err();
    assert_eq!(error.code(), "conflict", "a second body replaced the first");
}
