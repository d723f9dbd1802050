//! Made the vectors, once. To add a file: write `{"source":"","tests":[]}` where it goes, add its cases below, and run
//! `cargo test -p vestibule-kat -- --ignored make_vectors`. A file with cases in it is never touched.
mod resharing;
mod rules;

use super::{
    directory, keys, locator, offline, pin, platform, realm, registration, seal, shamir, signed, wrap,
};
use crate::{rng::Recorder, vector::File};
use rand_core::Rng;
use serde::{Serialize, de::IgnoredAny};
use std::{fs, path::Path};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{AppointmentId, Digest, PatientId, PracticeId, RegistrationId, ResourceId, ScopeId},
    suite::namespace,
    time::{Cell, UnixSeconds},
    wire::{
        appointment::{AppointmentContext, PatientWrapContext, Place, ScopeWrapContext},
        catalog::WeeklyInterval,
        pow::Solution,
        realm::{
            Begin, Begun, Evaluate, Evaluated, Locate, Put, RealmOp, RealmReply, RealmRequest, Refusal,
            VaultContext,
        },
    },
};
use vestibule_edge_crypto::{
    directory::{Founding, NewResource, NewService, Profile, RealmToUse, Sealing},
    keys::StaffSeeds,
};
use vestibule_suite::{KemSecret, Secret32};

fn write<T: Serialize>(name: &str, source: &str, make: impl FnOnce() -> Vec<T>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../vectors/{name}.json"));
    let old: File<IgnoredAny> = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    if !old.tests.is_empty() {
        println!("{name}: kept");
        return;
    }
    let text = serde_json::to_string_pretty(&File { source: source.into(), tests: make() }).unwrap();
    fs::write(path, text + "\n").unwrap();
    println!("{name}: made");
}

fn id<const N: usize>(label: &'static str) -> [u8; N] {
    let mut out = [0; N];
    Recorder::new(label).fill_bytes(&mut out);
    out
}

fn practice() -> PracticeId {
    PracticeId(id("practice"))
}

fn place() -> Place {
    Place { resource: ResourceId(id("resource")), start: Cell(5_990_400), cells: 4 }
}

fn appointment_context() -> Vec<u8> {
    let (practice, appointment) = (practice(), AppointmentId(id("appointment")));
    cbor::to_vec(&AppointmentContext { practice, appointment, version: 1, place: place() })
}

fn seals() -> Vec<seal::Case> {
    let vault = cbor::to_vec(&VaultContext { practice: practice(), patient: PatientId(id("patient")) });
    let body = |len: usize| (0u8..=255).cycle().take(len).collect();
    vec![
        seal::Case::make("empty", namespace::APPOINTMENT, appointment_context(), vec![], 0),
        seal::Case::make("short text", namespace::VAULT, vault.clone(), b"Gr\xc3\xbc\xc3\x9fe".to_vec(), 0),
        seal::Case::make("fills a bucket but for the marker", namespace::VAULT, vault.clone(), body(255), 0),
        seal::Case::make("one byte into the next bucket", namespace::VAULT, vault.clone(), body(256), 0),
        seal::Case::make("beyond 1 KiB", namespace::VAULT, vault.clone(), body(1200), 0),
        seal::Case::make("ends in zeros and the marker", namespace::VAULT, vault, vec![1, 0x80, 0, 0], 0),
        seal::Case::make(
            "raised to a floor",
            namespace::REALM_REPLY,
            cbor::to_vec(&(1u8, 2u8)),
            body(40),
            1024,
        ),
    ]
}

fn wraps() -> Vec<wrap::Case> {
    let (practice, appointment) = (practice(), AppointmentId(id("appointment")));
    let patient = PatientWrapContext { practice, appointment, version: 1 };
    let scope = ScopeWrapContext { practice, appointment, version: 1, scope: ScopeId(id("scope")), epoch: 3 };
    vec![
        wrap::Case::make("to the patient", namespace::WRAP_PATIENT, cbor::to_vec(&patient)),
        wrap::Case::make("to a scope", namespace::WRAP_SCOPE, cbor::to_vec(&scope)),
    ]
}

fn signatures() -> Vec<signed::Case> {
    let body = cbor::to_vec(&(1u8, "any body", Bytes(vec![1, 2, 3])));
    vec![
        signed::Case::make("one signer", 1, namespace::CATALOG, body.clone()),
        signed::Case::make("two signers", 2, namespace::ROOT, body),
    ]
}

fn exchanges() -> Vec<realm::Case> {
    let patient = PatientId(id("patient"));
    let blinded = Digest(id("blinded"));
    let work = Solution {
        expires: UnixSeconds(1_800_000_000),
        mac: Digest(id("mac")),
        nonces: vec![0, 23, 24, 70_000],
        salt: Digest(id("salt")),
    };
    let evaluated = RealmReply::Evaluated(Evaluated {
        element: blinded,
        proof: Bytes(vec![7; 64]),
        handle: Digest([0; 32]),
    });
    let exchange = |name, op, reply: RealmReply| {
        let request = cbor::to_vec(&RealmRequest { practice: practice(), op, deployment: None });
        realm::Case::make(name, practice(), request, cbor::to_vec(&reply))
    };
    vec![
        exchange("locate", RealmOp::Locate(Locate { blinded, work }), evaluated),
        exchange(
            "begin",
            RealmOp::Begin(Begin { patient }),
            RealmReply::Begun(Begun { active: Bytes(vec![5; 300]), pending: None }),
        ),
        exchange(
            "evaluate, refused",
            RealmOp::Evaluate(Evaluate {
                patient,
                registration: RegistrationId(id("registration")),
                blinded,
                device: Some(Digest(id("device"))),
                ticket: None,
            }),
            RealmReply::Refused(Refusal::Locked(3_600)),
        ),
        exchange(
            "put",
            RealmOp::Put(Put {
                descriptor: Bytes(vec![6; 250]),
                key_hash: vestibule_core::ids::KeyHash(id("key hash")),
                oprf_share: Digest(id("k")),
                unlock_key: Digest(id("u")),
                masked_share: Digest(id("B xor m")),
                authorization: vestibule_core::wire::realm::Authorization::Ticket(Digest(id("ticket"))),
            }),
            RealmReply::Stored,
        ),
    ]
}

fn platforms() -> Vec<platform::Case> {
    let context = cbor::to_vec(&(practice(), PatientId(id("patient")), RegistrationId(id("registration"))));
    vec![platform::Case::make("a label", "guard-shares", context, b"three secrets of 32 bytes".to_vec())]
}

fn all_keys() -> Vec<keys::Case> {
    let mut rng = Recorder::new("keys");
    let root = Secret32::random(&mut rng);
    let staff = StaffSeeds::generate(&mut rng);
    let mut secret = || Secret32::random(&mut rng);
    vec![keys::Case::from(keys::Inputs {
        name: "all derivations".into(),
        practice: practice(),
        root,
        appointment: AppointmentId(id("appointment")),
        staff,
        epoch: secret(),
        prf_output: secret(),
        credential: Digest(id("credential")),
        recovery: secret(),
    })]
}

fn directories() -> Vec<directory::Case> {
    let mut rng = Recorder::new("directory");
    let now = UnixSeconds(1_800_000_000);
    let profile = Profile {
        name: "Praxis am Park".into(),
        contact: "Parkstraße 1, 12345 Musterstadt".into(),
        time_zone: "Europe/Berlin".into(),
        language: "de".into(),
    };
    let hours = vec![
        WeeklyInterval { weekday: 1, from: 480, to: 720 },
        WeeklyInterval { weekday: 3, from: 780, to: 1080 },
    ];
    let resources = vec![NewResource { name: "Dr. Beispiel".into(), hours }];
    let services = vec![NewService {
        name: "Sprechstunde".into(),
        description: String::new(),
        minutes: 20,
        resources: vec![0],
    }];
    let founding = Founding::begin(&mut rng, profile, resources, services, now).unwrap();
    let realm = KemSecret::from_seed(Secret32::random(&mut rng)).public_key();
    let prf = Secret32::random(&mut rng);
    let made = founding
        .finish(
            &mut rng,
            &Sealing { credential_id: b"credential", prf: &prf },
            &[RealmToUse { origin: "https://realm.example".into(), kem_key: realm, signing: None }],
            1,
            now,
        )
        .unwrap();
    vec![directory::Case::read("a new practice", &cbor::to_vec(&made.directory), now.0 + 86_400)]
}

fn locators() -> Vec<locator::Case> {
    let key = vestibule_oprf::Key::generate(&mut Recorder::new("locator key"));
    ["patient@example.org", "  Patient+Praxis@Example.ORG ", "MÜLLER@EXÄMPLE.DE"]
        .map(|typed| locator::Case::from(typed, practice(), &key))
        .into()
}

fn registration_inputs(name: &str, threshold: u8, realms: u8, asked: &[u8]) -> registration::Inputs {
    registration::Inputs {
        name: name.into(),
        practice: practice().into(),
        patient: PatientId(id("patient")).into(),
        threshold,
        realms: (1..=realms).map(|index| [index; 40].into()).collect(),
        root: id::<32>("root").into(),
        hashed: id::<32>("hashed PIN").into(),
        asked: asked.to_vec(),
        handles: vec![id::<32>("handle 1").into(), id::<32>("handle 2").into()],
    }
}

fn registrations() -> Vec<registration::Case> {
    let make = |name: &'static str, threshold, realms, asked: &[u8]| {
        let mut rng = Recorder::new(name);
        let inputs = registration_inputs(name, threshold, realms, asked);
        let case = registration::Case::run(inputs, &mut rng);
        registration::Case { randomness: rng.given.into(), ..case }
    };
    vec![
        make("1 of 1", 1, 1, &[1]),
        make("2 of 2", 2, 2, &[1, 2]),
        make("2 of 3, without the first", 2, 3, &[3, 2]),
        make("2 of 3, all asked", 2, 3, &[1, 2, 3]),
    ]
}

fn pins() -> Vec<pin::Case> {
    let inputs = registration_inputs("pins", 1, 1, &[1]);
    let descriptor = registration::Case::run(inputs, &mut Recorder::new("pins")).descriptor;
    ["493817", "83019427"].map(|digits| pin::Case::from(digits, &descriptor)).into()
}

fn lines() -> Vec<shamir::Case> {
    let mut rng = Recorder::new("shamir");
    let mut secret = || Secret32::random(&mut rng);
    let edge = |byte| Secret32::from_bytes([byte; 32]);
    vec![
        shamir::Case::from(&secret(), &secret(), &secret()),
        shamir::Case::from(&secret(), &secret(), &secret()),
        shamir::Case::from(&edge(0), &edge(0xff), &edge(0)),
        shamir::Case::from(&edge(0x80), &edge(1), &edge(0x1b)),
    ]
}

fn devices() -> Vec<offline::Case> {
    let mut rng = Recorder::new("offline");
    let inputs = offline::Inputs {
        practice: practice().into(),
        patient: PatientId(id("patient")).into(),
        registration: RegistrationId(id("registration")).into(),
        root: id::<32>("root").into(),
        key: vestibule_oprf::Key::generate(&mut rng).expose().as_slice().into(),
        descriptor: b"any descriptor".into(),
        prf_output: id::<32>("prf output").into(),
        pin: "493817".into(),
        passcode: "gelbe Brille 7 am Tor".into(),
        appointments: b"appointments".into(),
    };
    rng.given.clear();
    let case = offline::Case::run(inputs, &mut rng);
    vec![offline::Case { randomness: rng.given.into(), ..case }]
}

#[test]
#[ignore = "makes files that are then kept for good"]
fn make_vectors() {
    write("seal", "own: PROTOCOL section 2", seals);
    write("wrap", "own: PROTOCOL sections 1 and 3", wraps);
    write("signed", "own: PROTOCOL section 1", signatures);
    write("realm", "own: PROTOCOL section 4", exchanges);
    write("reshare", "own: PROTOCOL section 4, other realms", resharing::sharings);
    write("messages", "own: PROTOCOL section 4, witness and other realms", resharing::messages);
    write("platform", "own: a realm's storage", platforms);
    write("keys", "own: PROTOCOL section 3", all_keys);
    write("directory", "own: PROTOCOL section 5", directories);
    write("catalog", "own: docs/SCHEDULING.md", rules::catalogs);
    write("locator", "own: PROTOCOL section 4", locators);
    write("registration", "own: PROTOCOL section 4", registrations);
    write("pin", "own: PROTOCOL section 4", pins);
    write("shamir", "own: PROTOCOL section 4", lines);
    write("offline", "own: opening without a network", devices);
}
