//! The rules of catalogs, one by one.
use crate::{
    catalog::{CatalogError as E, validate},
    directory::sample::catalog,
};
use alloc::{string::String, vec};
use vestibule_core::{
    ids::{PracticeId, ResourceId, ServiceId},
    limits,
    wire::directory::{Catalog, WeeklyInterval},
};

const RESOURCE: ResourceId = ResourceId([3; 16]);

fn outcome(change: impl FnOnce(&mut Catalog)) -> Result<(), E> {
    let mut catalog = catalog(PracticeId([1; 16]), RESOURCE);
    change(&mut catalog);
    validate(&catalog)
}

fn hours(intervals: &[(u8, u16, u16)]) -> Result<(), E> {
    outcome(|c| {
        c.resources[0].hours =
            intervals.iter().map(|&(weekday, from, to)| WeeklyInterval { weekday, from, to }).collect();
    })
}

#[test]
fn texts() {
    assert_eq!(outcome(|_| ()), Ok(()));
    assert_eq!(outcome(|c| c.contact.clear()), Ok(()));
    assert_eq!(outcome(|c| c.name = " ".into()), Err(E::Text));
    assert_eq!(outcome(|c| c.name = "x".repeat(limits::NAME_BYTES)), Ok(()));
    assert_eq!(outcome(|c| c.name = "x".repeat(limits::NAME_BYTES + 1)), Err(E::Text));
    assert_eq!(outcome(|c| c.contact = "x".repeat(limits::DESCRIPTION_BYTES + 1)), Err(E::Text));
    assert_eq!(outcome(|c| c.resources[0].name = String::new()), Err(E::Text));
    assert_eq!(outcome(|c| c.services[0].name = String::new()), Err(E::Text));
    assert_eq!(
        outcome(|c| c.services[0].description = "x".repeat(limits::DESCRIPTION_BYTES + 1)),
        Err(E::Text)
    );
    assert_eq!(outcome(|c| c.number = 0), Err(E::Number));
}

#[test]
fn locales() {
    for zone in ["", "Europe/ Berlin", "../etc", "Zürich"] {
        assert_eq!(outcome(|c| c.time_zone = zone.into()), Err(E::Locale), "{zone}");
    }
    for zone in ["UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+1"] {
        assert_eq!(outcome(|c| c.time_zone = zone.into()), Ok(()), "{zone}");
    }
    assert_eq!(outcome(|c| c.language = "de_DE".into()), Err(E::Locale));
    assert_eq!(outcome(|c| c.language = "de-DE".into()), Ok(()));
}

#[test]
fn weekly_hours() {
    assert_eq!(hours(&[]), Ok(()));
    assert_eq!(hours(&[(1, 0, 5), (1, 5, 10), (7, 0, 1440)]), Ok(()));
    for off in [(0, 0, 5), (8, 0, 5), (1, 3, 10), (1, 0, 7), (1, 10, 10), (1, 10, 5), (1, 0, 1445)] {
        assert_eq!(hours(&[off]), Err(E::Grid), "{off:?}");
    }
    assert_eq!(hours(&[(1, 0, 60), (1, 55, 120)]), Err(E::Overlap));
    assert_eq!(hours(&[(2, 0, 60), (1, 0, 60)]), Err(E::Overlap));
    assert_eq!(hours(&[(1, 60, 120), (1, 0, 30)]), Err(E::Overlap));
    let many: vec::Vec<_> = (0..=42).map(|i| (1, i * 10, i * 10 + 5)).collect();
    assert_eq!(hours(&many[..42]), Ok(()));
    assert_eq!(hours(&many), Err(E::TooMany));
}

#[test]
fn services() {
    for minutes in [0, 3, 485, u16::MAX] {
        assert_eq!(outcome(|c| c.services[0].minutes = minutes), Err(E::Grid), "{minutes}");
    }
    assert_eq!(outcome(|c| c.services[0].minutes = 480), Ok(()));
    assert_eq!(outcome(|c| c.services[0].resources.clear()), Err(E::UnknownResource));
    assert_eq!(outcome(|c| c.services[0].resources = vec![ResourceId([9; 16])]), Err(E::UnknownResource));
    assert_eq!(outcome(|c| c.services[0].resources.push(RESOURCE)), Err(E::DuplicateId));
    assert_eq!(outcome(|c| c.services.push(c.services[0].clone())), Err(E::DuplicateId));
    assert_eq!(outcome(|c| c.resources.push(c.resources[0].clone())), Err(E::DuplicateId));
}

#[test]
fn counts() {
    let numbered = |i: usize| {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&i.to_be_bytes());
        id
    };
    let with_services = |n: usize| {
        outcome(|c| {
            let one = c.services[0].clone();
            c.services = (0..n)
                .map(|i| vestibule_core::wire::directory::Service {
                    id: ServiceId(numbered(i)),
                    ..one.clone()
                })
                .collect();
        })
    };
    assert_eq!(with_services(limits::MAX_SERVICES), Ok(()));
    assert_eq!(with_services(limits::MAX_SERVICES + 1), Err(E::TooMany));
    let with_resources = |n: usize| {
        outcome(|c| {
            let one = c.resources[0].clone();
            c.services.clear();
            c.resources = (0..n)
                .map(|i| vestibule_core::wire::directory::Resource {
                    id: ResourceId(numbered(i)),
                    ..one.clone()
                })
                .collect();
        })
    };
    assert_eq!(with_resources(limits::MAX_RESOURCES), Ok(()));
    assert_eq!(with_resources(limits::MAX_RESOURCES + 1), Err(E::TooMany));
}
