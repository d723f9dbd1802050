//! Who of the list is offered what was freed, and where.
use super::join::parts;
use crate::{
    calendar::{
        Concerned, QueryError, Taken, Takes,
        engine::{Engine, Zones},
        hold::counted,
        slots::capped,
        visit::{Part, Parts},
    },
    day::{Day, weekday},
    ids::ResourceId,
    limits,
    time::{Cell, UnixSeconds},
    wire::{
        appointment::Place,
        catalog::Catalog,
        waiting::{Terms, Want},
    },
};
use alloc::{collections::BTreeSet, vec::Vec};

/// A place for an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// When and with whom.
    pub place: Place,
    /// The classes that it is for.
    pub classes: Option<Vec<u16>>,
    /// What it takes.
    pub takes: Takes,
    /// When the offer ends (rule W6).
    pub until: UnixSeconds,
}

/// The first of these entries, in order, for whom there is a free place that touches what was freed, and that place (rules W3
/// and W4). `load` looks up what is taken, without what is kept for the list here.
pub fn first_to_fit<'t, E: From<QueryError>>(
    catalog: &Catalog,
    entries: impl Iterator<Item = &'t Terms>,
    freed: &[Place],
    now: UnixSeconds,
    mut load: impl FnMut(&Concerned) -> Result<Taken, E>,
) -> Result<Option<(usize, Found)>, E> {
    let Some(span) = span(freed) else { return Ok(None) };
    for (at, terms) in entries.enumerate() {
        let mut best: Option<(Order, Found)> = None;
        for want in &terms.wants {
            // A catalog that no longer offers it passes the want over, as it would a hold.
            let Ok(parts) = parts(catalog, want) else { continue };
            let first = want
                .resources
                .iter()
                .chain(parts.iter().flat_map(|p| p.needs.iter().flat_map(|n| &n.one_of)));
            let related: BTreeSet<_> = first.collect();
            if !parts.is_open_to(catalog, None) || !freed.iter().any(|f| related.contains(&f.resource)) {
                continue;
            }
            let taken = load(&concerned(&parts, want, span))?;
            let found = find(catalog, terms, (want, &parts), (freed, span), &taken, now)?;
            if let Some((order, place)) = found
                && best.as_ref().is_none_or(|(known, _)| order < *known)
            {
                best = Some((order, place));
            }
        }
        if let Some((_, found)) = best {
            return Ok(Some((at, found)));
        }
    }
    Ok(None)
}

/// What lies wholly in what was freed comes first, then the earlier, then the resource of the smaller id.
type Order = (bool, Cell, ResourceId);

/// First and last cell of what was freed.
fn span(freed: &[Place]) -> Option<(u64, u64)> {
    let end = |s: &Place| s.start.0.saturating_add(s.cells.into());
    Some((freed.iter().map(|s| s.start.0).min()?, freed.iter().map(end).max()?))
}

/// Cells by which a place may begin before, or end after, what it touches: its length and its buffers.
fn reach(parts: &Parts) -> u64 {
    u64::from(parts.minutes() + u32::from(limits::MAX_BUFFER_MINUTES)) / u64::from(limits::CELL_MINUTES)
}

fn concerned(parts: &Parts, want: &Want, (from, to): (u64, u64)) -> Concerned {
    const WEEK: u64 = 8 * 288;
    let far = 2 * reach(parts);
    let (from, to) = (from.saturating_sub(far), to.saturating_add(far));
    Concerned {
        resources: parts.resources(&want.resources),
        cells: Cell(from)..Cell(to),
        classes: capped(parts),
        weeks: Cell(from.saturating_sub(WEEK))..Cell(to.saturating_add(WEEK)),
    }
}

fn find(
    catalog: &Catalog,
    terms: &Terms,
    (want, parts): (&Want, &Parts),
    (freed, (from, to)): (&[Place], (u64, u64)),
    taken: &Taken,
    now: UnixSeconds,
) -> Result<Option<(Order, Found)>, QueryError> {
    let far = reach(parts);
    let (from, to) = (from.saturating_sub(far), to.saturating_add(far));
    let day = |cell: u64| u32::try_from(cell / 288).unwrap_or(u32::MAX - 2);
    if Cell(to).start() <= now || Cell(from).start() > now.plus(u64::from(limits::MAX_HORIZON_DAYS) * 86_400)
    {
        return Ok(None);
    }
    let (first, last) = (day(from).saturating_sub(1), day(to) + 1);
    let zones = Zones::new(catalog, first, last)?;
    let engine = Engine::new(catalog, &zones, parts, &want.resources, now)?;
    let practice = zones.practice().ok_or(QueryError::Zone)?;
    let cells = want.minutes / limits::CELL_MINUTES;
    let mut best: Option<(Order, Found)> = None;
    let resources: BTreeSet<_> = want.resources.iter().copied().collect();
    for resource in resources {
        let mut starts = Vec::new();
        for day in first..=last {
            engine.starts(resource, day, &mut |start| starts.push(start));
        }
        for start in starts {
            let Some(cell) = u64::try_from(start).ok().and_then(|s| Cell::starting_at(UnixSeconds(s))) else {
                continue;
            };
            if !(from..to).contains(&cell.0) || !suits(terms, practice.wall(start)) {
                continue;
            }
            let place = Place { resource, start: cell, cells };
            let order = (!within(&place, freed), cell, resource);
            if best.as_ref().is_some_and(|(known, _)| *known <= order) {
                continue;
            }
            let Some(stretches) = engine.fit(resource, start, taken) else { continue };
            let until = until(parts, start, now);
            if until <= now || !stretches.iter().any(|s| freed.iter().any(|f| touch(s, f))) {
                continue;
            }
            let takes =
                Takes { stretches, counted: parts.iter().filter_map(|p| counted(p, start)).collect() };
            best = Some((order, Found { place, classes: want.classes.clone(), takes, until }));
        }
    }
    Ok(best)
}

/// Weekday and last date, by the practice's clock (rule W3).
fn suits(terms: &Terms, wall: i64) -> bool {
    let Ok(number) = u32::try_from(wall.div_euclid(86_400)) else { return false };
    terms.weekdays >> (weekday(number) - 1) & 1 == 1
        && Day::of_number(number).is_some_and(|d| d <= terms.last)
}

/// Four hours, or the notice before the start, whichever is first.
fn until(parts: &Parts, start: i64, now: UnixSeconds) -> UnixSeconds {
    let notice = |p: &Part| start + p.after - i64::from(p.notice) * 60;
    let last = parts.iter().map(notice).min().and_then(|at| u64::try_from(at).ok()).unwrap_or(0);
    now.plus(limits::OFFER_SECONDS).min(UnixSeconds(last))
}

fn touch(a: &Place, b: &Place) -> bool {
    let end = |s: &Place| s.start.0.saturating_add(s.cells.into());
    a.resource == b.resource && a.start.0 < end(b) && b.start.0 < end(a)
}

fn within(place: &Place, freed: &[Place]) -> bool {
    let end = |s: &Place| s.start.0.saturating_add(s.cells.into());
    freed.iter().any(|f| f.resource == place.resource && f.start <= place.start && end(place) <= end(f))
}
