//! When a resource is open: rules S1 to S6 and S14 of `docs/SCHEDULING.md`.
use super::zone::{Offsets, Span};
use crate::{
    day::{Day, weekday},
    limits,
    time::UnixSeconds,
    wire::catalog::{Catalog, DayInterval, Resource, Schedule},
};
use alloc::vec::Vec;

/// Offered starts lie on multiples of this many minutes after an interval's start, besides multiples of the duration.
const STEP_MINUTES: u32 = 15;

/// Seconds on the wall, since 1970-01-01T00:00, of a minute of a day.
pub(super) fn wall(day: u32, minutes: u16) -> i64 {
    (i64::from(day) * 1_440 + i64::from(minutes)) * 60
}

/// An opening interval of one day.
#[derive(Debug, Clone, Copy)]
struct Opening {
    /// Wall clock at its start.
    from: i64,
    /// Wall clock at its end.
    to: i64,
    opens: i64,
    closes: i64,
}

/// Everything about one resource in a span of days that does not depend on claims.
#[derive(Debug)]
pub(super) struct Hours<'a> {
    pub(super) offsets: &'a Offsets,
    always: bool,
    /// First day of the span, since 1970-01-01.
    first: u32,
    /// Openings of each day of the span.
    days: Vec<Vec<Opening>>,
    /// Sorted by start.
    away: Vec<Span>,
    /// When which classes may not have it: until, exempt classes, span.
    held_back: Vec<(i64, &'a [u16], Span)>,
}

/// The intervals of a date: its exception, or nothing in a closure, or those of its season, or the usual ones.
fn intervals(catalog: &Catalog, resource: &Resource, day: Day, number: u32) -> Vec<DayInterval> {
    let schedule = resource.schedule.as_ref();
    if let Some(exception) = schedule.and_then(|s| s.exceptions.iter().find(|e| e.day == day)) {
        return exception.hours.clone();
    }
    let location = schedule.and_then(|s| s.location);
    let closures = catalog.rules.as_ref().map_or(&[][..], |r| &r.closures);
    let here = |of: Option<u16>| of.is_none() || of == location;
    if closures.iter().any(|c| (c.from..=c.to).contains(&day) && here(c.location)) {
        return Vec::new();
    }
    let season = schedule.and_then(|s| s.seasons.iter().find(|s| (s.from..=s.to).contains(&day)));
    let weekday = weekday(number);
    let weekly = season.map_or(&resource.hours, |s| &s.hours);
    weekly.iter().filter(|i| i.weekday == weekday).map(|i| DayInterval { from: i.from, to: i.to }).collect()
}

impl<'a> Hours<'a> {
    /// Of the days `first` to `last`, counted since 1970-01-01.
    pub(super) fn new(
        catalog: &Catalog,
        resource: &'a Resource,
        offsets: &'a Offsets,
        first: u32,
        last: u32,
    ) -> Self {
        let open = |number: u32| {
            let day = Day::of_number(number)?;
            let opening = |i: &DayInterval| {
                let (from, to) = (wall(number, i.from), wall(number, i.to));
                Opening { from, to, opens: offsets.border(from), closes: offsets.border(to) }
            };
            Some(intervals(catalog, resource, day, number).iter().map(opening).collect::<Vec<_>>())
        };
        let mut hours = Self {
            offsets,
            always: false,
            first,
            days: (first..=last).map(|number| open(number).unwrap_or_default()).collect(),
            away: Vec::new(),
            held_back: Vec::new(),
        };
        if let Some(schedule) = &resource.schedule {
            hours.always = schedule.always;
            hours.take_away(schedule, first, last);
            hours.hold_back(schedule, first, last);
        }
        hours
    }

    fn take_away(&mut self, schedule: &Schedule, first: u32, last: u32) {
        for absence in &schedule.absences {
            if let (Some(from), Some(to)) = (absence.from_day.number(), absence.to_day.number()) {
                self.offsets.spans(wall(from, absence.from), wall(to, absence.to), &mut self.away);
            }
        }
        for regular in &schedule.regular {
            let Some(start) = regular.first.number() else { continue };
            let end = regular.last.and_then(Day::number).unwrap_or(last).min(last);
            let step = 7 * u32::from(regular.weeks.max(1));
            // The first time in the span.
            let skipped = first.saturating_sub(start).div_ceil(step);
            let mut day = start.saturating_add(skipped.saturating_mul(step));
            while day <= end {
                self.offsets.spans(wall(day, regular.from), wall(day, regular.to), &mut self.away);
                day = day.saturating_add(step);
            }
        }
        self.away.sort_unstable();
    }

    fn hold_back(&mut self, schedule: &'a Schedule, first: u32, last: u32) {
        for held in &schedule.held_back {
            for day in (first..=last).filter(|day| weekday(*day) == held.weekday) {
                let release = self.offsets.border(wall(day.saturating_sub(held.days.into()), 0));
                let mut spans = Vec::new();
                self.offsets.spans(wall(day, held.from), wall(day, held.to), &mut spans);
                self.held_back.extend(spans.into_iter().map(|span| (release, &held.open_to[..], span)));
            }
        }
    }

    fn day(&self, number: u32) -> &[Opening] {
        let at = number.checked_sub(self.first).and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| self.days.get(at)).map_or(&[], Vec::as_slice)
    }

    /// Whether one opening interval contains the span, and no absence touches it.
    pub(super) fn is_open(&self, (from, to): Span) -> bool {
        let inside = |o: &Opening| o.opens <= from && to <= o.closes;
        // At a change of clocks around midnight an interval may reach into the wall's day before or after its own.
        let around = || {
            let day = u32::try_from(self.offsets.wall(from).div_euclid(86_400)).unwrap_or(0);
            (day.saturating_sub(1)..=day + 1).any(|d| self.day(d).iter().any(inside))
        };
        (self.always || around()) && !self.is_away((from, to))
    }

    /// Whether an absence touches the span.
    pub(super) fn is_away(&self, (from, to): Span) -> bool {
        self.away.iter().take_while(|a| a.0 < to).any(|a| from < a.1)
    }

    /// Whether the span is held back from a class at `now`.
    pub(super) fn is_held_back(&self, (from, to): Span, class: Option<u16>, now: UnixSeconds) -> bool {
        let now = i64::try_from(now.0).unwrap_or(i64::MAX);
        let exempt = |open_to: &[u16]| class.is_some_and(|class| open_to.contains(&class));
        self.held_back.iter().any(|(release, open_to, (start, end))| {
            *start < to && from < *end && now < *release && !exempt(open_to)
        })
    }

    /// Calls `offer` with each start on the grid of day `number` at which `minutes` fit into an opening interval (S7).
    pub(super) fn starts(&self, number: u32, minutes: u32, offer: &mut impl FnMut(i64)) {
        let length = i64::from(minutes) * 60;
        for opening in self.day(number) {
            let mut offset = 0;
            while opening.from + i64::from(offset) * 60 + length <= opening.to {
                if offset % minutes == 0 || offset % STEP_MINUTES == 0 {
                    let start = self.offsets.first(opening.from + i64::from(offset) * 60);
                    if let Some(start) = start.filter(|s| *s >= opening.opens && s + length <= opening.closes)
                    {
                        offer(start);
                    }
                }
                offset += limits::CELL_MINUTES;
            }
        }
    }
}
