//! When patients have gone over, removed realms erase what they have and those that stay drop what was of the deployment before
//! (PROTOCOL R4.37): upon what the practice signed, and upon nothing else.
#![expect(clippy::unwrap_used, reason = "tests")]
use std::fs;
use vestibule_core::{
    cbor,
    ids::PatientId,
    suite::namespace,
    wire::{
        directory::{Directory, Manifest},
        pow::Purpose,
        realm::{RealmOp, RealmReply, Refusal},
        reshare::Ended,
    },
};
use vestibule_edge_crypto::client::{Request, Session, TransportError, realm::RealmAt};
use vestibule_tests::{
    client::{forward, hooked, run},
    http::Http,
    resharing::{NOBODY, all},
    search::RIGHT,
    server::Server,
    storage::{files, values},
    world::{World, rng},
};

/// Shows a realm what the practice published, or what somebody made of it.
fn tell(world: &World, at: &RealmAt, shown: &Directory) -> RealmReply {
    let ended = Ended {
        roots: shown.roots.clone(),
        deployment: shown.deployment.clone(),
        manifest: shown.manifest.clone(),
        work: run(world.client().work_at(at, Purpose::Found, at.practice.0)).unwrap(),
    };
    run(world.client().realm(at, RealmOp::Ended(ended))).unwrap()
}

/// How often bytes stand in what a server keeps on disk, wherever that is in its files.
fn found(server: &Server, needle: &[u8]) -> usize {
    let all = files(&server.data().unwrap()).unwrap().into_iter().map(|file| fs::read(file).unwrap());
    all.map(|bytes| bytes.windows(needle.len()).filter(|window| *window == needle).count()).sum()
}

/// The same in the rows of its tables.
fn rows(server: &Server, column: &str, needle: &[u8]) -> usize {
    let values = values(&server.data().unwrap()).unwrap();
    values.iter().filter(|value| value.column == column && value.bytes == needle).count()
}

const NOT_SIGNED: RealmReply = RealmReply::Refused(Refusal::Unauthorized);
const NOT_NOW: RealmReply = RealmReply::Refused(Refusal::Invalid);

fn descriptor_of(server: &Server, world: &World, at: &RealmAt, patient: &Session) -> usize {
    rows(server, "registrations.descriptor", &cbor::to_vec(&world.held(at, patient)))
}

#[test]
fn nothing_is_erased_without_the_signed_word_and_everything_with_it() {
    let (first, second, third) = (Server::whole(), Server::guard(), Server::guard());
    let world = World::found_over(&[first, second], 2);
    let (often, _) = world.enrol(RIGHT);
    let (never, never_email) = world.enrol(RIGHT);
    let founded = world.served();
    let olds = all(&world.practice);
    let (stays, goes) = (&olds[0], &olds[1]);
    let moving = world.reshare(&[third], 2);
    assert_eq!(world.unlock_at(&moving, &often, RIGHT).unwrap().1, NOBODY);
    let published = world.served();

    // What was published so far says nothing of an end, nor does what others sign.
    assert!(published.before.is_some());
    let stranger = vestibule_edge_crypto::keys::SigningSeeds::generate(&mut rng()).signing_key();
    let manifest: Manifest = cbor::from_slice(&published.manifest.body).unwrap();
    let without = cbor::to_vec(&Manifest { before: None, ..manifest });
    let mut forged = published.clone();
    forged.manifest = stranger.sign(namespace::MANIFEST, without.clone()).unwrap();
    let mut altered = published.clone();
    altered.manifest.body = without.into();
    let mut mixed = published.clone();
    mixed.manifest = founded.manifest.clone();
    let elsewhere = World::found(first).served();
    for (what, shown) in [
        ("while patients go over", &published),
        ("signed by a stranger", &forged),
        ("altered", &altered),
        ("another deployment's manifest", &mixed),
        ("another practice's", &elsewhere),
    ] {
        for at in &olds {
            assert_eq!(tell(&world, at, shown), NOT_SIGNED, "{what}");
        }
    }
    // What held before the change says nothing of the deployment that came after it.
    assert_eq!(tell(&world, stays, &founded), NOT_NOW);
    // And where nothing came after it, it changes nothing.
    assert_eq!(tell(&world, goes, &founded), RealmReply::Stored);
    for (server, at) in [(first, stays), (second, goes)] {
        assert_eq!(descriptor_of(server, &world, at, &never), 1);
    }
    let practice = world.practice.id();
    let locator = world.practice.directory.deployment().locator;
    assert!(found(second, locator.as_ref()) > 0 && found(second, never.patient.as_ref()) > 0);
    let descriptor = cbor::to_vec(&world.held(stays, &never));
    assert!(found(second, &descriptor) > 0, "the search does not find what is there");

    // The end: who went has nothing any more, who stays has nothing of those who never came.
    let (mut session, _) = world.sign_in_as_root();
    let counted = run(world.client().moving(&mut session)).unwrap();
    assert_eq!((counted.here, counted.before), (1, 1));
    let ended = world.end_moving();
    let evidence = world.served();
    let needles =
        [practice.as_ref(), locator.as_ref(), never.patient.as_ref(), often.patient.as_ref(), &descriptor];
    for needle in needles {
        assert_eq!(found(second, needle), 0, "a removed realm still has something");
    }
    assert_eq!(rows(first, "registrations.descriptor", &descriptor), 0);
    let counted = run(world.client().moving(&mut session)).unwrap();
    assert_eq!((counted.here, counted.before), (1, 0));
    let shown: Vec<_> = all(&ended).iter().map(|at| world.held(at, &never)).collect();
    assert!(shown.iter().all(|d| *d == shown[0] && d.realms.len() == 2));
    let nobody = PatientId([9; 16]);
    let stranger = run(world.client().begin_at(&all(&ended)[0], nobody)).unwrap();
    assert_eq!(stranger.active.len(), cbor::to_vec(&shown[0]).len(), "who never came looks like nobody");
    assert_eq!(world.unlock_at(&ended, &never, RIGHT).unwrap_err().code(), "wrong-pin");
    assert_eq!(world.unlock_at(&ended, &often, RIGHT).unwrap().1, NOBODY);
    // The realm that stays is asked by the old deployment no more; the id of the address is the same.
    let old = run(world.client().locate(&world.practice, &never_email, &mut |_, _| {}));
    assert!(old.is_err(), "the deployment before is still served");
    let located = run(world.client().locate(&ended, &never_email, &mut |_, _| {})).unwrap();
    assert_eq!(located.patient, never.patient);
    // Again, it is answered the same, and nothing comes of it.
    assert_eq!(tell(&world, goes, &evidence), RealmReply::Stored);
    assert_eq!(found(second, locator.as_ref()), 0);

    // The removed realm comes back: what once removed it is worth nothing against that, during the change and after it.
    let back = world.reshare(&[second], 2);
    let now = all(&back);
    assert_eq!(tell(&world, &now[1], &evidence), NOT_NOW);
    assert_eq!(world.unlock_at(&back, &often, RIGHT).unwrap().1, NOBODY, "something was erased");
    let ended = world.end_moving();
    for at in &now {
        assert_eq!(tell(&world, at, &evidence), NOT_NOW);
        assert_eq!(tell(&world, at, &founded), NOT_NOW);
    }
    assert_eq!(world.unlock_at(&ended, &often, RIGHT).unwrap().1, NOBODY);
    assert_eq!(found(third, locator.as_ref()), 0, "the other one was removed now");
}

/// A realm that was down when it ended is told later; or it comes back without ever having heard of it.
#[test]
fn who_did_not_hear_of_the_end_is_told_later() {
    let (first, second, third) = (Server::whole(), Server::guard(), Server::guard());
    let world = World::found_over(&[first, second], 2);
    let (patient, email) = world.enrol(RIGHT);
    let locator = world.practice.directory.deployment().locator;
    for told_later in [true, false] {
        world.reshare(&[third], 2);
        let down = hooked(&world.http, |http: &Http, request: Request| {
            if request.origin.as_deref() == Some(&second.url) {
                return Err(TransportError);
            }
            forward(http, &request)
        });
        let (mut session, _) = world.sign_in_as_root();
        assert_eq!(run(down.end_moving(&mut session)).unwrap(), std::slice::from_ref(&second.url));
        drop(down);
        assert!(found(second, locator.as_ref()) > 0);
        assert!(world.read().directory.before().is_none());
        if told_later {
            assert_eq!(run(world.client().tell_ended(&mut session)).unwrap(), Vec::<String>::new());
            assert_eq!(found(second, locator.as_ref()), 0);
        }
        let back = world.reshare(&[second], 2);
        let located = run(world.client().locate(&back, &email, &mut |_, _| {})).unwrap();
        assert_eq!(located.patient, patient.patient);
        world.end_moving();
    }
}
