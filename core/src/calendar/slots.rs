//! Which starts are free.
use super::{
    Claim, QueryError,
    hours::{Zone, starts},
};
use crate::{
    limits,
    time::{CELL_SECONDS, Cell, UnixSeconds},
    wire::{
        directory::{Catalog, Resource},
        http::{Slot, SlotQuery},
    },
};
use alloc::{collections::BTreeSet, vec::Vec};
use core::ops::Range;
use jiff::civil::Date;

/// The days that a query names: first and how many.
pub fn days(query: &SlotQuery) -> Result<(Date, u32), QueryError> {
    if query.days == 0 || query.days > limits::MAX_SLOT_DAYS || query.from.len() != 10 {
        return Err(QueryError::Days);
    }
    let first = query.from.parse().map_err(|_| QueryError::Days)?;
    Ok((first, query.days))
}

/// Cells that cover the query's days in every time zone: what to load claims for.
pub fn utc_cells(query: &SlotQuery) -> Result<Range<Cell>, QueryError> {
    /// Zones reach from UTC-12 to UTC+14; a day more on both sides covers them.
    const DAY: i64 = 86_400;
    let (first, count) = days(query)?;
    let midnight = first
        .to_datetime(jiff::civil::Time::midnight())
        .to_zoned(jiff::tz::TimeZone::UTC)
        .map_err(|_| QueryError::Days)?
        .timestamp()
        .as_second();
    let cell = |s: i64| Cell(u64::try_from(s).unwrap_or(0) / CELL_SECONDS);
    Ok(cell(midnight - DAY)..cell(midnight + (i64::from(count) + 1) * DAY))
}

/// The free slots of a query, sorted by start, then resource.
///
/// `taken` holds the claims of live holds and bookings. Nothing before `now` and nothing from
/// [`limits::HORIZON_DAYS`] on is offered; there is no minimum notice.
pub fn slots(
    catalog: &Catalog,
    taken: &BTreeSet<Claim>,
    now: UnixSeconds,
    query: &SlotQuery,
) -> Result<Vec<Slot>, QueryError> {
    let (first, count) = days(query)?;
    let cells = query.minutes / limits::CELL_MINUTES;
    if !query.minutes.is_multiple_of(limits::CELL_MINUTES)
        || !(1..=limits::MAX_APPOINTMENT_CELLS).contains(&cells)
    {
        return Err(QueryError::Minutes);
    }
    let wanted: BTreeSet<_> = query.resources.iter().collect();
    let resources: Vec<&Resource> = catalog.resources.iter().filter(|r| wanted.contains(&r.id)).collect();
    if wanted.is_empty() || query.resources.len() > limits::MAX_RESOURCES || resources.len() != wanted.len() {
        return Err(QueryError::Resources);
    }
    let zone = Zone::named(&catalog.time_zone)?;
    let horizon = now.plus(u64::from(limits::HORIZON_DAYS) * 86_400);
    let mut found = Vec::new();
    let mut date = first;
    for _ in 0..count {
        for resource in &resources {
            starts(&zone, resource, date, cells, &mut |cell| {
                let start = cell.start();
                let free = |c| !taken.contains(&Claim { resource: resource.id, cell: Cell(c) });
                if start >= now
                    && start < horizon
                    && (cell.0..cell.0.saturating_add(u64::from(cells))).all(free)
                {
                    found.push(Slot { resource: resource.id, start });
                }
            });
        }
        let Ok(next) = date.tomorrow() else { break };
        date = next;
    }
    found.sort_unstable_by_key(|s| (s.start, s.resource));
    found.dedup();
    Ok(found)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::calendar::{
        fixture::{R1, R2, at, catalog, interval},
        is_offered,
    };
    use crate::wire::appointment::Place;
    use alloc::{string::ToString, vec};

    fn query(from: &str, days: u32, minutes: u32) -> SlotQuery {
        SlotQuery { resources: vec![R1], minutes, from: from.to_string(), days }
    }

    fn offered(catalog: &Catalog, from: &str, minutes: u32) -> Vec<u64> {
        let now = at(from, "00:00").saturating_sub(86_400);
        let slots = slots(catalog, &BTreeSet::new(), UnixSeconds(now), &query(from, 1, minutes)).unwrap();
        for slot in &slots {
            let place = Place {
                resource: slot.resource,
                start: Cell::starting_at(slot.start).unwrap(),
                cells: minutes / 5,
            };
            assert!(is_offered(catalog, &place).unwrap(), "slots and holds disagree at {slot:?}");
        }
        slots.iter().map(|s| s.start.0).collect()
    }

    #[test]
    fn starts_are_multiples_of_the_duration_or_a_quarter_hour() {
        let catalog = catalog(&[interval(1, 9 * 60, 10 * 60)]);
        for (minutes, want) in [
            (20, vec!["09:00", "09:15", "09:20", "09:30", "09:40"]),
            (30, vec!["09:00", "09:15", "09:30"]),
            (
                5,
                (0..12)
                    .map(|i| {
                        [
                            "09:00", "09:05", "09:10", "09:15", "09:20", "09:25", "09:30", "09:35", "09:40",
                            "09:45", "09:50", "09:55",
                        ][i]
                    })
                    .collect(),
            ),
            (60, vec!["09:00"]),
            (65, vec![]),
        ] {
            // A Monday.
            let want: Vec<u64> = want.into_iter().map(|t| at("2026-11-23", t)).collect();
            assert_eq!(offered(&catalog, "2026-11-23", minutes), want, "{minutes}");
        }
        assert!(offered(&catalog, "2026-11-24", 20).is_empty(), "closed on Tuesday");
    }

    #[test]
    fn spring_gap_skips_what_does_not_exist() {
        // 29 March 2026, a Sunday: 02:00 becomes 03:00 in Berlin.
        let catalog = catalog(&[interval(7, 60, 4 * 60)]);
        let got = offered(&catalog, "2026-03-29", 30);
        let one = at("2026-03-29", "01:00");
        // 01:00 .. 01:45 as CET, then 03:00 .. 03:30 as CEST: 01:30 runs until 03:00 without overlap.
        let want: Vec<u64> = [0, 15, 30, 45, 60, 75, 90].iter().map(|m| one + m * 60).collect();
        assert_eq!(got, want);
        // An interval that ends in the gap is as long as its wall-clock length.
        let short = super::super::fixture::catalog(&[interval(7, 60, 150)]);
        assert_eq!(offered(&short, "2026-03-29", 30), [0, 15, 30, 45].map(|m| one + m * 60));
    }

    #[test]
    fn autumn_overlap_offers_each_wall_time_once() {
        // 25 October 2026, a Sunday: 03:00 becomes 02:00 in Berlin.
        let catalog = catalog(&[interval(7, 60, 4 * 60)]);
        let got = offered(&catalog, "2026-10-25", 30);
        let one = at("2026-10-25", "01:00");
        // 01:00 .. 02:45 first time (CEST), then 03:00 CET, which is three real hours after 01:00.
        let want: Vec<u64> =
            [0, 15, 30, 45, 60, 75, 90, 105, 180, 195, 210].iter().map(|m| one + m * 60).collect();
        assert_eq!(got, want);
    }

    #[test]
    fn claims_past_and_horizon_are_left_out() {
        let catalog = catalog(&[interval(1, 9 * 60, 10 * 60)]);
        let nine = at("2026-11-23", "09:00");
        let q = query("2026-11-23", 1, 20);
        let taken = BTreeSet::from([Claim { resource: R1, cell: Cell(nine / 300 + 4) }]);
        let got = slots(&catalog, &taken, UnixSeconds(nine - 1), &q).unwrap();
        // 09:20 is claimed: 09:15 and 09:20 go; 09:00 ends just before.
        assert_eq!(got.iter().map(|s| (s.start.0 - nine) / 60).collect::<Vec<_>>(), [0, 30, 40], "{got:?}");
        let other = BTreeSet::from([Claim { resource: R2, cell: Cell(nine / 300 + 4) }]);
        assert_eq!(slots(&catalog, &other, UnixSeconds(nine - 1), &q).unwrap().len(), 5);
        assert_eq!(slots(&catalog, &BTreeSet::new(), UnixSeconds(nine + 1), &q).unwrap().len(), 4);
        assert_eq!(slots(&catalog, &BTreeSet::new(), UnixSeconds(nine - 200 * 86_400), &q).unwrap(), []);
    }

    #[test]
    fn bad_queries_are_told_apart() {
        let catalog = catalog(&[interval(1, 9 * 60, 10 * 60)]);
        let run = |q: &SlotQuery| slots(&catalog, &BTreeSet::new(), UnixSeconds(0), q);
        for (q, want) in [
            (query("2026-11-23", 0, 20), QueryError::Days),
            (query("2026-11-23", 36, 20), QueryError::Days),
            (query("2026-02-30", 1, 20), QueryError::Days),
            (query("+002026-11", 1, 20), QueryError::Days),
            (query("yesterday", 1, 20), QueryError::Days),
            (query("2026-11-23", 1, 0), QueryError::Minutes),
            (query("2026-11-23", 1, 7), QueryError::Minutes),
            (query("2026-11-23", 1, u32::MAX), QueryError::Minutes),
            (query("2026-11-23", 1, 485), QueryError::Minutes),
            (SlotQuery { resources: vec![], ..query("2026-11-23", 1, 20) }, QueryError::Resources),
            (
                SlotQuery { resources: vec![crate::ids::ResourceId([9; 16])], ..query("2026-11-23", 1, 20) },
                QueryError::Resources,
            ),
        ] {
            assert_eq!(run(&q), Err(want), "{q:?}");
        }
        assert!(run(&query("9999-12-31", 35, 20)).is_ok());
        assert_eq!(
            utc_cells(&query("9999-12-31", 35, 20)),
            Err(QueryError::Days),
            "no panic at the end of time"
        );
    }
}
