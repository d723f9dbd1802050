//! Seasons, exceptions, absences, held-back times; locations, closures, pauses.
use super::{CatalogError, hours, identifier, on_grid, text, within_a_day};
use vestibule_core::{
    day::Day,
    limits,
    wire::catalog::{Absence, DayInterval, Exception, HeldBack, RegularAbsence, Rules, Schedule, Season},
};

fn dates(from: Day, to: Day) -> Result<(), CatalogError> {
    let exist = from.number().is_some() && to.number().is_some();
    if exist && from <= to { Ok(()) } else { Err(CatalogError::Date) }
}

fn at_most<T>(items: &[T], max: usize) -> Result<(), CatalogError> {
    if items.len() > max { Err(CatalogError::TooMany) } else { Ok(()) }
}

fn sorted<T>(items: &[T], in_order: impl Fn(&T, &T) -> bool) -> Result<(), CatalogError> {
    if items.is_sorted_by(in_order) { Ok(()) } else { Err(CatalogError::Overlap) }
}

fn at(location: Option<u16>, rules: Option<&Rules>) -> Result<(), CatalogError> {
    let known = rules.map_or(0, |r| r.locations.len());
    if location.is_none_or(|at| usize::from(at) < known) {
        Ok(())
    } else {
        Err(CatalogError::UnknownLocation)
    }
}

fn season(season: &Season) -> Result<(), CatalogError> {
    dates(season.from, season.to)?;
    hours(&season.hours)
}

fn exception(exception: &Exception) -> Result<(), CatalogError> {
    dates(exception.day, exception.day)?;
    at_most(&exception.hours, limits::MAX_INTERVALS)?;
    exception.hours.iter().try_for_each(|i| within_a_day(i.from, i.to))?;
    sorted(&exception.hours, |a: &DayInterval, b| a.to <= b.from)
}

fn absence(absence: &Absence) -> Result<(), CatalogError> {
    dates(absence.from_day, absence.to_day)?;
    if !on_grid(absence.from) || !on_grid(absence.to) || absence.from >= 1_440 || absence.to > 1_440 {
        return Err(CatalogError::Grid);
    }
    if (absence.from_day, absence.from) < (absence.to_day, absence.to) {
        Ok(())
    } else {
        Err(CatalogError::Date)
    }
}

fn regular(regular: &RegularAbsence) -> Result<(), CatalogError> {
    dates(regular.first, regular.last.unwrap_or(regular.first))?;
    if !(1..=52).contains(&regular.weeks) {
        return Err(CatalogError::Grid);
    }
    within_a_day(regular.from, regular.to)
}

fn held_back(held: &HeldBack, rules: Option<&Rules>) -> Result<(), CatalogError> {
    if !(1..=7).contains(&held.weekday) || held.days > limits::MAX_HORIZON_DAYS {
        return Err(CatalogError::Grid);
    }
    within_a_day(held.from, held.to)?;
    sorted(&held.open_to, |a, b| a < b)?;
    let classes = rules.map_or(&[][..], |r| &r.classes);
    let known = held.open_to.iter().all(|id| classes.iter().any(|c| c.id == *id));
    if known { Ok(()) } else { Err(CatalogError::UnknownClass) }
}

pub(super) fn check(schedule: &Schedule, rules: Option<&Rules>) -> Result<(), CatalogError> {
    at_most(&schedule.seasons, limits::MAX_SEASONS)?;
    at_most(&schedule.exceptions, limits::MAX_EXCEPTIONS)?;
    at_most(&schedule.absences, limits::MAX_EXCEPTIONS)?;
    at_most(&schedule.regular, limits::MAX_EXCEPTIONS)?;
    at_most(&schedule.held_back, limits::MAX_HELD_BACK)?;
    schedule.seasons.iter().try_for_each(season)?;
    sorted(&schedule.seasons, |a, b| a.to < b.from)?;
    schedule.exceptions.iter().try_for_each(exception)?;
    sorted(&schedule.exceptions, |a, b| a.day < b.day)?;
    schedule.absences.iter().try_for_each(absence)?;
    sorted(&schedule.absences, |a, b| (a.from_day, a.from) <= (b.from_day, b.from))?;
    schedule.regular.iter().try_for_each(regular)?;
    schedule.held_back.iter().try_for_each(|h| held_back(h, rules))?;
    at(schedule.location, rules)
}

/// Locations, closures and pauses. Whether a location's time zone exists is for who has the time-zone data to check.
pub(super) fn check_rules(rules: &Rules) -> Result<(), CatalogError> {
    at_most(&rules.locations, limits::MAX_LOCATIONS)?;
    at_most(&rules.closures, limits::MAX_CLOSURES)?;
    at_most(&rules.pauses, limits::MAX_PAUSES)?;
    for location in &rules.locations {
        text(&location.name, limits::NAME_BYTES, true)?;
        text(&location.contact, limits::DESCRIPTION_BYTES, false)?;
        identifier(&location.time_zone, 64, b"/_+-")?;
    }
    for closure in &rules.closures {
        dates(closure.from, closure.to)?;
        text(&closure.name, limits::NAME_BYTES, false)?;
        at(closure.location, Some(rules))?;
    }
    sorted(&rules.closures, |a, b| a.from <= b.from)?;
    if rules.pauses.iter().any(|p| p.from >= p.to) {
        return Err(CatalogError::Date);
    }
    sorted(&rules.pauses, |a, b| a.to <= b.from)
}
