//! Several realms (PROTOCOL section 4): two of two, and two of three. Each is a server of its own, with its own state and its
//! own platform secret; the first one also keeps the calendar.
//!
//! Bites: the searches that find nothing with one realm's storage and secret find the PIN and the address with both.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
use std::{
    cell::{Cell, RefCell},
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};
use vestibule_channel::{PlatformSecret, parse_reply, seal_request};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{AppointmentId, Digest, PatientId, PracticeId},
    limits,
    routes::{ROUTES, Route},
    wire::realm::{
        Begin, Begun, Confirmed, Descriptor, Evaluated, RealmOp, RealmReply, RealmRequest, Refusal,
    },
};
use vestibule_edge_crypto::client::{
    CBOR, Client, ClientError, Request, Response, Session, TransportError, device::DeviceMemory,
    practice::OtherRealm, realm::RealmAt, realm::realms,
};
use vestibule_oprf::locator;
use vestibule_tests::{
    authenticator::Passkey,
    client::{Answer, Direct, Hooked, System, direct, forward, hooked, run},
    http::Http,
    raw::guess,
    search::{Corpus, Item, RIGHT, combined, opened, stolen},
    server::{Options, Runtime, Server},
    world::{World, fresh_email, rng},
};

const NEXT_PIN: &str = "90210773";

/// The identity of ristretto255.
const IDENTITY: Digest = Digest([0; 32]);

/// Two of two.
fn two() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| World::found_over(&[Server::whole(), Server::guard()], 2))
}

fn at(world: &World, index: u8) -> RealmAt {
    let all = realms(world.practice.id(), world.practice.directory.deployment());
    all.into_iter().find(|at| at.realm.index == index).unwrap()
}

fn unlock<T: vestibule_edge_crypto::client::Transport>(
    client: &Client<T, System>,
    world: &World,
    session: &Session,
    pin: &str,
) -> Result<Session, ClientError> {
    run(client.unlock(&world.practice, session.patient, pin, &[], &mut |_, _| {})).map(|u| u.session)
}

/// A client for whom the server behind an origin is down.
fn without(
    world: &World,
    down: &Server,
) -> Client<Hooked<impl Fn(&Http, vestibule_edge_crypto::client::Request) -> Answer>, System> {
    let down = down.url.clone();
    hooked(&world.http, move |http, request| {
        let target = request.origin.clone().unwrap_or_default();
        if target == down { Err(TransportError) } else { forward(http, &request) }
    })
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

/// A client for whom one realm lies. Only whoever has the platform secret can seal an answer; the realm itself can.
fn liar<'a>(
    world: &World,
    server: &Server,
    lie: impl Fn(RealmReply) -> RealmReply + 'a,
) -> Client<Hooked<impl Fn(&Http, Request) -> Answer + 'a>, System> {
    let realm = PlatformSecret::from_bytes(&server.platform_secret().unwrap()).realm();
    let url = server.url.clone();
    hooked(&world.http, move |http, mut request| {
        if request.origin.as_deref() != Some(&url) || request.route != Route::Realm {
            return forward(http, &request);
        }
        // Opens the request as the realm does, asks for the true answer, and seals another one.
        let asked = request.body.take().unwrap();
        let (inner, reply_key) = realm.open(&asked).unwrap();
        let (body, pending) = seal_request(&mut rng(), realm.public_key(), &inner).unwrap();
        let mut answer = forward(http, &Request { body: Some(body), ..request })?;
        let truth = pending.open(&answer.body).unwrap();
        answer.body = reply_key.seal(&mut rng(), &lie(truth));
        Ok(answer)
    })
}

/// What a realm may answer instead of the truth. Each is refused, and named.
#[test]
fn a_lying_realm_is_refused_and_named() {
    let world = two();
    let (session, _) = world.enrol(RIGHT);
    let second = world.others[0].url.clone();
    let lying = |lie: &dyn Fn(RealmReply) -> RealmReply| {
        unlock(&liar(world, world.others[0], lie), world, &session, RIGHT)
    };
    lying(&|truth| truth).unwrap();
    let other = vestibule_oprf::Key::generate(&mut rng());
    let evaluation = |change: &dyn Fn(&mut Evaluated)| {
        lying(&|mut reply| {
            if let RealmReply::Evaluated(e) = &mut reply {
                change(e);
            }
            reply
        })
        .unwrap_err()
    };
    assert_eq!(evaluation(&|e| e.proof.0[7] ^= 1), ClientError::RealmUnproven(2), "a wrong proof");
    assert_eq!(
        evaluation(&|e| e.element = other.public()),
        ClientError::RealmUnproven(2),
        "a wrong evaluation"
    );
    assert_eq!(evaluation(&|e| e.element = IDENTITY), ClientError::RealmUnproven(2), "the identity");
    let descriptor = |change: &dyn Fn(&mut Descriptor)| {
        lying(&|mut reply| {
            if let RealmReply::Begun(begun) = &mut reply {
                let mut d: Descriptor = cbor::from_slice(&begun.active).unwrap();
                change(&mut d);
                begun.active = cbor::to_vec(&d).into();
            }
            reply
        })
        .unwrap_err()
    };
    assert_eq!(descriptor(&|d| d.registration.0[0] ^= 1), ClientError::RealmsDisagree, "another descriptor");
    assert_eq!(descriptor(&|d| d.threshold = 1), ClientError::RealmsDisagree, "a weaker threshold");
    assert_eq!(descriptor(&|d| d.public = IDENTITY), ClientError::RealmsDisagree, "the identity as the key");
    assert_eq!(
        descriptor(&|d| d.shares[1] = IDENTITY),
        ClientError::RealmsDisagree,
        "the identity as a share"
    );
    // Parameters have one value so far; a cheaper one can only be a number that is not known.
    let weaker = |mut reply| {
        if let RealmReply::Begun(begun) = &mut reply {
            let d: Descriptor = cbor::from_slice(&begun.active).unwrap();
            let end = cbor::to_vec(&(d.public, d.shares)).len() - 1;
            let at = begun.active.len() - end - 1;
            assert_eq!(begun.active[at], 1, "that is not where the parameters are");
            begun.active.0[at] = 0;
        }
        reply
    };
    assert_eq!(lying(&weaker).unwrap_err(), ClientError::RealmsDisagree, "weaker parameters");
    assert_eq!(lying(&|_| RealmReply::Stored).unwrap_err(), ClientError::Answer);
    // A recorded answer to an earlier request does not open.
    let recorded: RefCell<Option<Vec<u8>>> = RefCell::default();
    let replaying = hooked(&world.http, |http, request| {
        let again = request.origin.as_deref() == Some(&second) && request.route == Route::Realm;
        let mut answer = forward(http, &request)?;
        if again {
            let first = recorded.borrow_mut().get_or_insert_with(|| answer.body.clone()).clone();
            answer.body = first;
        }
        Ok(answer)
    });
    assert_eq!(unlock(&replaying, world, &session, RIGHT).unwrap_err(), ClientError::RealmUnproven(2));
    assert!(parse_reply(&[]).is_err());
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

/// The same with three, of which two are needed: the first of them lies, is named, and keeps nobody out.
#[test]
fn a_lying_realm_of_three_is_named_and_passed_over() {
    let servers = [Server::whole(), Server::guard(), Server::guard()];
    let world = World::found_over(&servers, 2);
    let (session, email) = world.enrol(RIGHT);
    let patient = session.patient;
    let passed_over = |what: &str, code: &str, lie: &dyn Fn(RealmReply) -> RealmReply| {
        let client = liar(&world, servers[0], lie);
        run(client.unlock(&world.practice, patient, RIGHT, &[], &mut |_, _| {}))
            .unwrap_or_else(|error| panic!("{what}: {error:?}"));
        let troubles = client.troubles();
        assert!(
            troubles.iter().any(|t| t.origin == servers[0].url && t.code == code),
            "{what}: {troubles:?}"
        );
        assert!(troubles.iter().all(|t| t.origin == servers[0].url), "{what}: {troubles:?}");
    };
    let confirmed = |what: &str, code: &str, change: &dyn Fn(&mut Confirmed)| {
        passed_over(what, code, &|mut reply| {
            if let RealmReply::Confirmed(c) = &mut reply {
                change(c);
            }
            reply
        });
    };
    confirmed("another key", "root-mismatch", &|c| c.key_hash.0[0] ^= 1);
    confirmed("another share", "root-mismatch", &|c| c.masked_share.as_mut().unwrap().0[0] ^= 1);
    confirmed("no share", "answer", &|c| c.masked_share = None);
    confirmed("another head", "vault-rolled-back", &|c| c.vault_head.0[0] ^= 1);
    passed_over("a right PIN called wrong", "wrong-pin", &|reply| match reply {
        RealmReply::Confirmed(_) => RealmReply::Refused(Refusal::Wrong),
        other => other,
    });
    let evaluated = |what: &str, change: &dyn Fn(&mut Evaluated)| {
        passed_over(what, "realm-unproven", &|mut reply| {
            if let RealmReply::Evaluated(e) = &mut reply {
                change(e);
            }
            reply
        });
    };
    evaluated("a wrong proof", &|e| e.proof.0[7] ^= 1);
    evaluated("the identity", &|e| e.element = IDENTITY);
    // An address is found without it, and it is named.
    let client = liar(&world, servers[0], |mut reply| {
        if let RealmReply::Evaluated(e) = &mut reply {
            e.element = IDENTITY;
        }
        reply
    });
    let located = run(client.locate(&world.practice, &email, &mut |_, _| {})).unwrap();
    assert_eq!(located.patient, patient);
    assert!(client.troubles().iter().any(|t| t.origin == servers[0].url && t.code == "realm-unproven"));
    // Another descriptor is outvoted; whoever tells it holds something else than the others.
    let client = liar(&world, servers[0], |mut reply| {
        if let RealmReply::Begun(begun) = &mut reply {
            let mut d: Descriptor = cbor::from_slice(&begun.active).unwrap();
            d.public = IDENTITY;
            begun.active = cbor::to_vec(&d).into();
        }
        reply
    });
    let unlocked = run(client.unlock(&world.practice, patient, RIGHT, &[], &mut |_, _| {})).unwrap();
    assert_eq!(unlocked.behind, [1]);
    // One that does not answer is waited for once.
    let asked = Cell::new(0);
    let silent = hooked(&world.http, |http, request| {
        if request.origin.as_deref() == Some(&servers[0].url) {
            asked.set(asked.get() + 1);
            return Err(TransportError);
        }
        forward(http, &request)
    });
    unlock(&silent, &world, &session, RIGHT).unwrap();
    assert_eq!(asked.get(), 1);
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

/// A client that dies before or after any request of a put over two realms: the old or the new PIN opens, always.
#[test]
fn a_client_may_die_anywhere_while_it_changes_the_pin_on_two_realms() {
    let world = two();
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
