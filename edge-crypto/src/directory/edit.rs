//! A catalog as a page edits it: classes are left out, and derived.
use super::{
    CatalogChange,
    classes::{Shape, derive_classes},
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use vestibule_core::{
    ids::{ResourceId, ServiceId},
    wire::catalog::{Catalog, Rules},
};
use vestibule_verify::catalog::{CatalogError, validate};

/// What a page hands in. Suite, practice and number of the catalog, its classes, and what its services say of classes,
/// durations and resources are not looked at: they come from the catalog before, and from the shapes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogEdit {
    /// Everything but the classes.
    pub catalog: Catalog,
    /// How each service is booked, in the order in which it is tried.
    pub shapes: BTreeMap<ServiceId, Vec<Shape>>,
    /// For each resource with held-back times, for each of these: the services that may take it at any time.
    pub open_to: BTreeMap<ResourceId, Vec<BTreeSet<ServiceId>>>,
}

impl CatalogEdit {
    /// The catalog that would follow `before`, checked as a server does.
    pub fn resolve(self, before: &Catalog) -> Result<Catalog, CatalogError> {
        let Self { mut catalog, mut shapes, open_to } = self;
        let together = catalog.services.iter().filter(|s| s.together.is_some()).map(|s| s.id);
        let named: BTreeSet<ServiceId> =
            open_to.values().flatten().flatten().copied().chain(together).collect();
        let take = |id: ServiceId| Some((id, shapes.remove(&id)?));
        let services: Vec<_> = catalog.services.iter().map(|s| s.id).filter_map(take).collect();
        let derived = derive_classes(before, &services, &named);
        for (service, (_, shapes)) in catalog.services.iter_mut().zip(&services) {
            service.minutes = shapes.first().map_or(0, |s| s.minutes);
            let chosen = shapes.iter().filter_map(|s| s.needs.first()).flat_map(|n| n.one_of.iter().copied());
            let mut seen = BTreeSet::new();
            service.resources = chosen.filter(|id| seen.insert(*id)).collect();
            service.classes = derived.of.get(&service.id).cloned();
        }
        for resource in &mut catalog.resources {
            let Some(schedule) = &mut resource.schedule else { continue };
            for (at, held) in schedule.held_back.iter_mut().enumerate() {
                let services = open_to.get(&resource.id).and_then(|all| all.get(at));
                let classes = services.into_iter().flatten().filter_map(|id| derived.of.get(id)).flatten();
                held.open_to = classes.copied().collect::<BTreeSet<u16>>().into_iter().collect();
            }
        }
        let empty = || Rules { locations: vec![], closures: vec![], pauses: vec![], classes: vec![] };
        let rules = catalog.rules.get_or_insert_with(empty);
        rules.classes = derived.classes;
        if *rules == empty() {
            catalog.rules = None;
        }
        (catalog.suite, catalog.practice) = (before.suite, before.practice);
        catalog.number = before.number.saturating_add(1);
        if services.len() != catalog.services.len() {
            return Err(CatalogError::UnknownClass);
        }
        validate(&catalog)?;
        Ok(catalog)
    }
}

impl From<Catalog> for CatalogChange {
    fn from(catalog: Catalog) -> Self {
        let Catalog { name, contact, time_zone, language, resources, services, rules, .. } = catalog;
        Self { name, contact, time_zone, language, resources, services, rules }
    }
}
