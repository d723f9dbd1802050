//! Counting guesses (PROTOCOL section 4): strangers get three evaluations an hour of one patient's PIN, whatever they do at
//! once, whatever crashes in between, and whatever the patient does meanwhile.
//!
//! Bites: a volley counts evaluations, and after a refund it counts exactly the one that was given back. Not yet run against
//! a server that counts too late.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
use std::{
    sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};
use vestibule_core::{
    ids::Digest,
    limits,
    wire::realm::{Confirm, Evaluate, Mode, RealmOp, RealmRequest, Refusal},
};
use vestibule_edge_crypto::client::ClientError;
use vestibule_tests::{
    client::run,
    http::{CBOR, Call},
    raw::{Registration, confirmation, enrol, guess},
    server::{Options, Server},
    world::{World, random, rng},
};

const ALLOWED: usize = limits::STRANGER_ATTEMPTS_PER_HOUR as usize;

/// Sends `count` wrong guesses at once. Returns how many were evaluated; every other one must be told that it is locked.
fn volley(world: &World, target: &Registration, count: usize) -> usize {
    let (barrier, evaluated) = (Barrier::new(count), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..count {
            let (barrier, evaluated, client, at) = (&barrier, &evaluated, world.client(), world.realm());
            scope.spawn(move || {
                barrier.wait();
                match guess(&client, &at, target.patient, target.id) {
                    Ok(_) => {
                        evaluated.fetch_add(1, Ordering::Relaxed);
                    }
                    Err(ClientError::Refused(Refusal::Locked(seconds))) => {
                        assert!((1..=3_600).contains(&seconds));
                    }
                    // A crashing server answers nobody; a whole one answers all.
                    Err(ClientError::Transport(_)) => {}
                    Err(other) => panic!("{other:?}"),
                }
            });
        }
    });
    evaluated.into_inner()
}

#[test]
fn of_500_parallel_wrong_guesses_three_are_evaluated() {
    let world = World::shared();
    let (target, _) = enrol(world);
    assert_eq!(volley(world, &target, 500), ALLOWED);
    // Nor later in the hour.
    assert_eq!(volley(world, &target, 20), 0);
}

#[test]
fn an_honest_unlock_refunds_its_own_attempt_only() {
    let world = World::shared();
    let (target, device) = enrol(world);
    let (client, at) = (world.client(), world.realm());
    let wrong: Vec<Digest> =
        (0..2).map(|_| guess(&client, &at, target.patient, target.id).unwrap().handle).collect();
    let right = target.evaluate(&client, &at, None).unwrap();
    assert_eq!(volley(world, &target, 100), 0);
    // The patient's own device is not locked out by strangers, and its unlock gives them nothing back.
    let own = target.evaluate(&client, &at, Some(device)).unwrap();
    target.confirm(&client, &at, vec![own.handle], Mode::KnownDevice).unwrap();
    assert_eq!(volley(world, &target, 100), 0);
    // The new device's unlock gives back exactly its own attempt.
    target.confirm(&client, &at, vec![right.handle], Mode::NewDevice).unwrap();
    assert_eq!(volley(world, &target, 100), 1);
    assert_eq!(volley(world, &target, 100), 0);
    // A handle is spent once used: the same proof again releases and refunds nothing.
    let again = target.confirm(&client, &at, vec![right.handle], Mode::NewDevice);
    assert_eq!(again.unwrap_err(), ClientError::Refused(Refusal::Wrong));
    assert_eq!(volley(world, &target, 20), 0);
    assert_eq!(wrong.len(), 2);
}

#[test]
fn only_a_right_proof_refunds() {
    let world = World::shared();
    let (target, _) = enrol(world);
    let (other, _) = enrol(world);
    let (client, at) = (world.client(), world.realm());
    let handle = guess(&client, &at, target.patient, target.id).unwrap().handle;
    let foreign = guess(&client, &at, other.patient, other.id).unwrap().handle;
    let right = target.derived().unlock;
    let patient = target.patient;
    let handles = vec![handle];
    let cases = [
        (
            "a wrong key",
            vec![handle],
            confirmation(&other.derived().unlock, &handles, Mode::NewDevice),
            Mode::NewDevice,
        ),
        ("another mode", vec![handle], confirmation(&right, &handles, Mode::KnownDevice), Mode::NewDevice),
        (
            "more handles than proven",
            vec![handle, foreign],
            confirmation(&right, &handles, Mode::NewDevice),
            Mode::NewDevice,
        ),
        (
            "another patient's handle",
            vec![foreign],
            confirmation(&right, &[foreign], Mode::NewDevice),
            Mode::NewDevice,
        ),
        (
            "an invented handle",
            vec![Digest([7; 32])],
            confirmation(&right, &[Digest([7; 32])], Mode::NewDevice),
            Mode::NewDevice,
        ),
        ("no handle", vec![], confirmation(&right, &[], Mode::NewDevice), Mode::NewDevice),
    ];
    for (name, handles, mac, mode) in cases {
        let answer = run(client.realm_confirm(&at, Confirm { patient, handles, mac, mode }));
        assert!(
            matches!(answer, Err(ClientError::Refused(Refusal::Wrong | Refusal::Invalid))),
            "{name}: {answer:?}"
        );
    }
    assert_eq!(volley(world, &target, 50), ALLOWED - 1);
}

/// workerd is killed while guesses at several patients are in flight, as soon as one was answered. Whatever was answered
/// before and after: three in all for each patient.
#[test]
fn a_crash_gives_no_guess_back() {
    let server: &'static Server = Box::leak(Box::new(Server::start(&Options::default()).unwrap()));
    let world = World::found(server);
    let targets: Vec<Registration> = (0..6).map(|_| enrol(&world).0).collect();
    let evaluated: Vec<AtomicUsize> = targets.iter().map(|_| AtomicUsize::new(0)).collect();
    let (answered, first) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..40 {
            for (target, evaluated) in targets.iter().zip(&evaluated) {
                let (client, at, answered) = (world.client(), world.realm(), answered.clone());
                scope.spawn(move || {
                    if guess(&client, &at, target.patient, target.id).is_ok() {
                        evaluated.fetch_add(1, Ordering::Relaxed);
                        answered.send(()).unwrap();
                    }
                });
            }
        }
        first.recv().unwrap();
        server.crash().unwrap();
    });
    for (target, before) in targets.iter().zip(&evaluated) {
        let after = volley(&world, target, 20);
        let before = before.load(Ordering::Relaxed);
        assert!(before + after <= ALLOWED, "{before} evaluations before the crash and {after} after it");
    }
}

/// The `faults` build dies between count and answer when asked to: what was counted stays counted.
#[test]
fn an_attempt_that_dies_between_count_and_answer_is_spent() {
    let options = Options { variant: "faults".into(), ..Options::default() };
    let server: &'static Server = Box::leak(Box::new(Server::start(&options).unwrap()));
    let world = World::found(server);
    let (target, _) = enrol(&world);
    let at = world.realm();
    for _ in 0..ALLOWED {
        let evaluate = Evaluate {
            patient: target.patient,
            registration: target.id,
            blinded: vestibule_oprf::blind(&mut rng(), &random::<32>()).unwrap().0,
            device: None,
            ticket: None,
        };
        let request =
            RealmRequest { practice: at.practice, op: RealmOp::Evaluate(evaluate), deployment: None };
        let (body, _) = vestibule_channel::seal_request(&mut rng(), &at.realm.kem_key, &request).unwrap();
        let mut call = Call::new("POST", "/v1/realm").with_body(CBOR, body);
        call.headers.push(("x-vestibule-fault".into(), "crash-after-count".into()));
        assert_eq!(world.http.call(&call).unwrap().status, 500, "the fault was not injected");
    }
    assert_eq!(volley(&world, &target, 50), 0);
}
