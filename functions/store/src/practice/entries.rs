//! What the practice enters itself.
use super::{Outcome, Stop, claims, directory::manifest, expire::expire, row, session};
use crate::driver::{Driver, StoreError, blob, number};
use vestibule_app::actor::{
    entries::{EntriesAdd, EntryPut},
    practice::{Booked, PracticeReply},
};
use vestibule_core::{
    calendar::{EntriesOutcome, EntryFacts, Taken, Wanted, concerned_by_entry, decide_entries, scope_of},
    ids::Digest,
    problem::{Problem, ProblemKind},
    time::UnixSeconds,
    wire::{appointment::State, catalog::Catalog},
};

/// Stores all entries of a list, with all that they take, or none; the same bytes again are answered the same. Everything is
/// decided before anything is written: what is declined is not rolled back.
pub(super) fn add(db: &impl Driver, catalog: &Catalog, now: UnixSeconds, command: &EntriesAdd) -> Outcome {
    let credential = session::require(db, now, &command.session)?;
    may_write(db, &credential, command)?;
    expire(db, catalog, now)?;
    let (mut wanted, mut facts, mut taken) = (Vec::new(), Vec::new(), Vec::new());
    for entry in &command.entries {
        let stored = row::find(db, entry.context.appointment)?;
        facts.push(EntryFacts {
            appointment: stored.as_ref().map(|s| s.appointment),
            envelope: stored.and_then(|s| s.digest),
        });
        let one = Wanted {
            appointment: entry.context.appointment,
            place: &entry.context.place,
            classes: entry.classes.as_deref(),
            envelope: &entry.digest,
        };
        // What is no entry at all needs no look at the claims; the decision says so.
        if let Ok(concerned) = concerned_by_entry(catalog, one.place, one.classes) {
            taken.extend(claims::of(db, &concerned.resources, &concerned.cells, &[])?);
        }
        wanted.push(one);
    }
    let states = match decide_entries(catalog, &wanted, &facts, Taken::new(taken, vec![]), now)? {
        EntriesOutcome::Already(states) => states,
        EntriesOutcome::Store(all) => {
            for (entry, takes) in command.entries.iter().zip(&all) {
                insert(db, entry)?;
                claims::take(db, entry.context.appointment, &entry.context.place, takes)?;
            }
            vec![State::Booked; all.len()]
        }
    };
    let stored = command.entries.iter().zip(states);
    Ok(PracticeReply::All(stored.map(|(e, state)| Booked { state, envelope: e.digest, due: None }).collect()))
}

/// Each envelope is bound to this practice, and sealed to the current epoch of a scope that the session's credential reads.
fn may_write(db: &impl Driver, credential: &Digest, command: &EntriesAdd) -> Result<(), Stop> {
    let manifest = manifest(db)?;
    for entry in &command.entries {
        let scope = scope_of(&manifest, credential, entry.context.place.resource)
            .ok_or(Problem::new(ProblemKind::Forbidden, "another scope's calendar"))?;
        if entry.context.practice != command.practice
            || entry.context.version != 1
            || (scope.id, scope.epoch) != (entry.scope, entry.epoch)
        {
            return Err(Problem::new(ProblemKind::Unverifiable, "the envelope is for something else").into());
        }
    }
    Ok(())
}

fn insert(db: &impl Driver, entry: &EntryPut) -> Result<(), StoreError> {
    let place = &entry.context.place;
    db.exec(
        "INSERT INTO appointments (actor, id, resource, start, cells, status, expires, envelope, digest, head, asks)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9, 0)",
        vec![
            blob(entry.context.appointment),
            blob(place.resource),
            number(place.start.0),
            number(place.cells.into()),
            number(row::status(State::Booked)),
            blob(&entry.envelope),
            blob(entry.digest),
            blob(entry.head),
        ],
    )?;
    Ok(())
}
