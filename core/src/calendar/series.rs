//! When the appointments of a series are: rule E7 of `docs/SCHEDULING.md`.
use super::{QueryError, engine::Zones};
use crate::{
    day::Day,
    ids::ResourceId,
    limits,
    time::{Cell, UnixSeconds},
    wire::catalog::Catalog,
};
use alloc::vec::Vec;

/// One of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// The date at its resource.
    pub day: Day,
    /// Its start; `None` where the clock skips that time on this date.
    pub start: Option<Cell>,
}

/// The starts of `count` appointments, every `weeks` weeks at the same time of the wall clock where the resource is. A time that
/// exists twice is the first one.
pub fn weekly(
    catalog: &Catalog,
    resource: ResourceId,
    start: Cell,
    weeks: u32,
    count: u32,
) -> Result<Vec<Occurrence>, QueryError> {
    const DAY: i64 = 86_400;
    let last = weeks.checked_mul(7).and_then(|days| days.checked_mul(count.saturating_sub(1)));
    let most = u32::try_from(limits::MAX_ENTRIES).unwrap_or(u32::MAX);
    let days = last.filter(|days| *days <= u32::from(limits::MAX_HORIZON_DAYS));
    let days = days.filter(|_| weeks > 0 && (1..=most).contains(&count)).ok_or(QueryError::Days)?;
    let found = catalog.resources.iter().find(|r| r.id == resource).ok_or(QueryError::Resources)?;
    let first = u32::try_from(start.start().0 / 86_400).map_err(|_| QueryError::Days)?;
    let zones = Zones::new(catalog, first, first.checked_add(days).ok_or(QueryError::Days)?)?;
    let offsets = zones.of(found.schedule.as_ref().and_then(|s| s.location)).ok_or(QueryError::Resources)?;
    let instant = i64::try_from(start.start().0).map_err(|_| QueryError::Days)?;
    let wall = offsets.wall(instant);
    let mut all = Vec::new();
    for n in 0..count {
        let at = wall + i64::from(n * weeks * 7) * DAY;
        let number = u32::try_from(at.div_euclid(DAY)).map_err(|_| QueryError::Days)?;
        // The one that was chosen stays as it was chosen, also the second one of a time that exists twice.
        let first = if n == 0 { Some(instant) } else { offsets.first(at) };
        let start =
            first.and_then(|at| u64::try_from(at).ok()).and_then(|at| Cell::starting_at(UnixSeconds(at)));
        all.push(Occurrence { day: Day::of_number(number).ok_or(QueryError::Days)?, start });
    }
    Ok(all)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::{
        calendar::fixture::{R1, at, catalog},
        time::CELL_SECONDS,
    };
    use alloc::vec;

    fn cell(date: &str, time: &str) -> Cell {
        Cell(at(date, time) / CELL_SECONDS)
    }

    /// Rule E7.
    #[test]
    fn nine_o_clock_stays_nine_o_clock() {
        let catalog = catalog(&[]);
        let all = weekly(&catalog, R1, cell("2026-10-19", "09:00"), 1, 3).unwrap();
        let want = [("2026-10-19", 20_261_019), ("2026-10-26", 20_261_026), ("2026-11-02", 20_261_102)];
        assert_eq!(all, want.map(|(d, n)| Occurrence { day: Day(n), start: Some(cell(d, "09:00")) }));
        assert_eq!(all[1].start.unwrap().0 - all[0].start.unwrap().0, 7 * 288 + 12, "a week and an hour");
        let two = weekly(&catalog, R1, cell("2026-10-19", "09:00"), 2, 2).unwrap();
        assert_eq!(two[1].start, Some(cell("2026-11-02", "09:00")));
    }

    #[test]
    fn a_time_that_the_clock_skips_is_told() {
        let all = weekly(&catalog(&[]), R1, cell("2026-03-22", "02:30"), 1, 3).unwrap();
        let starts: Vec<_> = all.iter().map(|o| (o.day.0, o.start)).collect();
        let want = vec![
            (20_260_322, Some(cell("2026-03-22", "02:30"))),
            (20_260_329, None),
            (20_260_405, Some(cell("2026-04-05", "02:30"))),
        ];
        assert_eq!(starts, want);
        // One that exists twice is the first.
        let twice = weekly(&catalog(&[]), R1, cell("2026-10-18", "02:30"), 1, 2).unwrap();
        assert_eq!(twice[1].start.unwrap().0, cell("2026-10-18", "02:30").0 + 7 * 288);
    }

    #[test]
    fn what_is_no_series() {
        let from = cell("2026-10-19", "09:00");
        for (weeks, count) in [(0, 2), (1, 0), (1, 53), (53, 3), (u32::MAX, 2)] {
            assert_eq!(
                weekly(&catalog(&[]), R1, from, weeks, count),
                Err(QueryError::Days),
                "{weeks} {count}"
            );
        }
        assert!(weekly(&catalog(&[]), ResourceId([9; 16]), from, 1, 2).is_err());
    }
}
