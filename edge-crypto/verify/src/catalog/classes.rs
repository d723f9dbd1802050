//! Booking classes, and the services that refer to them.
use super::{CatalogError, on_grid, unique};
use alloc::vec::Vec;
use vestibule_core::{
    ids::ResourceId,
    limits,
    wire::catalog::{Class, Need, Resource, Rules, Service},
};

fn need(need: &Need, resources: &[Resource]) -> Result<(), CatalogError> {
    if need.one_of.len() > limits::MAX_RESOURCES {
        return Err(CatalogError::TooMany);
    }
    unique(&need.one_of)?;
    if need.one_of.is_empty() || !need.one_of.iter().all(|id| resources.iter().any(|r| r.id == *id)) {
        return Err(CatalogError::UnknownResource);
    }
    let buffer = |minutes: u16| on_grid(minutes) && minutes <= limits::MAX_BUFFER_MINUTES;
    if buffer(need.before) && buffer(need.after) { Ok(()) } else { Err(CatalogError::Grid) }
}

fn class(class: &Class, resources: &[Resource]) -> Result<(), CatalogError> {
    let cells = u32::from(class.minutes) / limits::CELL_MINUTES;
    if !on_grid(class.minutes) || !(1..=limits::MAX_APPOINTMENT_CELLS).contains(&cells) {
        return Err(CatalogError::Grid);
    }
    if class.needs.len() > limits::MAX_NEEDS {
        return Err(CatalogError::TooMany);
    }
    let in_range = !class.needs.is_empty()
        && class.notice <= limits::MAX_NOTICE_MINUTES
        && (1..=limits::MAX_HORIZON_DAYS).contains(&class.horizon)
        && class.per_day != Some(0)
        && class.per_week != Some(0)
        && class.request != Some(false)
        // What waits for an answer is no series: a part of it could be declined.
        && class.series.is_none_or(|most| {
            (2..=limits::MAX_SERIES).contains(&usize::from(most)) && class.request.is_none()
        });
    if !in_range {
        return Err(CatalogError::Class);
    }
    class.needs.iter().try_for_each(|n| need(n, resources))
}

/// Of one shape there is one class, unless caps count them apart: a class that says more than its shape would tell the
/// server the service.
fn is_same_shape(a: &Class, b: &Class) -> bool {
    a.per_day.is_none() && a.per_week.is_none() && Class { id: b.id, ..a.clone() } == *b
}

pub(super) fn check(rules: &Rules, resources: &[Resource]) -> Result<(), CatalogError> {
    let classes = &rules.classes;
    if classes.len() > limits::MAX_CLASSES {
        return Err(CatalogError::TooMany);
    }
    if !classes.is_sorted_by(|a, b| a.id < b.id) {
        return Err(CatalogError::Overlap);
    }
    classes.iter().try_for_each(|c| class(c, resources))?;
    let twice = classes.iter().enumerate().any(|(i, a)| classes[..i].iter().any(|b| is_same_shape(a, b)));
    if twice { Err(CatalogError::Class) } else { Ok(()) }
}

/// A service shows the duration of its first class, and exactly those who can be chosen in one of them.
pub(super) fn of_service(service: &Service, rules: Option<&Rules>) -> Result<(), CatalogError> {
    // Only classes can be parts of a visit.
    if service.together.is_some_and(|together| !together || service.classes.is_none()) {
        return Err(CatalogError::Class);
    }
    let Some(ids) = &service.classes else { return Ok(()) };
    unique(ids)?;
    let all = rules.map_or(&[][..], |r| &r.classes);
    let found = ids.iter().map(|id| all.iter().find(|c| c.id == *id).ok_or(CatalogError::UnknownClass));
    let found: Vec<&Class> = found.collect::<Result<_, _>>()?;
    let chosen: Vec<ResourceId> =
        found.iter().filter_map(|c| c.needs.first()).flat_map(|n| n.one_of.iter().copied()).collect();
    let same = found.first().is_some_and(|c| c.minutes == service.minutes)
        && service.resources.iter().all(|id| chosen.contains(id))
        && chosen.iter().all(|id| service.resources.contains(id));
    if same { Ok(()) } else { Err(CatalogError::UnknownClass) }
}
