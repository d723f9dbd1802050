//! A practice in Berlin for table tests.
use crate::{
    ids::{PracticeId, ResourceId, ServiceId},
    suite::Suite,
    wire::catalog::{Catalog, Resource, Service, WeeklyInterval},
};
use alloc::{
    format,
    string::{String, ToString},
    vec,
};

pub(crate) const R1: ResourceId = ResourceId([1; 16]);
pub(crate) const R2: ResourceId = ResourceId([2; 16]);

pub(crate) fn interval(weekday: u8, from: u16, to: u16) -> WeeklyInterval {
    WeeklyInterval { weekday, from, to }
}

pub(crate) fn catalog(hours: &[WeeklyInterval]) -> Catalog {
    let resource =
        |id| Resource { id, name: "Dr. Beispiel".to_string(), hours: hours.to_vec(), schedule: None };
    Catalog {
        suite: Suite::V1,
        practice: PracticeId([7; 16]),
        number: 1,
        name: "Praxis am Park".to_string(),
        contact: String::new(),
        time_zone: "Europe/Berlin".to_string(),
        language: "de".to_string(),
        resources: vec![resource(R1), resource(R2)],
        services: vec![service(20)],
        rules: None,
    }
}

/// A service without classes, by everybody.
pub(crate) fn service(minutes: u16) -> Service {
    Service {
        id: ServiceId([3; 16]),
        name: "Sprechstunde".to_string(),
        description: String::new(),
        minutes,
        resources: vec![R1, R2],
        classes: None,
        price: None,
        questions: None,
        together: None,
    }
}

/// Unix seconds of a wall-clock time in Berlin.
#[expect(clippy::unwrap_used, reason = "tests")]
pub(crate) fn at(date: &str, time: &str) -> u64 {
    let zoned: jiff::Zoned = format!("{date}T{time}[Europe/Berlin]").parse().unwrap();
    u64::try_from(zoned.timestamp().as_second()).unwrap()
}
