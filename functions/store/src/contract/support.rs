//! Fixtures.
use crate::{Driver, Value, practice::PracticeActor};
use std::cell;
use vestibule_app::actor::practice::{
    CeremonyPut, Count, Counted, Found, Pieces, PracticeCommand, PracticeReply, SessionPut,
};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{AppointmentId, Digest, KeyHash, PracticeId, ResourceId, ScopeId, ServiceId, StaffId},
    problem::ProblemKind,
    suite::{Suite, namespace},
    time::{Cell, UnixSeconds},
    wire::{
        appointment::Place,
        catalog::{Access, Catalog, Class, Need, Resource, Rules, Service, WeeklyInterval, code_hash},
        directory::{Credential, Manifest, Scope, rights},
        envelope::{Signature, Signed},
    },
};

/// A database under test. Other actors may live in it already: no case may notice them.
pub struct Database<'d, D> {
    /// Its driver.
    pub driver: &'d D,
    seed: Vec<u8>,
    next: cell::Cell<u8>,
}

impl<'d, D: Driver> Database<'d, D> {
    /// Keys of actors begin with `seed`; it has to be another one for each case in the same database.
    pub fn new(driver: &'d D, seed: &[u8]) -> Self {
        Self { driver, seed: seed.to_vec(), next: cell::Cell::new(0) }
    }

    /// A key that no actor has yet.
    pub(super) fn fresh_key(&self) -> Vec<u8> {
        let number = self.next.get();
        self.next.set(number + 1);
        [self.seed.as_slice(), &[number]].concat()
    }

    /// Whether the database remembers an actor of this key.
    pub(super) fn knows(&self, key: &[u8]) -> bool {
        let rows = |sql, params| self.driver.exec(sql, params).unwrap();
        if rows("SELECT 1 FROM sqlite_master WHERE name = 'actors'", vec![]).is_empty() {
            return false;
        }
        !rows("SELECT 1 FROM actors WHERE actor = ?1", vec![Value::Blob(key.to_vec())]).is_empty()
    }
}

/// The practice of the cases.
pub const PRACTICE: PracticeId = PracticeId([7; 16]);
pub(super) const RESOURCE: ResourceId = ResourceId([1; 16]);
/// Another one, and the room that both use.
pub(super) const SECOND: ResourceId = ResourceId([2; 16]);
pub(super) const ROOM: ResourceId = ResourceId([3; 16]);
/// Opens class 2.
pub(super) const CODE: &str = "k7m2p4qx3znv5trw";
pub(super) const NETWORK: Digest = Digest([11; 32]);
/// Hash of the token of its only staff session.
pub const SESSION: Digest = Digest([12; 32]);
pub(super) const CREDENTIAL: Digest = Digest([13; 32]);
/// The scope of both doctors, which its credential reads, and that of the room, which nobody does.
pub const SCOPE: ScopeId = ScopeId([14; 16]);

/// Monday 23 November 2026, 08:00 UTC: 09:00 in Berlin.
pub const NINE: u64 = 1_795_420_800;
/// A day before.
pub(super) const NOW: UnixSeconds = UnixSeconds(NINE - 86_400);

/// Its catalog.
pub fn catalog() -> Catalog {
    Catalog {
        suite: Suite::V1,
        practice: PRACTICE,
        number: 1,
        name: "Praxis am Park".into(),
        contact: String::new(),
        time_zone: "Europe/Berlin".into(),
        language: "de".into(),
        resources: [RESOURCE, SECOND, ROOM].map(resource).into(),
        services: (1..=12).map(service).collect(),
        rules: Some(Rules {
            locations: vec![],
            closures: vec![],
            pauses: vec![],
            classes: vec![
                class(1, Access::Public, Some(2)),
                class(2, Access::WithCode(code_hash(Suite::V1, PRACTICE, CODE)), None),
                class(3, Access::Internal, None),
                Class { request: Some(true), ..class(4, Access::Public, None) },
                Class { series: Some(4), ..class(5, Access::Public, Some(2)) },
                alone(6),
            ],
        }),
    }
}

fn resource(id: ResourceId) -> Resource {
    let hours = vec![WeeklyInterval { weekday: 1, from: 540, to: 720 }];
    Resource { id, name: "Dr. Beispiel".into(), hours, schedule: None }
}

/// Twenty minutes with either of the two and nothing besides, up to three at once.
fn alone(id: u16) -> Class {
    let needs = vec![Need { one_of: vec![RESOURCE, SECOND], before: 0, after: 0 }];
    Class { series: Some(3), needs, ..class(id, Access::Public, None) }
}

/// Twenty minutes with either of the two, and the room, which needs ten minutes afterwards.
fn class(id: u16, access: Access, per_day: Option<u16>) -> Class {
    let needs = vec![
        Need { one_of: vec![RESOURCE, SECOND], before: 0, after: 0 },
        Need { one_of: vec![ROOM], before: 0, after: 10 },
    ];
    Class {
        id,
        minutes: 20,
        needs,
        notice: 0,
        horizon: 90,
        access,
        per_day,
        per_week: None,
        request: None,
        series: None,
    }
}

/// A service of so many cells.
fn service(cells: u8) -> Service {
    Service {
        id: ServiceId([cells; 16]),
        name: "Sprechstunde".into(),
        description: String::new(),
        minutes: u16::from(cells) * 5,
        resources: vec![RESOURCE],
        classes: None,
        price: None,
        questions: None,
        together: None,
    }
}

/// A practice's actor and database.
pub(super) struct Practice<'d, D> {
    db: &'d Database<'d, D>,
    pub(super) key: Vec<u8>,
    actor: PracticeActor,
}

impl<'d, D: Driver> Practice<'d, D> {
    pub(super) fn empty(db: &'d Database<'d, D>) -> Self {
        Self { db, key: db.fresh_key(), actor: PracticeActor::default() }
    }

    /// Founded, with a session.
    pub(super) fn founded(db: &'d Database<'d, D>) -> Self {
        let practice = Self::empty(db);
        let [begin, found, sign_in] = founding(&catalog(), NOW);
        practice.done(NOW, begin);
        practice.done(NOW, found);
        let reply = practice.run(NOW, sign_in);
        assert_eq!(reply, PracticeReply::StaffKeys(vec![4].into()));
        practice
    }

    #[expect(clippy::needless_pass_by_value, reason = "reads better at every call")]
    pub(super) fn run(&self, now: UnixSeconds, command: PracticeCommand) -> PracticeReply {
        self.actor.apply(self.db.driver, &self.key, now, &command).unwrap()
    }

    pub(super) fn done(&self, now: UnixSeconds, command: PracticeCommand) {
        assert_eq!(self.run(now, command), PracticeReply::Done);
    }

    /// The problem that a command is declined with.
    pub(super) fn declined(&self, now: UnixSeconds, command: PracticeCommand) -> ProblemKind {
        match self.run(now, command) {
            PracticeReply::Declined(d) => ProblemKind::from_slug(&d.slug).unwrap(),
            other => panic!("not declined: {other:?}"),
        }
    }
}

pub(super) fn found() -> PracticeCommand {
    let [_, found, _] = founding(&catalog(), NOW);
    found
}

/// A manifest as far as the store reads it: nobody signed it.
pub(super) fn manifest() -> Bytes {
    let scope = |id, resources| Scope { id, epoch: 1, kem_key: vec![1].into(), resources };
    let body = Manifest {
        suite: Suite::V1,
        practice: PRACTICE,
        number: 1,
        previous: Digest([0; 32]),
        root_number: 0,
        deployment: Digest([6; 32]),
        issued: NOW,
        credentials: vec![Credential {
            staff: StaffId([1; 16]),
            credential: CREDENTIAL,
            signing_key: vec![1].into(),
            kem_key: vec![1].into(),
            rights: rights::CALENDAR,
            scopes: vec![SCOPE],
        }],
        scopes: vec![scope(SCOPE, vec![RESOURCE, SECOND]), scope(ScopeId([15; 16]), vec![ROOM])],
        bundle: Digest([0; 32]),
        before: None,
    };
    let signature = Signature { signer: KeyHash([0; 32]), signature: vec![1].into() };
    let signed = Signed {
        suite: Suite::V1,
        namespace: namespace::MANIFEST.into(),
        body: cbor::to_vec(&body).into(),
        signatures: vec![signature],
    };
    cbor::to_vec(&signed).into()
}

/// The commands that found the practice with a catalog and open a session of twelve hours.
pub fn founding(catalog: &Catalog, now: UnixSeconds) -> [PracticeCommand; 3] {
    let piece = |n: u8| vec![n].into();
    let begin =
        CeremonyPut { id: Digest([1; 32]), state: vec![1].into(), expires: now.plus(300), count: None };
    let found = Found {
        pieces: Pieces {
            roots: piece(1),
            deployment: piece(2),
            manifest: manifest(),
            catalog: piece(4),
            freshness: piece(5),
            catalog_body: cbor::to_vec(catalog).into(),
            before: None,
        },
        credential: CREDENTIAL,
        passkey: vec![3].into(),
        staff_keys: vec![4].into(),
        member: vec![5].into(),
        deployment: Digest([6; 32]),
    };
    let session = SessionPut {
        token: SESSION,
        credential: CREDENTIAL,
        expires: now.plus(43_200),
        passkey: vec![3].into(),
    };
    [PracticeCommand::CeremonyPut(begin), PracticeCommand::Found(found), PracticeCommand::SessionPut(session)]
}

pub(super) fn count(what: Counted, cap: u32) -> Count {
    Count { what, network: NETWORK, cap }
}

/// `cells` cells from 09:00 plus `offset` cells.
pub(super) fn place(offset: u64, cells: u32) -> Place {
    Place { resource: RESOURCE, start: Cell(NINE / 300 + offset), cells }
}

pub(super) fn appointment(n: u8) -> AppointmentId {
    AppointmentId([n; 16])
}
