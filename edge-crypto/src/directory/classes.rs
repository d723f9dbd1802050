//! From services as they are edited to booking classes as the catalog has them: of one shape one class, and a class keeps
//! its id as long as what it stands for does.
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use vestibule_core::{
    ids::ServiceId,
    limits,
    wire::catalog::{Access, Catalog, Class, Need},
};

/// One way in which a service is booked: a [`Class`] without an id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// As in [`Class::minutes`].
    pub minutes: u16,
    /// As in [`Class::needs`].
    pub needs: Vec<Need>,
    /// As in [`Class::notice`].
    pub notice: u32,
    /// As in [`Class::horizon`].
    pub horizon: u16,
    /// As in [`Class::access`].
    pub access: Access,
    /// As in [`Class::per_day`].
    pub per_day: Option<u16>,
    /// As in [`Class::per_week`].
    pub per_week: Option<u16>,
    /// As in [`Class::request`].
    pub request: Option<bool>,
    /// As in [`Class::series`].
    pub series: Option<u16>,
}

impl Shape {
    /// What a class stands for.
    pub fn of(class: &Class) -> Self {
        Self {
            minutes: class.minutes,
            needs: class.needs.clone(),
            notice: class.notice,
            horizon: class.horizon,
            access: class.access.clone(),
            per_day: class.per_day,
            per_week: class.per_week,
            request: class.request,
            series: class.series,
        }
    }

    fn class(self, id: u16) -> Class {
        let Self { minutes, needs, notice, horizon, access, per_day, per_week, request, series } = self;
        Class { id, minutes, needs, notice, horizon, access, per_day, per_week, request, series }
    }

    /// Counted apart from others of the same shape.
    const fn has_caps(&self) -> bool {
        self.per_day.is_some() || self.per_week.is_some()
    }

    /// What a service without classes means (rule S8): it says nothing that its duration and its people do not say.
    fn is_plain(&self) -> bool {
        let plain = |need: &Need| need.before == 0 && need.after == 0;
        self.needs.len() == 1
            && self.needs.iter().all(plain)
            && self.notice == 0
            && u32::from(self.horizon) == limits::HORIZON_DAYS
            && self.access == Access::Public
            && !self.has_caps()
            && self.request.is_none()
            && self.series.is_none()
    }
}

/// The classes of a catalog, and which of them each service has; none for one that needs none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    /// Sorted by id.
    pub classes: Vec<Class>,
    /// In the order in which they are tried.
    pub of: BTreeMap<ServiceId, Vec<u16>>,
}

/// The classes of these services, each with its shapes in the order in which they are tried. `named` are services that need a
/// class even if they are plain, since held-back time names them or they can be parts of a visit.
///
/// A shape without caps that several services have is one class. A class keeps its id where its shape stays; where it changes,
/// it keeps the id of the class that the service had at its place, unless another service still stands for that one.
pub fn derive_classes(
    before: &Catalog,
    services: &[(ServiceId, Vec<Shape>)],
    named: &BTreeSet<ServiceId>,
) -> Derived {
    let old = before.rules.as_ref().map_or(&[][..], |r| &r.classes);
    let needs_none = |(id, shapes): &&(ServiceId, Vec<Shape>)| {
        !(shapes.len() == 1 && shapes.iter().all(Shape::is_plain) && !named.contains(id))
    };
    let services: Vec<_> = services.iter().filter(needs_none).collect();
    let had = |service: ServiceId, at: usize| {
        let classes = before.services.iter().find(|s| s.id == service)?.classes.as_ref()?;
        classes.get(at).copied()
    };
    let mut places: Vec<Vec<Option<u16>>> =
        services.iter().map(|(_, shapes)| vec![None; shapes.len()]).collect();
    let mut classes: Vec<Class> = Vec::new();
    // First what stays as it is, then what keeps its id, then what is new.
    for round in [Round::Same, Round::Kept, Round::New] {
        for ((service, shapes), ids) in services.iter().zip(&mut places) {
            for (at, (shape, place)) in shapes.iter().zip(ids).enumerate().filter(|(_, (_, p))| p.is_none()) {
                let shared =
                    classes.iter().find(|c| !shape.has_caps() && Shape::of(c) == *shape).map(|c| c.id);
                if let Some(id) = shared {
                    *place = Some(id);
                    continue;
                }
                let is_free = |id: &u16| !classes.iter().any(|c| c.id == *id);
                let own = had(*service, at);
                let same = |id: &u16| old.iter().any(|c| c.id == *id && Shape::of(c) == *shape);
                let id = match round {
                    Round::Same if own.is_some_and(|id| same(&id)) => own.filter(is_free),
                    Round::Same if shape.has_caps() => None,
                    Round::Same => old.iter().map(|c| c.id).find(same).filter(is_free),
                    Round::Kept => own.filter(|id| old.iter().any(|c| c.id == *id)).filter(is_free),
                    Round::New => unused(old, &classes),
                };
                if let Some(id) = id {
                    classes.push(shape.clone().class(id));
                    *place = Some(id);
                }
            }
        }
    }
    classes.sort_unstable_by_key(|c| c.id);
    let of = services.iter().zip(places).map(|((service, _), ids)| (*service, unique(ids))).collect();
    Derived { classes, of }
}

#[derive(Clone, Copy)]
enum Round {
    Same,
    Kept,
    New,
}

/// An id that neither catalog has: above all of them, so that nothing that was counted for another class counts for it.
fn unused(old: &[Class], new: &[Class]) -> Option<u16> {
    let highest = old.iter().chain(new).map(|c| c.id).max().unwrap_or(0);
    let is_free = |id: &u16| !old.iter().chain(new).any(|c| c.id == *id);
    highest.checked_add(1).or_else(|| (1..=u16::MAX).find(is_free))
}

fn unique(ids: Vec<Option<u16>>) -> Vec<u16> {
    let mut seen = BTreeSet::new();
    ids.into_iter().flatten().filter(|id| seen.insert(*id)).collect()
}

#[cfg(test)]
#[path = "classes_tests.rs"]
mod tests;
