//! Patients hold a series (rule S18): all places, or none.
use super::{Concerned, Granted, HoldFacts, Taken, concerned_by_hold, decide_hold};
use crate::{
    ids::AppointmentId,
    limits,
    problem::{Problem, ProblemKind},
    time::{Cell, UnixSeconds},
    wire::{
        appointment::Place,
        catalog::{Catalog, Visit},
    },
};
use alloc::{collections::BTreeSet, vec::Vec};

/// One place of a series that is wanted.
#[derive(Debug, Clone, Copy)]
pub struct SeriesPlace<'a> {
    /// Its id.
    pub appointment: AppointmentId,
    /// When and with whom.
    pub place: &'a Place,
    /// Its class, and the code if that asks for one.
    pub visit: Option<&'a Visit>,
}

/// What is wrong with a list whatever is free: how many it is, and that all are alike.
fn check(catalog: &Catalog, wanted: &[SeriesPlace<'_>]) -> Result<(), Problem> {
    let ids: BTreeSet<_> = wanted.iter().map(|w| w.appointment).collect();
    if !(2..=limits::MAX_SERIES).contains(&wanted.len()) || ids.len() != wanted.len() {
        return Err(Problem::new(ProblemKind::Malformed, "2 to 8 places, each with an id of its own"));
    }
    let kind = |w: &SeriesPlace<'_>| (w.place.resource, w.place.cells, w.visit.map(|v| v.classes.clone()));
    if wanted.windows(2).any(|two| matches!(two, [a, b] if kind(a) != kind(b))) {
        return Err(Problem::new(ProblemKind::Malformed, "not all alike"));
    }
    let [class] = wanted.first().and_then(|w| w.visit).map_or(&[][..], |visit| &visit.classes) else {
        return Err(ProblemKind::Forbidden.into());
    };
    let classes = catalog.rules.as_ref().map_or(&[][..], |rules| &rules.classes);
    let most = classes.iter().find(|c| c.id == *class).and_then(|c| c.series).unwrap_or_default();
    if wanted.len() > usize::from(most) {
        return Err(Problem::new(ProblemKind::Forbidden, "no series, or not so many"));
    }
    Ok(())
}

/// What to look up for a series: of all its places together. Nothing, if the catalog offers none of them.
pub fn concerned_by_series(catalog: &Catalog, wanted: &[SeriesPlace<'_>]) -> Vec<Concerned> {
    let mut each: Vec<Concerned> =
        wanted.iter().filter_map(|w| concerned_by_hold(catalog, w.place, w.visit).ok()).collect();
    // The weeks overlap, and a start that is looked up twice would count twice.
    let weeks = each.iter().map(|c| &c.weeks).fold(None, |all: Option<(Cell, Cell)>, weeks| {
        let (from, to) = all.unwrap_or((weeks.start, weeks.end));
        Some((from.min(weeks.start), to.max(weeks.end)))
    });
    if let (Some((from, to)), Some((first, rest))) = (weeks, each.split_first_mut()) {
        first.weeks = from..to;
        for one in rest {
            one.classes.clear();
        }
    }
    each
}

/// Until when all are held and what each takes; or the problem, which names every one that is in the way. `facts` are in the
/// order of `wanted`; `taken` covers all that [`concerned_by_series`] says. Each counts as one open hold.
pub fn decide_series(
    catalog: &Catalog,
    wanted: &[SeriesPlace<'_>],
    facts: &[HoldFacts],
    mut taken: Taken,
    now: UnixSeconds,
) -> Result<Vec<Granted>, Problem> {
    check(catalog, wanted)?;
    let (mut all, mut conflicts) = (Vec::with_capacity(wanted.len()), Vec::new());
    for ((at, one), facts) in (0u32..).zip(wanted).zip(facts) {
        let so_far = u32::try_from(all.len()).unwrap_or(u32::MAX);
        let facts =
            HoldFacts { network: facts.network + so_far, practice: facts.practice + so_far, ..*facts };
        match decide_hold(catalog, one.place, one.visit, &taken, &facts, now) {
            // One that waits for an answer may be declined, and the series would be none.
            Ok(granted) if granted.asks => return Err(ProblemKind::Forbidden.into()),
            Ok(granted) => {
                // Nor may two of the list be in each other's way.
                taken.add_all(&granted.takes);
                all.push(granted);
            }
            Err(problem) if problem.kind == ProblemKind::SlotTaken => conflicts.push(at),
            Err(problem) => return Err(problem),
        }
    }
    if conflicts.is_empty() {
        Ok(all)
    } else {
        Err(Problem { conflicts, ..Problem::new(ProblemKind::SlotTaken, "nothing of the series is held") })
    }
}
