//! What a stranger can do with an e-mail address, everything the server answers to it, and the whole stolen database of
//! the realm: search the PIN? Only if there is something to check a guess against. The search here includes the right PIN
//! and treats every 32 bytes of every stored value and every answer as whatever would help: as the OPRF key, as a
//! check value, as the masked share (PROTOCOL section 4, promises P1 and P2).
//!
//! Bites: the same search finds the PIN in the answers of the `leak-b` build, which releases the shares before the PIN is
//! proven, and in the database of the real server once its platform secret is known.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
use vestibule_core::wire::realm::Authorization;
use vestibule_core::{
    cbor,
    ids::{Digest, PatientId},
    suite::namespace,
    wire::{
        pow::Purpose,
        realm::{
            Begin, Begun, Confirm, Descriptor, Evaluate, Locate, Mode, RealmOp, RealmReply, VaultContext,
        },
    },
};
use vestibule_edge_crypto::{client::Client, keys::PatientRoot, pin};
use vestibule_oprf::{self as oprf, locator};
use vestibule_suite::sha256;
use vestibule_tests::{
    client::{Hooked, System, forward, hooked, run},
    http::{Call, Http},
    raw::{Registration, ticket},
    search::{Corpus, Item, RIGHT, opened, stolen},
    server::{Options, Server},
    world::{World, fresh_email, rng},
};

/// Guesses that the stranger makes online before they run out.
const GUESSED: [&str; 3] = ["19283746", "564738", "9182734"];

/// A patient whose PIN is [`RIGHT`], with a vault. Enrolled by single operations, since a client refuses what `leak-b` answers.
fn victim(world: &World) -> (String, PatientId) {
    let (client, at) = (world.client(), world.realm());
    let email = fresh_email();
    let (patient, ticket) = ticket(world, &email);
    let mut registration = Registration::new(&at, patient, PatientRoot::generate(&mut rng()));
    let descriptor: Descriptor = cbor::from_slice(&registration.descriptor).unwrap();
    registration.input = *pin::hash(RIGHT, &descriptor, &mut |_, _| {}).unwrap().expose();
    run(client.realm_put(&at, registration.put(Authorization::Ticket(ticket)))).unwrap();
    let confirmed = registration.unlock(&client, &at).unwrap();
    let context = VaultContext { practice: at.practice, patient };
    let vault = vestibule_suite::seal(
        &mut rng(),
        &registration.root.vault_key(),
        namespace::VAULT,
        &context,
        b"entries",
    );
    let put = vestibule_core::wire::realm::VaultPut {
        patient,
        device: confirmed.device,
        expected: Digest([0; 32]),
        vault: cbor::to_vec(&vault).into(),
    };
    run(client.realm_vault_put(&at, put)).unwrap();
    (email, patient)
}

/// All that the server says to a stranger who knows the address: every HTTP body, and every opened answer.
fn interrogate(world: &World, email: &str) -> (PatientId, Vec<Item>) {
    use std::cell::RefCell;
    let recorded: RefCell<Vec<Item>> = RefCell::new(Vec::new());
    let client: Client<Hooked<_>, System> = hooked(&world.http, |http: &Http, request| {
        let answer = forward(http, &request)?;
        recorded.borrow_mut().push(answer.body.clone());
        Ok(answer)
    });
    let at = world.realm();
    let ask = |op: RealmOp| {
        let reply = run(client.realm(&at, op)).unwrap();
        recorded.borrow_mut().push(cbor::to_vec(&reply));
        reply
    };
    run(client.directory(world.practice.fingerprint, None)).unwrap();
    // Locate, by hand, so that the opened answer is kept too.
    let address = locator::normalise_email(email).unwrap();
    let input = locator::input(&address, &at.practice, &mut |_, _| {}).unwrap();
    let (blinded, state) = oprf::blind(&mut rng(), &input[..]).unwrap();
    let subject: [u8; 16] = sha256(&[&blinded.0]).0[..16].try_into().unwrap();
    let work = run(client.work(at.practice, Purpose::Locate, subject)).unwrap();
    let RealmReply::Evaluated(evaluated) = ask(RealmOp::Locate(Locate { blinded, work })) else {
        panic!("another answer")
    };
    let deployment = world.practice.directory.deployment();
    let answers = [(1, deployment.realms[0].locator_share, evaluated)];
    let patient =
        locator::patient_id(&oprf::verify_and_combine(&state, 1, &answers, &deployment.locator).unwrap());
    // Guesses until they run out, each with a proof from what it gave; descriptors before and after.
    let RealmReply::Begun(Begun { active, .. }) = ask(RealmOp::Begin(Begin { patient })) else {
        panic!("another answer")
    };
    let descriptor: Descriptor = cbor::from_slice(&active).unwrap();
    for digits in GUESSED.iter().chain(&GUESSED[..1]) {
        let hashed = pin::hash(digits, &descriptor, &mut |_, _| {}).unwrap();
        let (blinded, _) = oprf::blind(&mut rng(), hashed.expose()).unwrap();
        let registration = descriptor.registration;
        let op = Evaluate { patient, registration, blinded, device: None, ticket: None };
        if let RealmReply::Evaluated(e) = ask(RealmOp::Evaluate(op)) {
            let mac = Digest([0x42; 32]);
            for mode in [Mode::NewDevice, Mode::KnownDevice] {
                ask(RealmOp::Confirm(Confirm { patient, handles: vec![e.handle], mac, mode }));
            }
        }
    }
    ask(RealmOp::Begin(Begin { patient }));
    drop(client);
    let mut items = recorded.into_inner();
    for path in ["/v1/realm", "/v1/health"] {
        items.push(world.http.call(&Call::new("GET", path)).unwrap().body);
    }
    (patient, items)
}

#[test]
fn answers_and_database_hold_nothing_to_check_a_pin_against() {
    let world = World::shared();
    let (email, patient) = victim(world);
    let (located, mut items) = interrogate(world, &email);
    assert_eq!(located, patient);
    items.extend(stolen(world.server));
    assert_eq!(Corpus::of(&items).search(patient), []);
    // The same search, on the same things, with the platform secret: it is the secret that protects, not the search.
    let place = (world.practice.id(), world.practice.directory.deployment().digest());
    items.extend(opened(world.server, &items, place, patient));
    let found = Corpus::of(&items).search(patient);
    assert!(!found.is_empty() && found.iter().all(|(digits, _)| *digits == RIGHT), "{found:?}");
}

#[test]
fn the_search_finds_the_pin_where_shares_leak_early() {
    let options = Options { variant: "leak-b".into(), ..Options::default() };
    let server: &'static Server = Box::leak(Box::new(Server::start(&options).unwrap()));
    let world = World::found(server);
    let (email, patient) = victim(&world);
    let (_, answers) = interrogate(&world, &email);
    let found = Corpus::of(&answers).search(patient);
    assert!(!found.is_empty() && found.iter().all(|(digits, _)| *digits == RIGHT), "{found:?}");
}
