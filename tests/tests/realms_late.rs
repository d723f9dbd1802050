//! Realms that hear of a change late, or from a client that died on the way: the old or the new PIN opens, and who missed it is
//! brought up to date (PROTOCOL R4.6, R4.19).
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
use std::cell::Cell;
use vestibule_channel::PlatformSecret;
use vestibule_core::{
    ids::PatientId,
    wire::realm::{Begun, RealmOp, RealmReply, Refusal},
};
use vestibule_edge_crypto::client::{CBOR, Client, Response, Session, TransportError, device::DeviceMemory};
use vestibule_tests::{
    client::{Direct, System, forward, hooked, run},
    realms::{NEXT_PIN, at, unlock, without},
    search::RIGHT,
    server::Server,
    world::{World, rng},
};

/// A client that dies before or after any request of a put over two realms: the old or the new PIN opens, always.
#[test]
fn a_client_may_die_anywhere_while_it_changes_the_pin_on_two_realms() {
    let world = World::found_over(&[Server::whole(), Server::guard()], 2);
    let (mut session, _) = world.enrol(RIGHT);
    let pins = [RIGHT, NEXT_PIN];
    let sent = Cell::new(0);
    let mortal = |death: Option<(usize, bool)>| {
        sent.set(0);
        let (sent, dead) = (&sent, Cell::new(false));
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
    run(mortal(None).change_pin(&world.practice, &mut session, pins[0], pins[1], &mut |_, _| {})).unwrap();
    let requests = sent.get();
    assert!(requests >= 10, "{requests}");
    let mut current = 1;
    for death in (0..requests).flat_map(|n| [(n, false), (n, true)]) {
        let (old, new) = (pins[current], pins[1 - current]);
        let _ = run(mortal(Some(death)).change_pin(&world.practice, &mut session, old, new, &mut |_, _| {}));
        let device = DeviceMemory::of(&session);
        let client: Client<Direct, System> = world.client();
        let try_pin = |pin| run(client.unlock_device(&world.practice, &device, pin, &mut |_, _| {}));
        session = match try_pin(new) {
            Ok(unlocked) => {
                current = 1 - current;
                unlocked.session
            }
            Err(error) => {
                assert_eq!(error.code(), "wrong-pin", "{death:?}");
                try_pin(old).unwrap_or_else(|e| panic!("{death:?}: neither PIN opens: {e:?}")).session
            }
        };
    }
}

/// What the realms hold of a patient, by index from 1.
fn held(world: &World, patient: PatientId) -> Vec<Begun> {
    (1..=3).map(|index| run(world.client().begin_at(&at(world, index), patient)).unwrap()).collect()
}

fn alike(held: &[Begun]) -> bool {
    held.iter().all(|begun| begun.pending.is_none() && begun.active == held[0].active)
}

/// Changes the PIN to [`NEXT_PIN`], of which this server hears nothing.
fn missed(world: &World, down: &Server, session: &mut Session, old: &str) {
    let client = without(world, down);
    run(client.change_pin(&world.practice, session, old, NEXT_PIN, &mut |_, _| {})).unwrap();
    assert!(!alike(&held(world, session.patient)), "it did not miss it");
}

/// A realm that was down while the PIN changed gets the new registration at the next right unlock, and then stands in for any
/// other. What it answers instead keeps nobody out, and is shown.
#[test]
fn a_realm_that_missed_a_change_is_brought_up_to_date() {
    let servers = [Server::whole(), Server::whole(), Server::whole()];
    let world = World::found_over(&servers, 2);
    let (mut session, _) = world.enrol(RIGHT);
    let patient = session.patient;
    missed(&world, servers[2], &mut session, RIGHT);
    let third = servers[2].url.clone();
    let realm = PlatformSecret::from_bytes(&servers[2].platform_secret().unwrap()).realm();
    for answer in [RealmReply::Stored, RealmReply::Refused(Refusal::Unauthorized)] {
        let lying = hooked(&world.http, |http, request| {
            let asked = request.body.as_ref().filter(|_| request.origin.as_deref() == Some(&third));
            let opened = asked.and_then(|body| realm.open(body).ok());
            match opened {
                Some((inner, key)) if matches!(inner.op, RealmOp::Put(_)) => Ok(Response {
                    status: 200,
                    content_type: CBOR.into(),
                    body: key.seal(&mut rng(), &answer),
                }),
                _ => forward(http, &request),
            }
        });
        let unlocked = run(lying.unlock(&world.practice, patient, NEXT_PIN, &[], &mut |_, _| {})).unwrap();
        assert_eq!(unlocked.behind, [3]);
    }
    let unlocked =
        run(world.client().unlock(&world.practice, patient, NEXT_PIN, &[], &mut |_, _| {})).unwrap();
    assert!(unlocked.behind.is_empty(), "{:?}", unlocked.behind);
    assert!(alike(&held(&world, patient)));
    for down in servers {
        unlock(&without(&world, down), &world, &session, NEXT_PIN).unwrap();
    }
    assert!(alike(&held(&world, patient)), "who was down has missed nothing");
}

/// The same, with a client that dies before each request of the unlock that brings the realm up to date. (After a request is
/// before the next.)
#[test]
fn a_client_may_die_anywhere_while_it_brings_a_realm_up_to_date() {
    let servers = [Server::whole(), Server::whole(), Server::whole()];
    let world = World::found_over(&servers, 2);
    let (mut session, _) = world.enrol(RIGHT);
    missed(&world, servers[2], &mut session, RIGHT);
    // The three that only read come first.
    for death in 4.. {
        let sent = Cell::new(0);
        let client = hooked(&world.http, |http, request| {
            sent.set(sent.get() + 1);
            if sent.get() > death { Err(TransportError) } else { forward(http, &request) }
        });
        let lived = unlock(&client, &world, &session, NEXT_PIN);
        session = unlock(&world.client(), &world, &session, NEXT_PIN)
            .unwrap_or_else(|error| panic!("{death}: the PIN does not open: {error:?}"));
        assert!(alike(&held(&world, session.patient)), "{death}");
        if sent.get() <= death {
            lived.unwrap();
            // Begin, evaluate at three, confirm at two; put, evaluate and confirm at three; what came of it.
            assert!(death >= 3 + 3 + 2 + 3 + 9 + 3, "only {death} requests");
            return;
        }
        missed(&world, servers[2], &mut session, NEXT_PIN);
    }
}
