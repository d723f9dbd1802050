//! What the practice enters itself, one or a series: all of it or nothing. The rules, E1 to E8, are in `docs/SCHEDULING.md`.
use super::{
    Appointment, Concerned, QueryError, Standing, Taken, Takes,
    engine::{Engine, Zones},
    hold::counted,
    visit::Parts,
};
use crate::{
    ids::{AppointmentId, Digest, ResourceId},
    limits,
    problem::{Problem, ProblemKind},
    time::{Cell, UnixSeconds},
    wire::{
        appointment::{Place, State},
        catalog::Catalog,
        directory::{Manifest, Scope, rights},
    },
};
use alloc::{collections::BTreeSet, vec, vec::Vec};

/// One entry that is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Its id.
    pub appointment: AppointmentId,
    /// When and where.
    pub place: &'a Place,
    /// The classes of its service, if it has any.
    pub classes: Option<&'a [u16]>,
    /// SHA-256 of its envelope.
    pub envelope: &'a Digest,
}

/// What the store knows of an entry's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryFacts {
    /// The row, if the id was ever used.
    pub appointment: Option<Appointment>,
    /// SHA-256 of the stored envelope, if any.
    pub envelope: Option<Digest>,
}

/// What to do with a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntriesOutcome {
    /// Store all; each takes this.
    Store(Vec<Takes>),
    /// These very bytes are stored, and are in these states.
    Already(Vec<State>),
}

/// The scope of a resource, if this credential reads it and may act on the calendar (rule E2).
pub fn scope_of<'m>(manifest: &'m Manifest, credential: &Digest, resource: ResourceId) -> Option<&'m Scope> {
    let who = manifest.credentials.iter().find(|c| c.credential == *credential)?;
    let scope = manifest.scopes.iter().find(|s| s.resources.contains(&resource))?;
    (who.rights & rights::CALENDAR != 0 && who.scopes.contains(&scope.id)).then_some(scope)
}

fn parts(catalog: &Catalog, place: &Place, classes: &[u16]) -> Result<Parts, QueryError> {
    let parts = Parts::of(catalog, classes)?;
    if place.cells.checked_mul(limits::CELL_MINUTES) != Some(parts.minutes()) {
        return Err(QueryError::Minutes);
    }
    if parts.first().1.contains(&place.resource) { Ok(parts) } else { Err(QueryError::Resources) }
}

/// Whose claims must be looked up for an entry, and in which cells; the error says why it is none.
pub fn concerned_by_entry(
    catalog: &Catalog,
    place: &Place,
    classes: Option<&[u16]>,
) -> Result<Concerned, QueryError> {
    let (resources, buffer) = match classes {
        None => (vec![place.resource], 0),
        Some(classes) => (
            parts(catalog, place, classes)?.resources(&[place.resource]),
            u64::from(u32::from(limits::MAX_BUFFER_MINUTES) / limits::CELL_MINUTES),
        ),
    };
    let end = place.start.0.saturating_add(place.cells.into());
    Ok(Concerned {
        resources,
        cells: Cell(place.start.0.saturating_sub(buffer))..Cell(end.saturating_add(buffer)),
        classes: Vec::new(),
        weeks: place.start..place.start,
    })
}

/// What is wrong with an entry whatever else there is (rules E3 and E4).
fn check(catalog: &Catalog, wanted: &Wanted<'_>, now: UnixSeconds) -> Result<(), Problem> {
    let place = wanted.place;
    let start = place.start.start();
    if !(1..=limits::MAX_APPOINTMENT_CELLS).contains(&place.cells)
        || !catalog.resources.iter().any(|r| r.id == place.resource)
    {
        return Err(Problem::new(ProblemKind::Unverifiable, "no such resource, or no such length"));
    }
    if start.plus(limits::ENTRY_PAST_SECONDS) < now
        || start >= now.plus(u64::from(limits::MAX_HORIZON_DAYS) * 86_400)
    {
        return Err(Problem::new(
            ProblemKind::Unverifiable,
            "more than a day ago, or more than two years ahead",
        ));
    }
    let classes = wanted.classes.map_or(Ok(()), |classes| parts(catalog, place, classes).map(drop));
    classes.map_err(|_| Problem::new(ProblemKind::Unverifiable, "the classes do not go with the place"))
}

/// What an entry takes, if it is free (rules E3 and E4).
fn fit(
    catalog: &Catalog,
    wanted: &Wanted<'_>,
    taken: &Taken,
    now: UnixSeconds,
) -> Result<Option<Takes>, QueryError> {
    let place = wanted.place;
    let Some(classes) = wanted.classes else {
        let takes = Takes::only(*place);
        return Ok(taken.has_room_for(&takes.stretches).then_some(takes));
    };
    let parts = parts(catalog, place, classes)?;
    let start = i64::try_from(place.start.start().0).map_err(|_| QueryError::Days)?;
    let day = u32::try_from(start.div_euclid(86_400)).map_err(|_| QueryError::Days)?;
    let zones = Zones::new(catalog, day.saturating_sub(1), day + 1)?;
    let engine = Engine::new(catalog, &zones, &parts, &[place.resource], now)?;
    let stretches = engine.fit_entry(place.resource, start, taken);
    Ok(stretches.map(|stretches| Takes {
        stretches,
        counted: parts.iter().filter_map(|part| counted(part, start)).collect(),
    }))
}

/// What a list of entries takes; or the problem, which names every one that is in the way (rules E1 to E6). `facts` are in the
/// order of `wanted`; `taken` covers all that [`concerned_by_entry`] says.
pub fn decide_entries(
    catalog: &Catalog,
    wanted: &[Wanted<'_>],
    facts: &[EntryFacts],
    mut taken: Taken,
    now: UnixSeconds,
) -> Result<EntriesOutcome, Problem> {
    let ids: BTreeSet<_> = wanted.iter().map(|w| w.appointment).collect();
    if !(1..=limits::MAX_ENTRIES).contains(&wanted.len()) || ids.len() != wanted.len() {
        return Err(Problem::new(ProblemKind::Malformed, "1 to 52 entries, each with an id of its own"));
    }
    // E6: the same bytes again. Since all are stored or none, one that is not means another command.
    let stored = wanted.iter().zip(facts).map(|(w, f)| match f.appointment?.standing {
        Standing::Is(state) if f.envelope.as_ref() == Some(w.envelope) => Some(state),
        _ => None,
    });
    if let Some(states) = stored.collect::<Option<Vec<_>>>().filter(|s| s.len() == wanted.len()) {
        return Ok(EntriesOutcome::Already(states));
    }
    if facts.iter().any(|f| f.appointment.is_some()) {
        return Err(Problem::new(ProblemKind::Conflict, "an id was used before"));
    }
    let (mut all, mut conflicts) = (Vec::with_capacity(wanted.len()), Vec::new());
    for (at, one) in (0u32..).zip(wanted) {
        check(catalog, one, now)?;
        let Some(takes) = fit(catalog, one, &taken, now).map_err(|_| Problem::from(ProblemKind::Internal))?
        else {
            conflicts.push(at);
            continue;
        };
        // E5: nor may two of the list be in each other's way.
        taken.add_all(&takes);
        all.push(takes);
    }
    if conflicts.is_empty() {
        Ok(EntriesOutcome::Store(all))
    } else {
        Err(Problem { conflicts, ..Problem::new(ProblemKind::SlotTaken, "nothing of the list was stored") })
    }
}

#[cfg(test)]
#[path = "entries_tests.rs"]
mod tests;
