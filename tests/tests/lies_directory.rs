//! A server that lies about the practice: another reader in the manifest, another practice's manifest, an older one, a fork,
//! even with a stolen admin key. Each is refused with a code of its own (PROTOCOL section 5).
//!
//! Bites: each refusal has beside it the same directory without the lie, which is accepted.
#![expect(clippy::unwrap_used, reason = "tests")]
use std::cell::RefCell;
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{Digest, ResourceId},
    routes::Route,
    suite::namespace,
    time::UnixSeconds,
    wire::{
        catalog::Resource,
        directory::{Deployment, Directory, Manifest, StaffKeys, rights},
        http::{CatalogUpdate, Session as SessionBody},
    },
};
use vestibule_edge_crypto::{
    client::{Client, ClientError, Practice, Request},
    directory::{CatalogChange, sign_freshness},
    keys::prf_key,
    sign::SigningKey,
    staff::open_staff_seeds,
};
use vestibule_oprf as oprf;
use vestibule_suite::{KemSecret, Secret32, sha256};
use vestibule_tests::{
    client::{Direct, System, forward, hooked, lying, run},
    http::Http,
    server::Server,
    world::{World, rng},
};
use vestibule_verify::directory::{Freshness, Seen};

const PIN: &str = "73915820";

fn directory_code(world: &World, seen: Option<Seen>, rewrite: impl Fn(Directory) -> Directory) -> String {
    let client = lying(&world.http, |request, body| match request.route {
        Route::Directory(_) => cbor::to_vec(&rewrite(cbor::from_slice(&body).unwrap())),
        _ => body,
    });
    match run(client.directory(world.practice.fingerprint, seen)) {
        Ok(practice) => format!("accepted manifest {}", practice.directory.manifest().number),
        Err(error) => error.code().to_owned(),
    }
}

fn served(world: &World) -> Directory {
    run(world.client().fetch(Request::new(Route::Directory(world.practice.id())))).unwrap()
}

/// The founder's admin key, as a thief of passkey and server would have it.
fn stolen_admin_key(world: &World) -> SigningKey {
    let captured: RefCell<Option<SessionBody>> = RefCell::new(None);
    let client = lying(&world.http, |request, body| {
        if matches!(request.route, Route::SignIn(_)) {
            *captured.borrow_mut() = Some(cbor::from_slice(&body).unwrap());
        }
        body
    });
    let (begun, ceremony) = run(client.sign_in_begin(world.practice.fingerprint)).unwrap();
    let mut passkey = world.passkey.lock().unwrap();
    let assertion = passkey.get(&ceremony.options, &world.server.url).unwrap();
    let prf = Secret32::from_bytes(passkey.prf(&ceremony.prf_salt.0));
    run(client.sign_in_finish(&begun, assertion, &prf)).unwrap();
    let keys: StaffKeys = cbor::from_slice(&captured.borrow().as_ref().unwrap().staff_keys).unwrap();
    let key = prf_key(&prf, world.practice.id(), keys.credential);
    let (seeds, _) = open_staff_seeds(&key, &keys, world.practice.directory.manifest()).unwrap();
    seeds.signing_key()
}

/// The served directory with another manifest, signed by `key`, and a timestamp that fits.
fn with_manifest(
    world: &World,
    key: &SigningKey,
    directory: Directory,
    change: impl Fn(&mut Manifest),
) -> Directory {
    let mut manifest: Manifest = cbor::from_slice(&directory.manifest.body).unwrap();
    change(&mut manifest);
    let signed = key.sign(namespace::MANIFEST, cbor::to_vec(&manifest)).unwrap();
    let freshness = sign_freshness(
        key,
        world.practice.id(),
        sha256(&[&signed.body]),
        sha256(&[&directory.catalog.body]),
        manifest.issued,
    )
    .unwrap();
    Directory { manifest: signed, freshness, ..directory }
}

#[test]
fn nobody_is_added_to_the_manifest_and_no_other_is_served() {
    let world = World::shared();
    let elsewhere = World::found(world.server);
    let theirs = served(&elsewhere);
    let add = |manifest: &mut Manifest| {
        let mut spy = manifest.credentials[0].clone();
        let seed = Secret32::random(&mut rng());
        spy.staff.0[0] ^= 1;
        spy.credential.0[0] ^= 1;
        spy.kem_key = Bytes(KemSecret::from_seed(seed.clone()).public_key());
        spy.signing_key = Bytes(SigningKey::from_seeds(&seed, &seed).public_key().to_vec());
        spy.rights = rights::CALENDAR;
        manifest.credentials.push(spy);
    };
    assert_eq!(directory_code(world, None, |d| d), "accepted manifest 1");
    // A reader added under the old signature, and under the server's own key.
    assert_eq!(
        directory_code(world, None, |mut d| {
            let mut manifest: Manifest = cbor::from_slice(&d.manifest.body).unwrap();
            add(&mut manifest);
            d.manifest.body = Bytes(cbor::to_vec(&manifest));
            d
        }),
        "manifest-unsigned"
    );
    let own = SigningKey::from_seeds(&Secret32::random(&mut rng()), &Secret32::random(&mut rng()));
    assert_eq!(directory_code(world, None, |d| with_manifest(world, &own, d, add)), "manifest-unsigned");
    // A swapped scope key is no better.
    assert_eq!(
        directory_code(world, None, |d| with_manifest(world, &own, d, |m| {
            m.scopes[0].kem_key = Bytes(KemSecret::from_seed(Secret32::random(&mut rng())).public_key());
        })),
        "manifest-unsigned"
    );
    // Another practice's manifest, deployment, catalog; its whole directory.
    assert_eq!(
        directory_code(world, None, |d| Directory { manifest: theirs.manifest.clone(), ..d }),
        "directory-wrong-practice"
    );
    assert_eq!(
        directory_code(world, None, |d| Directory { deployment: theirs.deployment.clone(), ..d }),
        "directory-wrong-practice"
    );
    assert_eq!(
        directory_code(world, None, |d| Directory { catalog: theirs.catalog.clone(), ..d }),
        "directory-wrong-practice"
    );
    assert_eq!(directory_code(world, None, |_| theirs.clone()), "genesis-mismatch");
    // Realms and locator are the root's: not even the admin key may change them.
    assert_eq!(
        directory_code(world, None, |mut d| {
            let mut deployment: Deployment = cbor::from_slice(&d.deployment.body).unwrap();
            deployment.locator = oprf::Key::generate(&mut rng()).public();
            d.deployment.body = Bytes(cbor::to_vec(&deployment));
            d
        }),
        "deployment-unsigned"
    );
    assert_eq!(
        directory_code(world, None, |mut d| {
            d.catalog.signatures.clear();
            d
        }),
        "catalog-unsigned"
    );
    assert_eq!(
        directory_code(world, None, |mut d| {
            d.freshness.signatures[0].signature.0[0] ^= 1;
            d
        }),
        "freshness-unsigned"
    );
}

#[test]
fn older_and_forked_directories_are_refused() {
    let world = World::shared();
    let admin = stolen_admin_key(world);
    let (mut patient, _) = world.enrol(PIN);
    let first = served(world);
    let second = |change: &dyn Fn(&mut Manifest)| {
        let previous = sha256(&[&first.manifest.body]);
        with_manifest(world, &admin, first.clone(), |m| {
            (m.number, m.previous) = (2, previous);
            change(m);
        })
    };
    let genuine = second(&|_| {});
    let fork = second(&|m| m.issued = m.issued.plus(1));
    assert_eq!(directory_code(world, None, |_| genuine.clone()), "accepted manifest 2");
    // A client that has seen number 2.
    let client = lying(&world.http, |request, body| match request.route {
        Route::Directory(_) => cbor::to_vec(&genuine),
        _ => body,
    });
    let newer: Practice = run(client.directory(world.practice.fingerprint, None)).unwrap();
    let seen = Some(newer.directory.seen());
    assert_eq!(directory_code(world, seen, |_| genuine.clone()), "accepted manifest 2");
    assert_eq!(directory_code(world, seen, |d| d), "manifest-older");
    assert_eq!(directory_code(world, seen, |_| fork.clone()), "manifest-fork");
    // Number 2 that does not follow the number 1 that was seen.
    let stranger = second(&|m| m.previous = Digest([1; 32]));
    assert_eq!(
        directory_code(world, Some(world.practice.directory.seen()), |_| stranger.clone()),
        "manifest-fork"
    );
    // The patient's vault remembers for every device.
    run(world.client().appointments(&newer, &mut patient)).unwrap();
    let later = |practice: &Practice| {
        run(world.client().unlock(practice, patient.patient, PIN, &[], &mut |_, _| {})).map(|_| ())
    };
    later(&newer).unwrap();
    assert_eq!(later(&world.practice).unwrap_err().code(), "manifest-older");
    let forked = lying(&world.http, |request, body| match request.route {
        Route::Directory(_) => cbor::to_vec(&fork),
        _ => body,
    });
    let forked = run(forked.directory(world.practice.fingerprint, None)).unwrap();
    assert_eq!(later(&forked).unwrap_err().code(), "manifest-fork");
}

/// Rule R5.5: a server that withholds newer timestamps is warned about after 7 days, and gets nothing new after 30.
#[test]
fn nothing_is_sealed_to_a_directory_older_than_30_days() {
    const DAY: u64 = 86_400;
    let world = World::shared();
    let (mut session, email) = world.enrol(PIN);
    let later = |days: u64| Client::new(Direct(world.http.clone()), System { ahead: days * DAY });
    for (days, freshness) in [(6, Freshness::Fresh), (8, Freshness::Warn), (31, Freshness::Stop)] {
        let practice = run(later(days).directory(world.practice.fingerprint, None)).unwrap();
        assert_eq!(practice.directory.freshness(), freshness, "after {days} days");
        let booked = run(later(days).book(&practice, &mut session, world.wish(&email)));
        match freshness {
            // Another test may have taken the slot; anything else is a failure.
            Freshness::Fresh | Freshness::Warn => {
                let went = booked.as_ref().map_or_else(ClientError::code, |_| "booked");
                assert!(["booked", "slot-taken"].contains(&went), "after {days} days: {went}");
            }
            Freshness::Stop => assert_eq!(booked.unwrap_err(), ClientError::DirectoryStale),
        }
    }
}

/// What is changed besides.
type Tamper = fn(&mut Manifest);

#[test]
fn a_new_calendar_comes_with_a_manifest_that_does_nothing_else() {
    let mut world = World::found(Server::shared());
    let key = stolen_admin_key(&world);
    let mut staff = world.sign_in();
    let catalog = world.practice.directory.catalog();
    let mut change = CatalogChange {
        name: catalog.name.clone(),
        contact: catalog.contact.clone(),
        time_zone: catalog.time_zone.clone(),
        language: catalog.language.clone(),
        resources: catalog.resources.clone(),
        services: catalog.services.clone(),
        rules: catalog.rules.clone(),
    };
    let newcomer = ResourceId([77; 16]);
    change.resources.push(Resource { id: newcomer, ..catalog.resources[0].clone() });
    change.services[0].resources = vec![newcomer];
    // Whoever has the admin's key and a session changes more beside it: every client would take it, the server does not.
    let more: [(&str, Tamper); 4] = [
        ("rights", |m| m.credentials[0].rights = rights::CALENDAR),
        ("a resource taken away", |m| m.scopes[0].resources.truncate(1)),
        ("another epoch", |m| m.scopes[0].epoch += 1),
        ("not the next one", |m| m.number += 1),
    ];
    for (what, tamper) in more {
        let client = hooked(&world.http, |http: &Http, mut request: Request| {
            if let Route::CatalogPut(_) = request.route {
                let mut update: CatalogUpdate = cbor::from_slice(&request.body.unwrap()).unwrap();
                let mut directory = served(&world);
                directory.catalog = cbor::from_slice(&update.catalog).unwrap();
                directory.manifest = cbor::from_slice(update.manifest.as_ref().unwrap()).unwrap();
                let tampered = with_manifest(&world, &key, directory, tamper);
                update.manifest = Some(cbor::to_vec(&tampered.manifest).into());
                update.freshness = cbor::to_vec(&tampered.freshness).into();
                request.body = Some(cbor::to_vec(&update));
            }
            forward(http, &request)
        });
        let refused = run(client.update_catalog(&mut staff, change.clone())).unwrap_err();
        let want = if what == "not the next one" { "conflict" } else { "unverifiable" };
        assert_eq!(refused.code(), want, "{what}");
        assert_eq!(directory_code(&world, None, |d| d), "accepted manifest 1", "{what}");
    }
    run(world.client().update_catalog(&mut staff, change)).unwrap();
    let seen = world.practice.directory.seen();
    world.practice = run(world.client().directory(world.practice.fingerprint, Some(seen))).unwrap();
    assert_eq!(world.practice.directory.manifest().number, 2);
    // The newcomer is booked, and read with the keys that were granted before.
    let (mut alice, email) = world.enrol(PIN);
    let (wish, opened) = world.book(&mut alice, &email);
    assert_eq!((wish.resource, opened.place.resource), (newcomer, newcomer));
    let (from, to) = (wish.start, UnixSeconds(wish.start.0 + 300));
    let lines = run(world.client().calendar(&mut staff, from, to)).unwrap();
    let line = lines.iter().find(|line| line.appointment == opened.booking.appointment).unwrap();
    assert_eq!(line.result.as_ref().unwrap().summary().contact.name, wish.contact.name);
}
