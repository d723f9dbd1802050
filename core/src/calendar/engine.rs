//! The one answer to "can this visit be then?", for slots and for holds.
use super::{
    QueryError, Taken, Zone,
    hours::Hours,
    visit::{Part, Parts, cells},
    zone::Offsets,
};
use crate::{
    ids::ResourceId,
    time::{Cell, UnixSeconds},
    wire::{appointment::Place, catalog::Catalog},
};
use alloc::{collections::BTreeMap, vec, vec::Vec};

/// Days in which a week lies, wherever it begins.
const WEEK: u64 = 7;

/// The offsets of the practice's zone and of each location's, over a span of days.
#[derive(Debug)]
pub(super) struct Zones {
    first: u32,
    last: u32,
    all: Vec<Offsets>,
}

impl Zones {
    /// Of the days `first` to `last`, counted since 1970-01-01, with a day more on both sides.
    pub(super) fn new(catalog: &Catalog, first: u32, last: u32) -> Result<Self, QueryError> {
        const DAY: u64 = 86_400;
        let (first, last) = (first.saturating_sub(1), last.saturating_add(1));
        // Beyond the days themselves: the midnights at which held-back time is released, and the weeks that caps count.
        let held_back = catalog.resources.iter().flat_map(|r| r.schedule.iter().flat_map(|s| &s.held_back));
        let back = held_back.map(|h| u64::from(h.days)).max().unwrap_or(0).max(WEEK);
        let span = (
            UnixSeconds(u64::from(first).saturating_sub(back) * DAY),
            UnixSeconds((u64::from(last) + 1 + WEEK) * DAY),
        );
        let locations = catalog.rules.iter().flat_map(|r| r.locations.iter().map(|l| &l.time_zone));
        let names = core::iter::once(&catalog.time_zone).chain(locations);
        let all = names.map(|name| Ok(Zone::named(name)?.offsets(span.0, span.1)));
        Ok(Self { first, last, all: all.collect::<Result<_, QueryError>>()? })
    }

    /// The practice's own.
    pub(super) fn practice(&self) -> Option<&Offsets> {
        self.all.first()
    }

    /// First and last day, counted since 1970-01-01.
    pub(super) fn days(&self) -> (u32, u32) {
        (self.first, self.last)
    }

    /// A location's.
    pub(super) fn of(&self, location: Option<u16>) -> Option<&Offsets> {
        self.all.get(location.map_or(0, |at| usize::from(at) + 1))
    }
}

/// Hours of all resources that matter, and the rules of time.
#[derive(Debug)]
pub(super) struct Engine<'a> {
    hours: BTreeMap<ResourceId, Hours<'a>>,
    practice: &'a Offsets,
    parts: &'a Parts,
    now: UnixSeconds,
    paused: bool,
}

/// What a visit takes: disjoint stretches, by resource and start, buffers included.
pub type Stretches = Vec<Place>;

impl<'a> Engine<'a> {
    /// For a visit and those who would do first; `Resources` if the catalog lacks one of them.
    pub(super) fn new(
        catalog: &'a Catalog,
        zones: &'a Zones,
        parts: &'a Parts,
        primary: &[ResourceId],
        now: UnixSeconds,
    ) -> Result<Self, QueryError> {
        let mut hours = BTreeMap::new();
        for id in parts.resources(primary) {
            let resource = catalog.resources.iter().find(|r| r.id == id).ok_or(QueryError::Resources)?;
            let location = resource.schedule.as_ref().and_then(|s| s.location);
            let offsets = zones.of(location).ok_or(QueryError::Resources)?;
            hours.insert(id, Hours::new(catalog, resource, offsets, zones.first, zones.last));
        }
        let pauses = catalog.rules.as_ref().map_or(&[][..], |r| &r.pauses);
        let paused = pauses.iter().any(|p| (p.from..p.to).contains(&now));
        let practice = zones.practice().ok_or(QueryError::Zone)?;
        Ok(Self { hours, practice, parts, now, paused })
    }

    /// Calls `offer` with every start on the grid of one resource's day, claims and rules of time aside.
    pub(super) fn starts(&self, primary: ResourceId, day: u32, offer: &mut impl FnMut(i64)) {
        if let Some(hours) = self.hours.get(&primary) {
            hours.starts(day, self.parts.first().0, offer);
        }
    }

    /// The date at an instant where a resource is.
    pub(super) fn day(&self, resource: ResourceId, at: i64) -> Option<u32> {
        let wall = self.hours.get(&resource)?.offsets.wall(at);
        u32::try_from(wall.div_euclid(86_400)).ok()
    }

    /// What the visit takes if it begins then with this resource; `None` if a rule or a claim is against it.
    pub(super) fn fit(&self, primary: ResourceId, start: i64, taken: &Taken) -> Option<Stretches> {
        if self.paused || !self.parts.iter().all(|part| self.in_time(part, start)) {
            return None;
        }
        let mut stretches = Vec::new();
        for (at, part) in self.parts.iter().enumerate() {
            let fits = |need: usize, id: ResourceId, span: (i64, i64)| {
                self.hours.get(&id).is_some_and(|hours| {
                    hours.is_open(span) && (need > 0 || !hours.is_held_back(span, part.class, self.now))
                })
            };
            assign(part, at == 0, primary, start, taken, &fits, &mut stretches)?;
        }
        self.caps_allow(start, taken).then(|| merged(stretches))
    }

    /// What the visit takes if the practice enters it then at this resource, whatever its hours (rule E4). What is needed
    /// besides is first looked for among what is open.
    pub(super) fn fit_entry(&self, primary: ResourceId, start: i64, taken: &Taken) -> Option<Stretches> {
        let open = |_: usize, id: ResourceId, span: (i64, i64)| {
            id == primary || self.hours.get(&id).is_some_and(|hours| hours.is_open(span))
        };
        let any = |_: usize, _: ResourceId, _: (i64, i64)| true;
        self.take(primary, start, taken, &open).or_else(|| self.take(primary, start, taken, &any))
    }

    fn take(&self, primary: ResourceId, start: i64, taken: &Taken, fits: &Fits<'_>) -> Option<Stretches> {
        let mut stretches = Vec::new();
        for (at, part) in self.parts.iter().enumerate() {
            assign(part, at == 0, primary, start, taken, fits, &mut stretches)?;
        }
        Some(merged(stretches))
    }

    /// Minimum notice and horizon (rule S9).
    fn in_time(&self, part: &Part, start: i64) -> bool {
        let Ok(start) = u64::try_from(start + part.after).map(UnixSeconds) else { return false };
        start >= self.now.plus(u64::from(part.notice) * 60)
            && start < self.now.plus(u64::from(part.horizon) * 86_400)
    }

    /// Caps by day and week of the practice's zone (rule S15).
    fn caps_allow(&self, start: i64, taken: &Taken) -> bool {
        let day = |at: i64| self.practice.wall(at).div_euclid(86_400);
        // 1970-01-01 was a Thursday.
        let week = |at: i64| (day(at) + 3).div_euclid(7);
        let seconds = |cell: Cell| i64::try_from(cell.start().0).unwrap_or(i64::MAX);
        self.parts.iter().enumerate().filter(|(_, part)| part.has_caps()).all(|(position, part)| {
            let Some(class) = part.class else { return true };
            let at = start + part.after;
            let own = self.parts.iter().take(position).filter(|p| p.class == Some(class));
            let all: Vec<i64> =
                taken.of_class(class).map(seconds).chain(own.map(|p| start + p.after)).collect();
            let below = |cap: Option<u16>, same: &dyn Fn(i64) -> bool| {
                cap.is_none_or(|cap| all.iter().filter(|other| same(**other)).count() < usize::from(cap))
            };
            below(part.per_day, &|other| day(other) == day(at))
                && below(part.per_week, &|other| week(other) == week(at))
        })
    }
}

/// Whether a resource may serve a need of a part, by its position, in a span of seconds: what does not hang on claims.
type Fits<'a> = dyn Fn(usize, ResourceId, (i64, i64)) -> bool + 'a;

/// A resource of its own for each need of a part (rules S11 and S12), by augmenting paths: the order of the needs and
/// of the resources in them decides who is taken, and whatever can be met is met.
fn assign(
    part: &Part,
    first: bool,
    primary: ResourceId,
    start: i64,
    taken: &Taken,
    may: &Fits<'_>,
    stretches: &mut Stretches,
) -> Option<()> {
    let span = (start + part.after, start + part.after + i64::from(part.minutes) * 60);
    let mut can: Vec<Vec<ResourceId>> = Vec::with_capacity(part.needs.len());
    for (at, need) in part.needs.iter().enumerate() {
        // The patient's choice stays for the whole visit wherever it can.
        let chosen = at == 0 && (first || need.one_of.contains(&primary));
        let claimed = cells(span, need.before, need.after)?;
        let fits = |id: &ResourceId| {
            (!chosen || *id == primary) && taken.is_free(*id, &claimed) && may(at, *id, span)
        };
        let fitting: Vec<ResourceId> = need.one_of.iter().copied().filter(fits).collect();
        if fitting.is_empty() {
            return None;
        }
        can.push(fitting);
    }
    let mut holder: BTreeMap<ResourceId, usize> = BTreeMap::new();
    for need in 0..can.len() {
        if !augment(&can, need, &mut holder, &mut Vec::new()) {
            return None;
        }
    }
    for (resource, at) in holder {
        let need = part.needs.get(at)?;
        let claimed = cells(span, need.before, need.after)?;
        let count = u32::try_from(claimed.end - claimed.start).ok()?;
        stretches.push(Place { resource, start: Cell(claimed.start), cells: count });
    }
    Some(())
}

/// Finds a resource for one need, moving others on where that helps.
pub(super) fn augment(
    can: &[Vec<ResourceId>],
    need: usize,
    holder: &mut BTreeMap<ResourceId, usize>,
    seen: &mut Vec<ResourceId>,
) -> bool {
    let free = can[need].iter().find(|id| !holder.contains_key(id));
    if let Some(id) = free {
        holder.insert(*id, need);
        return true;
    }
    for id in &can[need] {
        if seen.contains(id) {
            continue;
        }
        seen.push(*id);
        let moved = holder.get(id).copied().is_some_and(|other| augment(can, other, holder, seen));
        if moved {
            holder.insert(*id, need);
            return true;
        }
    }
    false
}

/// Stretches of one resource that touch or overlap become one.
fn merged(mut stretches: Stretches) -> Stretches {
    stretches.sort_unstable_by_key(|s| (s.resource, s.start));
    let mut out: Stretches = vec![];
    for next in stretches {
        let end = next.start.0 + u64::from(next.cells);
        match out.last_mut() {
            Some(last)
                if last.resource == next.resource && next.start.0 <= last.start.0 + u64::from(last.cells) =>
            {
                let cells = end.saturating_sub(last.start.0);
                last.cells = last.cells.max(u32::try_from(cells).unwrap_or(u32::MAX));
            }
            _ => out.push(next),
        }
    }
    out
}
