//! Which booked appointments a catalog would no longer allow. Nothing happens to them: staff sees them, and decides.
use super::{
    QueryError, Taken,
    engine::{Zones, augment},
    hours::Hours,
    visit::cells,
};
use crate::{
    ids::{ResourceId, ServiceId},
    limits,
    wire::{
        appointment::Place,
        catalog::{Catalog, Need},
    },
};
use alloc::{collections::BTreeMap, vec, vec::Vec};
use serde::{Deserialize, Serialize};

/// A booked appointment, as staff reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booked {
    /// What was booked.
    pub service: ServiceId,
    /// With whom.
    pub resource: ResourceId,
    /// First cell.
    pub start: crate::time::Cell,
    /// Length in cells, as it stands: staff may have changed it.
    pub cells: u32,
}

/// Why a catalog would not allow an appointment that is booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conflict {
    /// Whose calendar it is in is not in the catalog.
    Gone,
    /// The service is offered by others only. (A service that is gone is none: what was booked stays good.)
    NotOffered,
    /// It does not lie in one opening interval (rules S1 to S4).
    Closed,
    /// An absence touches it (rule S5).
    Away,
    /// It shares time with another one, or with the buffer of one (rule S12). Said of the later of the two.
    TooClose,
    /// No room or device that it needs besides is open and free (rule S11).
    NoRoom,
}

/// What each appointment needs, by the first class that fits its calendar; a service that is gone needs nothing else.
fn needs(catalog: &Catalog, booked: &Booked) -> Option<Vec<Need>> {
    let plain = || vec![Need { one_of: vec![booked.resource], before: 0, after: 0 }];
    let Some(service) = catalog.services.iter().find(|s| s.id == booked.service) else {
        return Some(plain());
    };
    if !service.resources.contains(&booked.resource) {
        return None;
    }
    let Some(ids) = &service.classes else { return Some(plain()) };
    let classes = catalog.rules.as_ref().map_or(&[][..], |r| &r.classes);
    let of_calendar = |id: &u16| {
        let needs = &classes.iter().find(|c| c.id == *id)?.needs;
        needs.first()?.one_of.contains(&booked.resource).then_some(needs)
    };
    ids.iter().find_map(of_calendar).cloned()
}

/// The conflict of each appointment with a catalog, if it has one, in their order. Rules of time (S7, S9), held-back time
/// (S14) and caps (S15) are for new bookings: they are against none that is there.
pub fn conflicts(catalog: &Catalog, booked: &[Booked]) -> Result<Vec<Option<Conflict>>, QueryError> {
    let day = |cell: u64| u32::try_from(cell / 288).unwrap_or(u32::MAX);
    let mut order: Vec<usize> = (0..booked.len()).collect();
    order.sort_unstable_by_key(|at| booked.get(*at).map(|b| (b.start, b.resource)));
    let ends = || order.iter().filter_map(|at| booked.get(*at)).map(|b| day(b.start.0));
    let (Some(first), Some(last)) = (ends().min(), ends().max()) else { return Ok(Vec::new()) };
    let zones = Zones::new(catalog, first.saturating_sub(1), last.saturating_add(2))?;
    let mut hours = BTreeMap::new();
    for resource in &catalog.resources {
        let location = resource.schedule.as_ref().and_then(|s| s.location);
        let offsets = zones.of(location).ok_or(QueryError::Resources)?;
        let (from, to) = zones.days();
        hours.insert(resource.id, Hours::new(catalog, resource, offsets, from, to));
    }
    let mut taken = Taken::default();
    let mut found = vec![None; booked.len()];
    for at in order {
        if let (Some(appointment), Some(slot)) = (booked.get(at), found.get_mut(at)) {
            *slot = judge(catalog, &hours, appointment, &mut taken);
        }
    }
    Ok(found)
}

fn judge(
    catalog: &Catalog,
    hours: &BTreeMap<ResourceId, Hours<'_>>,
    booked: &Booked,
    taken: &mut Taken,
) -> Option<Conflict> {
    let from = i64::try_from(booked.start.start().0).unwrap_or(i64::MAX / 2);
    let length = i64::from(booked.cells) * i64::from(limits::CELL_MINUTES) * 60;
    let span = (from, from + length);
    let place = Place { resource: booked.resource, start: booked.start, cells: booked.cells };
    let needs = needs(catalog, booked);
    let own = needs.as_ref().and_then(|n| n.first());
    let (before, after) = own.map_or((0, 0), |n| (n.before, n.after));
    let claimed = cells(span, before, after);
    let crowded = claimed.as_ref().is_none_or(|claimed| !taken.is_free(booked.resource, claimed));
    // Whatever the rules say of it, it is there: what comes after must keep away.
    taken.add(claimed.map_or(place, |c| Place {
        resource: booked.resource,
        start: crate::time::Cell(c.start),
        cells: u32::try_from(c.end - c.start).unwrap_or(u32::MAX),
    }));
    let Some(calendar) = hours.get(&booked.resource) else { return Some(Conflict::Gone) };
    let Some(needs) = needs else { return Some(Conflict::NotOffered) };
    if calendar.is_away(span) {
        return Some(Conflict::Away);
    }
    if !calendar.is_open(span) {
        return Some(Conflict::Closed);
    }
    if crowded {
        return Some(Conflict::TooClose);
    }
    let beside = needs.get(1..).unwrap_or(&[]);
    let rooms = assign(beside, hours, booked.resource, span, taken);
    if let Some(rooms) = rooms {
        for room in rooms {
            taken.add(room);
        }
        None
    } else {
        Some(Conflict::NoRoom)
    }
}

/// A resource of its own for each need besides the first (rule S11), as the engine finds them for new bookings.
fn assign(
    needs: &[Need],
    hours: &BTreeMap<ResourceId, Hours<'_>>,
    own: ResourceId,
    span: (i64, i64),
    taken: &Taken,
) -> Option<Vec<Place>> {
    let mut can = Vec::with_capacity(needs.len());
    for need in needs {
        let claimed = cells(span, need.before, need.after)?;
        let fits = |id: &ResourceId| {
            *id != own && taken.is_free(*id, &claimed) && hours.get(id).is_some_and(|h| h.is_open(span))
        };
        can.push(need.one_of.iter().copied().filter(fits).collect::<Vec<_>>());
    }
    let mut holder = BTreeMap::new();
    for need in 0..can.len() {
        if !augment(&can, need, &mut holder, &mut Vec::new()) {
            return None;
        }
    }
    let place = |(resource, at): (ResourceId, usize)| {
        let need = needs.get(at)?;
        let claimed = cells(span, need.before, need.after)?;
        let cells = u32::try_from(claimed.end - claimed.start).ok()?;
        Some(Place { resource, start: crate::time::Cell(claimed.start), cells })
    };
    holder.into_iter().map(place).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::{
        calendar::fixture::{R1, R2, at, catalog, interval, service},
        day::Day,
        time::{Cell, UnixSeconds},
        wire::catalog::{Absence, Access, Class, Closure, Kind, Resource, Rules, Schedule},
    };
    use alloc::string::{String, ToString};

    const ROOM: ResourceId = ResourceId([8; 16]);

    fn schedule(kind: Kind) -> Schedule {
        Schedule {
            kind,
            always: kind == Kind::Room,
            seasons: vec![],
            exceptions: vec![],
            absences: vec![],
            regular: vec![],
            held_back: vec![],
            location: None,
        }
    }

    fn booked(resource: ResourceId, time: &str) -> Booked {
        let start = Cell::starting_at(UnixSeconds(at("2026-11-23", time))).unwrap();
        Booked { service: service(20).id, resource, start, cells: 4 }
    }

    /// Monday 9:00 to 12:00, and a service that needs one of the two and perhaps the room.
    fn practice(before: u16, after: u16, room: bool) -> Catalog {
        let mut catalog = catalog(&[interval(1, 9 * 60, 12 * 60)]);
        let mut needs = vec![Need { one_of: vec![R1, R2], before, after }];
        if room {
            needs.push(Need { one_of: vec![ROOM], before: 0, after: 0 });
            catalog.resources.push(Resource {
                id: ROOM,
                name: "Raum".to_string(),
                hours: vec![],
                schedule: Some(schedule(Kind::Room)),
            });
        }
        let class = Class {
            id: 1,
            minutes: 20,
            needs,
            notice: 0,
            horizon: 180,
            access: Access::Public,
            per_day: None,
            per_week: None,
            request: None,
        };
        catalog.services = vec![crate::wire::catalog::Service { classes: Some(vec![1]), ..service(20) }];
        catalog.rules =
            Some(Rules { locations: vec![], closures: vec![], pauses: vec![], classes: vec![class] });
        catalog
    }

    fn one(catalog: &Catalog, appointment: Booked) -> Option<Conflict> {
        conflicts(catalog, &[appointment]).unwrap()[0]
    }

    #[test]
    fn hours_absences_closures_and_people() {
        let open = practice(0, 0, false);
        assert_eq!(conflicts(&open, &[]), Ok(vec![]));
        assert_eq!(one(&open, booked(R1, "09:00")), None);
        assert_eq!(one(&open, booked(R1, "09:05")), None, "the grid is for new ones");
        assert_eq!(one(&open, booked(R1, "11:45")), Some(Conflict::Closed), "it reaches past the end");
        assert_eq!(one(&open, booked(ResourceId([9; 16]), "09:00")), Some(Conflict::Gone));

        let mut away = open.clone();
        let from = Absence { from_day: Day(20_261_123), from: 600, to_day: Day(20_261_123), to: 660 };
        away.resources[0].schedule = Some(Schedule { absences: vec![from], ..schedule(Kind::Practitioner) });
        assert_eq!(one(&away, booked(R1, "09:50")), Some(Conflict::Away));
        assert_eq!(one(&away, booked(R1, "11:00")), None);
        assert_eq!(one(&away, booked(R2, "09:50")), None, "the other one is there");

        let mut holiday = open.clone();
        let day = Day(20_261_123);
        let closure = Closure { from: day, to: day, name: String::new(), location: None };
        holiday.rules.as_mut().unwrap().closures.push(closure);
        assert_eq!(one(&holiday, booked(R1, "09:00")), Some(Conflict::Closed));

        let mut alone = open.clone();
        alone.services[0].resources = vec![R1];
        alone.rules.as_mut().unwrap().classes[0].needs[0].one_of = vec![R1];
        assert_eq!(one(&alone, booked(R2, "09:00")), Some(Conflict::NotOffered));
        alone.services.clear();
        assert_eq!(one(&alone, booked(R2, "09:00")), None, "a service that is gone leaves what was booked");
    }

    #[test]
    fn buffers_count_for_the_later_one_and_rooms_for_who_finds_none() {
        let two = [booked(R1, "09:20"), booked(R1, "09:00")];
        assert_eq!(conflicts(&practice(0, 0, false), &two), Ok(vec![None, None]));
        assert_eq!(conflicts(&practice(0, 10, false), &two), Ok(vec![Some(Conflict::TooClose), None]));
        assert_eq!(conflicts(&practice(5, 0, false), &two), Ok(vec![Some(Conflict::TooClose), None]));
        let together = [booked(R1, "09:00"), booked(R2, "09:00"), booked(R2, "09:20")];
        assert_eq!(conflicts(&practice(0, 0, true), &together), Ok(vec![None, Some(Conflict::NoRoom), None]));
        let mut taken_away = practice(0, 0, true);
        taken_away.resources[2].schedule.as_mut().unwrap().always = false;
        assert_eq!(one(&taken_away, booked(R1, "09:00")), Some(Conflict::NoRoom), "the room is closed");
    }
}
