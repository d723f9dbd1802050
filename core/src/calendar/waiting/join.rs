//! Whether an entry is added.
use crate::{
    calendar::{QueryError, Zone, visit::Parts},
    day::Day,
    limits,
    problem::{Problem, ProblemKind},
    time::UnixSeconds,
    wire::{
        catalog::Catalog,
        waiting::{Terms, Want},
    },
};

/// What the store knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JoinFacts {
    /// The id was ever used.
    pub id_used: bool,
    /// These very bytes are in the list under this id and capability.
    pub stored: bool,
    /// Entries that wait in this practice.
    pub practice: u64,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinOutcome {
    /// Add it; it is over at this time.
    Add(UnixSeconds),
    /// It is there: a client whose answer was lost.
    Already,
}

/// Whether the terms make sense, now (rules W1 and W2).
pub fn decide_join(
    catalog: &Catalog,
    terms: &Terms,
    facts: &JoinFacts,
    now: UnixSeconds,
) -> Result<JoinOutcome, Problem> {
    if facts.stored {
        return Ok(JoinOutcome::Already);
    }
    if facts.id_used {
        return Err(ProblemKind::Conflict.into());
    }
    if terms.wants.is_empty() || terms.wants.len() > limits::MAX_WANTS || !(1..128).contains(&terms.weekdays)
    {
        return Err(Problem::new(ProblemKind::Malformed, "an entry wants something, on some weekday"));
    }
    for want in &terms.wants {
        let parts = parts(catalog, want).map_err(|error| {
            Problem::new(ProblemKind::Malformed, alloc::string::ToString::to_string(&error))
        })?;
        if !parts.is_open_to(catalog, None) {
            return Err(ProblemKind::Forbidden.into());
        }
    }
    let end = ends(catalog, terms.last)
        .ok_or_else(|| Problem::new(ProblemKind::Malformed, "the last date is no date"))?;
    if end <= now || end > now.plus(u64::from(limits::WAITING_DAYS + 1) * 86_400) {
        return Err(Problem::new(ProblemKind::Malformed, "the last date is over, or too far ahead"));
    }
    if facts.practice >= limits::WAITING_PER_PRACTICE {
        return Err(Problem::new(ProblemKind::RateLimited, "the waiting list is full"));
    }
    Ok(JoinOutcome::Add(end))
}

/// What a want asks for, if the catalog offers it.
pub(super) fn parts(catalog: &Catalog, want: &Want) -> Result<Parts, QueryError> {
    let parts = if let Some(classes) = &want.classes {
        Parts::of(catalog, classes)?
    } else {
        let offers = |id| {
            let mut all = catalog.services.iter().filter(|s| s.classes.is_none());
            all.any(|s| u32::from(s.minutes) == want.minutes && s.resources.contains(id))
        };
        if !want.resources.iter().all(offers) {
            return Err(QueryError::Resources);
        }
        Parts::plain(want.resources.clone(), want.minutes)?
    };
    if parts.minutes() != want.minutes {
        return Err(QueryError::Minutes);
    }
    let known = !want.resources.is_empty()
        && want.resources.len() <= limits::MAX_RESOURCES
        && want.resources.iter().all(|id| parts.first().1.contains(id));
    if known { Ok(parts) } else { Err(QueryError::Resources) }
}

/// When a date of the practice's zone is over; `None` for what is no date.
pub fn ends(catalog: &Catalog, last: Day) -> Option<UnixSeconds> {
    let next = last.number()?.checked_add(1)?;
    let midnight = u64::from(next) * 86_400;
    let zone = Zone::named(&catalog.time_zone).ok()?;
    let around = zone.offsets(UnixSeconds(midnight.saturating_sub(172_800)), UnixSeconds(midnight + 172_800));
    u64::try_from(around.border(i64::try_from(midnight).ok()?)).ok().map(UnixSeconds)
}
