//! Plays a history on the real practice actor and compares every answer with the model's.
//!
//! The actor applies one command at a time, so the order of deliveries is the one that linearizes the clients' requests:
//! each takes effect between its sending and its answer. What is checked is that the answers are those of the plain model
//! in exactly that order, crashes included; and, without the model, that no cell has two owners, none has an owner that is
//! gone, and no booking that a client was told of is missing.
use crate::{
    driver::{Fault, Faulty, INJECTED},
    model::{Answer, Model, Stand},
    op::{By, History, Op, RESOURCES, Step, What},
    translate::{answer, command, opening_minus, resource},
};
use std::collections::{BTreeMap, BTreeSet};
use vestibule_core::{calendar::Takes, cbor, time::UnixSeconds};
use vestibule_store::{
    Driver as _, StoreError, Value,
    contract::{NINE, catalog, founding},
    practice::PracticeActor,
};

/// Steps between two looks at the tables.
const AUDIT_EVERY: usize = 25;

/// A history that must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// How many steps it takes.
    pub(crate) steps: usize,
    pub(crate) why: String,
}

struct World {
    db: Faulty,
    actor: PracticeActor,
    model: Model,
    now: UnixSeconds,
    /// Bookings that a client was told of: envelope, and whether somebody who may has tried to end it.
    told: BTreeMap<u16, (u8, u8, bool)>,
    /// What the practice was told that it has entered.
    entered: BTreeSet<u16>,
}

/// Plays a history to its end.
pub(crate) fn play(history: &History) -> Result<(), Failure> {
    let mut world = World::found(history.before).map_err(|e| Failure { steps: 0, why: e.to_string() })?;
    for (number, step) in history.steps.iter().enumerate() {
        let mut outcome = world.step(step);
        if outcome.is_ok() && (step.fault != Fault::None || number.is_multiple_of(AUDIT_EVERY)) {
            outcome = world.audit();
        }
        outcome.map_err(|why| Failure { steps: number + 1, why: format!("{step:?}: {why}") })?;
    }
    world.end().map_err(|why| Failure { steps: history.steps.len(), why })
}

impl World {
    fn found(before: u64) -> Result<Self, StoreError> {
        let mut catalog = catalog();
        for number in 1..RESOURCES {
            let mut other = catalog.resources[0].clone();
            other.id = resource(number);
            catalog.resources.push(other);
        }
        for service in &mut catalog.services {
            service.resources = (0..RESOURCES).map(resource).collect();
        }
        let (db, actor, now) = (Faulty::new()?, PracticeActor::default(), opening_minus(before));
        for command in founding(&catalog, now) {
            actor.apply(&db, &[], now, &command)?;
        }
        Ok(Self { db, actor, model: Model::default(), now, told: BTreeMap::new(), entered: BTreeSet::new() })
    }

    fn step(&mut self, step: &Step) -> Result<(), String> {
        let step = &Step { op: self.model.resolved(step.op), ..*step };
        self.now = self.now.plus(step.wait.into());
        if step.restart {
            self.actor = PracticeActor::default();
        }
        self.db.arm(step.fault);
        let reply = self.actor.apply(&self.db, &[], self.now, &command(step.op));
        self.db.arm(Fault::None);
        let reply = match reply {
            Ok(reply) => answer(step.op, &reply)?,
            Err(StoreError(why)) if why == INJECTED => {
                if step.fault == Fault::AnswerLost {
                    self.model.apply(step.op, self.now.0, NINE);
                }
                self.tried(step.op);
                return Ok(());
            }
            Err(error) => return Err(error.to_string()),
        };
        self.tried(step.op);
        let wanted = self.model.apply(step.op, self.now.0, NINE);
        if reply != wanted {
            return Err(format!("answered {reply:?} and not {wanted:?}"));
        }
        if let (Op::Enter { id, count, .. }, Answer::All(_)) = (step.op, &reply) {
            self.entered.extend(id..id.saturating_add(count.into()));
        }
        if let (Op::SeriesBook { id, cap, .. }, Answer::All(all)) = (step.op, &reply) {
            for (id, (_, envelope)) in (id..).zip(all) {
                self.told.entry(id).or_insert((cap, *envelope, false));
            }
        }
        if let (Op::Book { id, cap, .. }, Answer::Is(_, envelope)) = (step.op, reply) {
            self.told.entry(id).or_insert((cap, envelope, false));
        }
        Ok(())
    }

    /// Notes who asked for an end of what was booked.
    fn tried(&mut self, op: Op) {
        if let Op::EndAll { id, count, .. } = op {
            for (_, told) in self.told.range_mut(id..id.saturating_add(count.into())) {
                told.2 = true;
            }
        }
        if let Op::Act { id, by, what: What::Cancel { .. } | What::Decline, .. } = op
            && let Some(told) = self.told.get_mut(&id)
            && (by == By::Staff || by == By::Patient(told.0))
        {
            told.2 = true;
        }
    }

    /// Looks at the tables themselves.
    fn audit(&self) -> Result<(), String> {
        let rows = |sql| self.db.plain(sql, Vec::<Value>::new()).map_err(|e| e.to_string());
        let mut owned = BTreeSet::new();
        for row in
            rows("SELECT id, resource, start, cells FROM appointments WHERE status IN (0, 2, 4, 6, 7)")?
        {
            let read = || -> Result<_, StoreError> {
                Ok((
                    row.blob(0)?.to_vec(),
                    row.blob(1)?.to_vec(),
                    row.number::<u64>(2)?,
                    row.number::<u64>(3)?,
                ))
            };
            let (id, resource, start, cells) = read().map_err(|e| e.to_string())?;
            for cell in start..start + cells {
                owned.insert((resource.clone(), cell, id.clone()));
            }
        }
        for row in rows("SELECT vacancy, takes FROM offers WHERE open = 1")? {
            let read = || Ok::<_, StoreError>((row.number::<u64>(0)?, row.blob(1)?.to_vec()));
            let (vacancy, takes) = read().map_err(|e| e.to_string())?;
            let takes: Takes = cbor::from_slice(&takes).map_err(|e| e.to_string())?;
            for stretch in takes.stretches {
                for cell in stretch.start.0..stretch.start.0 + u64::from(stretch.cells) {
                    owned.insert((stretch.resource.as_ref().to_vec(), cell, vacancy.to_be_bytes().to_vec()));
                }
            }
        }
        let places: BTreeSet<_> = owned.iter().map(|(resource, cell, _)| (resource, cell)).collect();
        if places.len() != owned.len() {
            return Err("overlap: two appointments have one cell".into());
        }
        let mut claims = BTreeSet::new();
        for row in rows("SELECT resource, cell, appointment FROM claims")? {
            let read = || -> Result<_, StoreError> {
                Ok((row.blob(0)?.to_vec(), row.number::<u64>(1)?, row.blob(2)?.to_vec()))
            };
            claims.insert(read().map_err(|e| e.to_string())?);
        }
        if let Some((_, cell, id)) = claims.difference(&owned).next() {
            return Err(format!("lost cell: {cell} is kept for {:?}, which has gone", &id[..2]));
        }
        if let Some((_, cell, id)) = owned.difference(&claims).next() {
            return Err(format!("open cell: {cell} of {:?} is not claimed", &id[..2]));
        }
        Ok(())
    }

    /// After the last step every client asks for what it was told, and everything is looked at once more.
    fn end(&mut self) -> Result<(), String> {
        let quiet = |op| Step { wait: 0, op, fault: Fault::None, restart: true };
        for (id, (cap, envelope, tried)) in self.told.clone() {
            let read = Op::Read { id, cap };
            let reply =
                self.actor.apply(&self.db, &[], self.now, &command(read)).map_err(|e| e.to_string())?;
            match answer(read, &reply)? {
                Answer::Appointment(shown)
                    if shown.envelope == envelope
                        && (tried || !matches!(shown.stand, Stand::Cancelled | Stand::Declined)) => {}
                other => return Err(format!("lost booking: {id} was booked, and is {other:?}")),
            }
        }
        let reply =
            self.actor.apply(&self.db, &[], self.now, &command(Op::Calendar)).map_err(|e| e.to_string())?;
        let Answer::Page(page) = answer(Op::Calendar, &reply)? else { return Err("no page".into()) };
        let shown: BTreeSet<u16> = page.iter().map(|(id, _)| *id).collect();
        if let Some(id) = self.entered.difference(&shown).next() {
            return Err(format!("lost entry: {id} was entered"));
        }
        for number in 0..RESOURCES {
            self.step(&quiet(Op::Slots { resource: number }))?;
        }
        self.step(&quiet(Op::Calendar))?;
        self.audit()?;
        // Long after, nothing is held or offered, and what is not booked is free.
        self.now = self.now.plus(60_000);
        self.step(&quiet(Op::Expire))?;
        self.audit()?;
        let free =
            self.model.entries.values().filter(|e| e.lives(self.now.0)).map(|e| usize::from(e.spot.cells));
        let left = free.sum::<usize>();
        let claims = self.db.exec("SELECT count(*) FROM claims", vec![]).map_err(|e| e.to_string())?;
        let claims: usize =
            claims.first().ok_or("no count")?.number(0).map_err(|e: StoreError| e.to_string())?;
        if claims != left {
            return Err(format!("lost cell: {claims} are claimed and {left} are booked"));
        }
        Ok(())
    }
}
