//! Several realms (PROTOCOL section 4): two of two, and two of three. Each is a server of its own, with its own state and its
//! own platform secret; the first one also keeps the calendar.
//!
//! Bites: the searches that find nothing with one realm's storage and secret find the PIN and the address with both.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
use std::{
    cell::RefCell,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{AppointmentId, Digest, PracticeId},
    limits,
    routes::{ROUTES, Route},
    wire::realm::{Begin, Begun, Descriptor, RealmOp, RealmReply, RealmRequest, Refusal},
};
use vestibule_edge_crypto::client::{
    ClientError, Session, TransportError, device::DeviceMemory, practice::OtherRealm, realm::RealmAt,
};
use vestibule_oprf::locator;
use vestibule_tests::{
    authenticator::Passkey,
    client::{direct, forward, hooked, run},
    http::Http,
    raw::guess,
    realms::{NEXT_PIN, at, unlock, without},
    search::{Corpus, Item, RIGHT, combined, opened, stolen},
    server::{Options, Runtime, Server},
    world::{World, fresh_email},
};

/// Two of two.
fn two() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| World::found_over(&[Server::whole(), Server::guard()], 2))
}

#[test]
fn the_whole_way_over_two_realms() {
    let world = two();
    let client = world.client();
    let (mut session, email) = world.enrol(RIGHT);
    let (_, booked) = world.book(&mut session, &email);
    let id = booked.booking.appointment;
    // Another device: address, then PIN; a wrong one is counted by both and told.
    let located = run(client.locate(&world.practice, &email, &mut |_, _| {})).unwrap();
    assert_eq!(located.patient, session.patient);
    assert_eq!(unlock(&world.client(), world, &session, "48151632").unwrap_err().code(), "wrong-pin");
    let unlocked = run(client.unlock(&world.practice, located.patient, RIGHT, &[], &mut |_, _| {})).unwrap();
    assert_eq!(unlocked.failed_attempts, 1);
    let mut elsewhere = unlocked.session;
    let listed = run(client.appointments(&world.practice, &mut elsewhere)).unwrap();
    assert!(listed.iter().any(|l| l.result.as_ref().is_ok_and(|o| o.booking.appointment == id)));
    // A new PIN, on both; the known device goes on with it.
    run(client.change_pin(&world.practice, &mut elsewhere, RIGHT, NEXT_PIN, &mut |_, _| {})).unwrap();
    assert_eq!(unlock(&world.client(), world, &session, RIGHT).unwrap_err().code(), "wrong-pin");
    unlock(&client, world, &session, NEXT_PIN).unwrap();
    let device = DeviceMemory::of(&elsewhere);
    run(client.unlock_device(&world.practice, &device, NEXT_PIN, &mut |_, _| {})).unwrap();
}

/// Each realm's whole storage with its platform secret, and all that a stranger is answered: no PIN, no address. Both
/// together: both.
#[test]
fn one_realm_alone_can_search_neither_pin_nor_address() {
    let world = two();
    let (mut session, email) = world.enrol(RIGHT);
    world.book(&mut session, &email);
    let patient = session.patient;
    let deployment = world.practice.directory.deployment();
    let place = (world.practice.id(), deployment.digest());
    let traffic = traffic(world, &email, &session);
    let of_realm = |server: &Server| {
        let mut items: Vec<Item> = stolen(server);
        items.extend(traffic.iter().cloned());
        items.extend(opened(server, &items, place, patient));
        items
    };
    let address = locator::normalise_email(&email).unwrap();
    let input = locator::input(&address, &place.0, &mut |_, _| {}).unwrap();
    let publics: Vec<_> = deployment.realms.iter().map(|r| r.locator_share).collect();
    let find_address = |items: &[Item]| {
        let keys = Corpus::of(items).keys(&publics);
        assert!(!keys.is_empty(), "the search did not even find the realm's own share");
        let one = keys
            .iter()
            .map(|(_, key)| vestibule_oprf::evaluate_direct(key, &input[..]).unwrap().expose().to_vec());
        let all = combined(&keys, deployment.threshold, &deployment.locator, &input[..]);
        one.chain(all).any(|output| output[..16] == patient.0)
    };
    let mut both = Vec::new();
    for server in world.servers() {
        let items = of_realm(server);
        assert_eq!(Corpus::of(&items).search(patient), []);
        assert!(!find_address(&items));
        both.extend(items);
    }
    let found = Corpus::of(&both).search(patient);
    assert!(!found.is_empty() && found.iter().all(|(digits, _)| *digits == RIGHT), "{found:?}");
    assert!(find_address(&both));
}

/// Everything that goes over the wire while a patient returns, and all that is answered to a stranger who guesses.
fn traffic(world: &World, email: &str, session: &Session) -> Vec<Item> {
    let recorded: RefCell<Vec<Item>> = RefCell::default();
    let client = hooked(&world.http, |http, request| {
        recorded.borrow_mut().extend(request.body.clone());
        let answer = forward(http, &request)?;
        recorded.borrow_mut().push(answer.body.clone());
        Ok(answer)
    });
    run(client.locate(&world.practice, email, &mut |_, _| {})).unwrap();
    unlock(&client, world, session, "19283746").unwrap_err();
    unlock(&client, world, session, RIGHT).unwrap();
    for index in [1, 2] {
        let begun = run(client.begin_at(&at(world, index), session.patient)).unwrap();
        recorded.borrow_mut().push(begun.active.to_vec());
    }
    drop(client);
    recorded.into_inner()
}

/// Ten thousand guesses at one patient's PIN, as many at a time as connections are open, at both realms at once.
#[test]
fn attempts_split_over_the_realms_are_counted_by_each() {
    const GUESSES: usize = 5_000;
    const CONNECTIONS: usize = 16;
    let world = two();
    let (session, _) = world.enrol(RIGHT);
    let allowed = usize::try_from(limits::STRANGER_ATTEMPTS_PER_HOUR).unwrap();
    let begun = run(world.client().begin_at(&at(world, 1), session.patient)).unwrap();
    let registration = cbor::from_slice::<Descriptor>(&begun.active).unwrap().registration;
    let lost = &AtomicUsize::new(0);
    let tallies = [1u8, 2].map(|index| (index, AtomicUsize::new(0), AtomicUsize::new(0)));
    thread::scope(|scope| {
        for (index, sent, evaluated) in &tallies {
            // Straight to the realm, over connections that stay open.
            let server = world.servers()[usize::from(*index) - 1];
            let at = RealmAt { origin: None, ..at(world, *index) };
            for _ in 0..CONNECTIONS {
                let at = at.clone();
                scope.spawn(move || {
                    let client = direct(&Http::new(&server.url));
                    while sent.fetch_add(1, Ordering::Relaxed) < GUESSES {
                        match guess(&client, &at, session.patient, registration) {
                            Ok(_) => {
                                evaluated.fetch_add(1, Ordering::Relaxed);
                            }
                            Err(ClientError::Refused(Refusal::Locked(_))) => {}
                            // A connection that rested too long on a busy machine: counted or not, nobody was told.
                            Err(ClientError::Transport(_)) => {
                                lost.fetch_add(1, Ordering::Relaxed);
                            }
                            Err(other) => panic!("{other:?}"),
                        }
                    }
                });
            }
        }
    });
    let lost = lost.load(Ordering::Relaxed);
    assert!(lost < GUESSES / 100, "{lost} were not answered");
    for (index, sent, evaluated) in tallies {
        assert!(sent.into_inner() >= GUESSES);
        let evaluated = evaluated.into_inner();
        assert!(
            evaluated <= allowed && evaluated + lost >= allowed,
            "realm {index}: {evaluated}, {lost} lost"
        );
    }
    // The patient's own device is not locked out, and is told how many were counted.
    let device = DeviceMemory::of(&session);
    let unlocked =
        run(world.client().unlock_device(&world.practice, &device, RIGHT, &mut |_, _| {})).unwrap();
    assert_eq!(usize::try_from(unlocked.failed_attempts).unwrap(), allowed);
}

/// Realms invent one and the same descriptor for an address that nobody has, so that none tells who is a patient.
#[test]
fn all_realms_invent_the_same_decoy() {
    let world = two();
    let located = run(world.client().locate(&world.practice, &fresh_email(), &mut |_, _| {})).unwrap();
    let begun: Vec<Begun> =
        [1, 2].map(|i| run(world.client().begin_at(&at(world, i), located.patient)).unwrap()).into();
    assert_eq!(begun[0], begun[1]);
    let (known, _) = world.enrol(RIGHT);
    let of_known = run(world.client().begin_at(&at(world, 1), known.patient)).unwrap();
    assert_eq!(of_known.active.len(), begun[0].active.len());
    let decoy: Descriptor = cbor::from_slice(&begun[0].active).unwrap();
    vestibule_oprf::check_shares(2, &decoy.shares, &decoy.public).unwrap();
    // And evaluate it: a wrong PIN, as for anyone.
    let wrong = run(world.client().unlock(&world.practice, located.patient, RIGHT, &[], &mut |_, _| {}));
    assert_eq!(wrong.unwrap_err().code(), "wrong-pin");
}

/// The realm's own build has neither calendars nor staff nor pages: what is not there cannot be attacked.
#[test]
fn a_realm_alone_answers_nothing_else() {
    if !Runtime::Spin.only("a realm alone", "the build for a realm alone is a Spin component") {
        return;
    }
    let options = Options { variant: "realm".into(), ..Options::default() };
    let server = Server::start(&options).unwrap();
    let http = Http::new(&server.url);
    let status = |method: &str, path: &str| {
        let mut call = vestibule_tests::http::Call::new(method, path);
        if method != "GET" {
            call = call.with_body(vestibule_tests::http::CBOR, vec![0x80]);
        }
        http.call(&call).unwrap().status
    };
    let mut answered = Vec::new();
    for route in ROUTES {
        let path = route
            .pattern
            .replace("{practice}", &PracticeId([1; 16]).to_string())
            .replace("{appointment}", &AppointmentId([2; 16]).to_string())
            .replace("{entry}", &AppointmentId([2; 16]).to_string());
        match status(route.method.as_str(), &path) {
            404 => {}
            _ => answered.push(route.name),
        }
    }
    assert_eq!(answered, ["Health", "RealmDescription", "Realm", "Challenge"]);
    for page in ["/", "/b/", "/practice/", "/index.html", "/assets/"] {
        assert_eq!(status("GET", page), 404, "{page}");
    }
}

/// Nobody makes a realm serve a practice that its root did not entrust to it, nor takes a practice over.
#[test]
fn only_the_root_makes_a_realm() {
    let world = two();
    let outsider = Server::whole();
    let client = vestibule_tests::client::direct(&Http::new(&outsider.url));
    // The outsider's own key, and the practice's deployment, which names others.
    let describe = vestibule_tests::http::Call::new("GET", "/v1/realm");
    let described = Http::new(&outsider.url).call(&describe).unwrap();
    let described: serde_json::Value = serde_json::from_slice(&described.body).unwrap();
    let kem_key = vestibule_core::bytes::from_base64url(described["kem_key"].as_str().unwrap()).unwrap();
    let mut realm = at(world, 2).realm;
    realm.kem_key = Bytes(kem_key);
    let asked = RealmAt { practice: world.practice.id(), realm, origin: None, deployment: Digest([0; 32]) };
    let served: vestibule_core::wire::directory::Directory = {
        let call = vestibule_tests::http::Call {
            accept: Some(vestibule_tests::http::CBOR.into()),
            ..vestibule_tests::http::Call::new("GET", &Route::Directory(world.practice.id()).path())
        };
        cbor::from_slice(&world.http.call(&call).unwrap().body).unwrap()
    };
    let join = |deployment| {
        let work = run(client.work(
            world.practice.id(),
            vestibule_core::wire::pow::Purpose::Found,
            world.practice.id().0,
        ))
        .unwrap();
        let join = vestibule_core::wire::realm::Join {
            roots: served.roots.clone(),
            deployment,
            share: vec![0; 100].into(),
            work,
            code: String::new(),
            succession: None,
        };
        run(client.realm_join(&asked, join)).unwrap_err()
    };
    assert_eq!(join(served.deployment.clone()), ClientError::Refused(Refusal::Invalid), "it is not named");
    let mut forged = served.deployment.clone();
    forged.body.0[40] ^= 1;
    assert_eq!(join(forged), ClientError::Refused(Refusal::Unauthorized), "the root did not sign that");
    let begin = RealmRequest {
        practice: asked.practice,
        op: RealmOp::Begin(Begin { patient: vestibule_core::ids::PatientId([1; 16]) }),
        deployment: None,
    };
    assert_eq!(
        run(client.realm(&asked, begin.op)).unwrap(),
        RealmReply::Refused(Refusal::Invalid),
        "a realm answers for a practice that it does not serve"
    );
}

/// Two of three: any one may be down or lie, and the patient still gets in; with two gone, nobody does.
#[test]
fn two_of_three_go_on_without_one() {
    let servers = [Server::whole(), Server::guard(), Server::guard()];
    let world = World::found_over(&servers, 2);
    let (session, email) = world.enrol(RIGHT);
    for down in servers {
        let client = without(&world, down);
        let located = run(client.locate(&world.practice, &email, &mut |_, _| {})).unwrap();
        assert_eq!(located.patient, session.patient);
        unlock(&client, &world, &session, RIGHT).unwrap();
        // A wrong PIN is still wrong.
        assert_eq!(unlock(&client, &world, &session, "48151632").unwrap_err().code(), "wrong-pin");
        unlock(&client, &world, &session, RIGHT).unwrap();
    }
    let alone = hooked(&world.http, |http, request| {
        if request.origin.as_deref() == Some(&servers[2].url) {
            forward(http, &request)
        } else {
            Err(TransportError)
        }
    });
    assert_eq!(unlock(&alone, &world, &session, RIGHT).unwrap_err(), ClientError::Transport(TransportError));
}

/// With one of three down a new patient enrols at the two others; the page is told which one it was.
#[test]
fn two_of_three_enrol_a_patient_without_one() {
    let servers = [Server::whole(), Server::whole(), Server::whole()];
    let world = World::found_over(&servers, 2);
    for down in 0..3 {
        let client = without(&world, servers[down]);
        let email = fresh_email();
        let located = run(client.locate(&world.practice, &email, &mut |_, _| {})).unwrap();
        let prepared = client.prepare_enrolment(&world.practice, &located, RIGHT, &mut |_, _| {}).unwrap();
        let up: Vec<_> = servers.iter().enumerate().filter(|(n, _)| *n != down).map(|(_, s)| *s).collect();
        client.troubles();
        let mailed = world.codes_of(&up, &email, || {
            let mailing = run(client.request_code(&world.practice, &located, "en")).unwrap();
            let indices = [1, 2, 3].into_iter().filter(|index| usize::from(*index) != down + 1);
            assert_eq!(mailing, indices.collect::<Vec<u8>>());
        });
        let troubles = client.troubles();
        assert!(troubles.iter().all(|t| t.origin == servers[down].url && t.code == "network" && !t.refused));
        assert!(!troubles.is_empty());
        let mut codes: Vec<&str> = mailed.iter().map(String::as_str).collect();
        codes.insert(down, "");
        let tickets = run(client.redeem(&world.practice, &located, &codes)).unwrap();
        let session = run(client.enrol(&world.practice, &prepared, &tickets)).unwrap();
        // With all of them up again, the two that have the registration outvote the one that invents another.
        // They introduce the patient to it, so that it is not behind any longer; the PIN is hashed a second time for that
        // once, and not again.
        for times in [2, 1] {
            let mut hashed = 0;
            let unlocked =
                run(world.client().unlock(&world.practice, session.patient, RIGHT, &[], &mut |done, of| {
                    hashed += usize::from(done == of);
                }));
            assert!(unlocked.unwrap().behind.is_empty());
            assert_eq!(hashed, times);
        }
        // So another one may be down now.
        unlock(&without(&world, servers[(down + 1) % 3]), &world, &session, RIGHT).unwrap();
        assert_eq!(unlock(&client, &world, &session, "48151632").unwrap_err().code(), "wrong-pin");
    }
}

/// A code works once: what one realm took stays taken while another refuses its code.
#[test]
fn a_wrong_code_of_one_realm_does_not_cost_the_other_its_own() {
    let world = two();
    let (client, email) = (world.client(), fresh_email());
    let located = run(client.locate(&world.practice, &email, &mut |_, _| {})).unwrap();
    let prepared = client.prepare_enrolment(&world.practice, &located, RIGHT, &mut |_, _| {}).unwrap();
    let codes = world.codes_of(&world.servers(), &email, || {
        run(client.request_code(&world.practice, &located, "en")).unwrap();
    });
    let wrong = if codes[1] == "000000" { "000001" } else { "000000" };
    let mut tickets = vestibule_edge_crypto::client::Tickets::default();
    let first = run(client.redeem_into(&world.practice, &located, &[&codes[0], wrong], &mut tickets));
    assert_eq!(first.unwrap_err(), ClientError::Refused(Refusal::Voucher));
    let troubles = client.troubles();
    assert_eq!(troubles.len(), 1);
    assert_eq!((troubles[0].origin.as_str(), troubles[0].code), (world.others[0].url.as_str(), "wrong-code"));
    // Too few tickets enrol nobody.
    assert_eq!(run(client.enrol(&world.practice, &prepared, &tickets)).unwrap_err(), ClientError::NotReady);
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    run(client.redeem_into(&world.practice, &located, &codes, &mut tickets)).unwrap();
    let session = run(client.enrol(&world.practice, &prepared, &tickets)).unwrap();
    unlock(&client, world, &session, RIGHT).unwrap();
}

/// The same server under two names is one realm; a realm that refuses its founding code names itself, and with the right one
/// the founding goes on, though another realm has joined by then.
#[test]
fn founding_names_the_realm_that_stops_it_and_goes_on() {
    let code = ("FOUNDING_CODE".to_owned(), "the right one".to_owned());
    let closed = Server::start(&Options { vars: vec![code], ..Options::default() }).unwrap();
    let (own, open) = (Server::whole(), Server::whole());
    let http = Http::new(&own.url);
    let client = vestibule_tests::client::direct(&http);
    let other = |origin: &str, code: &str| OtherRealm { origin: origin.into(), code: code.into() };
    let input = |realms| World::founding(realms, 2);
    let elsewhere = own.url.replace("localhost", "127.0.0.1");
    let twice = run(client.found_begin(input(vec![other(&open.url, ""), other(&elsewhere, "")])));
    assert_eq!(twice.unwrap_err().code(), "realm-twice");
    let gone = run(client.found_begin(input(vec![other("http://localhost:1", "")])));
    assert_eq!(gone.unwrap_err().code(), "network");
    assert_eq!(client.troubles()[0].origin, "http://localhost:1");

    let realms = vec![other(&open.url, ""), other(&closed.url, "wrong")];
    let (mut begun, ceremony) = run(client.found_begin(input(realms))).unwrap();
    let (passkey, registration) = Passkey::create(&ceremony.options, &own.url).unwrap();
    let prf = vestibule_suite::Secret32::from_bytes(passkey.prf(&ceremony.prf_salt.0));
    let finish = |begun: &mut _| run(client.found_finish(begun, registration.clone(), passkey.id(), &prf));
    assert_eq!(finish(&mut begun).unwrap_err(), ClientError::Refused(Refusal::Unauthorized));
    assert_eq!(client.troubles().pop().unwrap().origin, closed.url);
    begun.set_code(&closed.url, "the right one");
    let founded = finish(&mut begun).unwrap();
    assert_eq!(founded.practice.directory.deployment().realms.len(), 3);
}
