//! Realms watch each other's counters (PROTOCOL R4.20 to R4.22). Each is a server of its own, on workerd and on Spin in turn.
//!
//! Bites: with `"a-witness-that-forgets"` of `cargo xtask mutants` the realm that was restored from a backup is not named.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
use std::thread;
use vestibule_core::{
    ids::Digest,
    wire::{
        realm::Refusal,
        witness::{Shown, Standing, Witness},
    },
};
use vestibule_edge_crypto::client::{
    ClientError, Session,
    device::DeviceMemory,
    realm::{RealmAt, realms},
};
use vestibule_tests::{
    client::run,
    raw::guess,
    server::Server,
    storage,
    world::{World, random},
};

const PIN: &str = "83619420";

fn all(world: &World) -> Vec<RealmAt> {
    realms(world.practice.id(), world.practice.directory.deployment())
}

/// Unlocks anew, on this device if there is one, and has the realms watch each other: who was set back.
fn visit(world: &World, patient: &Session, known: bool) -> (Session, Vec<String>) {
    let client = world.client();
    let unlocked = if known {
        let device = DeviceMemory::of(patient);
        run(client.unlock_device(&world.practice, &device, PIN, &mut |_, _| {}))
    } else {
        run(client.unlock(&world.practice, patient.patient, PIN, &[], &mut |_, _| {}))
    };
    let session = unlocked.unwrap().session;
    let set_back = run(client.witness(&world.practice, &session)).unwrap();
    (session, set_back)
}

fn ask(world: &World, at: &RealmAt, patient: &Session, seen: Vec<Shown>) -> Result<Standing, ClientError> {
    let device = patient.devices().iter().find(|d| d.realm == at.realm.index).unwrap().token;
    let witness = Witness { patient: patient.patient, device, challenge: Digest(random()), seen };
    run(world.client().realm_witness(at, witness))
}

#[test]
fn a_realm_restored_from_yesterdays_storage_is_named() {
    let servers = [Server::whole(), Server::whole()];
    let world = World::found_over(&servers, 2);
    let (patient, _) = world.enrol(PIN);
    let (_, nobody) = visit(&world, &patient, false);
    assert_eq!(nobody, Vec::<String>::new());
    let yesterday = servers[1].backup().unwrap();
    let (known, nobody) = visit(&world, &patient, false);
    assert_eq!(nobody, Vec::<String>::new());
    servers[1].restore(&yesterday).unwrap();
    // A new device: the token of the one that was known is in no backup.
    let (today, named) = visit(&world, &patient, false);
    assert_eq!(named, [servers[1].url.clone()], "not the other one, and not nobody");
    // The other keeps the proof.
    let values = storage::values(&servers[0].data().unwrap()).unwrap();
    assert!(
        values.iter().any(|v| v.column == "witnessed.evidence" && !v.bytes.is_empty()),
        "no evidence kept"
    );
    // It knows now: strangers wait for an hour, the patient's device does not, and nobody is named again.
    let at = &all(&world)[1];
    let begun = run(world.client().begin_at(at, patient.patient)).unwrap();
    let descriptor: vestibule_core::wire::realm::Descriptor =
        vestibule_core::cbor::from_slice(&begun.active).unwrap();
    match guess(&world.client(), at, patient.patient, descriptor.registration) {
        Err(ClientError::Refused(Refusal::Locked(seconds))) => {
            assert!((1..=3_600).contains(&seconds), "{seconds}");
        }
        other => panic!("a stranger's guess: {other:?}"),
    }
    let (_, nobody) = visit(&world, &today, true);
    assert_eq!(nobody, Vec::<String>::new());
    drop(known);
}

#[test]
fn who_counts_on_is_never_named_however_its_words_arrive() {
    let servers = [Server::whole(), Server::whole(), Server::whole()];
    let world = World::found_over(&servers, 2);
    let (patient, _) = world.enrol(PIN);
    // Several tabs at once: what they carry arrives in any order.
    let sessions: Vec<Session> = (0..3).map(|_| visit(&world, &patient, false).0).collect();
    thread::scope(|scope| {
        for session in &sessions {
            let world = &world;
            scope.spawn(move || {
                for _ in 0..4 {
                    assert_eq!(visit(world, session, true).1, Vec::<String>::new());
                }
            });
        }
    });
    // The oldest words of all, again.
    let [first, second, ..] = &all(&world)[..] else { panic!("three realms") };
    let old = ask(&world, second, &sessions[0], vec![]).unwrap().own;
    assert_eq!(visit(&world, &sessions[1], true).1, Vec::<String>::new());
    let late = Shown { witnessed: old.clone(), earlier: None };
    let kept = ask(&world, first, &sessions[0], vec![late.clone()]).unwrap().kept;
    let again = ask(&world, first, &sessions[0], vec![late]).unwrap().kept;
    assert_eq!(kept, again);
    assert!(!again.contains(&old), "an older one took the place of a newer one");
}

#[test]
fn only_realms_of_the_practice_are_believed_and_only_patients_are_told() {
    let servers = [Server::whole(), Server::whole()];
    let (world, other) = (World::found_over(&servers, 2), World::found_over(&servers, 2));
    let (patient, _) = world.enrol(PIN);
    let (stranger, _) = other.enrol(PIN);
    let (session, _) = visit(&world, &patient, false);
    let [first, second] = &all(&world)[..] else { panic!("two realms") };
    let own = ask(&world, second, &session, vec![]).unwrap().own;
    let refused = |shown: Shown| ask(&world, first, &session, vec![shown]).unwrap_err();
    let mut forged = own.clone();
    forged.checkpoint.body.0[10] ^= 1;
    assert!(matches!(
        refused(Shown { witnessed: forged, earlier: None }),
        ClientError::Refused(Refusal::Invalid)
    ));
    let foreign = ask(&other, &all(&other)[1], &stranger, vec![]).unwrap().own;
    assert!(
        matches!(
            refused(Shown { witnessed: foreign, earlier: None }),
            ClientError::Refused(Refusal::Invalid)
        ),
        "what it said to another practice"
    );
    let guessed = Witness {
        patient: patient.patient,
        device: Digest(random()),
        challenge: Digest(random()),
        seen: vec![],
    };
    let unknown = run(world.client().realm_witness(first, guessed)).unwrap_err();
    assert!(matches!(unknown, ClientError::Refused(Refusal::Unauthorized)));
    // One realm alone has nobody to watch it.
    let alone = World::found_over(&servers[..1], 1);
    let (single, _) = alone.enrol(PIN);
    assert_eq!(visit(&alone, &single, false).1, Vec::<String>::new());
}
