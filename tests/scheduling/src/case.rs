//! Random rule sets, and what both sides say of them.
use crate::oracle::Oracle;
use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use proptest::{collection::vec, option, prelude::*};
use serde_json::json;
use std::{collections::BTreeMap, fmt};
use vestibule_core::{
    calendar::{self, Claim, Counted, Taken},
    day::Day,
    ids::{PracticeId, ResourceId, ServiceId},
    suite::Suite,
    time::{Cell, UnixSeconds},
    wire::{
        appointment::Place,
        catalog::{
            Absence, Access, Catalog, Class, Closure, DayInterval, Exception, HeldBack, Kind, Location, Need,
            Pause, RegularAbsence, Resource, Rules, Schedule, Season, Service, Visit, WeeklyInterval,
        },
        http::SlotQuery,
    },
};

/// One question: a catalog, what is taken, when it is asked, and for what.
#[derive(Clone)]
pub struct Case {
    /// Rules.
    pub catalog: Catalog,
    /// Asked for.
    pub query: SlotQuery,
    /// When.
    pub now: UnixSeconds,
    /// Claims.
    pub claims: Vec<Claim>,
    /// Counted starts.
    pub counted: Vec<Counted>,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let catalog = serde_json::to_string_pretty(&self.catalog).map_err(|_| fmt::Error)?;
        writeln!(f, "query: {}\nnow: {}", self.query.to_query(), show(self.now))?;
        for claim in &self.claims {
            writeln!(f, "claimed: {} at {}", claim.resource, show(claim.cell.start()))?;
        }
        for one in &self.counted {
            writeln!(f, "counted: class {} at {}", one.class, show(one.start.start()))?;
        }
        write!(f, "catalog: {catalog}")
    }
}

/// An instant as people read it.
pub fn show(at: UnixSeconds) -> String {
    let stamp = i64::try_from(at.0).ok().and_then(|s| Timestamp::from_second(s).ok());
    stamp.map_or_else(|| at.0.to_string(), |s| format!("{s} ({})", at.0))
}

/// Resource and start of each slot.
pub type Starts = Vec<(String, u64)>;

impl Case {
    /// What is taken.
    pub fn taken(&self) -> Taken {
        Taken::new(self.claims.iter().copied(), self.counted.clone())
    }

    /// What the engine says.
    pub fn engine(&self) -> Result<Starts, String> {
        let slots = calendar::slots(&self.catalog, &self.taken(), self.now, &self.query);
        let row = |s: &vestibule_core::wire::http::Slot| (s.resource.to_string(), s.start.0);
        let mut rows: Starts = slots.map_err(|e| e.to_string())?.iter().map(row).collect();
        rows.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
        Ok(rows)
    }

    /// What the oracle says.
    pub fn oracle(&self, oracle: &mut Oracle) -> Result<Starts, String> {
        let claims: Vec<_> = self.claims.iter().map(|c| (c.resource.to_string(), c.cell.0)).collect();
        let counted: Vec<_> = self.counted.iter().map(|c| (c.class, c.start.0)).collect();
        let request = json!({
            "catalog": self.catalog, "query": self.query, "now": self.now, "claims": claims, "counted": counted,
        });
        let answer = oracle.ask("slots", request).map_err(|e| e.to_string())?;
        serde_json::from_value(answer).map_err(|e| e.to_string())
    }

    /// Whether holds are granted exactly at the slots: at these (of many at some), and at no other five minutes around noon.
    pub fn holds_agree(&self, slots: &Starts) -> Result<(), String> {
        let visit = self.query.classes.clone().map(|classes| Visit { classes, code: None });
        let taken = self.taken();
        let Some(first) = Day::parse(&self.query.from).and_then(Day::number) else { return Ok(()) };
        let noon = u64::from(first) * 86_400 + 43_200;
        for resource in &self.query.resources {
            let name = resource.to_string();
            let near = (noon / 300 - 16..noon / 300 + 16).map(|cell| cell * 300);
            let all = slots.iter().filter(|s| s.0 == name).map(|s| s.1);
            // Of many slots some: every seventh.
            let offered = all.step_by(if slots.len() > 40 { 7 } else { 1 });
            for start in offered.chain(near) {
                let place =
                    Place { resource: *resource, start: Cell(start / 300), cells: self.query.minutes / 5 };
                let fit = calendar::fit(&self.catalog, &place, visit.as_ref(), &taken, self.now)
                    .map_err(|e| e.to_string())?;
                // A noon that is another day in a faraway zone is not asked for.
                let day = |s: &(String, u64)| s.1 == start && s.0 == name;
                if slots.iter().any(day) != fit.is_some() && self.asks_for(start) {
                    return Err(format!("slots and holds differ at {}", show(UnixSeconds(start))));
                }
                let Some(takes) = fit else { continue };
                let covers = takes.stretches.iter().any(|s| {
                    s.resource == *resource
                        && s.start <= place.start
                        && s.start.0 + u64::from(s.cells) > start / 300
                });
                if !covers || !taken.has_room_for(&takes.stretches) {
                    return Err(format!("a hold at {} takes {takes:?}", show(UnixSeconds(start))));
                }
            }
        }
        Ok(())
    }

    /// Whether an instant is surely on one of the asked days, wherever the resource is.
    fn asks_for(&self, start: u64) -> bool {
        let first = Day::parse(&self.query.from).and_then(Day::number).map_or(0, u64::from);
        let (from, to) =
            (first * 86_400 + 14 * 3_600, (first + u64::from(self.query.days)) * 86_400 - 14 * 3_600);
        (from..to).contains(&start)
    }
}

const PRACTICE: PracticeId = PracticeId([7; 16]);

fn id(n: usize) -> ResourceId {
    ResourceId([u8::try_from(n).unwrap_or(0) + 1; 16])
}

fn day(date: Date) -> Day {
    let number = i32::from(date.year()) * 10_000 + i32::from(date.month()) * 100 + i32::from(date.day());
    Day(u32::try_from(number).unwrap_or(0))
}

/// A date some days from another one.
fn plus(date: Date, days: i64) -> Date {
    date.checked_add(days.days()).unwrap_or(date)
}

/// Minutes of the day: mostly quarters of an hour.
fn minute() -> impl Strategy<Value = u16> {
    prop_oneof![4 => (0u16..=96).prop_map(|q| q * 15), 1 => (0u16..=288).prop_map(|c| c * 5)]
}

/// Sorted intervals without overlap, from any minutes.
fn spans(max: usize) -> impl Strategy<Value = Vec<(u16, u16)>> {
    vec(minute(), 0..=max * 2).prop_map(|mut all| {
        all.sort_unstable();
        all.dedup();
        all.chunks_exact(2).map(|c| (c[0], c[1])).collect()
    })
}

/// Weekly hours around one weekday, more often than elsewhere.
fn weekly(around: Date) -> impl Strategy<Value = Vec<WeeklyInterval>> {
    let of_day = |weekday: u8| {
        spans(2).prop_map(move |all| {
            all.into_iter().map(|(from, to)| WeeklyInterval { weekday, from, to }).collect::<Vec<_>>()
        })
    };
    let first = u8::try_from(around.weekday().to_monday_one_offset()).unwrap_or(1);
    let always = Just(vec![(0, 1440)]);
    (
        of_day(first),
        of_day(first % 7 + 1),
        option::weighted(
            0.6,
            always.prop_map(move |all: Vec<(u16, u16)>| {
                (1..=7u8)
                    .flat_map(|weekday| {
                        all.iter().map(move |&(from, to)| WeeklyInterval { weekday, from, to })
                    })
                    .collect::<Vec<_>>()
            }),
        ),
    )
        .prop_map(|(mut a, b, all)| {
            if let Some(all) = all {
                return all;
            }
            a.extend(b);
            a.sort_by_key(|i| (i.weekday, i.from));
            a
        })
}

fn schedule(around: Date, locations: usize, classes: Vec<u16>) -> impl Strategy<Value = Schedule> {
    let season = (-3i64..3, 0i64..4, weekly(around))
        .prop_map(move |(from, days, hours)| (plus(around, from), plus(around, from + days), hours))
        .prop_map(|(from, to, hours)| Season { from: day(from), to: day(to), hours });
    let exception = (-1i64..3, spans(2)).prop_map(move |(at, all)| Exception {
        day: day(plus(around, at)),
        hours: all.into_iter().map(|(from, to)| DayInterval { from, to }).collect(),
    });
    let absence = (-2i64..3, minute(), 0i64..3, minute()).prop_map(move |(at, from, days, to)| Absence {
        from_day: day(plus(around, at)),
        from: from.min(1435),
        to_day: day(plus(around, at + days)),
        to: if days == 0 { to.max(from.min(1435) + 5) } else { to },
    });
    let regular = (-30i64..3, 1u8..=3, minute(), minute(), option::of(0i64..40)).prop_map(
        move |(at, weeks, a, b, last)| {
            let first = plus(around, at);
            let (from, to) = (a.min(b).min(1435), a.max(b).max(a.min(b).min(1435) + 5));
            RegularAbsence { first: day(first), weeks, from, to, last: last.map(|n| day(plus(first, n))) }
        },
    );
    let first = u8::try_from(around.weekday().to_monday_one_offset()).unwrap_or(1);
    let held = (0u8..3, minute(), minute(), prop_oneof![0u16..4, 0u16..200], proptest::bool::ANY).prop_map(
        move |(at, a, b, days, open)| HeldBack {
            weekday: (first - 1 + at) % 7 + 1,
            from: a.min(b).min(1435),
            to: a.max(b).max(a.min(b).min(1435) + 5),
            days,
            open_to: classes.first().filter(|_| open).copied().into_iter().collect(),
        },
    );
    let location = option::of(0..locations.max(1))
        .prop_map(move |at| at.filter(|_| locations > 0).and_then(|at| u16::try_from(at).ok()));
    (
        proptest::bool::weighted(0.15),
        vec(season, 0..=1),
        vec(exception, 0..=2),
        vec(absence, 0..=2),
        vec(regular, 0..=2),
        option::weighted(0.25, vec(held, 1..=2)).prop_map(Option::unwrap_or_default),
        location,
    )
        .prop_map(|(always, seasons, mut exceptions, mut absences, regular, held_back, location)| {
            exceptions.sort_by_key(|e| e.day);
            exceptions.dedup_by_key(|e| e.day);
            absences.sort_by_key(|a| (a.from_day, a.from));
            let kind = Kind::Practitioner;
            Schedule { kind, always, seasons, exceptions, absences, regular, held_back, location }
        })
}

fn class(id_: u16, resources: usize) -> impl Strategy<Value = Class> {
    let need =
        (vec(0..resources, 1..=resources.min(3)), 0u16..=6, 0u16..=6).prop_map(|(mut of, before, after)| {
            of.dedup();
            let mut one_of: Vec<ResourceId> = of.into_iter().map(id).collect();
            let mut seen = Vec::new();
            one_of.retain(|r| {
                !seen.contains(r) && {
                    seen.push(*r);
                    true
                }
            });
            // Buffers only sometimes.
            let buffer = |n: u16| if n > 3 { 5 * (n - 3) } else { 0 };
            Need { one_of, before: buffer(before), after: buffer(after) }
        });
    (
        1u16..=18,
        vec(need, 1..=3),
        prop_oneof![4 => Just(0u32), 1 => 0u32..3_000],
        prop_oneof![4 => Just(180u16), 1 => 1u16..5],
        option::weighted(0.2, 1u16..3),
        option::weighted(0.2, 1u16..4),
    )
        .prop_map(move |(cells, needs, notice, horizon, per_day, per_week)| Class {
            id: id_,
            minutes: cells * 5,
            needs,
            notice,
            horizon,
            access: Access::Public,
            per_day,
            per_week,
            request: None,
            series: None,
        })
}

/// A date near a change of the zone's clock, or any from 1970 to 2100.
pub fn dates(zone: &str, pick: u32, near: bool) -> Date {
    /// 1970-06-01 to 2099-12-20: what lies some weeks before is still in 1970, and catalogs know no earlier dates.
    const SPAN: u32 = 47_318;
    const FIRST: Date = Date::constant(1970, 6, 1);
    let any = plus(FIRST, i64::from(pick % SPAN));
    let Ok(zone) = TimeZone::get(zone) else { return any };
    let Some(at) = any.to_zoned(zone.clone()).ok().filter(|_| near) else { return any };
    let change = zone.following(at.timestamp()).next().or_else(|| zone.preceding(at.timestamp()).next());
    change
        .map(|c| c.timestamp().to_zoned(zone.clone()).date())
        .filter(|d| *d >= FIRST && d.year() < 2100)
        .unwrap_or(any)
}

/// The names of the zones.
pub fn zones() -> Vec<String> {
    let mut names: Vec<String> = jiff::tz::db().available().map(|n| n.to_string()).collect();
    names.sort();
    names
}

/// Random rule sets.
pub fn cases(zones: Vec<String>) -> impl Strategy<Value = Case> {
    let zone = proptest::sample::select(zones);
    (zone.clone(), zone, any::<u32>(), proptest::bool::weighted(0.6), -1i64..=1, 1usize..=4, 0usize..=2)
        .prop_flat_map(|(zone, second, pick, near, shift, resources, classes)| {
            let around = plus(dates(&zone, pick, near), shift);
            let locations = usize::from(second != zone);
            let ids: Vec<u16> = (1..=u16::try_from(classes).unwrap_or(0)).collect();
            let of = (weekly(around), option::weighted(0.6, schedule(around, locations, ids.clone())));
            let classes: Vec<_> = ids.iter().map(|n| class(*n, resources)).collect();
            let closure = (-1i64..3, 0i64..2, proptest::bool::ANY)
                .prop_map(move |(from, days, here)| (plus(around, from), plus(around, from + days), here));
            (
                Just((zone, second, around, locations)),
                vec(of, resources),
                classes,
                option::weighted(0.3, closure),
                (1u32..=3, 1u32..=18, vec(proptest::bool::ANY, resources), any::<proptest::sample::Index>()),
                (
                    prop_oneof![4 => -6_000i64..0, 1 => -200i64..1_500],
                    option::weighted(0.1, -2_000i64..2_000),
                ),
                vec((0..resources, -100i64..800, 1u64..12), 0..=4),
                vec((0usize..2, -2_500i64..2_500), 0..=3),
            )
        })
        .prop_map(build)
}

type Parts = (
    (String, String, Date, usize),
    Vec<(Vec<WeeklyInterval>, Option<Schedule>)>,
    Vec<Class>,
    Option<(Date, Date, bool)>,
    (u32, u32, Vec<bool>, proptest::sample::Index),
    (i64, Option<i64>),
    Vec<(usize, i64, u64)>,
    Vec<(usize, i64)>,
);

fn build((place, of, classes, closure, asked, times, claims, counted): Parts) -> Case {
    let (zone, second, around, locations) = place;
    let (days, cells, chosen, which) = asked;
    let noon = day(around).number().map_or(0, |n| i64::from(n) * 86_400);
    let at = |seconds: i64| UnixSeconds(u64::try_from(seconds).unwrap_or(0));
    let now = at(noon + times.0 * 60);
    let resources: Vec<Resource> = of
        .into_iter()
        .enumerate()
        .map(|(n, (hours, schedule))| Resource { id: id(n), name: format!("R{}", n + 1), hours, schedule })
        .collect();
    // A visit of no, one or two classes.
    let visit: Option<Vec<u16>> = match (which.index(4), classes.as_slice()) {
        (0, _) | (_, []) => None,
        (1, [a, b]) => Some(vec![a.id, b.id]),
        (n, all) => Some(vec![all[n % all.len()].id]),
    };
    let of_class = |id: &u16| classes.iter().find(|c| c.id == *id);
    let (asked, minutes) = match &visit {
        None => {
            let some: Vec<ResourceId> =
                chosen.iter().enumerate().filter(|(_, yes)| **yes).map(|(n, _)| id(n)).collect();
            (if some.is_empty() { vec![id(0)] } else { some }, cells * 5)
        }
        Some(ids) => (
            ids.first().and_then(of_class).map_or_else(Vec::new, |c| c.needs[0].one_of.clone()),
            ids.iter().filter_map(of_class).map(|c| u32::from(c.minutes)).sum(),
        ),
    };
    let closures = closure.map(|(from, to, here)| Closure {
        from: day(from),
        to: day(to),
        name: String::new(),
        location: Some(0).filter(|_| here && locations > 0),
    });
    let pauses = times.1.map(|from| {
        let from = now.0.saturating_add_signed(from * 60);
        Pause { from: UnixSeconds(from), to: UnixSeconds(from + 86_400) }
    });
    let claim = |(n, offset, length): &(usize, i64, u64)| {
        let first = u64::try_from(noon / 300 + offset).unwrap_or(0);
        (first..first + length).map(|cell| Claim { resource: id(*n), cell: Cell(cell) }).collect::<Vec<_>>()
    };
    let claims = claims.iter().flat_map(claim).collect();
    let counted = counted
        .iter()
        .filter_map(|(n, offset)| {
            let start = Cell(u64::try_from(noon / 300 + offset).ok()?);
            Some(Counted { class: classes.get(*n)?.id, start })
        })
        .collect();
    let services = vec![Service {
        id: ServiceId([9; 16]),
        name: "S".into(),
        description: String::new(),
        minutes: u16::try_from(cells * 5).unwrap_or(5),
        resources: resources.iter().map(|r| r.id).collect(),
        classes: None,
        price: None,
        questions: None,
        together: None,
    }];
    let location = Location { name: "L".into(), contact: String::new(), time_zone: second };
    let rules = Rules {
        locations: vec![location; locations],
        closures: closures.into_iter().collect(),
        pauses: pauses.into_iter().collect(),
        classes: distinct(classes),
    };
    let date = around.to_string();
    Case {
        catalog: Catalog {
            suite: Suite::V1,
            practice: PRACTICE,
            number: 1,
            name: "P".into(),
            contact: String::new(),
            time_zone: zone,
            language: "de".into(),
            resources,
            services,
            rules: Some(rules),
        },
        query: SlotQuery { resources: asked, minutes, from: date, days, classes: visit, first: None },
        now,
        claims,
        counted,
    }
}

/// Two classes by chance of one shape are counted apart.
fn distinct(mut classes: Vec<Class>) -> Vec<Class> {
    if let [a, b] = classes.as_mut_slice()
        && (Class { id: b.id, ..a.clone() }) == *b
    {
        b.notice += 1;
    }
    classes
}

/// Offset changes by zone on which the two sides' data differ, for one version of the oracle's data.
pub type Differences = BTreeMap<String, Vec<(i64, i64, i64)>>;

/// What `differences.json` says of a version of the oracle's time-zone data; none of an unknown one.
pub fn differences(version: &str) -> Option<Differences> {
    let all: BTreeMap<String, Differences> =
        serde_json::from_str(include_str!("../differences.json")).unwrap_or_default();
    all.get(version).cloned()
}

/// Zones for rule sets. Left out, by name: those of which the oracle's data says something else (`differences.json`), the
/// one that it does not know, and `Africa/Monrovia`, whose clock had odd seconds until 1972, so that it showed no whole
/// minute at a whole minute of UTC. `tests/agree/zones.rs` has them all.
pub fn known_zones(differing: &Differences) -> Vec<String> {
    let mut names = zones();
    names.retain(|n| !differing.contains_key(n) && !["Africa/Monrovia", "Factory"].contains(&n.as_str()));
    names
}

/// The starts that only one side has.
pub fn difference(ours: &Starts, theirs: &Starts) -> String {
    let only = |these: &Starts, those: &Starts| {
        let rows = these.iter().filter(|s| !those.contains(s)).take(5);
        rows.map(|(id, at)| format!("{id} {}", show(UnixSeconds(*at)))).collect::<Vec<_>>().join(", ")
    };
    format!("only the engine: [{}]; only the oracle: [{}]", only(ours, theirs), only(theirs, ours))
}

impl Case {
    /// Open all day on the day of an instant, 30 minutes each.
    ///
    /// # Panics
    /// If the zone is unknown.
    #[expect(clippy::unwrap_used, reason = "a test's fixture")]
    pub fn around(zone: &str, at: i64) -> Self {
        let zoned = Timestamp::from_second(at).unwrap().to_zoned(TimeZone::get(zone).unwrap());
        let hours = (1..=7).map(|weekday| WeeklyInterval { weekday, from: 0, to: 1440 }).collect();
        let first = zoned.date();
        let noon = day(first).number().map_or(0, |n| u64::from(n) * 86_400);
        Self {
            catalog: Catalog {
                suite: Suite::V1,
                practice: PRACTICE,
                number: 1,
                name: "P".into(),
                contact: String::new(),
                time_zone: zone.into(),
                language: "de".into(),
                resources: vec![Resource { id: id(0), name: "R".into(), hours, schedule: None }],
                services: vec![],
                rules: None,
            },
            query: SlotQuery {
                resources: vec![id(0)],
                minutes: 30,
                from: first.to_string(),
                days: 1,
                classes: None,
                first: None,
            },
            now: UnixSeconds(noon.saturating_sub(3 * 86_400)),
            claims: vec![],
            counted: vec![],
        }
    }
}
