//! The rules of catalogs, one by one.
use crate::{
    catalog::{CatalogError as E, validate},
    directory::sample::catalog,
};
use alloc::{string::String, vec};
use vestibule_core::{
    day::Day,
    ids::{PracticeId, ResourceId, ServiceId},
    limits,
    time::UnixSeconds,
    wire::catalog::{
        Absence, Access, Catalog, Class, Closure, DayInterval, Exception, HeldBack, Kind, Location, Need,
        Pause, Question, RegularAbsence, Rules, Schedule, Season, WeeklyInterval,
    },
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
fn prices_questions_and_parts_of_visits() {
    let question = |text: &str, answers: &[&str]| Question {
        text: text.into(),
        answers: answers.iter().map(|a| (*a).into()).collect(),
        required: true,
    };
    let asked = |questions: vec::Vec<Question>| outcome(|c| c.services[0].questions = Some(questions));
    for (name, questions, want) in [
        (
            "in words, and to choose from",
            vec![question("Since when?", &[]), question("Insured?", &["yes", "no"])],
            Ok(()),
        ),
        ("an empty list is left out", vec![], Err(E::TooMany)),
        ("too many", vec![question("?", &[]); limits::MAX_QUESTIONS + 1], Err(E::TooMany)),
        ("no text", vec![question(" ", &[])], Err(E::Text)),
        ("an empty answer", vec![question("?", &["yes", ""])], Err(E::Text)),
        ("an answer twice", vec![question("?", &["yes", "yes"])], Err(E::DuplicateId)),
    ] {
        assert_eq!(asked(questions), want, "{name}");
    }
    assert_eq!(outcome(|c| c.services[0].price = Some("30 €".into())), Ok(()));
    assert_eq!(outcome(|c| c.services[0].price = Some(String::new())), Err(E::Text), "left out instead");
    assert_eq!(ruled(|c, _, _| c.services[0].together = Some(true)), Ok(()));
    assert_eq!(ruled(|c, _, _| c.services[0].together = Some(false)), Err(E::Class), "left out instead");
    assert_eq!(outcome(|c| c.services[0].together = Some(true)), Err(E::Class), "without a class");
    assert_eq!(ruled(|_, _, r| r.classes[0].request = Some(true)), Ok(()));
    assert_eq!(ruled(|_, _, r| r.classes[0].request = Some(false)), Err(E::Class), "left out instead");
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
                .map(|i| vestibule_core::wire::catalog::Service { id: ServiceId(numbered(i)), ..one.clone() })
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
                .map(|i| vestibule_core::wire::catalog::Resource {
                    id: ResourceId(numbered(i)),
                    ..one.clone()
                })
                .collect();
        })
    };
    assert_eq!(with_resources(limits::MAX_RESOURCES), Ok(()));
    assert_eq!(with_resources(limits::MAX_RESOURCES + 1), Err(E::TooMany));
}

fn schedule() -> Schedule {
    Schedule {
        kind: Kind::Practitioner,
        always: false,
        seasons: vec![],
        exceptions: vec![],
        absences: vec![],
        regular: vec![],
        held_back: vec![],
        location: None,
    }
}

fn class(id: u16, minutes: u16) -> Class {
    Class {
        id,
        minutes,
        needs: vec![Need { one_of: vec![RESOURCE], before: 0, after: 0 }],
        notice: 0,
        horizon: 90,
        access: Access::Public,
        per_day: None,
        per_week: None,
        request: None,
        series: None,
    }
}

/// A catalog whose service is booked as class 1, and which has a location.
fn ruled(change: impl FnOnce(&mut Catalog, &mut Schedule, &mut Rules)) -> Result<(), E> {
    outcome(|c| {
        let mut rules = Rules {
            locations: vec![Location {
                name: "Lissabon".into(),
                contact: String::new(),
                time_zone: "Europe/Lisbon".into(),
            }],
            closures: vec![],
            pauses: vec![],
            classes: vec![class(1, 20), class(2, 30)],
        };
        let mut of_resource = schedule();
        c.services[0].classes = Some(vec![1]);
        change(c, &mut of_resource, &mut rules);
        c.resources[0].schedule = Some(of_resource);
        c.rules = Some(rules);
    })
}

#[test]
fn schedules() {
    let with = |change: fn(&mut Schedule)| ruled(|_, s, _| change(s));
    let season = |from, to| Season { from: Day(from), to: Day(to), hours: vec![] };
    let exception = |day, hours| Exception { day: Day(day), hours };
    let absence =
        |from_day, from, to_day, to| Absence { from_day: Day(from_day), from, to_day: Day(to_day), to };
    let regular = |weeks, from, last| RegularAbsence { first: Day(20_261_202), weeks, from, to: 540, last };
    let held = |weekday, days, open_to| HeldBack { weekday, from: 480, to: 510, days, open_to };
    assert_eq!(with(|_| ()), Ok(()));
    for (name, seasons, want) in [
        ("two", vec![season(20_260_701, 20_260_731), season(20_260_801, 20_260_801)], Ok(())),
        ("overlap", vec![season(20_260_701, 20_260_801), season(20_260_801, 20_260_802)], Err(E::Overlap)),
        ("backwards", vec![season(20_260_702, 20_260_701)], Err(E::Date)),
        ("no date", vec![season(20_260_228, 20_260_230)], Err(E::Date)),
        ("too many", (1..=13).map(|d| season(20_260_700 + d, 20_260_700 + d)).collect(), Err(E::TooMany)),
    ] {
        assert_eq!(ruled(|_, s, _| s.seasons = seasons), want, "{name}");
    }
    for (name, exceptions, want) in [
        ("closed", vec![exception(20_261_224, vec![])], Ok(())),
        ("twice", vec![exception(20_261_224, vec![]), exception(20_261_224, vec![])], Err(E::Overlap)),
        ("off the grid", vec![exception(20_261_224, vec![DayInterval { from: 1, to: 5 }])], Err(E::Grid)),
        (
            "overlap",
            vec![exception(
                20_261_224,
                vec![DayInterval { from: 0, to: 60 }, DayInterval { from: 55, to: 90 }],
            )],
            Err(E::Overlap),
        ),
    ] {
        assert_eq!(ruled(|_, s, _| s.exceptions = exceptions), want, "{name}");
    }
    for (name, absences, want) in [
        ("a night", vec![absence(20_260_105, 1435, 20_260_106, 0)], Ok(())),
        ("empty", vec![absence(20_260_105, 600, 20_260_105, 600)], Err(E::Date)),
        ("beyond the day", vec![absence(20_260_105, 1440, 20_260_106, 0)], Err(E::Grid)),
        ("off the grid", vec![absence(20_260_105, 3, 20_260_106, 0)], Err(E::Grid)),
        (
            "order",
            vec![absence(20_260_107, 0, 20_260_108, 0), absence(20_260_105, 0, 20_260_106, 0)],
            Err(E::Overlap),
        ),
    ] {
        assert_eq!(ruled(|_, s, _| s.absences = absences), want, "{name}");
    }
    for (name, one, want) in [
        ("every week", regular(1, 480, None), Ok(())),
        ("never", regular(0, 480, None), Err(E::Grid)),
        ("every 53 weeks", regular(53, 480, None), Err(E::Grid)),
        ("backwards", regular(1, 540, None), Err(E::Grid)),
        ("ends before", regular(1, 480, Some(Day(20_261_201))), Err(E::Date)),
    ] {
        assert_eq!(ruled(|_, s, _| s.regular = vec![one]), want, "{name}");
    }
    for (name, one, want) in [
        ("open to both", held(1, 2, vec![1, 2]), Ok(())),
        ("no such day", held(8, 2, vec![]), Err(E::Grid)),
        ("too long", held(1, 732, vec![]), Err(E::Grid)),
        ("unknown class", held(1, 2, vec![3]), Err(E::UnknownClass)),
        ("order", held(1, 2, vec![2, 1]), Err(E::Overlap)),
    ] {
        assert_eq!(ruled(|_, s, _| s.held_back = vec![one]), want, "{name}");
    }
    assert_eq!(with(|s| s.location = Some(0)), Ok(()));
    assert_eq!(with(|s| s.location = Some(1)), Err(E::UnknownLocation));
}

#[test]
fn rules() {
    let closure =
        |from, to, location| Closure { from: Day(from), to: Day(to), name: String::new(), location };
    let pause = |from, to| Pause { from: UnixSeconds(from), to: UnixSeconds(to) };
    for (name, closures, want) in [
        (
            "overlapping",
            vec![closure(20_261_224, 20_261_226, None), closure(20_261_225, 20_261_225, Some(0))],
            Ok(()),
        ),
        (
            "order",
            vec![closure(20_261_225, 20_261_225, None), closure(20_261_224, 20_261_224, None)],
            Err(E::Overlap),
        ),
        ("backwards", vec![closure(20_261_225, 20_261_224, None)], Err(E::Date)),
        ("elsewhere", vec![closure(20_261_225, 20_261_225, Some(1))], Err(E::UnknownLocation)),
        ("too many", vec![closure(20_261_225, 20_261_225, None); 257], Err(E::TooMany)),
    ] {
        assert_eq!(ruled(|_, _, r| r.closures = closures), want, "{name}");
    }
    for (name, pauses, want) in [
        ("two", vec![pause(1, 2), pause(2, 3)], Ok(())),
        ("empty", vec![pause(1, 1)], Err(E::Date)),
        ("overlap", vec![pause(1, 3), pause(2, 4)], Err(E::Overlap)),
    ] {
        assert_eq!(ruled(|_, _, r| r.pauses = pauses), want, "{name}");
    }
    assert_eq!(ruled(|_, _, r| r.locations[0].time_zone = "Mars Base".into()), Err(E::Locale));
    assert_eq!(ruled(|_, _, r| r.locations[0].name.clear()), Err(E::Text));
}

#[test]
fn classes() {
    let with = |change: fn(&mut Class)| ruled(|_, _, r| change(&mut r.classes[1]));
    assert_eq!(with(|_| ()), Ok(()));
    assert_eq!(with(|c| c.minutes = 20), Err(E::Class), "the shape of class 1");
    assert_eq!(with(|c| (c.minutes, c.per_day) = (20, Some(3))), Ok(()), "counted apart");
    assert_eq!(with(|c| c.id = 1), Err(E::Overlap));
    assert_eq!(with(|c| c.minutes = 485), Err(E::Grid));
    assert_eq!(with(|c| c.needs.clear()), Err(E::Class));
    assert_eq!(with(|c| c.needs = vec![c.needs[0].clone(); 7]), Err(E::TooMany));
    assert_eq!(with(|c| c.needs[0].one_of.clear()), Err(E::UnknownResource));
    assert_eq!(with(|c| c.needs[0].one_of = vec![ResourceId([9; 16])]), Err(E::UnknownResource));
    assert_eq!(with(|c| c.needs[0].one_of.push(RESOURCE)), Err(E::DuplicateId));
    assert_eq!(with(|c| c.needs[0].before = 3), Err(E::Grid));
    assert_eq!(with(|c| c.needs[0].after = 245), Err(E::Grid));
    assert_eq!(with(|c| c.notice = limits::MAX_NOTICE_MINUTES + 1), Err(E::Class));
    assert_eq!(with(|c| c.horizon = 0), Err(E::Class));
    assert_eq!(with(|c| c.horizon = 732), Err(E::Class));
    assert_eq!(with(|c| c.per_day = Some(0)), Err(E::Class));
    let service = |ids: &[u16]| ruled(|c, _, _| c.services[0].classes = Some(ids.to_vec()));
    assert_eq!(service(&[1, 2]), Ok(()));
    assert_eq!(service(&[2, 1]), Err(E::UnknownClass), "shows 20 minutes, is booked for 30");
    assert_eq!(service(&[]), Err(E::UnknownClass));
    assert_eq!(service(&[3]), Err(E::UnknownClass));
    assert_eq!(service(&[1, 1]), Err(E::DuplicateId));
    let room = |c: &mut Catalog, r: &mut Rules| {
        let mut room = c.resources[0].clone();
        room.id = ResourceId([4; 16]);
        r.classes[0].needs.push(Need { one_of: vec![room.id], before: 0, after: 0 });
        c.resources.push(room);
    };
    assert_eq!(ruled(|c, _, r| room(c, r)), Ok(()));
    let chosen = ruled(|c, _, r| {
        room(c, r);
        c.services[0].resources.push(ResourceId([4; 16]));
    });
    assert_eq!(chosen, Err(E::UnknownClass), "a room cannot be chosen");
    assert_eq!(outcome(|c| c.services[0].classes = Some(vec![1])), Err(E::UnknownClass), "no rules at all");
}

#[test]
fn size() {
    let large = ruled(|c, _, r| {
        r.closures =
            vec![
                Closure { from: Day(20_261_225), to: Day(20_261_225), name: "x".repeat(200), location: None };
                256
            ];
        c.services = (0..128)
            .map(|i| vestibule_core::wire::catalog::Service {
                id: ServiceId([i; 16]),
                description: "x".repeat(1_000),
                ..c.services[0].clone()
            })
            .collect();
    });
    assert_eq!(large, Err(E::TooLarge));
}
