//! Series that patients book (docs/SCHEDULING.md, S18; PROTOCOL R6.17) over HTTP: one command holds all, one books all. Nobody gets half of
//! one: not against others, not with a client that dies, not from a server that lies.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
use std::{
    cell::Cell as Count,
    collections::BTreeMap,
    sync::{Barrier, Mutex},
    thread,
};
use vestibule_core::{
    cbor,
    ids::{AppointmentId, Digest},
    problem::ProblemKind,
    routes::Route,
    time::{CELL_SECONDS, Cell, UnixSeconds},
    wire::{
        appointment::{Place, State},
        catalog::{Access, Class, Need, Rules, Visit},
        entry::Stored,
        http::{Held, Hold, SlotQuery, Slots},
        pow::Purpose,
        series::SeriesHold,
    },
};
use vestibule_edge_crypto::{
    booking::Opened,
    client::{
        BookRequest, BookedSeries, Client, ClientError, Env as _, Request, Session, Transport, TransportError,
    },
    directory::CatalogChange,
};
use vestibule_tests::{
    client::{System, forward, hooked, lying, run},
    server::Server,
    world::{World, date, random},
};

const PIN: &str = "60417293";
const WEEK: u64 = 7 * 86_400;

/// A practice whose first service may be booked as a series of four.
fn practice() -> World {
    let mut world = World::found(Server::shared());
    let mut staff = world.sign_in();
    let catalog = world.practice.directory.catalog();
    let service = &catalog.services[0];
    let class = Class {
        id: 1,
        minutes: service.minutes,
        needs: vec![Need { one_of: service.resources.clone(), before: 0, after: 0 }],
        notice: 0,
        horizon: 90,
        access: Access::Public,
        per_day: None,
        per_week: None,
        request: None,
        series: Some(4),
    };
    let mut change = CatalogChange {
        name: catalog.name.clone(),
        contact: catalog.contact.clone(),
        time_zone: catalog.time_zone.clone(),
        language: catalog.language.clone(),
        resources: catalog.resources.clone(),
        services: catalog.services.clone(),
        rules: Some(Rules { locations: vec![], closures: vec![], pauses: vec![], classes: vec![class] }),
    };
    change.services[0].classes = Some(vec![1]);
    run(world.client().update_catalog(&mut staff, change)).unwrap();
    world.practice = run(world.client().directory(world.practice.fingerprint, None)).unwrap();
    world
}

/// A wish, and `count` free starts for it, a week apart, with the same person.
fn weekly(world: &World, email: &str, count: u64) -> (BookRequest, Vec<UnixSeconds>) {
    let service = &world.practice.directory.catalog().services[0];
    let resource = service.resources[0];
    let query = SlotQuery {
        resources: vec![resource],
        minutes: service.minutes.into(),
        from: date(world.client().env.now().0 + 2 * 86_400),
        days: 31,
        classes: Some(vec![1]),
        first: None,
    };
    let ask = Request { query: query.to_query(), ..Request::new(Route::Slots(world.practice.id())) };
    let slots: Slots = run(world.client().fetch(ask)).unwrap();
    let free: Vec<u64> = slots.slots.into_iter().map(|slot| slot.start.0).collect();
    let series = |first: u64| (0..count).map(move |n| first + n * WEEK);
    let first = *free.iter().find(|first| series(**first).all(|at| free.contains(&at))).unwrap();
    let request =
        BookRequest { service: service.id, resource, start: UnixSeconds(first), ..world.wish(email) };
    (request, series(first).map(UnixSeconds).collect())
}

fn book<T: Transport>(
    client: &Client<T, System>,
    world: &World,
    session: &mut Session,
    (request, starts): &(BookRequest, Vec<UnixSeconds>),
) -> Result<BookedSeries, ClientError> {
    run(client.book_series(&world.practice, session, request.clone(), starts))
}

/// The patient on another device, and how many appointments it finds.
fn elsewhere(world: &World, session: &Session) -> (Session, usize) {
    let unlocked = run(world.client().unlock(&world.practice, session.patient, PIN, &[], &mut |_, _| {}));
    let mut session = unlocked.unwrap().session;
    let listed = run(world.client().appointments(&world.practice, &mut session)).unwrap();
    let booked = |opened: &Opened| opened.state == State::Booked;
    let has = listed.iter().filter(|line| line.result.as_ref().is_ok_and(booked)).count();
    (session, has)
}

fn has(world: &World, session: &Session) -> usize {
    elsewhere(world, session).1
}

#[test]
fn all_of_a_series_or_nothing() {
    let world = practice();
    let client = world.client();
    let (mut alice, email) = world.enrol(PIN);
    let wish = weekly(&world, &email, 4);
    let BookedSeries::Booked(all) = book(&client, &world, &mut alice, &wish).unwrap() else {
        panic!("free, and not booked");
    };
    let starts: Vec<_> = all.iter().map(|opened| opened.place.start.start()).collect();
    assert_eq!(starts, wish.1);
    let said: Vec<_> = all.iter().map(|opened| opened.booking.series.clone().unwrap()).collect();
    assert!((0..4).zip(&said).all(|(at, s)| (s.at, s.of) == (at, 4) && s.seed == said[0].seed));
    assert_eq!(has(&world, &alice), 4);

    // The practice reads each, verified, like any other.
    let mut staff = world.sign_in();
    let (from, to) = (wish.1[0], UnixSeconds(wish.1[3].0 + 1));
    let mut lines = run(client.calendar(&mut staff, from, to)).unwrap();
    lines.retain(|line| line.place.is_some_and(|place| starts.contains(&place.start.start())));
    assert_eq!(lines.len(), 4);

    // Somebody else wants the second and the fourth of them too, and two that are free: nothing, and which.
    let (mut bob, bobs) = world.enrol(PIN);
    let other = UnixSeconds(starts[0].0 + 3_600);
    let request = BookRequest { contact: world.wish(&bobs).contact, ..wish.0.clone() };
    let mixed = (request, vec![other, starts[1], UnixSeconds(other.0 + 2 * WEEK), starts[3]]);
    let BookedSeries::InTheWay(at) = book(&client, &world, &mut bob, &mixed).unwrap() else {
        panic!("two of them are taken");
    };
    assert_eq!(at, [1, 3]);
    assert_eq!(has(&world, &bob), 0);
    // Those that were free still are.
    let rest = (mixed.0, vec![mixed.1[0], mixed.1[2]]);
    assert!(
        matches!(book(&client, &world, &mut bob, &rest).unwrap(), BookedSeries::Booked(all) if all.len() == 2)
    );
    // One is none, and five are more than the practice allows: refused here, before anything is asked.
    for starts in [vec![other], (0..5).map(|n| UnixSeconds(other.0 + n * WEEK)).collect()] {
        let refused = book(&client, &world, &mut bob, &(rest.0.clone(), starts)).unwrap_err();
        assert_eq!(refused.code(), "not-offered");
    }
    // What was cancelled is cancelled alone.
    let one = bob.vault().entries.iter().find(|entry| !entry.removed).unwrap().appointment;
    run(client.cancel(&world.practice, &mut bob, one, "")).unwrap();
    assert_eq!(has(&world, &bob), 1);
}

/// The server says that it stored less than was sent, or something else; or it serves one of them in another's place.
#[test]
fn a_server_that_books_a_part_is_noticed() {
    let world = practice();
    let rewritten = |change: fn(&mut Stored)| {
        lying(&world.http, move |request, body| match request.route {
            Route::SeriesBook(_) => {
                let mut stored: Stored = cbor::from_slice(&body).unwrap();
                change(&mut stored);
                cbor::to_vec(&stored)
            }
            _ => body,
        })
    };
    let lies: [fn(&mut Stored); 4] = [
        |_| (),
        |stored| stored.all.truncate(2),
        |stored| stored.all[1].envelope.0[0] ^= 1,
        |stored| stored.all.swap(0, 1),
    ];
    for (n, lie) in lies.into_iter().enumerate() {
        let (mut session, email) = world.enrol(PIN);
        let wish = weekly(&world, &email, 3);
        let outcome = book(&rewritten(lie), &world, &mut session, &wish);
        if n == 0 {
            outcome.unwrap();
        } else {
            assert_eq!(outcome.unwrap_err(), ClientError::StoredDiffers, "lie {n}");
        }
    }
    // It has forgotten one of them when they are read back.
    let (mut session, email) = world.enrol(PIN);
    let wish = weekly(&world, &email, 3);
    let reads = Count::new(0);
    let forgetful = hooked(&world.http, |http, request| {
        let read = matches!(request.route, Route::Read(..));
        reads.set(reads.get() + u32::from(read));
        let mut answer = forward(http, &request)?;
        if read && reads.get() == 3 {
            let gone = forward(
                http,
                &Request { route: Route::Read(world.practice.id(), AppointmentId([9; 16])), ..request },
            )?;
            answer = gone;
        }
        Ok(answer)
    });
    assert_eq!(book(&forgetful, &world, &mut session, &wish).unwrap_err().code(), "missing");
}

/// A tab that dies before or after any request leaves all booked, or none, and nothing in the vault that is neither.
#[test]
fn a_client_may_die_anywhere_while_it_books_a_series() {
    let world = practice();
    let sent = Count::new(0);
    let mortal = |death: Option<(usize, bool)>| {
        sent.set(0);
        let (sent, dead) = (&sent, Count::new(false));
        hooked(&world.http, move |http, request| {
            let n = sent.replace(sent.get() + 1);
            if dead.get() || death == Some((n, false)) {
                dead.set(true);
                return Err(TransportError);
            }
            let answer = forward(http, &request)?;
            if death == Some((n, true)) {
                dead.set(true);
                return Err(TransportError);
            }
            Ok(answer)
        })
    };
    let (mut session, email) = world.enrol(PIN);
    book(&mortal(None), &world, &mut session, &weekly(&world, &email, 2)).unwrap();
    let requests = sent.get();
    // Vault, two challenges, hold, book, two readings, vault: at least.
    assert!(requests >= 8, "{requests}");
    let (mut had, mut series) = (2, 0);
    for death in (0..requests).flat_map(|n| [(n, false), (n, true)]) {
        let outcome = book(&mortal(Some(death)), &world, &mut session, &weekly(&world, &email, 2));
        // Another device, which knows only what is stored.
        let (fresh, has) = elsewhere(&world, &session);
        assert!(has == had || has == had + 2, "{death:?}: {} of 2", has - had);
        assert!(has == had + 2 || outcome.is_err(), "{death:?}");
        series += usize::from(has > had);
        (session, had) = (fresh, has);
    }
    assert!(series > 0 && series < 2 * requests, "{series} of {}", 2 * requests);
}

/// A hundred clients want a series of three each, which overlap: each cell is won once, and who wins has all three.
#[test]
fn of_a_hundred_series_nobody_gets_a_part() {
    const SERIES: usize = 100;
    let world = practice();
    let (_, email) = world.enrol(PIN);
    let (request, starts) = weekly(&world, &email, 3);
    let cells = u32::from(world.practice.directory.catalog().services[0].minutes) / 5;
    let wanted: Vec<SeriesHold> = (0..SERIES)
        .map(|_| {
            let shifts: [u8; 3] = random();
            let holds = starts.iter().zip(shifts).map(|(start, shift)| {
                let appointment = AppointmentId(random());
                let start = Cell(start.0 / CELL_SECONDS + u64::from(shift % 4) * 3);
                Hold {
                    appointment,
                    place: Place { resource: request.resource, start, cells },
                    capability_hash: Digest(random()),
                    work: run(world.client().work(world.practice.id(), Purpose::Hold, appointment.0))
                        .unwrap(),
                    visit: Some(Visit { classes: vec![1], code: None }),
                }
            });
            SeriesHold { holds: holds.collect() }
        })
        .collect();
    let barrier = Barrier::new(SERIES);
    let answers: Mutex<Vec<(usize, Result<Held, ClientError>)>> = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for (n, series) in wanted.iter().enumerate() {
            let (barrier, answers, client, practice) =
                (&barrier, &answers, world.client(), world.practice.id());
            scope.spawn(move || {
                barrier.wait();
                let answer = run(client.exchange(Route::SeriesHold(practice), series));
                answers.lock().unwrap().push((n, answer));
            });
        }
    });
    let mut answers = answers.into_inner().unwrap();
    answers.sort_by_key(|(n, _)| *n);
    let mut owner = BTreeMap::new();
    let all = |n: usize| {
        let places = wanted[n].holds.iter().map(|hold| hold.place);
        places.flat_map(|p| (p.start.0..p.start.0 + u64::from(p.cells)).map(Cell)).collect::<Vec<_>>()
    };
    let winners: Vec<usize> = answers.iter().filter(|(_, a)| a.is_ok()).map(|(n, _)| *n).collect();
    for &n in &winners {
        for cell in all(n) {
            assert_eq!(owner.insert(cell, n), None, "cell {cell:?} was given twice");
        }
    }
    for (n, answer) in &answers {
        let Err(error) = answer else { continue };
        assert_eq!(error.code(), ProblemKind::SlotTaken.slug(), "{error:?}");
        let ClientError::Problem(problem) = error else { panic!("{error:?}") };
        let taken = |hold: &Hold| {
            (0..u64::from(hold.place.cells)).any(|c| owner.contains_key(&Cell(hold.place.start.0 + c)))
        };
        let named: Vec<u32> =
            (0u32..).zip(&wanted[*n].holds).filter(|(_, hold)| taken(hold)).map(|(at, _)| at).collect();
        // Who lost early lost against fewer than stand at the end.
        assert!(
            !problem.conflicts.is_empty() && problem.conflicts.iter().all(|at| named.contains(at)),
            "{n}"
        );
    }
    assert!((1..=4).contains(&winners.len()), "{} winners", winners.len());
    // What losers did not get is held by nobody: all that is not the winners' is still offered.
    let offered = weekly(&world, &email, 1).1;
    assert!(!owner.contains_key(&Cell(offered[0].0 / CELL_SECONDS)));
}
