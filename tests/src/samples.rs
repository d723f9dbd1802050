//! One body of the right shape for every route and every realm operation, with ids and proofs that authorise nothing.
//! The malformed-input tests start from these and break them.
use vestibule_core::{
    bytes::Bytes,
    cbor,
    day::Day,
    ids::{
        AppointmentId, Digest, KeyHash, MemoId, PatientId, PracticeId, RegistrationId, ResourceId, ScopeId,
        StaffId, WaitingId,
    },
    suite::{PinParameters, Suite},
    time::{Cell, UnixSeconds},
    wire::{
        appointment::{Action, AppointmentContext, Envelope, Place, ScopeWrap},
        directory::{Directory, RootStatement, StaffKeys},
        entry::{ActOn, Entries, NewEntry, StaffActs},
        envelope::{
            KEM_ENC_BYTES, KEM_KEY_BYTES, SIGNATURE_BYTES, SIGNING_KEY_BYTES, Sealed, Signature, Signed, Wrap,
        },
        http::{
            Act, BesideQuery, Book, CacheEntry, CacheUpdate, CalendarQuery, CatalogUpdate, DeploymentUpdate,
            FoundBegin, FoundFinish, Hold, Read, SignIn, StaffAct,
        },
        memo::{MarksQuery, MemoContext, MemoEnvelope, MemoPut, MemoQuery, MemoState},
        pow::{ChallengeRequest, Purpose, Solution},
        realm::{
            Authorization, Begin, Confirm, Descriptor, Evaluate, Join, Locate, LocatorProof, Mode, Put,
            PutStatement, RealmOp, Redeem, SealedRequest, VaultGet, VaultPut, VoucherRequest,
        },
        reshare::{Dealing, Ended, Introduce, Reshare, Succession},
        series::{SeriesBook, SeriesHold},
        waiting::{
            Terms, WaitingAccept, WaitingAct, WaitingContext, WaitingDeed, WaitingEnvelope, WaitingJoin,
            WaitingMail, WaitingQuery, Want,
        },
        witness::{Shown, Witness, Witnessed},
    },
};

/// A body in both forms that the server takes. `json` is empty where the route takes CBOR only.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Deterministic CBOR.
    pub cbor: Vec<u8>,
    /// JSON of the same value.
    pub json: Vec<u8>,
}

fn both<T: minicbor::Encode<()> + serde::Serialize>(value: &T) -> Sample {
    Sample { cbor: cbor::to_vec(value), json: serde_json::to_vec(value).unwrap_or_default() }
}

fn digest(byte: u8) -> Digest {
    Digest([byte; 32])
}

/// A proof of where an address belongs that proves nothing.
pub fn located() -> LocatorProof {
    LocatorProof { blind: digest(3), answers: vec![(1, digest(4), Bytes(vec![5; 64]))] }
}

/// A solution that solves nothing.
pub fn work() -> Solution {
    Solution { expires: UnixSeconds(1), mac: digest(1), nonces: vec![0; 16], salt: digest(2) }
}

fn sealed(namespace: &str, length: usize) -> Sealed {
    Sealed {
        suite: Suite::V1,
        namespace: namespace.into(),
        salt: digest(2),
        commit: digest(3),
        ciphertext: Bytes(vec![4; length]),
    }
}

fn wrap(namespace: &str) -> Wrap {
    Wrap { suite: Suite::V1, enc: Bytes(vec![5; KEM_ENC_BYTES]), sealed: sealed(namespace, 272) }
}

/// A signature by nobody over `body`.
pub fn signed(namespace: &str, body: Vec<u8>) -> Signed {
    Signed {
        suite: Suite::V1,
        namespace: namespace.into(),
        body: Bytes(body),
        signatures: vec![Signature { signer: KeyHash([6; 32]), signature: Bytes(vec![7; SIGNATURE_BYTES]) }],
    }
}

fn genesis() -> Signed {
    let key = || Bytes(vec![8; SIGNING_KEY_BYTES]);
    let body = RootStatement {
        suite: Suite::V1,
        number: 0,
        previous: digest(0),
        nonce: Bytes(vec![9; 16]),
        root_key: key(),
        recovery_key: key(),
        admin_keys: vec![key()],
        admin_threshold: 1,
        issued: UnixSeconds(1_700_000_000),
    };
    signed("root", cbor::to_vec(&body))
}

fn place() -> Place {
    Place { resource: ResourceId([10; 16]), start: Cell(6_000_000), cells: 3 }
}

fn hold(appointment: AppointmentId) -> Hold {
    Hold { appointment, place: place(), capability_hash: digest(17), work: work(), visit: None }
}

fn booking(practice: PracticeId, appointment: AppointmentId) -> Book {
    let envelope = Bytes(cbor::to_vec(&envelope(practice, appointment)));
    Book { appointment, capability: digest(18), envelope, request: None }
}

/// An envelope of the right shape that nobody can open.
pub fn envelope(practice: PracticeId, appointment: AppointmentId) -> Envelope {
    Envelope {
        suite: Suite::V1,
        context: AppointmentContext { practice, appointment, version: 1, place: place() },
        body: sealed("appointment", 1024),
        patient: Some(wrap("wrap-patient")),
        scope: ScopeWrap { scope: ScopeId([11; 16]), epoch: 1, wrap: wrap("wrap-scope") },
        proof: sealed("proof", 8 * 1024),
    }
}

/// The entry of the samples.
const ENTRY: WaitingId = WaitingId([12; 16]);

/// An entry of the waiting list of the right shape that nobody can open.
pub fn waiting(practice: PracticeId) -> WaitingEnvelope {
    let want = Want { resources: vec![place().resource], minutes: 15, classes: None };
    let terms = Terms { wants: vec![want], weekdays: 127, last: Day(20_301_231) };
    WaitingEnvelope {
        suite: Suite::V1,
        context: WaitingContext { practice, entry: ENTRY, terms },
        body: sealed("waiting", 1024),
        patient: wrap("waiting-patient"),
        scope: ScopeWrap { scope: ScopeId([11; 16]), epoch: 1, wrap: wrap("waiting-scope") },
        proof: sealed("waiting-proof", 8 * 1024),
    }
}

/// The note of the samples.
pub const MEMO: MemoId = MemoId([12; 16]);

/// A note of the right shape that nobody can open.
pub fn memo(practice: PracticeId) -> MemoEnvelope {
    let scope = ScopeId([11; 16]);
    MemoEnvelope {
        suite: Suite::V1,
        context: MemoContext {
            practice,
            scope,
            memo: MEMO,
            about: Some(AppointmentId([12; 16])),
            number: 1,
            previous: digest(0),
            state: MemoState::Kept,
        },
        body: sealed("memo-body", 1024),
        scope: ScopeWrap { scope, epoch: 1, wrap: wrap("memo-scope") },
        proof: sealed("memo-proof", 4 * 1024),
    }
}

/// The sample of a route, by its name in the route table; `None` for routes without a body.
#[expect(clippy::too_many_lines, reason = "a list: one sample for each route")]
pub fn body(route: &str, practice: PracticeId) -> Option<Sample> {
    let appointment = AppointmentId([12; 16]);
    let statement = || Bytes(cbor::to_vec(&sealed("statement", 4096)));
    let some = |namespace: &str| Bytes(cbor::to_vec(&signed(namespace, vec![0x80])));
    Some(match route {
        "FoundBegin" => both(&FoundBegin {
            practice,
            genesis: Bytes(cbor::to_vec(&genesis())),
            staff: StaffId([13; 16]),
            staff_name: "Dr. Beispiel".into(),
            work: work(),
            code: String::new(),
        }),
        "FoundFinish" => both(&FoundFinish {
            ceremony: digest(14),
            registration: "{}".into(),
            directory: Bytes(cbor::to_vec(&Directory {
                roots: vec![genesis()],
                deployment: signed("deployment", vec![0x80]),
                manifest: signed("manifest", vec![0x80]),
                catalog: signed("catalog", vec![0x80]),
                freshness: signed("freshness", vec![0x80]),
                before: None,
            })),
            staff_keys: Bytes(cbor::to_vec(&StaffKeys {
                staff: StaffId([13; 16]),
                credential: digest(15),
                staff_key: sealed("staff-key", 272),
                root_seed: Some(sealed("root-seed", 272)),
                grants: vec![signed("grant", vec![0x80])],
            })),
            realm_share: Bytes(vec![16; 2500]),
        }),
        "SignInBegin" | "WaitingRemove" => Sample { cbor: Vec::new(), json: Vec::new() },
        "SignIn" => both(&SignIn { ceremony: digest(14), assertion: "{}".into() }),
        "CatalogPut" => both(&CatalogUpdate {
            catalog: some("catalog"),
            freshness: some("freshness"),
            manifest: Some(some("manifest")),
        }),
        "DeploymentPut" => both(&DeploymentUpdate {
            deployment: some("deployment"),
            manifest: some("manifest"),
            freshness: some("freshness"),
        }),
        "FreshnessPut" => {
            let bytes = cbor::to_vec(&signed("freshness", vec![0x80]));
            Sample { json: serde_json::to_vec(&Bytes(bytes.clone())).unwrap_or_default(), cbor: bytes }
        }
        "Challenge" => {
            both(&ChallengeRequest { purpose: Purpose::Hold, subject: Bytes(appointment.0.to_vec()) })
        }
        "Hold" => both(&hold(appointment)),
        "Book" => both(&booking(practice, appointment)),
        "SeriesHold" => both(&SeriesHold { holds: [12, 13].map(|n| hold(AppointmentId([n; 16]))).into() }),
        "SeriesBook" => {
            both(&SeriesBook { books: [12, 13].map(|n| booking(practice, AppointmentId([n; 16]))).into() })
        }
        "Read" | "WaitingRead" => both(&Read { capability: digest(18) }),
        "Act" => both(&Act {
            capability: digest(18),
            action: Action::CancelledByPatient,
            seq: 2,
            statement: statement(),
            place: None,
            visit: None,
        }),
        "StaffAct" => both(&StaffAct {
            action: Action::MovedByPractice,
            seq: 2,
            statement: statement(),
            place: Some(place()),
        }),
        "EntriesAdd" => both(&Entries {
            entries: (0..2u8)
                .map(|n| {
                    let appointment = AppointmentId([n + 12; 16]);
                    let entry = Envelope { patient: None, ..envelope(practice, appointment) };
                    let envelope = Bytes(cbor::to_vec(&entry));
                    NewEntry { appointment, envelope, classes: (n == 1).then(|| vec![1]) }
                })
                .collect(),
        }),
        "StaffActs" => both(&StaffActs {
            acts: vec![ActOn {
                appointment,
                action: Action::CancelledByPractice,
                seq: 2,
                statement: statement(),
            }],
        }),
        "Calendar" => both(&CalendarQuery {
            from: UnixSeconds(1_800_000_000),
            to: UnixSeconds(1_800_604_800),
            after: None,
            have: Bytes(vec![21; 16]),
        }),
        "Beside" => both(&BesideQuery { from: UnixSeconds(1_800_000_000), to: UnixSeconds(1_800_086_400) }),
        "CachePut" => both(&CacheUpdate {
            entries: vec![CacheEntry { appointment, cache: Bytes(cbor::to_vec(&sealed("cache", 272))) }],
        }),
        "Realm" => Sample {
            cbor: cbor::to_vec(&SealedRequest {
                suite: Suite::V1,
                realm: KeyHash([19; 32]),
                enc: Bytes(vec![20; KEM_ENC_BYTES]),
                sealed: sealed("realm-request", 272),
            }),
            json: Vec::new(),
        },
        _ => return waiting_body(route, practice),
    })
}

/// Of notes and tasks.
fn memo_body(route: &str, practice: PracticeId) -> Option<Sample> {
    Some(match route {
        "MemoPut" => both(&MemoPut { envelope: Bytes(cbor::to_vec(&memo(practice))) }),
        "MemoList" => both(&MemoQuery {
            about: Some(AppointmentId([12; 16])),
            after: Some(MEMO),
            have: Bytes(vec![21; 16]),
        }),
        "MemoMarks" => both(&MarksQuery { from: UnixSeconds(1_800_000_000), to: UnixSeconds(1_800_604_800) }),
        _ => return None,
    })
}

/// Of the waiting list.
fn waiting_body(route: &str, practice: PracticeId) -> Option<Sample> {
    Some(match route {
        "WaitingJoin" => both(&WaitingJoin {
            entry: ENTRY,
            capability_hash: digest(17),
            envelope: Bytes(cbor::to_vec(&waiting(practice))),
            work: work(),
        }),
        "WaitingAccept" => both(&WaitingAccept {
            capability: digest(18),
            hold: Hold {
                appointment: AppointmentId([12; 16]),
                place: place(),
                capability_hash: digest(17),
                work: work(),
                visit: None,
            },
        }),
        "WaitingAct" => both(&WaitingAct { capability: digest(18), what: WaitingDeed::Leave }),
        "WaitingList" => both(&WaitingQuery { after: 1 }),
        "WaitingMail" => {
            both(&WaitingMail { place: place(), email: "anna@example.org".into(), locale: "de".into() })
        }
        _ => return memo_body(route, practice),
    })
}

/// A descriptor of the right shape.
pub fn descriptor(practice: PracticeId, patient: PatientId) -> Descriptor {
    Descriptor {
        suite: Suite::V1,
        practice,
        patient,
        registration: RegistrationId([21; 16]),
        threshold: 1,
        realms: vec![KeyHash([22; 32])],
        parameters: PinParameters::Argon2id64MiB10,
        public: digest(23),
        shares: vec![digest(23)],
    }
}

/// One sample of every realm operation, by name.
#[expect(clippy::too_many_lines, reason = "a list: one sample for each operation")]
pub fn operations(practice: PracticeId, patient: PatientId) -> Vec<(&'static str, RealmOp)> {
    let put = |authorization| {
        RealmOp::Put(Put {
            descriptor: Bytes(cbor::to_vec(&descriptor(practice, patient))),
            key_hash: KeyHash([24; 32]),
            oprf_share: digest(1),
            unlock_key: digest(25),
            masked_share: digest(26),
            authorization,
        })
    };
    let statement = PutStatement {
        practice,
        patient,
        old: RegistrationId([27; 16]),
        descriptor: digest(28),
        nonce: Bytes(vec![29; 16]),
    };
    vec![
        ("Locate", RealmOp::Locate(Locate { blinded: digest(30), work: work() })),
        (
            "Voucher",
            RealmOp::Voucher(VoucherRequest {
                patient,
                email: "someone@example.org".into(),
                locale: "en".into(),
                work: work(),
                located: located(),
            }),
        ),
        ("Redeem", RealmOp::Redeem(Redeem { patient, code: "000000".into() })),
        ("Begin", RealmOp::Begin(Begin { patient })),
        (
            "Evaluate",
            RealmOp::Evaluate(Evaluate {
                patient,
                registration: RegistrationId([31; 16]),
                blinded: digest(30),
                device: Some(digest(32)),
                ticket: Some(digest(33)),
            }),
        ),
        (
            "Confirm",
            RealmOp::Confirm(Confirm {
                patient,
                handles: vec![digest(34)],
                mac: digest(35),
                mode: Mode::NewDevice,
            }),
        ),
        ("Put with a ticket", put(Authorization::Ticket(digest(36)))),
        (
            "Put with a key",
            put(Authorization::PatientKey(
                Bytes(vec![37; SIGNING_KEY_BYTES]),
                signed("put", cbor::to_vec(&statement)),
            )),
        ),
        (
            "VaultPut",
            RealmOp::VaultPut(VaultPut {
                patient,
                device: digest(32),
                expected: digest(0),
                vault: Bytes(cbor::to_vec(&sealed("vault", 1024))),
            }),
        ),
        ("VaultGet", RealmOp::VaultGet(VaultGet { patient, device: digest(32) })),
        (
            "Join",
            RealmOp::Join(Join {
                roots: vec![signed("root", vec![42; 60])],
                deployment: signed("deployment", vec![43; 60]),
                share: Bytes(vec![41; 2500]),
                work: work(),
                code: "code".into(),
                succession: Some(Succession {
                    before: signed("deployment", vec![43; 60]),
                    order: signed("resharing", vec![44; 60]),
                    dealings: vec![Dealing {
                        dealer: 1,
                        commitments: vec![digest(45), digest(46)],
                        part: Bytes(vec![41; 2500]),
                    }],
                }),
            }),
        ),
        (
            "Reshare",
            RealmOp::Reshare(Reshare {
                roots: vec![signed("root", vec![42; 60])],
                order: signed("resharing", vec![44; 60]),
                work: work(),
            }),
        ),
        (
            "Ended",
            RealmOp::Ended(Ended {
                roots: vec![signed("root", vec![42; 60])],
                deployment: signed("deployment", vec![43; 60]),
                manifest: signed("manifest", vec![44; 60]),
                work: work(),
            }),
        ),
        (
            "Witness",
            RealmOp::Witness(Witness {
                patient: PatientId([40; 16]),
                device: digest(50),
                challenge: digest(51),
                seen: vec![Shown {
                    witnessed: Witnessed {
                        key: Bytes(vec![47; 1984]),
                        checkpoint: signed("witness", vec![49; 60]),
                    },
                    earlier: None,
                }],
            }),
        ),
        (
            "Introduce",
            RealmOp::Introduce(Introduce {
                key: Bytes(vec![47; 1984]),
                statement: signed("introduce", vec![48; 60]),
            }),
        ),
    ]
}

/// An X-Wing public key of the right length that nobody holds the secret of.
pub fn kem_key() -> Vec<u8> {
    vec![38; KEM_KEY_BYTES]
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use vestibule_core::routes::{Method, ROUTES};

    #[test]
    fn every_route_that_takes_a_body_has_a_sample_within_its_limit() {
        for route in ROUTES {
            let sample = body(route.name, PracticeId([1; 16]));
            assert_eq!(sample.is_some(), route.method != Method::Get, "{}", route.name);
            assert!(
                sample.is_none_or(|s| s.cbor.len().max(s.json.len()) <= route.body_limit),
                "{}",
                route.name
            );
        }
    }

    #[test]
    fn samples_decode() {
        let practice = PracticeId([1; 16]);
        let sample = body("Book", practice).unwrap();
        let from_cbor: Book = cbor::from_slice(&sample.cbor).unwrap();
        let from_json: Book = serde_json::from_slice(&sample.json).unwrap();
        assert_eq!(from_cbor, from_json);
        for (name, op) in operations(practice, PatientId([2; 16])) {
            let bytes = cbor::to_vec(&op);
            assert!(cbor::from_slice::<RealmOp>(&bytes).is_ok(), "{name}");
        }
    }
}
