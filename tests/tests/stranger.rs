//! What a stranger can do with an e-mail address, everything the server answers to it, and the whole stolen database of
//! the realm: search the PIN? Only if there is something to check a guess against. The search here includes the right PIN
//! and treats every 32 bytes of every stored value and every answer as whatever would help: as the OPRF key, as a
//! check value, as the masked share (PROTOCOL section 4, promises P1 and P2).
//!
//! Bites: the same search finds the PIN in the answers of the `leak-b` build, which releases the shares before the PIN is
//! proven, and in the database of the real server once its platform secret is known.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
use std::collections::HashSet;
use vestibule_channel::PlatformSecret;
use vestibule_core::wire::realm::Authorization;
use vestibule_core::{
    cbor,
    ids::{Digest, PatientId},
    suite::namespace,
    wire::{
        envelope::Sealed,
        pow::Purpose,
        realm::{
            Begin, Begun, Confirm, Descriptor, Evaluate, Locate, Mode, RealmOp, RealmReply, VaultContext,
        },
    },
};
use vestibule_edge_crypto::{client::Client, keys::PatientRoot, pin};
use vestibule_oprf::{self as oprf, locator};
use vestibule_suite::{Secret32, open, sha256};
use vestibule_tests::{
    client::{Hooked, System, forward, hooked, run},
    http::{Call, Http},
    raw::{Registration, derived, root_of, ticket},
    server::{Options, Server},
    storage,
    world::{World, fresh_email, rng},
};

/// The victim's PIN stands in the middle of the list that is searched.
const SEARCHED: [&str; 5] = ["28401957", "593026", "71650394", "4096813", "830275"];
const RIGHT: &str = SEARCHED[2];
/// Guesses that the stranger makes online before they run out.
const GUESSED: [&str; 3] = ["19283746", "564738", "9182734"];

/// A thing that was answered or stored.
type Item = Vec<u8>;

/// Everything that was collected, indexed for the search.
struct Corpus {
    windows: HashSet<[u8; 32]>,
    /// Windows of items that are small enough to be a share; each is tried as one.
    shares: HashSet<[u8; 32]>,
    descriptors: Vec<(Vec<u8>, Descriptor)>,
    vaults: Vec<Sealed>,
}

impl Corpus {
    fn of(items: &[Item]) -> Self {
        let mut corpus = Self {
            windows: HashSet::new(),
            shares: HashSet::new(),
            descriptors: Vec::new(),
            vaults: Vec::new(),
        };
        for item in items {
            for window in item.windows(32) {
                let window: [u8; 32] = window.try_into().unwrap();
                corpus.windows.insert(window);
                if item.len() <= 1024 {
                    corpus.shares.insert(window);
                }
            }
            // 32 bytes may also be written as a CBOR array of 32 numbers.
            for at in 0..item.len() {
                if item[at..].starts_with(&[0x98, 32])
                    && let Ok(bytes) = minicbor::decode::<[u8; 32]>(&item[at..])
                {
                    corpus.windows.insert(bytes);
                    corpus.shares.insert(bytes);
                }
            }
            // CBOR may stand anywhere in an item: a descriptor inside an answer, a vault inside a row.
            for at in 0..item.len() {
                let mut decoder = minicbor::Decoder::new(&item[at..]);
                if item[at] == 0x89 && decoder.decode::<Descriptor>().is_ok() {
                    let bytes = item[at..at + decoder.position()].to_vec();
                    let descriptor = cbor::from_slice(&bytes).unwrap();
                    if !corpus.descriptors.iter().any(|(known, _)| *known == bytes) {
                        corpus.descriptors.push((bytes, descriptor));
                    }
                } else if item[at] == 0x85
                    && let Ok(sealed) = decoder.decode::<Sealed>()
                    && sealed.namespace == namespace::VAULT
                {
                    corpus.vaults.push(sealed);
                }
            }
        }
        corpus
    }

    /// Every stored or answered string that is a key of this descriptor.
    fn keys(&self, descriptor: &Descriptor) -> Vec<oprf::Key> {
        self.windows
            .iter()
            .filter_map(|window| oprf::Key::from_bytes(window).ok())
            .filter(|key| {
                let public = key.public();
                public == descriptor.public || descriptor.shares.contains(&public)
            })
            .collect()
    }

    /// How a guess shows itself, if it does.
    fn check(
        &self,
        digits: &str,
        bytes: &[u8],
        descriptor: &Descriptor,
        keys: &[oprf::Key],
    ) -> Option<String> {
        let hashed = pin::hash(digits, descriptor, &mut |_, _| {}).unwrap();
        let seen = |value: &[u8; 32]| self.windows.contains(value);
        // Without any key: the hash itself, its digest, or keys made of it as if there were no OPRF.
        if seen(hashed.expose()) || seen(&sha256(&[hashed.expose()]).0) {
            return Some("the hashed PIN".into());
        }
        let mut outputs = vec![("no key", hashed.expose().to_vec())];
        for key in keys {
            outputs.push(("a key", oprf::evaluate_direct(key, hashed.expose()).unwrap().expose().to_vec()));
        }
        for (how, output) in outputs {
            let derived = derived(&output, bytes);
            for (name, value) in [
                ("share A", &derived.share_a),
                ("the unlock key", &derived.unlock),
                ("the mask", &derived.mask),
            ] {
                if seen(value.expose()) || seen(&sha256(&[value.expose()]).0) {
                    return Some(format!("{name}, with {how}"));
                }
            }
            for share in &self.shares {
                let share_b = std::array::from_fn(|i| share[i] ^ derived.mask.expose()[i]);
                let root = Secret32::from_bytes(root_of(derived.share_a.expose(), &share_b));
                if how != "no key" && self.opens(&root, descriptor) {
                    return Some(format!("share B, with {how}"));
                }
            }
        }
        None
    }

    /// Whether a root opens a vault.
    fn opens(&self, root: &Secret32, descriptor: &Descriptor) -> bool {
        let key = PatientRoot::from_secret(root.clone()).vault_key();
        let context = VaultContext { practice: descriptor.practice, patient: descriptor.patient };
        self.vaults.iter().any(|vault| open(&key, namespace::VAULT, &context, vault).is_ok())
    }

    /// Searches the PINs for one patient. Returns what was found and how.
    fn search(&self, patient: PatientId) -> Vec<(&'static str, String)> {
        let of_patient: Vec<_> = self.descriptors.iter().filter(|(_, d)| d.patient == patient).collect();
        assert!(!of_patient.is_empty(), "nothing to search under: the collection lacks the descriptor");
        let mut found = Vec::new();
        for (bytes, descriptor) in of_patient {
            let keys = self.keys(descriptor);
            for digits in SEARCHED {
                if let Some(how) = self.check(digits, bytes, descriptor, &keys) {
                    found.push((digits, how));
                }
            }
        }
        found
    }
}

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

/// The whole database and every other file, without the platform secret.
fn stolen(world: &World) -> Vec<Item> {
    let data = world.server.data().unwrap();
    let mut items: Vec<Item> = storage::values(&data).unwrap().into_iter().map(|v| v.bytes).collect();
    for log in ["workerd.log", "queue.log"] {
        items.push(std::fs::read(world.server.state.as_ref().unwrap().join(log)).unwrap_or_default());
    }
    assert!(items.iter().map(Vec::len).sum::<usize>() > 10_000, "the thief found nothing");
    items
}

/// What the platform secret adds: every sealed secret of this patient, opened.
fn opened(world: &World, items: &[Item], patient: PatientId) -> Vec<Item> {
    let platform = PlatformSecret::from_bytes(&world.server.platform_secret().unwrap());
    let corpus = Corpus::of(items);
    let mut plain = Vec::new();
    for item in items {
        let Ok(sealed) = cbor::from_slice::<Sealed>(item) else { continue };
        for (_, descriptor) in &corpus.descriptors {
            let place = (world.practice.id(), patient, descriptor.registration);
            if let Ok(secrets) = platform.open(&sealed.namespace, &place, &sealed) {
                plain.push(secrets.to_vec());
            }
        }
    }
    assert!(!plain.is_empty(), "nothing opened: the platform's label or context has changed");
    plain
}

#[test]
fn answers_and_database_hold_nothing_to_check_a_pin_against() {
    let world = World::shared();
    let (email, patient) = victim(world);
    let (located, mut items) = interrogate(world, &email);
    assert_eq!(located, patient);
    items.extend(stolen(world));
    assert_eq!(Corpus::of(&items).search(patient), []);
    // The same search, on the same things, with the platform secret: it is the secret that protects, not the search.
    items.extend(opened(world, &items, patient));
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
