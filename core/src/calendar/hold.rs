//! Whether a place may be held, and what it takes.
use super::{
    Counted, QueryError, Stretches, Taken,
    engine::{Engine, Zones},
    slots::capped,
    visit::Parts,
};
use crate::{
    ids::ResourceId,
    limits,
    problem::{Problem, ProblemKind},
    time::{Cell, UnixSeconds},
    wire::{
        appointment::Place,
        catalog::{Catalog, Service, Visit},
    },
};
use alloc::{vec, vec::Vec};
use core::ops::Range;
use minicbor::{Decode, Encode};

/// What the store knows when a hold is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HoldFacts {
    /// The id was ever used.
    pub id_used: bool,
    /// Live holds of the caller's network in this practice.
    pub network: u32,
    /// How many it may have.
    pub network_cap: u32,
    /// Live holds in this practice.
    pub practice: u32,
}

/// A granted hold: all of it is written at once, or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// Until when.
    pub expires: UnixSeconds,
    /// What is written.
    pub takes: Takes,
    /// Only a request may follow (rule S17).
    pub asks: bool,
}

/// What an appointment takes as long as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Takes {
    /// What it claims: disjoint, sorted by resource and start, buffers included. The place alone for a service without
    /// classes.
    #[n(0)]
    pub stretches: Stretches,
    /// Starts that count towards caps.
    #[n(1)]
    pub counted: Vec<Counted>,
}

impl Takes {
    /// Of a service without classes.
    pub fn only(place: Place) -> Self {
        Self { stretches: vec![place], counted: Vec::new() }
    }
}

/// What the store must look up before a place can be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concerned {
    /// Whose claims.
    pub resources: Vec<ResourceId>,
    /// In which cells.
    pub cells: Range<Cell>,
    /// Counted starts of which classes.
    pub classes: Vec<u16>,
    /// From which cell to which: the weeks around the place.
    pub weeks: Range<Cell>,
}

/// Whether the classes of a visit are such that patients ask for them (rule S17).
pub(super) fn asks(catalog: &Catalog, place: &Place, visit: Option<&Visit>) -> bool {
    parts(catalog, place, visit).is_ok_and(|parts| parts.asks())
}

fn parts(catalog: &Catalog, place: &Place, visit: Option<&Visit>) -> Result<Parts, QueryError> {
    let minutes = place.cells.checked_mul(limits::CELL_MINUTES).ok_or(QueryError::Minutes)?;
    let offers = |s: &Service| {
        s.classes.is_none() && u32::from(s.minutes) == minutes && s.resources.contains(&place.resource)
    };
    let parts = if let Some(visit) = visit {
        Parts::of(catalog, &visit.classes)?
    } else if catalog.services.iter().any(offers) {
        Parts::plain(vec![place.resource], minutes)?
    } else {
        return Err(QueryError::Classes);
    };
    if parts.minutes() != minutes {
        return Err(QueryError::Minutes);
    }
    if parts.first().1.contains(&place.resource) { Ok(parts) } else { Err(QueryError::Resources) }
}

/// What to look up for a place; the error says why the catalog does not offer it at all.
pub fn concerned_by_hold(
    catalog: &Catalog,
    place: &Place,
    visit: Option<&Visit>,
) -> Result<Concerned, QueryError> {
    const WEEK: u64 = 8 * 288;
    let parts = parts(catalog, place, visit)?;
    let buffer = u64::from(limits::MAX_BUFFER_MINUTES) / u64::from(limits::CELL_MINUTES);
    let (start, end) = (place.start.0, place.start.0.saturating_add(place.cells.into()));
    Ok(Concerned {
        resources: parts.resources(&[place.resource]),
        cells: Cell(start.saturating_sub(buffer))..Cell(end.saturating_add(buffer)),
        classes: capped(&parts),
        weeks: Cell(start.saturating_sub(WEEK))..Cell(end.saturating_add(WEEK)),
    })
}

/// What a place takes at `now`; `None` if a rule or a claim is against it. The rules for whoever books: who may, and how
/// many holds are open, are for [`decide_hold`].
pub fn fit(
    catalog: &Catalog,
    place: &Place,
    visit: Option<&Visit>,
    taken: &Taken,
    now: UnixSeconds,
) -> Result<Option<Takes>, QueryError> {
    let Ok(parts) = parts(catalog, place, visit) else { return Ok(None) };
    // Within the years that have dates.
    let Some(start) = i64::try_from(place.start.start().0).ok().filter(|s| *s < 253_402_300_800) else {
        return Ok(None);
    };
    let utc_day = u32::try_from(start.div_euclid(86_400)).unwrap_or(0);
    let zones = Zones::new(catalog, utc_day.saturating_sub(1), utc_day + 1)?;
    let engine = Engine::new(catalog, &zones, &parts, &[place.resource], now)?;
    let Some(day) = engine.day(place.resource, start) else { return Ok(None) };
    let mut on_grid = false;
    engine.starts(place.resource, day, &mut |offered| on_grid |= offered == start);
    let stretches = on_grid.then(|| engine.fit(place.resource, start, taken)).flatten();
    Ok(stretches.map(|stretches| Takes { stretches, counted: counted(&parts, start) }))
}

/// What of a visit that begins then counts towards caps.
pub(super) fn counted(parts: &Parts, start: i64) -> Vec<Counted> {
    let of = |part: &super::visit::Part| {
        let at = u64::try_from(start + part.after).ok()?;
        Some(Counted {
            class: part.class.filter(|_| part.has_caps())?,
            start: Cell::starting_at(UnixSeconds(at))?,
        })
    };
    parts.iter().filter_map(of).collect()
}

/// Until when the place is held and what it takes, or why not (PROTOCOL section 6: 10 minutes, no renewal, caps).
pub fn decide_hold(
    catalog: &Catalog,
    place: &Place,
    visit: Option<&Visit>,
    taken: &Taken,
    facts: &HoldFacts,
    now: UnixSeconds,
) -> Result<Granted, Problem> {
    if facts.id_used {
        return Err(ProblemKind::Conflict.into());
    }
    let code = visit.and_then(|v| v.code.as_deref());
    let parts = parts(catalog, place, visit);
    if parts.as_ref().is_ok_and(|parts| !parts.is_open_to(catalog, code)) {
        return Err(ProblemKind::Forbidden.into());
    }
    let asks = parts.is_ok_and(|parts| parts.asks());
    let fitting = fit(catalog, place, visit, taken, now).map_err(|_| Problem::from(ProblemKind::Internal))?;
    let Some(takes) = fitting else { return Err(ProblemKind::SlotTaken.into()) };
    if facts.network >= facts.network_cap || facts.practice >= limits::HOLDS_PER_PRACTICE {
        return Err(Problem {
            retry_after: Some(limits::HOLD_SECONDS),
            ..Problem::new(ProblemKind::RateLimited, "too many open holds")
        });
    }
    Ok(Granted { expires: now.plus(limits::HOLD_SECONDS), takes, asks })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{
        Claim,
        fixture::{R1, at, catalog, interval},
    };

    #[test]
    fn table() {
        let catalog = catalog(&[interval(1, 540, 600)]);
        let nine = at("2026-11-23", "09:00");
        let now = UnixSeconds(nine - 3_600);
        let place = Place { resource: R1, start: Cell(nine / 300), cells: 4 };
        let facts = HoldFacts { network_cap: 8, ..HoldFacts::default() };
        let taken = Err(ProblemKind::SlotTaken);
        let claim = |cell| Taken::new([Claim { resource: R1, cell: Cell(nine / 300 + cell) }], vec![]);
        for (cell, want) in [(3, taken), (4, Ok(now.plus(600)))] {
            let got = decide_hold(&catalog, &place, None, &claim(cell), &facts, now);
            assert_eq!(got.map(|g| g.expires).map_err(|p| p.kind), want, "a claim at cell {cell}");
        }
        for (name, place, facts, now, want) in [
            ("free", place, facts, now, Ok(now.plus(600))),
            ("used id", place, HoldFacts { id_used: true, ..facts }, now, Err(ProblemKind::Conflict)),
            ("no service of this duration", Place { cells: 3, ..place }, facts, now, taken),
            ("past", place, facts, UnixSeconds(nine + 1), taken),
            ("horizon", place, facts, UnixSeconds(nine - 200 * 86_400), taken),
            ("off the grid of starts", Place { start: Cell(nine / 300 + 1), ..place }, facts, now, taken),
            ("does not fit", Place { start: Cell(nine / 300 + 9), ..place }, facts, now, taken),
            ("no cells", Place { cells: 0, ..place }, facts, now, taken),
            ("too long", Place { cells: u32::MAX, ..place }, facts, now, taken),
            ("far future", Place { start: Cell(u64::MAX), ..place }, facts, now, taken),
            ("unknown resource", Place { resource: ResourceId([9; 16]), ..place }, facts, now, taken),
            ("network", place, HoldFacts { network: 8, ..facts }, now, Err(ProblemKind::RateLimited)),
            (
                "practice",
                place,
                HoldFacts { practice: limits::HOLDS_PER_PRACTICE, ..facts },
                now,
                Err(ProblemKind::RateLimited),
            ),
        ] {
            let got = decide_hold(&catalog, &place, None, &Taken::default(), &facts, now);
            assert_eq!(got.map(|g| g.expires).map_err(|p| p.kind), want, "{name}");
        }
    }
}
