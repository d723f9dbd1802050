//! A server that lies. A proxy between the real client and the real server rewrites answers, with everything that the
//! operator has: the stored ciphertexts, the platform secret, even a stolen admin key. The client refuses each lie with a code of
//! its own.
//!
//! Bites: each case runs the same flow through the same proxy without the rewrite, and it succeeds; with the check that
//! a case is about taken out of `booking::open`, `verify::directory` or `client::unlock`, that case fails.
#![expect(clippy::unwrap_used, reason = "tests")]
use std::cell::RefCell;
use vestibule_channel::PlatformSecret;
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{AppointmentId, Digest, KeyHash},
    routes::Route,
    suite::namespace,
    time::Cell,
    wire::{
        appointment::{Envelope, Place, State, StoredAppointment},
        directory::{Directory, Manifest, rights},
        http::Session as SessionBody,
        realm::{Begun, Confirmed, Descriptor, Evaluated, RealmReply},
    },
};
use vestibule_edge_crypto::{
    client::{Client, Practice, Request, Response, Session, TransportError},
    directory::sign_freshness,
    keys::prf_key,
    sign::SigningKey,
    staff::open_staff_seeds,
};
use vestibule_oprf as oprf;
use vestibule_suite::{Secret32, sha256};
use vestibule_tests::{
    client::{Hooked, System, forward, hooked, run},
    http::Http,
    world::{World, rng},
};

const PIN: &str = "73915820";

type Answer = Result<Response, TransportError>;

/// A client whose server rewrites the bodies of good answers.
fn lying<'a>(
    world: &World,
    rewrite: impl Fn(&Request, Vec<u8>) -> Vec<u8> + 'a,
) -> Client<Hooked<impl Fn(&Http, Request) -> Answer + 'a>, System> {
    hooked(&world.http, move |http: &Http, request: Request| {
        let mut answer = forward(http, &request)?;
        if answer.status < 300 {
            answer.body = rewrite(&request, answer.body);
        }
        Ok(answer)
    })
}

/// A client whose realm lies: the operator opens the request and seals another answer.
fn lying_realm<'a>(
    world: &World,
    rewrite: impl Fn(RealmReply) -> RealmReply + 'a,
) -> Client<Hooked<impl Fn(&Http, Request) -> Answer + 'a>, System> {
    let realm = PlatformSecret::from_bytes(&world.server.platform_secret().unwrap()).realm();
    let key = world.realm().realm.kem_key;
    hooked(&world.http, move |http: &Http, request: Request| {
        if request.route != Route::Realm {
            return forward(http, &request);
        }
        // The operator asks the genuine realm the same under a seal of its own, to learn the genuine answer.
        let (opened, reply_key) = realm.open(request.body.as_ref().unwrap()).unwrap();
        let (body, pending) = vestibule_channel::seal_request(&mut rng(), &key, &opened).unwrap();
        let mut answer = forward(http, &Request { body: Some(body), ..request })?;
        let genuine = pending.open(&answer.body).unwrap();
        answer.body = reply_key.seal(&mut rng(), &rewrite(genuine));
        Ok(answer)
    })
}

/// Shows one appointment through a lying server and returns the code of the refusal.
fn read_code(
    world: &World,
    session: &mut Session,
    id: AppointmentId,
    rewrite: impl Fn(StoredAppointment) -> StoredAppointment,
) -> String {
    let client = lying(world, |request, body| {
        if matches!(request.route, Route::Read(_, asked) if asked == id) {
            cbor::to_vec(&rewrite(cbor::from_slice(&body).unwrap()))
        } else {
            body
        }
    });
    let listed = run(client.appointments(&world.practice, session)).unwrap();
    match &listed.iter().find(|l| l.appointment == id).unwrap().result {
        Ok(opened) => format!("accepted as {:?}", opened.state),
        Err(lie) => lie.code().to_owned(),
    }
}

fn stored(world: &World, session: &Session, id: AppointmentId) -> StoredAppointment {
    let read = vestibule_core::wire::http::Read { capability: session.keys().capability(id) };
    run(world.client().exchange(Route::Read(world.practice.id(), id), &read)).unwrap()
}

#[test]
fn ciphertexts_do_not_move_between_appointments_times_and_patients() {
    let world = World::shared();
    let (mut alice, email) = world.enrol(PIN);
    let (mut bob, bobs) = world.enrol(PIN);
    let one = world.book(&mut alice, &email).1.booking.appointment;
    let two = world.book(&mut alice, &email).1.booking.appointment;
    let third = world.book(&mut bob, &bobs).1.booking.appointment;
    let (other, foreign) = (stored(world, &alice, two), stored(world, &bob, third));
    let envelope = |s: &StoredAppointment| cbor::from_slice::<Envelope>(&s.envelope).unwrap();
    let with =
        |s: StoredAppointment, e: Envelope| StoredAppointment { envelope: Bytes(cbor::to_vec(&e)), ..s };

    let mut code =
        |rewrite: &dyn Fn(StoredAppointment) -> StoredAppointment| read_code(world, &mut alice, one, rewrite);
    assert_eq!(code(&|s| s), "accepted as Booked");
    // Another appointment in its place, as it is, and under the asked id.
    assert_eq!(code(&|_| other.clone()), "wrong-appointment");
    assert_eq!(code(&|s| StoredAppointment { envelope: other.envelope.clone(), ..s }), "wrong-appointment");
    // The clear context made to fit: the wrap does not open for another appointment.
    assert_eq!(
        code(&|s| {
            let context = envelope(&s).context;
            with(s, Envelope { context, ..envelope(&other) })
        }),
        "wrong-patient"
    );
    // Own wraps, the other's body.
    assert_eq!(
        code(&|s| {
            let e = envelope(&s);
            with(s, Envelope { body: envelope(&other).body, ..e })
        }),
        "does-not-open"
    );
    // Another time, another resource; in the server's words only, and in the envelope too.
    let places: [fn(&mut Place); 3] =
        [|p| p.start = Cell(p.start.0 + 12), |p| p.cells += 1, |p| p.resource.0[0] ^= 1];
    for place in places {
        assert_eq!(
            code(&|mut s| {
                place(&mut s.place);
                s
            }),
            "wrong-place"
        );
        assert_eq!(
            code(&|mut s| {
                let mut e = envelope(&s);
                place(&mut e.context.place);
                place(&mut s.place);
                with(s, e)
            }),
            "wrong-place"
        );
    }
    // Another patient's, relabelled.
    assert_eq!(
        code(&|s| {
            let context = envelope(&s).context;
            with(s, Envelope { context, ..envelope(&foreign) })
        }),
        "wrong-patient"
    );
    // Another practice's label, another version, a flipped bit, a state out of thin air.
    assert_eq!(
        code(&|s| {
            let mut e = envelope(&s);
            e.context.practice.0[0] ^= 1;
            with(s, e)
        }),
        "wrong-practice"
    );
    assert_eq!(
        code(&|s| {
            let mut e = envelope(&s);
            e.context.version = 2;
            with(s, e)
        }),
        "wrong-version"
    );
    assert_eq!(
        code(&|s| {
            let mut e = envelope(&s);
            e.body.ciphertext.0[100] ^= 1;
            with(s, e)
        }),
        "does-not-open"
    );
    assert_eq!(code(&|s| StoredAppointment { state: State::Cancelled, ..s }), "state-unexplained");
    assert_eq!(code(&|s| s), "accepted as Booked");
}

#[test]
fn older_and_other_histories_are_noticed() {
    let world = World::shared();
    let (mut alice, email) = world.enrol(PIN);
    let one = world.book(&mut alice, &email).1.booking.appointment;
    let two = world.book(&mut alice, &email).1.booking.appointment;
    let before = stored(world, &alice, one);
    for id in [one, two] {
        let gone = run(world.client().cancel(&world.practice, &mut alice, id, "")).unwrap();
        assert_eq!(gone.state, State::Cancelled);
    }
    let other = stored(world, &alice, two).statements;
    let mut code =
        |rewrite: &dyn Fn(StoredAppointment) -> StoredAppointment| read_code(world, &mut alice, one, rewrite);
    assert_eq!(code(&|s| s), "accepted as Cancelled");
    assert_eq!(code(&|_| before.clone()), "rolled-back");
    assert_eq!(code(&|s| StoredAppointment { statements: Vec::new(), ..s }), "rolled-back");
    assert_eq!(code(&|s| StoredAppointment { state: State::Booked, ..s }), "state-unexplained");
    assert_eq!(code(&|s| StoredAppointment { statements: other.clone(), ..s }), "statement-does-not-open");
    assert_eq!(
        code(&|mut s| {
            let again = s.statements[0].clone();
            s.statements.push(again);
            s
        }),
        "statement-does-not-open"
    );
    // A new device that comes later, with the vault, notices too.
    let unlocked =
        run(world.client().unlock(&world.practice, alice.patient, PIN, &[], &mut |_, _| {})).unwrap();
    let mut later = unlocked.session;
    assert_eq!(read_code(world, &mut later, one, |_| before.clone()), "rolled-back");
    // An appointment that is kept back is a line that says so.
    let client = hooked(&world.http, |http: &Http, request: Request| {
        let mut answer = forward(http, &request)?;
        if matches!(request.route, Route::Read(_, id) if id == one) {
            let missing = Route::Read(world.practice.id(), AppointmentId([0x77; 16]));
            answer = forward(http, &Request { route: missing, ..request })?;
        }
        Ok(answer)
    });
    let listed = run(client.appointments(&world.practice, &mut later)).unwrap();
    assert_eq!(
        listed.iter().find(|l| l.appointment == one).unwrap().result.as_ref().unwrap_err().code(),
        "missing"
    );
}

fn directory_code(
    world: &World,
    seen: Option<vestibule_verify::directory::Seen>,
    rewrite: impl Fn(Directory) -> Directory,
) -> String {
    let client = lying(world, |request, body| match request.route {
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
    let client = lying(world, |request, body| {
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
    let keys: vestibule_core::wire::directory::StaffKeys =
        cbor::from_slice(&captured.borrow().as_ref().unwrap().staff_keys).unwrap();
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
        spy.kem_key = Bytes(vestibule_suite::KemSecret::from_seed(seed.clone()).public_key());
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
            m.scopes[0].kem_key =
                Bytes(vestibule_suite::KemSecret::from_seed(Secret32::random(&mut rng())).public_key());
        })),
        "manifest-unsigned"
    );
    // Another practice's manifest, deployment, catalog; its whole directory.
    assert_eq!(
        directory_code(world, None, |d| Directory { manifest: theirs.manifest.clone(), ..d }),
        "wrong-practice"
    );
    assert_eq!(
        directory_code(world, None, |d| Directory { deployment: theirs.deployment.clone(), ..d }),
        "wrong-practice"
    );
    assert_eq!(
        directory_code(world, None, |d| Directory { catalog: theirs.catalog.clone(), ..d }),
        "wrong-practice"
    );
    assert_eq!(directory_code(world, None, |_| theirs.clone()), "genesis-mismatch");
    // Realms and locator are the root's: not even the admin key may change them.
    assert_eq!(
        directory_code(world, None, |mut d| {
            let mut deployment: vestibule_core::wire::directory::Deployment =
                cbor::from_slice(&d.deployment.body).unwrap();
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
    let client = lying(world, |request, body| match request.route {
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
    let forked = lying(world, |request, body| match request.route {
        Route::Directory(_) => cbor::to_vec(&fork),
        _ => body,
    });
    let forked = run(forked.directory(world.practice.fingerprint, None)).unwrap();
    assert_eq!(later(&forked).unwrap_err().code(), "manifest-fork");
}

fn unlock_code(world: &World, session: &Session, rewrite: impl Fn(RealmReply) -> RealmReply) -> String {
    let client = lying_realm(world, rewrite);
    match run(client.unlock(&world.practice, session.patient, PIN, &[], &mut |_, _| {})) {
        Ok(_) => "accepted".into(),
        Err(error) => error.code().to_owned(),
    }
}

#[test]
fn a_lying_realm_is_caught() {
    let world = World::shared();
    let (mut alice, email) = world.enrol(PIN);
    let (mut bob, bobs) = world.enrol(PIN);
    world.book(&mut alice, &email);
    world.book(&mut bob, &bobs);
    let at = world.realm();
    let bobs_vault = run(world.client().vault_at(&at, bob.patient, bob.devices()[0].token)).unwrap();
    let descriptor = |change: fn(&mut Descriptor)| {
        move |reply| match reply {
            RealmReply::Begun(Begun { active, pending }) => {
                let mut d: Descriptor = cbor::from_slice(&active).unwrap();
                change(&mut d);
                RealmReply::Begun(Begun { active: Bytes(cbor::to_vec(&d)), pending })
            }
            other => other,
        }
    };
    let confirmed = |change: &'static dyn Fn(&mut Confirmed)| {
        move |reply| match reply {
            RealmReply::Confirmed(mut c) => {
                change(&mut c);
                RealmReply::Confirmed(c)
            }
            other => other,
        }
    };
    assert_eq!(unlock_code(world, &alice, |reply| reply), "accepted");
    // Descriptors of other realms, patients, keys.
    assert_eq!(unlock_code(world, &alice, descriptor(|d| d.realms = vec![KeyHash([1; 32])])), "descriptor");
    assert_eq!(unlock_code(world, &alice, descriptor(|d| d.patient.0[0] ^= 1)), "descriptor");
    assert_eq!(unlock_code(world, &alice, descriptor(|d| d.practice.0[0] ^= 1)), "descriptor");
    assert_eq!(unlock_code(world, &alice, descriptor(|d| d.threshold = 2)), "descriptor");
    // An evaluation under another key: the proof does not hold. (A guess that was evaluated and not confirmed counts; the
    // device below clears the way.)
    let clear = |session: &Session| {
        let device = vestibule_edge_crypto::client::device::DeviceMemory::of(session);
        run(world.client().unlock_device(&world.practice, &device, PIN, &mut |_, _| {})).unwrap();
    };
    let evil = oprf::Key::generate(&mut rng());
    let evaluated = unlock_code(world, &alice, |reply| match reply {
        RealmReply::Evaluated(e) => {
            let (element, proof) = oprf::evaluate(&mut rng(), &evil, &e.element).unwrap();
            RealmReply::Evaluated(Evaluated { element, proof: Bytes(proof.to_vec()), handle: e.handle })
        }
        other => other,
    });
    assert_eq!(evaluated, "realm-unproven");
    clear(&alice);
    // A masked share or a key hash that is not the patient's.
    assert_eq!(
        unlock_code(world, &alice, confirmed(&|c| c.masked_share.as_mut().unwrap().0[0] ^= 1)),
        "root-mismatch"
    );
    assert_eq!(unlock_code(world, &alice, confirmed(&|c| c.key_hash.0[0] ^= 1)), "root-mismatch");
    // Vaults: altered, another patient's, with a head that is not theirs.
    assert_eq!(
        unlock_code(
            world,
            &alice,
            confirmed(&|c| {
                let last = c.vault.0.len() - 1;
                c.vault.0[last] ^= 1;
                c.vault_head = sha256(&[&c.vault]);
            })
        ),
        "vault-does-not-open"
    );
    assert_eq!(
        unlock_code(world, &alice, |reply| match reply {
            RealmReply::Confirmed(c) => RealmReply::Confirmed(Confirmed {
                vault: bobs_vault.clone(),
                vault_head: sha256(&[&bobs_vault]),
                ..c
            }),
            other => other,
        }),
        "vault-does-not-open"
    );
    assert_eq!(unlock_code(world, &alice, confirmed(&|c| c.vault_head.0[0] ^= 1)), "vault-rolled-back");
    // Another kind of answer than asked for.
    assert_eq!(unlock_code(world, &alice, |_| RealmReply::Stored), "answer");
    // A device that has seen a vault is not told that there is none.
    let client = lying_realm(world, |reply| match reply {
        RealmReply::Vault(_) => RealmReply::Vault(Bytes::default()),
        other => other,
    });
    let error = run(client.appointments(&world.practice, &mut alice)).unwrap_err();
    assert_eq!(error.code(), "vault-rolled-back");
}

#[test]
fn answers_of_the_realm_are_not_replayed_or_altered() {
    let world = World::shared();
    let recorded: RefCell<Vec<Vec<u8>>> = RefCell::new(Vec::new());
    let patient = vestibule_core::ids::PatientId([0x31; 16]);
    let record = lying(world, |_, body| {
        recorded.borrow_mut().push(body.clone());
        body
    });
    run(record.begin_at(&world.realm(), patient)).unwrap();
    let replay = lying(world, |_, _| recorded.borrow()[0].clone());
    assert_eq!(run(replay.begin_at(&world.realm(), patient)).unwrap_err().code(), "realm-unproven");
    let altered = lying(world, |_, mut body| {
        let last = body.len() - 1;
        body[last] ^= 1;
        body
    });
    assert_eq!(run(altered.begin_at(&world.realm(), patient)).unwrap_err().code(), "realm-unproven");
}

/// The practice's side: what is moved, kept back or invented in the calendar is a line with its own refusal.
#[test]
fn the_calendar_shows_no_lie() {
    let world = World::shared();
    let (mut alice, email) = world.enrol(PIN);
    let (mut bob, bobs) = world.enrol(PIN);
    let one = world.book(&mut alice, &email).1.booking;
    let two = world.book(&mut bob, &bobs).1.booking;
    let mut staff = world.sign_in();
    let (from, to) = (
        one.place.start.start().min(two.place.start.start()),
        one.place.start.start().max(two.place.start.start()).plus(1),
    );
    let mut show = |rewrite: &dyn Fn(&mut Vec<StoredAppointment>)| -> (String, String) {
        let mut served = run(world.client().fetch_calendar(&staff, from, to)).unwrap();
        rewrite(&mut served);
        let (lines, _) = world.client().open_calendar(&mut staff, &served);
        let code = |id| match lines.iter().find(|l| l.appointment == id).map(|l| &l.result) {
            Some(Ok(_)) => "accepted".to_owned(),
            Some(Err(lie)) => lie.code().to_owned(),
            None => "no line".to_owned(),
        };
        (code(one.appointment), code(two.appointment))
    };
    let at = |all: &[StoredAppointment], id| all.iter().position(|s| s.appointment == id).unwrap();
    assert_eq!(show(&|_| {}), ("accepted".into(), "accepted".into()));
    let swapped = show(&|all| {
        let (i, j) = (at(all, one.appointment), at(all, two.appointment));
        let envelope = all[i].envelope.clone();
        all[i].envelope = all[j].envelope.clone();
        all[j].envelope = envelope;
    });
    assert_eq!(swapped, ("wrong-appointment".into(), "wrong-appointment".into()));
    let moved = show(&|all| {
        let i = at(all, one.appointment);
        all[i].place.start.0 += 3;
    });
    assert_eq!(moved, ("wrong-place".into(), "accepted".into()));
    let invented = show(&|all| {
        let i = at(all, one.appointment);
        all[i].state = State::Cancelled;
    });
    assert_eq!(invented, ("state-unexplained".into(), "accepted".into()));
    // A body of the other patient under own labels.
    let body = show(&|all| {
        let (i, j) = (at(all, one.appointment), at(all, two.appointment));
        let mut mine: Envelope = cbor::from_slice(&all[i].envelope).unwrap();
        let theirs: Envelope = cbor::from_slice(&all[j].envelope).unwrap();
        mine.body = theirs.body;
        all[i].envelope = Bytes(cbor::to_vec(&mine));
    });
    assert_eq!(body, ("does-not-open".into(), "accepted".into()));
    // After a cancellation was seen, the old state is a rollback; what is kept back is missed.
    let before = run(world.client().fetch_calendar(&staff, from, to)).unwrap();
    run(world.client().cancel(&world.practice, &mut alice, one.appointment, "")).unwrap();
    run(world.client().calendar(&mut staff, from, to)).unwrap();
    let (lines, _) = world.client().open_calendar(&mut staff, &before);
    let line = lines.iter().find(|l| l.appointment == one.appointment).unwrap();
    assert_eq!(line.result.as_ref().unwrap_err().code(), "rolled-back");
    let silent = lying(
        world,
        |request, body| if matches!(request.route, Route::Calendar(_)) { Vec::new() } else { body },
    );
    let lines = run(silent.calendar(&mut staff, from, to)).unwrap();
    for id in [one.appointment, two.appointment] {
        let line = lines.iter().find(|l| l.appointment == id).unwrap();
        assert_eq!(line.result.as_ref().unwrap_err().code(), "missing");
    }
}
