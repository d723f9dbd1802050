//! Rules of the catalog: bounds, ids, times on the grid, dates that exist, classes that are known.
mod classes;
mod schedule;

use vestibule_core::{
    cbor, limits,
    wire::catalog::{Catalog, Question, Resource, Rules, Service, WeeklyInterval},
};

/// Why a catalog is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// The number is not from 1.
    #[error("the number of a catalog counts from 1")]
    Number,
    /// A name is empty, or a text is longer than its limit.
    #[error("a name is missing or a text too long")]
    Text,
    /// The time zone or language is not a plausible identifier.
    #[error("the time zone or the language is not an identifier")]
    Locale,
    /// More resources, services or intervals than the limits allow.
    #[error("too many resources, services or intervals")]
    TooMany,
    /// Two resources or two services have one id, or a service names a resource twice.
    #[error("an id is there twice")]
    DuplicateId,
    /// A service names a resource that the catalog does not have, or none.
    #[error("a service names no resource, or an unknown one")]
    UnknownResource,
    /// An interval or a duration is not a multiple of five minutes, or out of range.
    #[error("a time is off the grid or out of range")]
    Grid,
    /// Intervals, seasons, exceptions, absences, closures, pauses or ids are not sorted, or overlap.
    #[error("hours, dates or ids are not sorted, or overlap")]
    Overlap,
    /// A date does not exist, or a span of dates ends before it begins.
    #[error("a date does not exist, or a span ends before it begins")]
    Date,
    /// A location is named that is not in the list.
    #[error("a location is not in the list")]
    UnknownLocation,
    /// A service or a held-back time names a class that is not there, or a service does not say what its classes say.
    #[error("a class is not there, or a service differs from its classes")]
    UnknownClass,
    /// A class needs nothing, has a notice, horizon or cap out of range, or is the same as another one; or a service that can be part
    /// of a visit has none.
    #[error("a class is missing, out of range, or the same as another one")]
    Class,
    /// The whole is larger than [`limits::CATALOG_BYTES`].
    #[error("the catalog is too large")]
    TooLarge,
}

const DAY_MINUTES: u16 = 1440;

fn on_grid(minutes: u16) -> bool {
    u32::from(minutes).is_multiple_of(limits::CELL_MINUTES)
}

/// Two minutes of a day on the grid, the second one later.
fn within_a_day(from: u16, to: u16) -> Result<(), CatalogError> {
    let fits = from < to && to <= DAY_MINUTES && on_grid(from) && on_grid(to);
    if fits { Ok(()) } else { Err(CatalogError::Grid) }
}

fn text(value: &str, max_bytes: usize, required: bool) -> Result<(), CatalogError> {
    let missing = required && value.trim().is_empty();
    if missing || value.len() > max_bytes { Err(CatalogError::Text) } else { Ok(()) }
}

fn identifier(value: &str, max_bytes: usize, extra: &[u8]) -> Result<(), CatalogError> {
    let plausible = value.bytes().all(|b| b.is_ascii_alphanumeric() || extra.contains(&b));
    if value.is_empty() || value.len() > max_bytes || !plausible { Err(CatalogError::Locale) } else { Ok(()) }
}

fn hours(hours: &[WeeklyInterval]) -> Result<(), CatalogError> {
    if hours.len() > limits::MAX_INTERVALS {
        return Err(CatalogError::TooMany);
    }
    for i in hours {
        if !(1..=7).contains(&i.weekday) {
            return Err(CatalogError::Grid);
        }
        within_a_day(i.from, i.to)?;
    }
    let sorted = hours.windows(2).all(|pair| {
        let [a, b] = pair else { return true };
        a.weekday < b.weekday || (a.weekday == b.weekday && a.to <= b.from)
    });
    if sorted { Ok(()) } else { Err(CatalogError::Overlap) }
}

fn unique<T: PartialEq>(items: &[T]) -> Result<(), CatalogError> {
    let twice = items.iter().enumerate().any(|(i, item)| items[..i].contains(item));
    if twice { Err(CatalogError::DuplicateId) } else { Ok(()) }
}

fn resource(resource: &Resource, rules: Option<&Rules>) -> Result<(), CatalogError> {
    text(&resource.name, limits::NAME_BYTES, true)?;
    hours(&resource.hours)?;
    resource.schedule.as_ref().map_or(Ok(()), |s| schedule::check(s, rules))
}

fn questions(questions: &[Question]) -> Result<(), CatalogError> {
    let few = |count: usize| count <= limits::MAX_QUESTIONS;
    if questions.is_empty() || !few(questions.len()) || !questions.iter().all(|q| few(q.answers.len())) {
        return Err(CatalogError::TooMany);
    }
    questions.iter().try_for_each(|q| {
        text(&q.text, limits::DESCRIPTION_BYTES, true)?;
        q.answers.iter().try_for_each(|answer| text(answer, limits::NAME_BYTES, true))?;
        unique(&q.answers)
    })
}

fn service(service: &Service, resources: &[Resource], rules: Option<&Rules>) -> Result<(), CatalogError> {
    text(&service.name, limits::NAME_BYTES, true)?;
    text(&service.description, limits::DESCRIPTION_BYTES, false)?;
    service.price.as_deref().map_or(Ok(()), |price| text(price, limits::NAME_BYTES, true))?;
    service.questions.as_deref().map_or(Ok(()), questions)?;
    let cells = u32::from(service.minutes) / limits::CELL_MINUTES;
    if !on_grid(service.minutes) || !(1..=limits::MAX_APPOINTMENT_CELLS).contains(&cells) {
        return Err(CatalogError::Grid);
    }
    if service.resources.len() > limits::MAX_RESOURCES {
        return Err(CatalogError::TooMany);
    }
    unique(&service.resources)?;
    let known = service.resources.iter().all(|id| resources.iter().any(|resource| resource.id == *id));
    if service.resources.is_empty() || !known {
        return Err(CatalogError::UnknownResource);
    }
    classes::of_service(service, rules)
}

/// Checks what the signature does not say: bounds from [`limits`], unique ids, and times on the grid without overlap.
/// Whether the time zone exists is for who has the time-zone data to check.
pub fn validate(catalog: &Catalog) -> Result<(), CatalogError> {
    if catalog.number == 0 {
        return Err(CatalogError::Number);
    }
    text(&catalog.name, limits::NAME_BYTES, true)?;
    text(&catalog.contact, limits::DESCRIPTION_BYTES, false)?;
    identifier(&catalog.time_zone, 64, b"/_+-")?;
    identifier(&catalog.language, 35, b"-")?;
    if catalog.resources.len() > limits::MAX_RESOURCES || catalog.services.len() > limits::MAX_SERVICES {
        return Err(CatalogError::TooMany);
    }
    let rules = catalog.rules.as_ref();
    if let Some(rules) = rules {
        classes::check(rules, &catalog.resources)?;
        schedule::check_rules(rules)?;
    }
    catalog.resources.iter().try_for_each(|r| resource(r, rules))?;
    catalog.services.iter().try_for_each(|s| service(s, &catalog.resources, rules))?;
    let resource_ids: alloc::vec::Vec<_> = catalog.resources.iter().map(|r| r.id).collect();
    let service_ids: alloc::vec::Vec<_> = catalog.services.iter().map(|s| s.id).collect();
    unique(&resource_ids)?;
    unique(&service_ids)?;
    if cbor::to_vec(catalog).len() > limits::CATALOG_BYTES { Err(CatalogError::TooLarge) } else { Ok(()) }
}
