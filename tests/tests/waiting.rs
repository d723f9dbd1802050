//! The waiting list over HTTP: what is freed is kept for who waits, one accept wins, nobody else gets at it, and the server's
//! lies about it are named (PROTOCOL section 6, docs/SCHEDULING.md W1 to W10). The order of several who wait, and what time
//! does, is in the store's contract and in the simulation, which have a clock of their own.
//!
//! Bites: `"accepts-of-anyone"`, `"offers-to-everyone-at-once"` and `"the-newest-of-the-list-first"` of `cargo xtask mutants` are caught by the
//! simulation, which has these races with two who wait.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
use std::{
    sync::{Barrier, Mutex},
    thread,
    time::{Duration, Instant},
};
use vestibule_core::{
    cbor,
    day::Day,
    ids::{AppointmentId, Digest},
    limits,
    problem::ProblemKind,
    routes::Route,
    time::Cell,
    wire::{
        appointment::{Place, State},
        http::{Held, Hold},
        pow::Purpose,
        waiting::{StoredWaiting, WaitingAccept, WaitingDeed, WaitingState},
    },
};
use vestibule_edge_crypto::{
    booking::{OpenError, Opened},
    client::{BookRequest, ClientError, Session, WaitRequest},
};
use vestibule_tests::{
    client::{forward, hooked, lying, run},
    http::{Call, Http},
    server::Server,
    world::{World, date, random},
};

const PIN: &str = "73914620";
const RACERS: usize = 24;

fn wish(world: &World, booked: &BookRequest, last: u64) -> WaitRequest {
    let (service, _) = world.services();
    WaitRequest {
        service,
        also: vec![],
        resources: vec![],
        weekdays: 127,
        last: Day::parse(&date(last)).unwrap(),
        contact: booked.contact.clone(),
        reason: "something quieter".into(),
        locale: "de".into(),
        answers: vec![],
    }
}

/// One books, another waits; then the first cancels. Both, and what was freed.
fn offered() -> (World, Session, Session, Place) {
    let world = World::found(Server::shared());
    let client = world.client();
    let (mut first, email) = world.enrol(PIN);
    let (request, booked) = world.book(&mut first, &email);
    let (mut second, email) = world.enrol(PIN);
    let contact = BookRequest { contact: world.wish(&email).contact, ..request.clone() };
    let line =
        run(client.wait(&world.practice, &mut second, wish(&world, &contact, request.start.0 + 86_400)));
    let line = line.unwrap();
    assert_eq!(line.state, WaitingState::Waiting);
    assert!(line.result.unwrap().is_some_and(|o| o.offer.is_none()));
    run(client.cancel(&world.practice, &mut first, booked.booking.appointment, "")).unwrap();
    (world, first, second, booked.place)
}

fn hold(world: &World, place: Place) -> Hold {
    let appointment = AppointmentId(random());
    let work = run(world.client().work(world.practice.id(), Purpose::Hold, appointment.0)).unwrap();
    Hold { appointment, place, capability_hash: Digest(random()), work, visit: None }
}

fn kind<A: core::fmt::Debug>(answer: Result<A, ClientError>) -> ProblemKind {
    match answer.unwrap_err() {
        ClientError::Problem(problem) => problem.kind,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_cancelled_is_kept_for_who_waits_mailed_once_and_booked_in_one_step() {
    let (world, _, mut second, place) = offered();
    let (client, practice) = (world.client(), &world.practice);
    let lines = run(client.waiting(practice, &mut second)).unwrap();
    let opened = lines[0].result.as_ref().unwrap().as_ref().unwrap();
    let offer = opened.offer.clone().unwrap();
    assert_eq!((lines.len(), offer.place), (1, place));
    assert!(offer.until.since(offer.made) <= limits::OFFER_SECONDS);
    let slots = world.slots(world.services().0, 30);
    let cells = |start: u64| start / 300..start / 300 + 6;
    let own = place.start.0..place.start.0 + 6;
    assert!(
        !slots.iter().any(|s| s.resource == place.resource && cells(s.start.0).any(|c| own.contains(&c)))
    );
    let taken: Result<Held, _> = run(client.exchange(Route::Hold(practice.id()), &hold(&world, place)));
    assert_eq!(kind(taken), ProblemKind::SlotTaken, "nobody else can take it");

    // A staff device that is open mails, once, and the mail has nothing in it but the link.
    let staff = world.sign_in();
    let list = run(client.waiting_list(&staff)).unwrap();
    let wish = &list[0].result.as_ref().unwrap().wish;
    assert_eq!((list.len(), &wish.contact), (1, &opened.wish.contact));
    assert_eq!(run(client.mail_offers(&staff, &list)), Ok(1));
    assert_eq!(run(client.mail_offers(&staff, &list)), Ok(0), "once an offer, whatever the device remembers");
    let text = mail(&world, &wish.contact.email);
    assert!(text.contains(&format!("/me/#{}", practice.fingerprint)), "{text}");
    for secret in [&wish.contact.name, &wish.reason, &wish.service_name] {
        assert!(!text.contains(secret.as_str()), "{text}");
    }

    // The request that accepts is kept, to be sent again.
    let sent = Mutex::new(None);
    let recorded = hooked(&world.http, |http: &Http, request| {
        if matches!(request.route, Route::WaitingAccept(..)) {
            *sent.lock().unwrap() = request.body.clone().map(|b| (request.route, b));
        }
        forward(http, &request)
    });
    let entry = lines[0].entry;
    let booked: Opened = run(recorded.accept_offer(practice, &mut second, entry)).unwrap();
    assert_eq!((booked.place, booked.state), (place, State::Booked));
    assert_eq!(booked.booking.reason, "something quieter");
    let (route, body) = sent.into_inner().unwrap().unwrap();
    assert_eq!(kind(run(client.post(route, body))), ProblemKind::SlotTaken, "replayed");
    assert!(run(client.waiting(practice, &mut second)).unwrap().is_empty());
    assert_eq!(run(client.appointments(practice, &mut second)).unwrap().len(), 1);
    assert!(run(client.waiting_list(&staff)).unwrap().is_empty());
    let again = run(client.accept_offer(practice, &mut second, entry));
    assert_eq!(again.unwrap_err(), ClientError::UnknownAppointment);
}

/// The text of the mail about an offer. The queue delivers in its own time, so the outbox is asked until it is there.
fn mail(world: &World, email: &str) -> String {
    let until = Instant::now() + Duration::from_mins(1);
    loop {
        let answer = Http::new(&world.server.url).call(&Call::new("GET", "/dev/outbox.json")).unwrap();
        let mails: Vec<serde_json::Value> = serde_json::from_slice(&answer.body).unwrap();
        let offers = |m: &&serde_json::Value| {
            m["to"].as_str() == Some(email)
                && m["subject"].as_str().is_some_and(|s| s.contains("frei geworden"))
        };
        let found: Vec<_> = mails.iter().filter(offers).collect();
        if let [one] = found.as_slice() {
            return one["text"].as_str().unwrap().to_owned();
        }
        assert!(found.is_empty() && Instant::now() < until, "{} mails", found.len());
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn of_many_accepts_one_wins_and_strangers_get_nothing() {
    let (world, _, mut second, place) = offered();
    let (client, practice) = (world.client(), &world.practice);
    let entry = run(client.waiting(practice, &mut second)).unwrap()[0].entry;
    let route = Route::WaitingAccept(practice.id(), entry);
    let capability = second.keys().waiting_capability(entry);
    let stranger = WaitingAccept { capability: Digest(random()), hold: hold(&world, place) };
    assert_eq!(kind(run(client.exchange::<_, Held>(route, &stranger))), ProblemKind::NotFound);
    let elsewhere = Place { start: Cell(place.start.0 + 12), ..place };
    let other = WaitingAccept { capability, hold: hold(&world, elsewhere) };
    assert_eq!(kind(run(client.exchange::<_, Held>(route, &other))), ProblemKind::SlotTaken);

    // The same patient on many devices, and as many strangers who want the place without waiting.
    let wanted: Vec<Hold> = (0..RACERS).map(|_| hold(&world, place)).collect();
    let (barrier, won) = (Barrier::new(RACERS), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for (n, hold) in wanted.iter().enumerate() {
            let (barrier, won, client) = (&barrier, &won, world.client());
            scope.spawn(move || {
                barrier.wait();
                let answer = if n % 2 == 0 {
                    run(client.exchange::<_, Held>(route, &WaitingAccept { capability, hold: hold.clone() }))
                } else {
                    run(client.exchange(Route::Hold(practice.id()), hold))
                };
                match answer {
                    Ok(_) => won.lock().unwrap().push(n),
                    lost => assert_eq!(kind(lost), ProblemKind::SlotTaken),
                }
            });
        }
    });
    let won = won.into_inner().unwrap();
    assert_eq!((won.len(), won[0] % 2), (1, 0), "one of those who accepted: {won:?}");
    let gone = run(client.accept_offer(practice, &mut second, entry));
    assert_eq!(gone.unwrap_err(), ClientError::OfferGone);
    assert_eq!(run(client.waiting(practice, &mut second)).unwrap()[0].state, WaitingState::Accepted);
    run(client.waiting_act(practice, &mut second, entry, WaitingDeed::Leave)).unwrap();
    assert!(run(client.waiting(practice, &mut second)).unwrap().is_empty());
}

/// What a server changes.
type Lie = fn(&mut StoredWaiting);

#[test]
fn an_offer_that_the_catalog_does_not_offer_and_every_other_lie_is_named() {
    let (world, _, mut second, _) = offered();
    let practice = &world.practice;
    let entry = run(world.client().waiting(practice, &mut second)).unwrap()[0].entry;
    let altered = |change: fn(&mut StoredWaiting)| {
        lying(&world.http, move |request, body| {
            if !matches!(request.route, Route::WaitingRead(..)) {
                return body;
            }
            let mut stored: StoredWaiting = cbor::from_slice(&body).unwrap();
            change(&mut stored);
            cbor::to_vec(&stored)
        })
    };
    let cases: [(&str, Lie, OpenError); 5] = [
        ("longer", |s| s.offer.as_mut().unwrap().place.cells += 1, OpenError::WrongPlace),
        ("with nobody", |s| s.offer.as_mut().unwrap().place.resource.0[0] ^= 1, OpenError::WrongPlace),
        ("as a class", |s| s.offer.as_mut().unwrap().classes = Some(vec![1]), OpenError::WrongPlace),
        ("another content", |s| s.envelope.0[200] ^= 1, OpenError::Forked),
        ("another entry", |s| s.entry.0[0] ^= 1, OpenError::WrongAppointment),
    ];
    for (name, change, lie) in cases {
        let liar = altered(change);
        let lines = run(liar.waiting(practice, &mut second)).unwrap();
        assert_eq!(lines[0].result.as_ref().unwrap_err(), &lie, "{name}");
        let accepted = run(liar.accept_offer(practice, &mut second, entry));
        assert_eq!(accepted.unwrap_err(), ClientError::OfferGone, "{name}: nothing is accepted");
    }
    // Another time than is offered is the server's own to refuse; nothing is booked.
    let liar = altered(|s| s.offer.as_mut().unwrap().place.start.0 += 288);
    assert_eq!(run(liar.accept_offer(practice, &mut second, entry)).unwrap_err(), ClientError::OfferGone);
    // One that keeps the entry back is named as well.
    let silent = hooked(&world.http, |http: &Http, mut request: vestibule_edge_crypto::client::Request| {
        if let Route::WaitingRead(p, mut e) = request.route {
            e.0[0] ^= 1;
            request.route = Route::WaitingRead(p, e);
        }
        forward(http, &request)
    });
    let lines = run(silent.waiting(practice, &mut second)).unwrap();
    assert_eq!(lines[0].result.as_ref().unwrap_err(), &OpenError::Missing);
    // The honest offer still stands.
    run(world.client().waiting_act(practice, &mut second, entry, WaitingDeed::Pass)).unwrap();
    let lines = run(world.client().waiting(practice, &mut second)).unwrap();
    assert!(lines[0].result.as_ref().unwrap().as_ref().is_some_and(|o| o.offer.is_none()), "let pass");
    let staff = world.sign_in();
    run(world.client().remove_waiting(&staff, entry)).unwrap();
    let lines = run(world.client().waiting(practice, &mut second)).unwrap();
    assert_eq!(lines[0].state, WaitingState::Removed, "said once");
    assert!(run(world.client().waiting(practice, &mut second)).unwrap().is_empty());
}
