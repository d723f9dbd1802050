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
        catalog::{Catalog, Class, Need},
    },
};
use alloc::{collections::BTreeMap, vec, vec::Vec};
use serde::{Deserialize, Serialize};

/// A booked appointment, as staff reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booked {
    /// What was booked.
    pub service: ServiceId,
    /// Further services of the same visit, in their order (rule S13).
    #[serde(default)]
    pub also: Vec<ServiceId>,
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

/// A part of an appointment: its span in seconds, and what it needs besides its calendar.
struct Part {
    span: (i64, i64),
    /// Buffers of the calendar itself, in minutes; `None` where somebody else does this part.
    own: Option<(u16, u16)>,
    beside: Vec<Need>,
}

/// What an appointment needs, by the first class of each service that fits its calendar; a service that is gone needs nothing else. The
/// last part ends where the appointment does, however long staff made it. `None`: its service is offered by others only.
fn parts(catalog: &Catalog, booked: &Booked) -> Option<Vec<Part>> {
    let mut from = i64::try_from(booked.start.start().0).unwrap_or(i64::MAX / 2);
    let end = from + i64::from(booked.cells) * i64::from(limits::CELL_MINUTES) * 60;
    let classes = catalog.rules.as_ref().map_or(&[][..], |r| &r.classes);
    let mut parts: Vec<Part> = Vec::new();
    for (at, id) in [&booked.service].into_iter().chain(&booked.also).enumerate() {
        let service = catalog.services.iter().find(|s| s.id == *id);
        if at == 0 && service.is_some_and(|s| !s.resources.contains(&booked.resource)) {
            return None;
        }
        let known = || service.and_then(|s| s.classes.as_ref()).into_iter().flatten();
        let known = || known().filter_map(|id| classes.iter().find(|c| c.id == *id));
        let is_own = |c: &&Class| c.needs.first().is_some_and(|n| n.one_of.contains(&booked.resource));
        let class = known().find(is_own).or_else(|| known().next().filter(|_| at > 0));
        let minutes = class.map_or(0, |c| c.minutes).max(service.map_or(0, |s| s.minutes));
        let own = class.is_none_or(|c| is_own(&c));
        let needs = class.map_or(&[][..], |c| &c.needs);
        let buffers = needs.first().map_or((0, 0), |n| (n.before, n.after));
        parts.push(Part {
            span: (from, (from + i64::from(minutes) * 60).min(end)),
            own: own.then_some(buffers),
            beside: needs.iter().skip(usize::from(own)).cloned().collect(),
        });
        from = (from + i64::from(minutes) * 60).min(end);
    }
    if let Some(last) = parts.last_mut() {
        last.span.1 = end;
    }
    Some(parts)
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
    let place = Place { resource: booked.resource, start: booked.start, cells: booked.cells };
    let parts = parts(catalog, booked);
    let known = parts.as_deref().unwrap_or_default();
    let from = i64::try_from(booked.start.start().0).unwrap_or(i64::MAX / 2);
    let span = (from, known.last().map_or(from, |p| p.span.1));
    let before = known.first().and_then(|p| p.own).map_or(0, |(before, _)| before);
    let after = known.last().and_then(|p| p.own).map_or(0, |(_, after)| after);
    let claimed = cells(span, before, after);
    let crowded = claimed.as_ref().is_none_or(|claimed| !taken.is_free(booked.resource, claimed));
    // Whatever the rules say of it, it is there: what comes after must keep away.
    taken.add(claimed.map_or(place, |c| Place {
        resource: booked.resource,
        start: crate::time::Cell(c.start),
        cells: u32::try_from(c.end - c.start).unwrap_or(u32::MAX),
    }));
    let Some(calendar) = hours.get(&booked.resource) else { return Some(Conflict::Gone) };
    let Some(parts) = parts else { return Some(Conflict::NotOffered) };
    if calendar.is_away(span) {
        return Some(Conflict::Away);
    }
    if !calendar.is_open(span) {
        return Some(Conflict::Closed);
    }
    if crowded {
        return Some(Conflict::TooClose);
    }
    let rooms: Option<Vec<Vec<Place>>> =
        parts.iter().map(|part| assign(&part.beside, hours, booked.resource, part.span, taken)).collect();
    let Some(rooms) = rooms else { return Some(Conflict::NoRoom) };
    for room in rooms.into_iter().flatten() {
        taken.add(room);
    }
    None
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
        wire::catalog::{Absence, Access, Closure, Kind, Resource, Rules, Schedule},
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
        Booked { service: service(20).id, also: vec![], resource, start, cells: 4 }
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
            series: None,
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

    #[test]
    fn of_a_visit_each_part_needs_what_it_needs_only_while_it_lasts() {
        let mut two = practice(0, 0, true);
        let talk = Class {
            id: 2,
            minutes: 15,
            needs: vec![Need { one_of: vec![R1, R2], before: 0, after: 10 }],
            ..two.rules.as_ref().unwrap().classes[0].clone()
        };
        two.rules.as_mut().unwrap().classes.push(talk);
        let id = crate::ids::ServiceId([7; 16]);
        two.services.push(crate::wire::catalog::Service {
            id,
            minutes: 15,
            classes: Some(vec![2]),
            ..service(15)
        });
        // 9:00 to 9:20 with the room, 9:20 to 9:35 without it, and ten minutes after.
        let visit = Booked { also: vec![id], cells: 7, ..booked(R1, "09:00") };
        let all = |others: &[Booked]| {
            let booked: Vec<Booked> = [visit.clone()].into_iter().chain(others.iter().cloned()).collect();
            conflicts(&two, &booked).unwrap()
        };
        assert_eq!(all(&[booked(R2, "09:20"), booked(R1, "09:45")]), [None, None, None]);
        assert_eq!(all(&[booked(R2, "09:15")]), [None, Some(Conflict::NoRoom)]);
        assert_eq!(
            all(&[booked(R1, "09:40")]),
            [None, Some(Conflict::TooClose)],
            "the buffer of the last part"
        );
    }
}
