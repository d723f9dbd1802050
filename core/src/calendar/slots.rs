//! Which starts are free.
use super::{
    QueryError, Taken,
    engine::{Engine, Zones},
    visit::Parts,
};
use crate::{
    day::Day,
    ids::ResourceId,
    limits,
    time::{CELL_SECONDS, Cell, UnixSeconds},
    wire::{
        catalog::Catalog,
        http::{Slot, SlotQuery},
    },
};
use alloc::{collections::BTreeSet, vec::Vec};
use core::ops::Range;

/// The days that a query names: the first, counted since 1970-01-01, and how many.
fn days(query: &SlotQuery) -> Result<(u32, u32), QueryError> {
    let most = if query.first.is_some() { limits::MAX_SEARCH_DAYS } else { limits::MAX_SLOT_DAYS };
    if query.days == 0 || query.days > most {
        return Err(QueryError::Days);
    }
    let first = Day::parse(&query.from).and_then(Day::number).ok_or(QueryError::Days)?;
    Ok((first, query.days))
}

/// Cells that cover the query's days in every time zone, with all buffers: what to load claims for.
pub fn utc_cells(query: &SlotQuery) -> Result<Range<Cell>, QueryError> {
    // Zones reach from UTC-12 to UTC+14. A visit that begins in the last minute of a day takes 8 h and 4 h of buffer more.
    const CELLS: u64 = 86_400 / CELL_SECONDS;
    let (first, count) = days(query)?;
    let (from, to) = (u64::from(first).saturating_sub(1), u64::from(first) + u64::from(count) + 1);
    Ok(Cell(from * CELLS)..Cell(to * CELLS))
}

fn parts(catalog: &Catalog, query: &SlotQuery) -> Result<Parts, QueryError> {
    let parts = match &query.classes {
        None => Parts::plain(query.resources.clone(), query.minutes)?,
        Some(classes) => Parts::of(catalog, classes)?,
    };
    let offers = |id: &ResourceId| parts.first().1.contains(id);
    if query.resources.is_empty()
        || query.resources.len() > limits::MAX_RESOURCES
        || !query.resources.iter().all(offers)
    {
        return Err(QueryError::Resources);
    }
    if parts.minutes() == query.minutes { Ok(parts) } else { Err(QueryError::Minutes) }
}

/// Whose claims slots of these classes need besides those of the asked resources, and of which classes the counted starts.
pub fn concerned(catalog: &Catalog, classes: &[u16]) -> Result<(Vec<ResourceId>, Vec<u16>), QueryError> {
    let parts = Parts::of(catalog, classes)?;
    Ok((parts.resources(&[]), capped(&parts)))
}

/// The classes of a visit that have caps.
pub(super) fn capped(parts: &Parts) -> Vec<u16> {
    let classes: BTreeSet<u16> = parts.iter().filter(|p| p.has_caps()).filter_map(|p| p.class).collect();
    classes.into_iter().collect()
}

/// The free slots of a query, sorted by start, then resource (rule S7 and all that it leads to).
pub fn slots(
    catalog: &Catalog,
    taken: &Taken,
    now: UnixSeconds,
    query: &SlotQuery,
) -> Result<Vec<Slot>, QueryError> {
    let (first, count) = days(query)?;
    let parts = parts(catalog, query)?;
    let wanted: BTreeSet<ResourceId> = query.resources.iter().copied().collect();
    let last = first.saturating_add(count - 1);
    let zones = Zones::new(catalog, first, last)?;
    let engine = Engine::new(catalog, &zones, &parts, &query.resources, now)?;
    let enough = query.first.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX));
    let mut found = Vec::new();
    let mut end = last;
    for day in first..=last {
        if day > end {
            break;
        }
        for resource in &wanted {
            engine.starts(*resource, day, &mut |start| {
                if let (Some(_), Ok(at)) = (engine.fit(*resource, start, taken), u64::try_from(start)) {
                    found.push(Slot { resource: *resource, start: UnixSeconds(at) });
                }
            });
        }
        if found.len() >= enough && end == last {
            // Days of places far apart overlap: what begins three days on begins after all of these.
            end = last.min(day.saturating_add(2));
        }
    }
    found.sort_unstable_by_key(|s| (s.start, s.resource));
    found.dedup();
    found.truncate(enough);
    Ok(found)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::calendar::{
        Claim, Takes, fit,
        fixture::{R1, R2, at, catalog, interval, service},
    };
    use crate::wire::appointment::Place;
    use alloc::{string::ToString, vec};

    fn query(from: &str, days: u32, minutes: u32) -> SlotQuery {
        SlotQuery { resources: vec![R1], minutes, from: from.to_string(), days, classes: None, first: None }
    }

    fn offered(catalog: &Catalog, from: &str, minutes: u32) -> Vec<u64> {
        let catalog = &Catalog { services: vec![service(minutes.try_into().unwrap())], ..catalog.clone() };
        let now = UnixSeconds(at(from, "00:00").saturating_sub(86_400));
        let slots = slots(catalog, &Taken::default(), now, &query(from, 1, minutes)).unwrap();
        for slot in &slots {
            let place = Place {
                resource: slot.resource,
                start: Cell::starting_at(slot.start).unwrap(),
                cells: minutes / 5,
            };
            let fit = fit(catalog, &place, None, &Taken::default(), now).unwrap();
            assert_eq!(fit, Some(Takes::only(place)), "slots and holds disagree at {slot:?}");
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
        let taken = Taken::new([Claim { resource: R1, cell: Cell(nine / 300 + 4) }], vec![]);
        let got = slots(&catalog, &taken, UnixSeconds(nine - 1), &q).unwrap();
        // 09:20 is claimed: 09:15 and 09:20 go; 09:00 ends just before.
        assert_eq!(got.iter().map(|s| (s.start.0 - nine) / 60).collect::<Vec<_>>(), [0, 30, 40], "{got:?}");
        let other = Taken::new([Claim { resource: R2, cell: Cell(nine / 300 + 4) }], vec![]);
        assert_eq!(slots(&catalog, &other, UnixSeconds(nine - 1), &q).unwrap().len(), 5);
        assert_eq!(slots(&catalog, &Taken::default(), UnixSeconds(nine + 1), &q).unwrap().len(), 4);
        assert_eq!(slots(&catalog, &Taken::default(), UnixSeconds(nine - 200 * 86_400), &q).unwrap(), []);
    }

    #[test]
    fn bad_queries_are_told_apart() {
        let catalog = catalog(&[interval(1, 9 * 60, 10 * 60)]);
        let run = |q: &SlotQuery| slots(&catalog, &Taken::default(), UnixSeconds(0), q);
        for (q, want) in [
            (query("2026-11-23", 0, 20), QueryError::Days),
            (query("2026-11-23", 36, 20), QueryError::Days),
            (SlotQuery { first: Some(1), ..query("2026-11-23", 93, 20) }, QueryError::Days),
            (SlotQuery { classes: Some(vec![]), ..query("2026-11-23", 1, 20) }, QueryError::Classes),
            (SlotQuery { classes: Some(vec![1]), ..query("2026-11-23", 1, 20) }, QueryError::Classes),
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
        assert!(utc_cells(&query("9999-12-31", 35, 20)).is_ok());
    }

    #[test]
    fn the_first_few_are_the_first_of_all() {
        let catalog = catalog(&[interval(1, 9 * 60, 10 * 60)]);
        let now = UnixSeconds(at("2026-11-23", "00:00"));
        let all = slots(&catalog, &Taken::default(), now, &query("2026-11-23", 35, 20)).unwrap();
        assert_eq!(all.len(), 25);
        for n in [0, 1, 7, 25, 99] {
            let first = SlotQuery { first: Some(n), ..query("2026-11-23", 35, 20) };
            let got = slots(&catalog, &Taken::default(), now, &first).unwrap();
            assert_eq!(got, all[..all.len().min(n as usize)]);
        }
    }
}
