//! The practice actor: directory, staff sessions, calendar, counters.
mod act;
mod acts;
mod beside;
mod book;
mod cache;
mod calendar;
mod ceremony;
mod claims;
mod counters;
mod directory;
mod entries;
mod expire;
mod found;
mod hold;
mod member;
mod memos;
mod read;
mod row;
mod schema;
mod series;
mod session;
mod slots;
mod waiting;

use crate::{
    driver::{Driver, Row, StoreError, Value, blob},
    own::Own,
    schema::{Kind, open},
};
use std::{cell::RefCell, rc::Rc};
use vestibule_app::actor::practice::{PracticeCommand, PracticeReply};
use vestibule_core::{
    cbor,
    problem::{Problem, ProblemKind},
    time::UnixSeconds,
    wire::catalog::Catalog,
};

/// One practice's state in front of its database. Keeps only what it can load again.
#[derive(Debug, Default)]
pub struct PracticeActor {
    ready: std::cell::Cell<bool>,
    catalog: RefCell<Option<Rc<Catalog>>>,
}

/// What stops a command.
pub(crate) enum Stop {
    /// The caller's fault: rolled back and told.
    Declined(Problem),
    /// Ours.
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Declined(problem)
    }
}

impl From<ProblemKind> for Stop {
    fn from(kind: ProblemKind) -> Self {
        Self::Declined(kind.into())
    }
}

pub(crate) type Outcome = Result<PracticeReply, Stop>;

impl PracticeActor {
    /// Applies one command in one transaction.
    ///
    /// What it counts stays counted when it then declines. In a practice that is unknown here everything but founding
    /// and joining is `not-found`, and nothing is written.
    ///
    /// `key` tells the practice from the other actors in the same database; empty where it has one of its own.
    pub fn apply(
        &self,
        db: &impl Driver,
        key: &[u8],
        now: UnixSeconds,
        command: &PracticeCommand,
    ) -> Result<PracticeReply, StoreError> {
        let work = || {
            let founding = match command {
                PracticeCommand::CeremonyPut(c) => c.count.is_none(),
                PracticeCommand::Join(_) => true,
                _ => false,
            };
            if !self.ready.get() && !open(db, Kind::Practice, key, schema::MIGRATIONS, founding)? {
                return Ok(match command {
                    PracticeCommand::Leave(_) => PracticeReply::Erased,
                    _ => decline(&ProblemKind::NotFound.into()),
                });
            }
            match self.run(&Own::new(db, key), now, command) {
                Ok(reply) => Ok(reply),
                Err(Stop::Declined(problem)) => Ok(decline(&problem)),
                Err(Stop::Store(error)) => Err(error),
            }
        };
        let done = if only_reads(command) { db.snapshot(work) } else { db.transaction(work) };
        match done {
            Ok(PracticeReply::Erased) => self.ready.set(false),
            Ok(PracticeReply::Declined(_)) | Err(_) => {}
            Ok(_) => self.ready.set(true),
        }
        done
    }

    fn run(&self, db: &impl Driver, now: UnixSeconds, command: &PracticeCommand) -> Outcome {
        match command {
            PracticeCommand::Count(c) => counters::count(db, now, c),
            PracticeCommand::Locate(c) => counters::locate(db, now, c),
            PracticeCommand::Member => member::read(db),
            PracticeCommand::Join(c) => member::join(db, now, c),
            PracticeCommand::Spend(c) => member::spend(db, now, c),
            PracticeCommand::End(c) => member::end(db, now, c),
            PracticeCommand::Leave(c) => member::leave(db, now, c),
            PracticeCommand::Erase => member::erase(db),
            PracticeCommand::CeremonyPut(c) => ceremony::put(db, now, c),
            PracticeCommand::CeremonyTake(c) => ceremony::take(db, now, c),
            PracticeCommand::Found(c) => found::found(db, c),
            PracticeCommand::SessionPut(c) => session::put(db, now, c),
            PracticeCommand::Directory => directory::read(db),
            PracticeCommand::StaffDirectory(s) => {
                session::require(db, now, s)?;
                directory::read(db)
            }
            PracticeCommand::Left(s) => {
                session::require(db, now, s)?;
                directory::left(db)
            }
            PracticeCommand::CatalogSet(c) => {
                self.catalog.replace(None);
                directory::set_catalog(db, now, c)
            }
            PracticeCommand::FreshnessSet(c) => directory::set_freshness(db, now, c),
            PracticeCommand::DeploymentSet(c) => directory::set_deployment(db, now, c),
            PracticeCommand::SlotsLoad(c) => slots::load(db, &*self.catalog(db)?, now, c),
            PracticeCommand::Hold(c) => hold::hold(db, &*self.catalog(db)?, now, c),
            PracticeCommand::SeriesHold(c) => series::hold(db, &*self.catalog(db)?, now, c),
            PracticeCommand::Book(c) => book::book(db, now, c),
            PracticeCommand::SeriesBook(c) => series::book(db, now, c),
            PracticeCommand::Read(c) => read::read(db, c),
            PracticeCommand::Act(c) => act::act(db, &*self.catalog(db)?, now, c),
            PracticeCommand::EntriesAdd(c) => entries::add(db, &*self.catalog(db)?, now, c),
            PracticeCommand::Acts(c) => acts::act_on_all(db, &*self.catalog(db)?, now, c),
            PracticeCommand::StaffRead(c) => read::read_as_staff(db, now, c),
            PracticeCommand::CalendarLoad(c) => calendar::load(db, now, c),
            PracticeCommand::BesideLoad(c) => beside::load(db, now, c),
            PracticeCommand::CachePut(c) => cache::put(db, now, c),
            PracticeCommand::Expire => {
                expire::expire(db, &*self.catalog(db)?, now)?;
                waiting::close_over(db, now)?;
                Ok(PracticeReply::Due(waiting::due(db)?))
            }
            PracticeCommand::Memo(c) => memos::run(db, now, c),
            PracticeCommand::Waiting(c) => waiting::run(db, &*self.catalog(db)?, now, c),
        }
    }

    /// The current catalog, decoded once.
    fn catalog(&self, db: &impl Driver) -> Result<Rc<Catalog>, Stop> {
        if let Some(catalog) = &*self.catalog.borrow() {
            return Ok(catalog.clone());
        }
        let bytes = meta(db, "catalog_body")?;
        let catalog: Rc<Catalog> =
            Rc::new(cbor::from_slice(&bytes).map_err(|_| StoreError("catalog does not decode".into()))?);
        self.catalog.replace(Some(catalog.clone()));
        Ok(catalog)
    }
}

/// Commands that write nothing, in no case.
const fn only_reads(command: &PracticeCommand) -> bool {
    if let PracticeCommand::Waiting(command) = command {
        return waiting::only_reads(command);
    }
    if let PracticeCommand::Memo(command) = command {
        return memos::only_reads(command);
    }
    matches!(
        command,
        PracticeCommand::Member
            | PracticeCommand::Directory
            | PracticeCommand::StaffDirectory(_)
            | PracticeCommand::Left(_)
            | PracticeCommand::SlotsLoad(_)
            | PracticeCommand::Read(_)
            | PracticeCommand::StaffRead(_)
            | PracticeCommand::CalendarLoad(_)
            | PracticeCommand::BesideLoad(_)
    )
}

fn decline(problem: &Problem) -> PracticeReply {
    PracticeReply::Declined(problem.clone().into())
}

/// A value of the `meta` table; `not-found` if the practice is not founded.
pub(crate) fn meta(db: &impl Driver, key: &str) -> Result<Vec<u8>, Stop> {
    let rows = db.exec("SELECT value FROM meta WHERE actor = ?1 AND key = ?2", vec![blob(key)])?;
    let row = rows.first().ok_or(ProblemKind::NotFound)?;
    Ok(row.blob(0)?.to_vec())
}

/// Sets a value of the `meta` table.
pub(crate) fn set_meta(db: &impl Driver, key: &str, value: &[u8]) -> Result<(), StoreError> {
    db.exec(
        "INSERT INTO meta VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET value = excluded.value",
        vec![blob(key), blob(value)],
    )?;
    Ok(())
}

/// The first row, if any.
pub(crate) fn first(db: &impl Driver, sql: &str, params: Vec<Value>) -> Result<Option<Row>, StoreError> {
    Ok(db.exec(sql, params)?.into_iter().next())
}
