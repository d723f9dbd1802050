//! Opening hours of one resource on one day, as instants.
use super::QueryError;
use crate::{
    limits,
    time::{Cell, UnixSeconds},
    wire::{
        appointment::Place,
        directory::{Catalog, Resource, WeeklyInterval},
    },
};
use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::{AmbiguousOffset, TimeZone},
};

/// Offered starts lie on multiples of this many minutes after an interval's start, besides multiples of the duration.
const STEP_MINUTES: u32 = 15;

/// The practice's time zone.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    /// Looks an IANA name up in the data compiled in.
    pub fn named(name: &str) -> Result<Self, QueryError> {
        TimeZone::get(name).map(Self).map_err(|_| QueryError::Zone)
    }

    /// The local date at an instant; `None` beyond the supported years.
    pub fn date(&self, at: UnixSeconds) -> Option<Date> {
        let stamp = Timestamp::from_second(i64::try_from(at.0).ok()?).ok()?;
        Some(self.0.to_datetime(stamp).date())
    }

    /// The instant of a wall-clock time, the first one if there are two. `None` if the clock skips it.
    fn existing(&self, wall: DateTime) -> Option<UnixSeconds> {
        let ambiguous = self.0.to_ambiguous_timestamp(wall);
        if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
            return None;
        }
        seconds(ambiguous.earlier().ok()?)
    }

    /// The instant of a wall-clock time, and whether the clock shows it once; one that the clock skips is moved on by
    /// the length of the gap.
    fn border(&self, wall: DateTime) -> Option<(UnixSeconds, bool)> {
        let ambiguous = self.0.to_ambiguous_timestamp(wall);
        let plain = matches!(ambiguous.offset(), AmbiguousOffset::Unambiguous { .. });
        Some((seconds(ambiguous.compatible().ok()?)?, plain))
    }
}

fn seconds(stamp: Timestamp) -> Option<UnixSeconds> {
    u64::try_from(stamp.as_second()).ok().map(UnixSeconds)
}

/// `minutes` after midnight on `date`; 1,440 is the next midnight.
fn wall(date: Date, minutes: u32) -> Option<DateTime> {
    if minutes >= 1_440 {
        return Some(DateTime::from_parts(date.tomorrow().ok()?, Time::midnight()));
    }
    let time = Time::new(i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?, 0, 0).ok()?;
    Some(DateTime::from_parts(date, time))
}

/// Calls `offer` with each start at which an appointment of `cells` fits into `interval` on `date`.
fn starts_in(zone: &Zone, date: Date, interval: WeeklyInterval, cells: u32, offer: &mut impl FnMut(Cell)) {
    let (from, to) = (u32::from(interval.from), u32::from(interval.to));
    let minutes = cells * limits::CELL_MINUTES;
    let borders =
        wall(date, from).and_then(|w| zone.border(w)).zip(wall(date, to).and_then(|w| zone.border(w)));
    let Some(((opens, plain_open), (closes, plain_close))) = borders else { return };
    // No clock change inside: wall-clock and elapsed time agree, so one look-up serves the whole interval.
    let even = plain_open && plain_close && closes.since(opens) == u64::from(to.saturating_sub(from)) * 60;
    let mut offset = 0;
    while from + offset + minutes <= to {
        if offset % minutes == 0 || offset % STEP_MINUTES == 0 {
            let start = if even {
                Some(opens.plus(u64::from(offset) * 60))
            } else {
                wall(date, from + offset).and_then(|w| zone.existing(w))
            };
            let fits = start.filter(|s| *s >= opens && s.plus(u64::from(minutes) * 60) <= closes);
            if let Some(cell) = fits.and_then(Cell::starting_at) {
                offer(cell);
            }
        }
        offset += limits::CELL_MINUTES;
    }
}

/// Calls `offer` with each start of `cells` cells on `date`.
pub(super) fn starts(zone: &Zone, resource: &Resource, date: Date, cells: u32, offer: &mut impl FnMut(Cell)) {
    let weekday = date.weekday().to_monday_one_offset();
    for interval in resource.hours.iter().filter(|i| i8::try_from(i.weekday) == Ok(weekday)) {
        starts_in(zone, date, *interval, cells, offer);
    }
}

/// Whether the catalog offers this place at all, claims aside.
pub fn is_offered(catalog: &Catalog, place: &Place) -> Result<bool, QueryError> {
    let zone = Zone::named(&catalog.time_zone)?;
    let found = catalog.resources.iter().find(|r| r.id == place.resource);
    let (Some(resource), Some(date), 1..=limits::MAX_APPOINTMENT_CELLS) =
        (found, zone.date(place.start.start()), place.cells)
    else {
        return Ok(false);
    };
    let mut offered = false;
    starts(&zone, resource, date, place.cells, &mut |cell| offered |= cell == place.start);
    Ok(offered)
}
