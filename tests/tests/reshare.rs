//! Other realms for a practice's PINs (PROTOCOL section 4, resharing): from one to two, from two to three, one replaced. The
//! same PatientID and the same PIN before, during and after; who deals wrong is named; nobody but the root can order it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
use std::cell::{Cell, RefCell};
use vestibule_channel::{PlatformSecret, seal_request};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::Digest,
    routes::Route,
    suite::{Suite, namespace},
    wire::{
        envelope::Signed,
        pow::Purpose,
        realm::{Authorization, RealmOp, RealmReply, Refusal},
        reshare::{Dealt, Introduced, Reshare, Resharing},
    },
};
use vestibule_edge_crypto::{
    client::{Client, ClientError, Practice, Request, Session, TransportError, device::DeviceMemory},
    sign::SigningKey,
};
use vestibule_oprf::locator;
use vestibule_tests::{
    client::{Answer, Hooked, System, forward, hooked, run},
    http::Http,
    resharing::{NOBODY, all, wanted},
    search::{Corpus, Item, RIGHT, combined, opened, stolen},
    server::Server,
    world::{World, fresh_email, rng},
};

const WRONG: &str = "48151632";

/// The patient is who they were, gets in with the old PIN and with no other, and is at all realms of the deployment then.
fn goes_over(world: &World, practice: &Practice, patient: &Session, email: &str) {
    let located = run(world.client().locate(practice, email, &mut |_, _| {})).unwrap();
    assert_eq!(located.patient, patient.patient, "another PatientID");
    assert_eq!(world.unlock_at(practice, patient, WRONG).unwrap_err().code(), "wrong-pin");
    let first = run(world.client().unlock(practice, patient.patient, RIGHT, &[], &mut |_, _| {})).unwrap();
    assert_eq!(first.failed_attempts, 1, "the wrong one was not counted");
    assert_eq!(first.behind, NOBODY, "not at all realms");
    let mut session = first.session;
    let listed = run(world.client().appointments(practice, &mut session)).unwrap();
    assert!(!listed.is_empty() && listed.iter().all(|line| line.result.is_ok()), "an appointment is gone");
    let registrations: Vec<_> = all(practice).iter().map(|at| world.held(at, patient)).collect();
    assert!(registrations.iter().all(|d| *d == registrations[0]), "the realms hold different ones");
    assert_eq!(registrations[0].realms.len(), registrations.len());
    // Again, and as a known device.
    run(world.client().save_vault(practice, &mut session)).unwrap();
    let device = DeviceMemory::of(&session);
    run(world.client().unlock_device(practice, &device, RIGHT, &mut |_, _| {})).unwrap();
    assert_eq!(world.unlock_at(practice, patient, WRONG).unwrap_err().code(), "wrong-pin");
    assert_eq!(world.unlock_at(practice, patient, RIGHT).unwrap().1, NOBODY);
}

fn booked(world: &World) -> (Session, String) {
    let (mut session, email) = world.enrol(RIGHT);
    world.book(&mut session, &email);
    (session, email)
}

/// One realm becomes two, two become three, and one of these is replaced. A patient who comes back after each, and two who
/// come only later.
#[test]
fn realms_come_and_go_and_patients_stay_who_they_are() {
    let (first, second, third, fourth) = (Server::whole(), Server::guard(), Server::guard(), Server::guard());
    let world = World::found(first);
    let (often, often_email) = booked(&world);
    let (seldom, seldom_email) = booked(&world);
    let two = world.reshare(&[second], 2);
    let deployment = two.directory.deployment();
    assert_eq!((deployment.threshold, deployment.realms.len()), (2, 2));
    assert_eq!(deployment.locator, world.practice.directory.deployment().locator);
    assert!(two.directory.before().is_some());
    // Nobody can order another change while patients go over.
    let (mut session, root) = world.sign_in_as_root();
    let again =
        run(world.client().reshare(&mut session, &root, &wanted(&[second, third], 2), &mut |_, _, _| {}));
    assert_eq!(again.unwrap_err().code(), "still-moving");
    goes_over(&world, &two, &often, &often_email);
    // An address that nobody has: the same id by both deployments, and a PIN that is wrong.
    let nobody = fresh_email();
    let before = run(world.client().locate(&world.practice, &nobody, &mut |_, _| {})).unwrap().patient;
    assert_eq!(run(world.client().locate(&two, &nobody, &mut |_, _| {})).unwrap().patient, before);
    let wrong = run(world.client().unlock(&two, before, RIGHT, &[], &mut |_, _| {}));
    assert_eq!(wrong.unwrap_err().code(), "wrong-pin");
    // One realm is down: who has not gone over gets in by the one that was there, and goes over later.
    let down = hooked(&world.http, |http: &Http, request: Request| {
        if request.origin.as_deref() == Some(&second.url) {
            return Err(TransportError);
        }
        forward(http, &request)
    });
    let unlocked = run(down.unlock(&two, seldom.patient, RIGHT, &[], &mut |_, _| {})).unwrap();
    assert!(!unlocked.behind.is_empty());
    drop(down);
    goes_over(&world, &two, &seldom, &seldom_email);
    world.end_moving();

    let three = world.reshare(&[second, third], 2);
    assert_eq!(three.directory.deployment().realms.len(), 3);
    goes_over(&world, &three, &often, &often_email);
    goes_over(&world, &three, &seldom, &seldom_email);
    world.end_moving();

    let replaced = world.reshare(&[second, fourth], 2);
    let removed = all(&three).into_iter().find(|at| at.realm.origin == third.url).unwrap();
    assert!(replaced.directory.deployment().realms.iter().all(|r| r.kem_key != removed.realm.kem_key));
    goes_over(&world, &replaced, &often, &often_email);
    let ended = world.end_moving();
    assert!(ended.directory.before().is_none());
    world.unlock_at(&ended, &often, RIGHT).unwrap();
    // One of those that are now needed twice is down.
    for index in 1..=3 {
        let origin = all(&ended)[index - 1].realm.origin.clone();
        let without = hooked(&world.http, move |http: &Http, request: Request| {
            if request.origin.as_deref() == Some(&origin) {
                Err(TransportError)
            } else {
                forward(http, &request)
            }
        });
        run(without.unlock(&ended, often.patient, RIGHT, &[], &mut |_, _| {})).unwrap();
    }
}

/// A client for whom one realm lies about what it deals.
fn liar<'a>(
    world: &World,
    server: &Server,
    lie: impl Fn(&mut Dealt) + 'a,
) -> Client<Hooked<impl Fn(&Http, Request) -> Answer + 'a>, System> {
    let realm = PlatformSecret::from_bytes(&server.platform_secret().unwrap()).realm();
    let url = server.url.clone();
    hooked(&world.http, move |http, mut request| {
        if request.origin.as_deref() != Some(&url) || request.route != Route::Realm {
            return forward(http, &request);
        }
        let asked = request.body.take().unwrap();
        let (inner, reply_key) = realm.open(&asked).unwrap();
        let (body, pending) = seal_request(&mut rng(), realm.public_key(), &inner).unwrap();
        let mut answer = forward(http, &Request { body: Some(body), ..request })?;
        let mut truth = pending.open(&answer.body).unwrap();
        if let RealmReply::Dealt(dealt) = &mut truth {
            lie(dealt);
        }
        answer.body = reply_key.seal(&mut rng(), &truth);
        Ok(answer)
    })
}

type Lie<'a> = &'a dyn Fn(&mut Dealt);

/// Whoever deals wrong is named: by the client, or by the realm that was dealt to. Where there are more, it is passed over.
#[test]
fn who_deals_wrong_is_named_and_nothing_has_changed() {
    let (first, second, third, fourth) = (Server::whole(), Server::guard(), Server::guard(), Server::guard());
    let world = World::found_over(&[first, second], 2);
    let (patient, email) = world.enrol(RIGHT);
    let (mut session, root) = world.sign_in_as_root();
    let change = wanted(&[second, third], 2);
    let wrong = vestibule_oprf::Key::generate(&mut rng()).public();
    // The last part is for the realm that comes, which is asked first: it is number three that complains.
    let lies: [(&str, u8, Lie<'_>); 4] = [
        ("another share", 0, &|d| d.commitments[0] = wrong),
        ("another degree", 0, &|d| d.commitments.push(wrong)),
        ("too few parts", 0, &|d| drop(d.parts.pop())),
        ("a part that does not open", 3, &|d| d.parts.swap(0, 2)),
    ];
    // Whichever of them lies: the one that keeps the calendar is no more trusted than the other.
    for (server, dealer) in [(first, 1), (second, 2)] {
        for (what, complains, lie) in lies {
            let lying = liar(&world, server, lie);
            let outcome = run(lying.reshare(&mut session, &root, &change, &mut |_, _, _| {}));
            assert_eq!(outcome.unwrap_err(), ClientError::Misdealt(dealer, complains), "{dealer}: {what}");
        }
    }
    // A share that fits its own commitment, and makes other public shares than the client saw.
    let other = liar(&world, second, |d| d.commitments[1] = wrong);
    let outcome = run(other.reshare(&mut session, &root, &change, &mut |_, _, _| {})).unwrap_err();
    assert_eq!(outcome, ClientError::Misdealt(2, 3));
    assert!(world.read().directory.before().is_none(), "it was published");
    assert_eq!(world.unlock_at(&world.practice, &patient, RIGHT).unwrap().1, NOBODY);
    // What was begun does not stand in the way.
    let three = world.reshare(&[second, third], 2);
    world.unlock_at(&three, &patient, RIGHT).unwrap();
    world.end_moving();
    // Two of three are needed: the one that lies is passed over, and the change goes through.
    let lying = liar(&world, second, |d| d.commitments[0] = wrong);
    run(lying.reshare(&mut session, &root, &wanted(&[second, fourth], 2), &mut |_, _, _| {})).unwrap();
    let located = run(world.client().locate(&world.read(), &email, &mut |_, _| {})).unwrap();
    assert_eq!(located.patient, patient.patient);
    world.end_moving();
    // Nor does it matter which of the numbers is passed over.
    let lying = liar(&world, first, |d| d.commitments[0] = wrong);
    run(lying.reshare(&mut session, &root, &wanted(&[second, third], 2), &mut |_, _, _| {})).unwrap();
    let troubles = lying.troubles();
    assert!(troubles.iter().any(|t| t.origin == first.url && t.code == "misdealt"), "{troubles:?}");
    let located = run(world.client().locate(&world.read(), &email, &mut |_, _| {})).unwrap();
    assert_eq!(located.patient, patient.patient);
}

/// The root alone orders it, and only of the deployment that a realm serves.
#[test]
fn an_order_by_anyone_else_or_of_anything_else_is_refused() {
    let (first, second) = (Server::whole(), Server::guard());
    let world = World::found(first);
    let (_, root) = world.sign_in_as_root();
    let (client, directory, practice) = (world.client(), world.served(), world.practice.id());
    let at = world.realm();
    let order = |signer: &SigningKey, from: Digest, practice| -> Signed {
        let key = PlatformSecret::from_bytes(&second.platform_secret().unwrap()).realm();
        let order = Resharing {
            suite: Suite::V1,
            practice,
            from,
            threshold: 1,
            realms: vec![Bytes(key.public_key().to_vec())],
        };
        signer.sign(namespace::RESHARING, cbor::to_vec(&order)).unwrap()
    };
    let ask = |order: Signed| {
        let work = run(client.work_at(&at, Purpose::Found, practice.0)).unwrap();
        let reshare = Reshare { roots: directory.roots.clone(), order, work };
        run(client.realm(&at, RealmOp::Reshare(reshare))).unwrap()
    };
    let from = world.practice.directory.deployment().digest();
    let stranger = vestibule_edge_crypto::keys::SigningSeeds::generate(&mut rng()).signing_key();
    let unauthorized = RealmReply::Refused(Refusal::Unauthorized);
    assert_eq!(ask(order(&stranger, from, practice)), unauthorized);
    let mut altered = order(&root, from, practice);
    let last = altered.body.0.len() - 1;
    altered.body.0[last] ^= 1;
    assert_eq!(ask(altered), unauthorized);
    assert_eq!(ask(order(&root, from, vestibule_core::ids::PracticeId([9; 16]))), unauthorized);
    let other = ask(order(&root, Digest([7; 32]), practice));
    assert_eq!(other, RealmReply::Refused(Refusal::Invalid), "a deployment that it does not serve");
    // The root itself: the same order is answered with the same polynomial.
    let dealt = |reply| match reply {
        RealmReply::Dealt(dealt) => dealt.commitments,
        other => panic!("{other:?}"),
    };
    let commitments = dealt(ask(order(&root, from, practice)));
    assert_eq!(commitments, dealt(ask(order(&root, from, practice))));
    assert_eq!(commitments, [at.realm.locator_share]);
}

/// A client that dies before any one request, or before it hears the answer: patients notice nothing, and whoever begins
/// again gets through.
#[test]
fn a_client_that_dies_anywhere_loses_nothing() {
    let (first, second) = (Server::whole(), Server::guard());
    let world = World::found(first);
    let (patient, email) = world.enrol(RIGHT);
    let (mut session, root) = world.sign_in_as_root();
    let change = wanted(&[second], 2);
    for (at, answer_lost) in (0..).flat_map(|at| [(at, false), (at, true)]) {
        let sent = Cell::new(0);
        let dying = hooked(&world.http, |http: &Http, request: Request| {
            sent.set(sent.get() + 1);
            if sent.get() <= at {
                return forward(http, &request);
            }
            if answer_lost && sent.get() == at + 1 {
                forward(http, &request)?;
            }
            Err(TransportError)
        });
        if run(dying.reshare(&mut session, &root, &change, &mut |_, _, _| {})).is_ok() {
            assert!(at > 8, "only {at} requests");
            break;
        }
        drop(dying);
        let practice = world.read();
        let located = run(world.client().locate(&practice, &email, &mut |_, _| {})).unwrap();
        assert_eq!(located.patient, patient.patient, "after {at} requests");
        // Once it is published, nothing is left to begin again.
        if practice.directory.before().is_some() {
            break;
        }
    }
    let practice = world.read();
    assert_eq!(practice.directory.deployment().realms.len(), 2);
    assert_eq!(world.unlock_at(&practice, &patient, RIGHT).unwrap().1, NOBODY);
}

/// The same for a patient who goes over: dying before any request, or before its answer, keeps the PIN working, and what
/// was begun is finished by the next unlock.
#[test]
fn a_patient_whose_client_dies_while_going_over_still_gets_in() {
    const DEATHS: usize = 24;
    let (first, second) = (Server::whole(), Server::guard());
    let world = World::found(first);
    let patients: Vec<Session> = (0..DEATHS).map(|_| world.enrol(RIGHT).0).collect();
    let practice = world.reshare(&[second], 2);
    for (at, patient) in patients.iter().enumerate() {
        let sent = Cell::new(0);
        let dying = hooked(&world.http, |http: &Http, request: Request| {
            sent.set(sent.get() + 1);
            if sent.get() <= at {
                return forward(http, &request);
            }
            if at % 2 == 0 && sent.get() == at + 1 {
                forward(http, &request)?;
            }
            Err(TransportError)
        });
        let outcome = run(dying.unlock(&practice, patient.patient, RIGHT, &[], &mut |_, _| {}));
        drop(dying);
        if outcome.is_ok_and(|unlocked| unlocked.behind.is_empty()) {
            assert!(at > 10, "only {at} requests");
            return;
        }
        let (_, behind) = world
            .unlock_at(&practice, patient, RIGHT)
            .unwrap_or_else(|error| panic!("after {at} requests: {error:?}"));
        assert_eq!(behind, NOBODY, "after {at} requests");
        let held: Vec<_> = all(&practice).iter().map(|at| world.held(at, patient)).collect();
        assert_eq!(held[0], held[1], "after {at} requests");
    }
    panic!("{DEATHS} deaths are not enough");
}

/// A realm that was removed, with its storage and its platform secret, and one of the new ones: neither PIN nor address.
/// Both of the new ones find them.
#[test]
fn a_removed_realm_with_one_of_the_new_finds_nothing() {
    let (first, second, third) = (Server::whole(), Server::guard(), Server::guard());
    let world = World::found_over(&[first, second], 2);
    let (patient, email) = booked(&world);
    let before = world.practice.directory.deployment().clone();
    let practice = world.reshare(&[third], 2);
    goes_over(&world, &practice, &patient, &email);
    let after = practice.directory.deployment();
    let address = locator::normalise_email(&email).unwrap();
    let input = locator::input(&address, &practice.id(), &mut |_, _| {}).unwrap();
    let storage = |server: &Server, deployment: Digest| -> Vec<Item> {
        let mut items = stolen(server);
        items.extend(all(&practice).iter().map(|at| cbor::to_vec(&world.held(at, &patient))));
        let more = opened(server, &items, (practice.id(), deployment), patient.patient);
        items.extend(more);
        items
    };
    let keys = |items: &[Item], publics: Vec<Digest>| Corpus::of(items).keys(&publics);
    let olds: Vec<Digest> = before.realms.iter().map(|r| r.locator_share).collect();
    let news: Vec<Digest> = after.realms.iter().map(|r| r.locator_share).collect();
    let mut mixed = storage(second, before.digest());
    let newcomer = storage(third, after.digest());
    mixed.extend(newcomer.iter().cloned());
    let (old, new) = (keys(&mixed, olds), keys(&mixed, news.clone()));
    assert!(old.len() == 1 && new.len() == 1, "the search did not find the realms' own shares");
    for indices in [(1, 2), (2, 1), (2, 3), (3, 2)] {
        let both = [(indices.0, old[0].1.clone()), (indices.1, new[0].1.clone())];
        let output = combined(&both, 2, &after.locator, &input[..]);
        assert!(output.is_none_or(|output| output[..16] != patient.patient.0), "{indices:?}");
    }
    assert_eq!(Corpus::of(&mixed).search(patient.patient), []);
    let mut both = newcomer;
    both.extend(storage(first, after.digest()));
    let output = combined(&keys(&both, news), 2, &after.locator, &input[..]).unwrap();
    assert_eq!(output[..16], patient.patient.0);
    let found = Corpus::of(&both).search(patient.patient);
    assert!(!found.is_empty() && found.iter().all(|(digits, _)| *digits == RIGHT), "{found:?}");
}

/// What one realm that does not know a patient takes another's word for: only what as many realms as are needed signed, for
/// this patient and key. The realm itself is asked with what a hostile client would show it.
#[test]
fn introductions_that_do_not_hold_are_refused() {
    let (first, second, third, fourth) = (Server::whole(), Server::guard(), Server::guard(), Server::guard());
    let world = World::found_over(&[first, second], 2);
    let (patient, _) = world.enrol(RIGHT);
    let (other, _) = world.enrol(RIGHT);
    // Two who come at once could agree on what nobody enrolled.
    let (mut session, root) = world.sign_in_as_root();
    let leap =
        run(world.client().reshare(&mut session, &root, &wanted(&[third, fourth], 2), &mut |_, _, _| {}));
    assert!(matches!(leap, Err(ClientError::Founding(_))), "{leap:?}");
    let practice = world.reshare(&[third], 2);
    let newcomer = all(&practice).into_iter().find(|at| at.realm.origin == third.url).unwrap();
    let realm = PlatformSecret::from_bytes(&third.platform_secret().unwrap()).realm();
    let replies: RefCell<Vec<RealmReply>> = RefCell::default();
    let shown: RefCell<Vec<Introduced>> = RefCell::default();
    let unlock_with = |patient: &Session, change: &dyn Fn(&mut Vec<Introduced>)| {
        let client = hooked(&world.http, |http: &Http, mut request: Request| {
            let asked = request.body.as_ref().filter(|_| request.origin.as_deref() == Some(&third.url));
            let Some((mut inner, reply_key)) = asked.and_then(|body| realm.open(body).ok()) else {
                return forward(http, &request);
            };
            let RealmOp::Put(put) = &mut inner.op else { return forward(http, &request) };
            let Authorization::Introduced(_, _, introduced) = &mut put.authorization else {
                return forward(http, &request);
            };
            shown.borrow_mut().clone_from(introduced);
            change(introduced);
            let (body, pending) = seal_request(&mut rng(), realm.public_key(), &inner).unwrap();
            request.body = Some(body);
            let mut answer = forward(http, &request)?;
            let reply = pending.open(&answer.body).unwrap();
            answer.body = reply_key.seal(&mut rng(), &reply);
            replies.borrow_mut().push(reply);
            Ok(answer)
        });
        run(client.unlock(&practice, patient.patient, RIGHT, &[], &mut |_, _| {})).unwrap().behind
    };
    let stranger = vestibule_edge_crypto::keys::SigningSeeds::generate(&mut rng()).signing_key();
    let forge = |introduced: &mut Introduced| {
        introduced.statement =
            stranger.sign(namespace::INTRODUCTION, introduced.statement.body.0.clone()).unwrap();
        introduced.key = Bytes(stranger.public_key().to_vec());
    };
    let refused = |what: &str, change: &dyn Fn(&mut Vec<Introduced>)| {
        let behind = unlock_with(&patient, change);
        assert_ne!(behind, NOBODY, "{what}");
        let replies = std::mem::take(&mut *replies.borrow_mut());
        assert_eq!(replies, [RealmReply::Refused(Refusal::Unauthorized)], "{what}");
    };
    refused("none", &|all| all.clear());
    refused("one of two", &|all| all.truncate(1));
    refused("one of them twice", &|all| all[1] = all[0].clone());
    refused("one by a stranger", &|all| forge(&mut all[1]));
    refused("an altered one", &|all| {
        let last = all[1].statement.body.0.len() - 1;
        all[1].statement.body.0[last] ^= 1;
    });
    // Another patient's, which hold for that one.
    assert_eq!(unlock_with(&other, &|_| ()), NOBODY);
    assert_eq!(std::mem::take(&mut *replies.borrow_mut()), [RealmReply::Stored]);
    let others = shown.borrow().clone();
    refused("another patient's", &|all| all.clone_from(&others));
    // As they are.
    assert_eq!(unlock_with(&patient, &|_| ()), NOBODY);
    assert_eq!(world.held(&newcomer, &patient), world.held(&all(&practice)[0], &patient));
}
