//! The examples of `docs/SCHEDULING.md`, rule by rule.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use super::{
    Claim, Counted, HoldFacts, Taken, decide_hold,
    fixture::{R1, R2, at, catalog, interval},
    slots,
};
use crate::{
    day::Day,
    ids::{PracticeId, ResourceId},
    problem::ProblemKind,
    suite::Suite,
    time::{Cell, UnixSeconds},
    wire::{
        appointment::Place,
        catalog::{
            Absence, Access, Catalog, Class, Closure, DayInterval, Exception, HeldBack, Kind, Location, Need,
            Pause, RegularAbsence, Rules, Schedule, Season, Visit, code_hash,
        },
        http::SlotQuery,
    },
};
use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

/// Monday.
const MONDAY: &str = "2026-11-23";

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

fn need(one_of: &[ResourceId]) -> Need {
    Need { one_of: one_of.to_vec(), before: 0, after: 0 }
}

fn class(id: u16, minutes: u16, needs: Vec<Need>) -> Class {
    Class {
        id,
        minutes,
        needs,
        notice: 0,
        horizon: 180,
        access: Access::Public,
        per_day: None,
        per_week: None,
        request: None,
        series: None,
    }
}

fn rules(classes: Vec<Class>) -> Rules {
    Rules { locations: vec![], closures: vec![], pauses: vec![], classes }
}

/// Two who are open on Mondays from 9 to 10.
fn mondays() -> Catalog {
    catalog(&[interval(1, 540, 600)])
}

/// The same, the first one with this schedule.
fn with(change: impl FnOnce(&mut Schedule)) -> Catalog {
    let mut catalog = mondays();
    let mut own = schedule();
    change(&mut own);
    catalog.resources[0].schedule = Some(own);
    catalog
}

struct Ask<'a> {
    catalog: &'a Catalog,
    resource: ResourceId,
    minutes: u32,
    classes: Option<Vec<u16>>,
    /// The day before, if absent.
    now: Option<UnixSeconds>,
    taken: Taken,
}

impl<'a> Ask<'a> {
    /// A plain service of 20 minutes with the first one, asked for on the day before.
    fn of(catalog: &'a Catalog) -> Self {
        Self { catalog, resource: R1, minutes: 20, classes: None, now: None, taken: Taken::default() }
    }

    fn class(self, id: u16, minutes: u32) -> Self {
        Self { classes: Some(vec![id]), minutes, ..self }
    }

    /// Starts on a day, by Berlin's clock.
    fn on(&self, date: &str) -> Vec<String> {
        let now = self.now.unwrap_or(UnixSeconds(at(date, "00:00").saturating_sub(86_400)));
        let query = SlotQuery {
            resources: vec![self.resource],
            minutes: self.minutes,
            from: date.to_string(),
            days: 1,
            classes: self.classes.clone(),
            first: None,
        };
        let show = |at: UnixSeconds| {
            let stamp = jiff::Timestamp::from_second(i64::try_from(at.0).unwrap()).unwrap();
            let zoned = stamp.in_tz("Europe/Berlin").unwrap();
            format!("{}:{:02}", zoned.hour(), zoned.minute())
        };
        slots(self.catalog, &self.taken, now, &query).unwrap().iter().map(|s| show(s.start)).collect()
    }
}

fn claim(resource: ResourceId, time: &str, minutes: u64) -> Vec<Claim> {
    let first = at(MONDAY, time) / 300;
    (first..first + minutes / 5).map(|cell| Claim { resource, cell: Cell(cell) }).collect()
}

const ALL: [&str; 5] = ["9:00", "9:15", "9:20", "9:30", "9:40"];
const NONE: [&str; 0] = [];

#[test]
fn s1_s2_weekly_hours_and_seasons() {
    let season = Season { from: Day(20_260_701), to: Day(20_260_831), hours: vec![interval(2, 480, 720)] };
    let catalog = with(|s| s.seasons = vec![season]);
    let ask = Ask::of(&catalog);
    assert_eq!(ask.on(MONDAY), ALL);
    assert_eq!(ask.on("2026-07-06"), NONE);
    assert_eq!(ask.on("2026-07-07")[0], "8:00");
    assert_eq!(ask.on("2026-08-31"), NONE, "the last day belongs to the season");
    assert_eq!(ask.on("2026-09-07"), ALL);
}

#[test]
fn s3_s4_exceptions_and_closures() {
    let day = |day, hours| Exception { day: Day(day), hours };
    let open = vec![DayInterval { from: 600, to: 660 }];
    let mut catalog = with(|s| s.exceptions = vec![day(20_261_128, open.clone()), day(20_261_228, open)]);
    let closure =
        |from, to, location| Closure { from: Day(from), to: Day(to), name: String::new(), location };
    let closures = vec![closure(20_261_123, 20_261_123, Some(0)), closure(20_261_225, 20_270_104, None)];
    let locations =
        vec![Location { name: "Lissabon".into(), contact: String::new(), time_zone: "Europe/Lisbon".into() }];
    catalog.rules = Some(Rules { locations, closures, ..rules(vec![]) });
    let ask = Ask::of(&catalog);
    assert_eq!(ask.on("2026-11-28")[0], "10:00", "a Saturday");
    assert_eq!(ask.on(MONDAY), ALL, "another location is closed");
    assert_eq!(ask.on("2026-12-28")[0], "10:00", "works all the same");
    assert_eq!(ask.on("2027-01-04"), NONE);
    let other = Ask { resource: R2, ..Ask::of(&catalog) };
    assert_eq!(other.on("2026-12-28"), NONE);
    assert_eq!(other.on("2027-01-11"), ALL);
}

#[test]
fn s1_locations_have_their_own_clocks() {
    let mut catalog = with(|s| s.location = Some(0));
    let locations =
        vec![Location { name: "Lissabon".into(), contact: String::new(), time_zone: "Europe/Lisbon".into() }];
    catalog.rules = Some(Rules { locations, ..rules(vec![]) });
    assert_eq!(Ask::of(&catalog).on(MONDAY), ["10:00", "10:15", "10:20", "10:30", "10:40"]);
}

#[test]
fn s5_absences() {
    let day = Day(20_261_123);
    let away = Absence { from_day: day, from: 600, to_day: day, to: 630 };
    let mut catalog = with(|s| s.absences = vec![away]);
    catalog.resources[0].hours = vec![interval(1, 540, 660)];
    let ask = Ask::of(&catalog);
    assert_eq!(ask.on(MONDAY), ["9:00", "9:15", "9:20", "9:30", "9:40", "10:30", "10:40"]);
    let regular = RegularAbsence { first: day, weeks: 2, from: 540, to: 600, last: Some(Day(20_261_221)) };
    let catalog = with(|s| s.regular = vec![regular]);
    let ask = Ask::of(&catalog);
    for (date, starts) in [
        ("2026-11-16", 5),
        (MONDAY, 0),
        ("2026-11-30", 5),
        ("2026-12-07", 0),
        ("2026-12-21", 0),
        ("2027-01-04", 5),
    ] {
        assert_eq!(ask.on(date).len(), starts, "{date}");
    }
}

#[test]
fn s6_changes_of_clocks() {
    let catalog = catalog(&[interval(7, 60, 240)]);
    let ask = Ask { minutes: 30, ..Ask::of(&catalog) };
    assert_eq!(ask.on("2026-03-29"), ["1:00", "1:15", "1:30", "1:45", "3:00", "3:15", "3:30"]);
    let autumn = ["1:00", "1:15", "1:30", "1:45", "2:00", "2:15", "2:30", "2:45", "3:00", "3:15", "3:30"];
    assert_eq!(ask.on("2026-10-25"), autumn);
    // Away from 2:30 to 2:45: at both.
    let mut away = catalog;
    let absence = Absence { from_day: Day(20_261_025), from: 150, to_day: Day(20_261_025), to: 165 };
    away.resources[0].schedule = Some(Schedule { absences: vec![absence], ..schedule() });
    let ask = Ask { minutes: 60, ..Ask::of(&away) };
    // From 1:45 on each of them runs into the first or the second 2:30.
    assert_eq!(ask.on("2026-10-25"), ["1:00", "1:15", "1:30", "3:00"]);
}

#[test]
fn s9_notice_horizon_pause() {
    let mut catalog = mondays();
    let limited = Class { notice: 120, horizon: 7, ..class(1, 20, vec![need(&[R1])]) };
    catalog.rules = Some(rules(vec![limited]));
    let ask = |time| Ask { now: Some(UnixSeconds(at(MONDAY, time))), ..Ask::of(&catalog) }.class(1, 20);
    assert_eq!(ask("07:30").on(MONDAY), ["9:30", "9:40"]);
    assert_eq!(ask("09:20").on("2026-11-30"), ["9:00", "9:15"], "until seven days on, itself not");
    let mut paused = mondays();
    let pause = Pause { from: UnixSeconds(at(MONDAY, "07:00")), to: UnixSeconds(at(MONDAY, "08:00")) };
    paused.rules = Some(Rules { pauses: vec![pause], ..rules(vec![]) });
    let ask = |time| Ask { now: Some(UnixSeconds(at(MONDAY, time))), ..Ask::of(&paused) };
    assert_eq!((ask("07:59").on(MONDAY).len(), ask("08:00").on(MONDAY).len()), (0, 5));
}

#[test]
fn s10_access() {
    let code = "k7m2p4qx3znv5trw";
    let hash = code_hash(Suite::V1, PracticeId([7; 16]), code);
    let mut catalog = mondays();
    let of = |id, access| Class { access, ..class(id, 20, vec![need(&[R1])]) };
    catalog.rules = Some(rules(vec![of(1, Access::Internal), of(2, Access::WithCode(hash))]));
    let hold = |id, code: Option<&str>| {
        let place = Place { resource: R1, start: Cell(at(MONDAY, "09:00") / 300), cells: 4 };
        let visit = Visit { classes: vec![id], code: code.map(Into::into) };
        let facts = HoldFacts { network_cap: 8, ..HoldFacts::default() };
        let now = UnixSeconds(at(MONDAY, "08:00"));
        decide_hold(&catalog, &place, Some(&visit), &Taken::default(), &facts, now)
            .map(drop)
            .map_err(|p| p.kind)
    };
    assert_eq!(hold(2, Some(code)), Ok(()));
    for refused in [hold(2, None), hold(2, Some("geheim")), hold(1, None), hold(1, Some(code))] {
        assert_eq!(refused, Err(ProblemKind::Forbidden));
    }
}

#[test]
fn s17_requests() {
    let mut catalog = mondays();
    let asked = Class { request: Some(true), ..class(1, 20, vec![need(&[R1])]) };
    catalog.rules = Some(rules(vec![asked, class(2, 20, vec![need(&[R1])])]));
    let place = Place { resource: R1, start: Cell(at(MONDAY, "09:00") / 300), cells: 4 };
    let asks = |id| {
        let visit = Visit { classes: vec![id], code: None };
        let facts = HoldFacts { network_cap: 8, ..HoldFacts::default() };
        let now = UnixSeconds(at(MONDAY, "08:00"));
        decide_hold(&catalog, &place, Some(&visit), &Taken::default(), &facts, now)
            .map(|granted| granted.asks)
    };
    assert_eq!((asks(1), asks(2)), (Ok(true), Ok(false)));
}

const ROOM: ResourceId = ResourceId([3; 16]);
const OTHER_ROOM: ResourceId = ResourceId([4; 16]);

/// The two, and two rooms, of which the first is away from 9:15 on.
fn with_rooms(classes: Vec<Class>) -> Catalog {
    let mut catalog = mondays();
    for (id, name) in [(ROOM, "Raum 1"), (OTHER_ROOM, "Raum 2")] {
        let mut room = catalog.resources[0].clone();
        (room.id, room.name, room.hours) = (id, name.into(), vec![]);
        room.schedule = Some(Schedule { kind: Kind::Room, always: true, ..schedule() });
        catalog.resources.push(room);
    }
    catalog.rules = Some(rules(classes));
    catalog
}

#[test]
fn s11_needs() {
    let mut catalog = with_rooms(vec![class(1, 20, vec![need(&[R1]), need(&[ROOM, OTHER_ROOM])])]);
    let day = Day(20_261_123);
    let away = Absence { from_day: day, from: 555, to_day: day, to: 600 };
    catalog.resources[2].schedule.as_mut().unwrap().absences = vec![away];
    assert_eq!(Ask::of(&catalog).class(1, 20).on(MONDAY), ALL, "the other room");
    let taken = Taken::new(claim(OTHER_ROOM, "09:20", 20), vec![]);
    let ask = Ask { taken, ..Ask::of(&catalog).class(1, 20) };
    assert_eq!(ask.on(MONDAY), ["9:00", "9:40"], "until 9:20 and from 9:40 on in the other room");
    // Two needs that both could have the first room, one of them only that one.
    let both = class(1, 20, vec![need(&[R1]), need(&[ROOM, OTHER_ROOM]), need(&[ROOM])]);
    assert_eq!(Ask::of(&with_rooms(vec![both])).class(1, 20).on(MONDAY), ALL);
    let impossible = class(1, 20, vec![need(&[R1]), need(&[ROOM]), need(&[ROOM])]);
    assert_eq!(Ask::of(&with_rooms(vec![impossible])).class(1, 20).on(MONDAY), NONE);
}

#[test]
fn s12_buffers() {
    let room = Need { after: 10, ..need(&[ROOM]) };
    let catalog = with_rooms(vec![class(1, 20, vec![need(&[R1]), room])]);
    let held = || claim(R1, "09:00", 20).into_iter().chain(claim(ROOM, "09:00", 30));
    let ask = Ask { taken: Taken::new(held(), vec![]), ..Ask::of(&catalog) };
    assert_eq!(ask.on(MONDAY), ["9:20", "9:30", "9:40"], "the doctor alone");
    assert_eq!(ask.class(1, 20).on(MONDAY), ["9:30", "9:40"], "with the room");
    // The buffer reaches beyond the doctor's hours, and may; before 9:30 it would touch what begins at 9:50.
    let taken = Taken::new(claim(ROOM, "09:50", 10), vec![]);
    let ask = Ask { taken, ..Ask::of(&catalog).class(1, 20) };
    assert_eq!(ask.on(MONDAY), ["9:00", "9:15", "9:20"]);
}

#[test]
fn s13_parts() {
    let parts = vec![class(1, 20, vec![need(&[R1])]), class(2, 15, vec![need(&[R1, R2])])];
    let catalog = with_rooms(parts);
    let ask = Ask { classes: Some(vec![1, 2]), minutes: 35, ..Ask::of(&catalog) };
    assert_eq!(ask.on(MONDAY), ["9:00", "9:15", "9:20"]);
    let taken = Taken::new(claim(R1, "09:35", 5), vec![]);
    let ask = Ask { taken, ..ask };
    assert_eq!(ask.on(MONDAY), ["9:00"], "who was chosen stays, though the other one is free");
}

#[test]
fn s14_held_back() {
    let held = HeldBack { weekday: 1, from: 540, to: 570, days: 1, open_to: vec![7] };
    let mut catalog = with(|s| s.held_back = vec![held]);
    catalog.rules = Some(rules(vec![class(7, 20, vec![need(&[R1])])]));
    let seen = |date, time| Ask { now: Some(UnixSeconds(at(date, time))), ..Ask::of(&catalog) };
    assert_eq!(seen("2026-11-20", "12:00").on(MONDAY), ["9:30", "9:40"]);
    assert_eq!(seen("2026-11-21", "23:55").on(MONDAY), ["9:30", "9:40"]);
    assert_eq!(seen("2026-11-22", "00:00").on(MONDAY), ALL);
    assert_eq!(seen("2026-11-20", "12:00").class(7, 20).on(MONDAY), ALL, "acute");
    // Released 60 days before, in summer time, at that day's midnight.
    let mut early = catalog.clone();
    early.resources[0].schedule.as_mut().unwrap().held_back[0].days = 60;
    let seen = |date, time| Ask { now: Some(UnixSeconds(at(date, time))), ..Ask::of(&early) };
    assert_eq!(seen("2026-09-23", "23:55").on(MONDAY), ["9:30", "9:40"]);
    assert_eq!(seen("2026-09-24", "00:00").on(MONDAY), ALL);
}

#[test]
fn s15_caps() {
    let mut catalog = catalog(&[interval(1, 540, 600), interval(2, 540, 600)]);
    let capped = Class { per_day: Some(2), per_week: Some(3), ..class(1, 20, vec![need(&[R1])]) };
    catalog.rules = Some(rules(vec![capped]));
    let counted = |times: &[(&str, &str)]| {
        let one = |(date, time): &(&str, &str)| Counted { class: 1, start: Cell(at(date, time) / 300) };
        Ask { taken: Taken::new([], times.iter().map(one).collect()), ..Ask::of(&catalog) }.class(1, 20)
    };
    let two = [(MONDAY, "09:00"), (MONDAY, "09:20")];
    assert_eq!(counted(&two).on(MONDAY), NONE);
    assert_eq!(counted(&two).on("2026-11-24"), ALL);
    let three = [two[0], two[1], ("2026-11-24", "09:00")];
    assert_eq!(counted(&three).on("2026-11-24"), NONE, "three a week");
    assert_eq!(counted(&three).on("2026-11-30"), ALL, "the next week");
}
