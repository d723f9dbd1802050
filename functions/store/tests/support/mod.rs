//! The driver on rusqlite, and fixtures.
#![allow(dead_code, reason = "each test file uses its part")]
use rusqlite::{Connection, params_from_iter, types::ValueRef};
use std::cell::RefCell;
use vestibule_app::actor::practice::{
    CeremonyPut, Count, Counted, Found, Pieces, PracticeCommand, PracticeReply, SessionPut,
};
use vestibule_core::{
    cbor,
    ids::{AppointmentId, Digest, PracticeId, ResourceId},
    problem::ProblemKind,
    suite::Suite,
    time::{Cell, UnixSeconds},
    wire::{
        appointment::Place,
        directory::{Catalog, Resource, WeeklyInterval},
    },
};
use vestibule_store::{Driver, Row, StoreError, Value, practice::PracticeActor};

/// A database in memory.
pub(crate) struct Native(pub(crate) RefCell<Connection>);

impl Native {
    pub(crate) fn new() -> Self {
        Self(RefCell::new(Connection::open_in_memory().unwrap()))
    }

    /// Names of the tables that exist.
    pub(crate) fn tables(&self) -> usize {
        self.exec("SELECT count(*) FROM sqlite_master", vec![]).unwrap()[0].number(0).unwrap()
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn failed(error: rusqlite::Error) -> StoreError {
    StoreError(error.to_string())
}

impl Driver for Native {
    fn exec(&self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let connection = self.0.borrow();
        let mut statement = connection.prepare(sql).map_err(failed)?;
        let params = params.into_iter().map(|value| match value {
            Value::Null => rusqlite::types::Value::Null,
            Value::Integer(n) => rusqlite::types::Value::Integer(n),
            Value::Blob(bytes) => rusqlite::types::Value::Blob(bytes),
        });
        let columns = statement.column_count();
        let mut rows = statement.query(params_from_iter(params)).map_err(failed)?;
        let mut out = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            let value = |i| match row.get_ref(i).map_err(failed)? {
                ValueRef::Null => Ok(Value::Null),
                ValueRef::Integer(n) => Ok(Value::Integer(n)),
                ValueRef::Blob(bytes) => Ok(Value::Blob(bytes.to_vec())),
                other => Err(StoreError(format!("a column of type {}", other.data_type()))),
            };
            out.push(Row((0..columns).map(value).collect::<Result<_, _>>()?));
        }
        Ok(out)
    }

    fn transaction<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.exec("BEGIN IMMEDIATE", vec![])?;
        let done = work();
        self.exec(if done.is_ok() { "COMMIT" } else { "ROLLBACK" }, vec![])?;
        done
    }
}

pub(crate) const PRACTICE: PracticeId = PracticeId([7; 16]);
pub(crate) const RESOURCE: ResourceId = ResourceId([1; 16]);
pub(crate) const NETWORK: Digest = Digest([11; 32]);
pub(crate) const SESSION: Digest = Digest([12; 32]);
pub(crate) const CREDENTIAL: Digest = Digest([13; 32]);

/// Monday 23 November 2026, 08:00 UTC: 09:00 in Berlin.
pub(crate) const NINE: u64 = 1_795_420_800;
/// A day before.
pub(crate) const NOW: UnixSeconds = UnixSeconds(NINE - 86_400);

pub(crate) fn catalog() -> Catalog {
    Catalog {
        suite: Suite::V1,
        practice: PRACTICE,
        number: 1,
        name: "Praxis am Park".into(),
        contact: String::new(),
        time_zone: "Europe/Berlin".into(),
        language: "de".into(),
        resources: vec![Resource {
            id: RESOURCE,
            name: "Dr. Beispiel".into(),
            hours: vec![WeeklyInterval { weekday: 1, from: 540, to: 720 }],
        }],
        services: vec![],
    }
}

/// A practice's actor and database.
pub(crate) struct Practice {
    pub(crate) db: Native,
    pub(crate) actor: PracticeActor,
}

impl Practice {
    pub(crate) fn empty() -> Self {
        Self { db: Native::new(), actor: PracticeActor::default() }
    }

    /// Founded, with a session.
    pub(crate) fn founded() -> Self {
        let practice = Self::empty();
        let put =
            CeremonyPut { id: Digest([1; 32]), state: vec![1].into(), expires: NOW.plus(300), count: None };
        practice.done(NOW, PracticeCommand::CeremonyPut(put));
        practice.done(NOW, found());
        let session = SessionPut {
            token: SESSION,
            credential: CREDENTIAL,
            expires: NOW.plus(43_200),
            passkey: vec![3].into(),
        };
        let reply = practice.run(NOW, PracticeCommand::SessionPut(session));
        assert_eq!(reply, PracticeReply::StaffKeys(vec![4].into()));
        practice
    }

    #[expect(clippy::needless_pass_by_value, reason = "reads better at every call")]
    pub(crate) fn run(&self, now: UnixSeconds, command: PracticeCommand) -> PracticeReply {
        self.actor.apply(&self.db, now, &command).unwrap()
    }

    pub(crate) fn done(&self, now: UnixSeconds, command: PracticeCommand) {
        assert_eq!(self.run(now, command), PracticeReply::Done);
    }

    /// The problem that a command is declined with.
    pub(crate) fn declined(&self, now: UnixSeconds, command: PracticeCommand) -> ProblemKind {
        match self.run(now, command) {
            PracticeReply::Declined(d) => ProblemKind::from_slug(&d.slug).unwrap(),
            other => panic!("not declined: {other:?}"),
        }
    }
}

pub(crate) fn found() -> PracticeCommand {
    let piece = |n: u8| vec![n].into();
    PracticeCommand::Found(Found {
        pieces: Pieces {
            roots: piece(1),
            deployment: piece(2),
            manifest: piece(3),
            catalog: piece(4),
            freshness: piece(5),
            catalog_body: cbor::to_vec(&catalog()).into(),
        },
        credential: CREDENTIAL,
        passkey: vec![3].into(),
        staff_keys: vec![4].into(),
        member: vec![5].into(),
    })
}

pub(crate) fn count(what: Counted, cap: u32) -> Count {
    Count { what, network: NETWORK, cap }
}

/// `cells` cells from 09:00 plus `offset` cells.
pub(crate) fn place(offset: u64, cells: u32) -> Place {
    Place { resource: RESOURCE, start: Cell(NINE / 300 + offset), cells }
}

pub(crate) fn appointment(n: u8) -> AppointmentId {
    AppointmentId([n; 16])
}
