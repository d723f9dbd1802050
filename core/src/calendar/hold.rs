//! Whether a place may be held.
use super::is_offered;
use crate::{
    limits,
    problem::{Problem, ProblemKind},
    time::UnixSeconds,
    wire::{appointment::Place, directory::Catalog},
};

/// What the store knows when a hold is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HoldFacts {
    /// The id was ever used.
    pub id_used: bool,
    /// A live hold or a booking claims one of the cells.
    pub taken: bool,
    /// Live holds of the caller's network in this practice.
    pub network: u32,
    /// How many it may have.
    pub network_cap: u32,
    /// Live holds in this practice.
    pub practice: u32,
}

/// Until when the place is held, or why not (PROTOCOL section 6: 10 minutes, no renewal, caps).
pub fn decide_hold(
    catalog: &Catalog,
    place: &Place,
    facts: &HoldFacts,
    now: UnixSeconds,
) -> Result<UnixSeconds, Problem> {
    if facts.id_used {
        return Err(ProblemKind::Conflict.into());
    }
    let start = place.start.start();
    let in_time = start >= now && start < now.plus(u64::from(limits::HORIZON_DAYS) * 86_400);
    let offered = in_time && is_offered(catalog, place).map_err(|_| Problem::from(ProblemKind::Internal))?;
    if !offered || facts.taken {
        return Err(ProblemKind::SlotTaken.into());
    }
    if facts.network >= facts.network_cap || facts.practice >= limits::HOLDS_PER_PRACTICE {
        return Err(Problem {
            retry_after: Some(limits::HOLD_SECONDS),
            ..Problem::new(ProblemKind::RateLimited, "too many open holds")
        });
    }
    Ok(now.plus(limits::HOLD_SECONDS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        calendar::fixture::{R1, at, catalog, interval},
        ids::ResourceId,
        time::Cell,
    };

    #[test]
    fn table() {
        let catalog = catalog(&[interval(1, 540, 600)]);
        let nine = at("2026-11-23", "09:00");
        let now = UnixSeconds(nine - 3_600);
        let place = Place { resource: R1, start: Cell(nine / 300), cells: 4 };
        let facts = HoldFacts { network_cap: 8, ..HoldFacts::default() };
        let taken = Err(ProblemKind::SlotTaken);
        for (name, place, facts, now, want) in [
            ("free", place, facts, now, Ok(now.plus(600))),
            ("used id", place, HoldFacts { id_used: true, ..facts }, now, Err(ProblemKind::Conflict)),
            ("taken", place, HoldFacts { taken: true, ..facts }, now, taken),
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
            assert_eq!(decide_hold(&catalog, &place, &facts, now).map_err(|p| p.kind), want, "{name}");
        }
    }
}
