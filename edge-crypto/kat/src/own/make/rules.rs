//! A catalog with every rule.
use super::{super::catalog, id, practice};
use vestibule_core::{
    cbor,
    day::Day,
    ids::{ResourceId, ServiceId},
    suite::Suite,
    time::UnixSeconds,
    wire::catalog::{
        Absence, Access, Catalog, Class, Closure, DayInterval, Exception, HeldBack, Kind, Location, Need,
        Pause, Question, RegularAbsence, Resource, Rules, Schedule, Season, Service, WeeklyInterval,
        code_hash,
    },
};

/// Every rule once; two resources, so that one is taken beside the other.
#[expect(clippy::too_many_lines, reason = "one table of cases")]
pub(super) fn catalogs() -> Vec<catalog::Case> {
    let (doctor, room) = (ResourceId(id("doctor")), ResourceId(id("room")));
    let day = |from, to| DayInterval { from, to };
    let weekly = |weekday, from, to| WeeklyInterval { weekday, from, to };
    let code = "k7m2p4qx3znv5trw";
    let class = |id, needs, access, per_day| Class {
        id,
        minutes: 30,
        needs,
        notice: 120,
        horizon: 90,
        access,
        per_day,
        per_week: None,
        request: None,
        series: None,
    };
    let by = |resource, before, after| Need { one_of: vec![resource], before, after };
    let hash = code_hash(Suite::V1, practice(), code);
    let schedule = Schedule {
        kind: Kind::Practitioner,
        always: false,
        seasons: vec![Season {
            from: Day(20_270_701),
            to: Day(20_270_831),
            hours: vec![weekly(2, 480, 720)],
        }],
        exceptions: vec![
            Exception { day: Day(20_261_224), hours: vec![] },
            Exception { day: Day(20_261_228), hours: vec![day(540, 600), day(660, 720)] },
        ],
        absences: vec![Absence { from_day: Day(20_270_104), from: 600, to_day: Day(20_270_106), to: 1440 }],
        regular: vec![RegularAbsence { first: Day(20_261_202), weeks: 2, from: 480, to: 540, last: None }],
        held_back: vec![HeldBack { weekday: 1, from: 480, to: 510, days: 1, open_to: vec![7] }],
        location: Some(0),
    };
    let beside = Schedule {
        kind: Kind::Room,
        always: true,
        seasons: vec![],
        exceptions: vec![],
        absences: vec![],
        regular: vec![RegularAbsence {
            first: Day(20_261_204),
            weeks: 1,
            from: 720,
            to: 780,
            last: Some(Day(20_271_231)),
        }],
        held_back: vec![],
        location: None,
    };
    let resource =
        |id, name: &str, hours, schedule| Resource { id, name: name.into(), hours, schedule: Some(schedule) };
    let all = Catalog {
        suite: Suite::V1,
        practice: practice(),
        number: 4,
        name: "Praxis am Park".into(),
        contact: "Parkstraße 1, 12345 Musterstadt".into(),
        time_zone: "Europe/Berlin".into(),
        language: "de".into(),
        resources: vec![
            resource(doctor, "Dr. Beispiel", vec![weekly(1, 480, 720), weekly(3, 780, 1080)], schedule),
            resource(room, "Raum 2", vec![], beside),
        ],
        services: vec![Service {
            id: ServiceId(id("service")),
            name: "Ultraschall".into(),
            description: "Bitte nüchtern kommen.".into(),
            minutes: 30,
            resources: vec![doctor],
            classes: Some(vec![2, 7]),
            price: Some("30 €".into()),
            questions: Some(vec![
                Question {
                    text: "Takes blood thinners?".into(),
                    answers: vec!["yes".into(), "no".into()],
                    required: true,
                },
                Question { text: "Since when?".into(), answers: vec![], required: false },
            ]),
            together: Some(true),
        }],
        rules: Some(Rules {
            locations: vec![Location {
                name: "Praxis in Lissabon".into(),
                contact: String::new(),
                time_zone: "Europe/Lisbon".into(),
            }],
            closures: vec![
                Closure {
                    from: Day(20_261_225),
                    to: Day(20_261_226),
                    name: "Weihnachten".into(),
                    location: None,
                },
                Closure {
                    from: Day(20_270_425),
                    to: Day(20_270_425),
                    name: String::new(),
                    location: Some(0),
                },
            ],
            pauses: vec![Pause { from: UnixSeconds(1_800_000_000), to: UnixSeconds(1_800_086_400) }],
            classes: vec![
                class(2, vec![by(doctor, 0, 10), by(room, 5, 15)], Access::Public, Some(4)),
                Class { series: Some(6), ..class(3, vec![by(doctor, 0, 0)], Access::Internal, None) },
                Class {
                    per_week: Some(9),
                    request: Some(true),
                    ..class(7, vec![by(doctor, 0, 0)], Access::WithCode(hash), None)
                },
            ],
        }),
    };
    let plain = Catalog { rules: None, number: 1, services: vec![], resources: vec![], ..all.clone() };
    vec![
        catalog::Case::of("every rule", &cbor::to_vec(&all), code),
        catalog::Case::of("no rule", &cbor::to_vec(&plain), code),
    ]
}
