//! The examples of `docs/SCHEDULING.md`, section "Waiting list", as far as they are decided here; those about the order of
//! events are cases of the store's contract.
use super::*;
use crate::{
    calendar::{
        Claim, QueryError, Taken,
        fixture::{R1, R2, at, catalog, interval, service},
    },
    day::Day,
    ids::ResourceId,
    time::Cell,
    wire::{
        catalog::{Access, Catalog, Class, Need, Rules},
        waiting::{Terms, Want},
    },
};
use alloc::{vec, vec::Vec};

/// A Monday.
const MONDAY: &str = "2026-11-23";
const EVERY_DAY: u32 = 127;

fn practice() -> Catalog {
    let days: Vec<_> = (1..=5).map(|day| interval(day, 540, 720)).collect();
    Catalog { services: vec![service(20), service(40)], ..catalog(&days) }
}

fn terms(minutes: u32, resources: &[ResourceId]) -> Terms {
    let want = Want { resources: resources.to_vec(), minutes, classes: None };
    Terms { wants: vec![want], weekdays: EVERY_DAY, last: Day(20_261_231) }
}

fn place(resource: ResourceId, date: &str, time: &str, cells: u32) -> Place {
    Place { resource, start: Cell(at(date, time) / 300), cells }
}

fn now() -> UnixSeconds {
    UnixSeconds(at("2026-11-20", "09:00"))
}

fn offered(catalog: &Catalog, list: &[Terms], freed: &[Place], taken: &[Place]) -> Option<(usize, Found)> {
    let claims = taken.iter().flat_map(|s| {
        (0..u64::from(s.cells)).map(|n| Claim { resource: s.resource, cell: Cell(s.start.0 + n) })
    });
    let taken = Taken::new(claims, vec![]);
    first_to_fit(catalog, list.iter(), freed, now(), |_| Ok::<_, QueryError>(taken.clone())).unwrap_or(None)
}

fn start(found: Option<&(usize, Found)>) -> Option<(usize, ResourceId, u64)> {
    found.map(|(n, f)| (*n, f.place.resource, f.place.start.0 * 300))
}

#[test]
fn w1_w2_who_may_join() {
    let catalog = practice();
    let good = terms(20, &[R1, R2]);
    let facts = JoinFacts::default();
    let run = |catalog: &Catalog, terms: &Terms, facts: &JoinFacts| {
        decide_join(catalog, terms, facts, now()).map_err(|p| p.kind)
    };
    // Midnight after New Year's Eve, in Berlin.
    let end = UnixSeconds(at("2027-01-01", "00:00"));
    assert_eq!(run(&catalog, &good, &facts), Ok(JoinOutcome::Add(end)));
    let malformed = Err(ProblemKind::Malformed);
    for (name, bad) in [
        ("no want", Terms { wants: vec![], ..good.clone() }),
        ("too many", Terms { wants: vec![good.wants[0].clone(); 9], ..good.clone() }),
        ("no weekday", Terms { weekdays: 0, ..good.clone() }),
        ("an eighth weekday", Terms { weekdays: 128, ..good.clone() }),
        ("over", Terms { last: Day(20_261_119), ..good.clone() }),
        ("too far", Terms { last: Day(20_270_601), ..good.clone() }),
        ("no date", Terms { last: Day(20_261_131), ..good.clone() }),
        ("nobody does it", terms(20, &[ResourceId([9; 16])])),
        ("no resource", terms(20, &[])),
        ("no service of this duration", terms(25, &[R1])),
    ] {
        assert_eq!(run(&catalog, &bad, &facts), malformed, "{name}");
    }
    let today = Terms { last: Day(20_261_120), ..good.clone() };
    assert!(run(&catalog, &today, &facts).is_ok());
    assert_eq!(run(&catalog, &good, &JoinFacts { id_used: true, ..facts }), Err(ProblemKind::Conflict));
    let again = JoinFacts { id_used: true, stored: true, practice: limits::WAITING_PER_PRACTICE };
    assert_eq!(run(&catalog, &good, &again), Ok(JoinOutcome::Already));
    let full = JoinFacts { practice: limits::WAITING_PER_PRACTICE, ..facts };
    assert_eq!(run(&catalog, &good, &full), Err(ProblemKind::RateLimited));
    for (access, want) in [(Access::Public, true), (Access::Internal, false)] {
        let catalog = with_class(access, 0);
        let want_it = run(&catalog, &of_class(), &facts);
        assert_eq!(want_it.is_ok(), want, "{want_it:?}");
    }
}

fn with_class(access: Access, notice: u32) -> Catalog {
    let need = |id| Need { one_of: vec![id], before: 0, after: 0 };
    let class = Class {
        id: 1,
        minutes: 20,
        needs: vec![need(R1), need(R2)],
        notice,
        horizon: 90,
        access,
        per_day: None,
        per_week: None,
        request: None,
        series: None,
    };
    let rules = Rules { locations: vec![], closures: vec![], pauses: vec![], classes: vec![class] };
    Catalog { rules: Some(rules), ..practice() }
}

fn of_class() -> Terms {
    let want = Want { resources: vec![R1], minutes: 20, classes: Some(vec![1]) };
    Terms { wants: vec![want], weekdays: EVERY_DAY, last: Day(20_261_231) }
}

#[test]
fn w3_what_fits() {
    let catalog = practice();
    let freed = [place(R1, MONDAY, "10:00", 4)];
    let ten = at(MONDAY, "10:00");
    let offer = |terms: Terms, taken: &[Place]| start(offered(&catalog, &[terms], &freed, taken).as_ref());
    assert_eq!(offer(terms(20, &[R1, R2]), &[]), Some((0, R1, ten)));
    assert_eq!(offer(terms(20, &[R2]), &[]), None, "free as before, and not what was freed");
    let tuesdays = Terms { weekdays: 0b10, ..terms(20, &[R1]) };
    assert_eq!(offer(tuesdays, &[]), None);
    let mondays = Terms { weekdays: 0b1, ..terms(20, &[R1]) };
    assert_eq!(offer(mondays, &[]), Some((0, R1, ten)));
    assert_eq!(offer(Terms { last: Day(20_261_122), ..terms(20, &[R1]) }, &[]), None, "the day before");
    assert_eq!(offer(Terms { last: Day(20_261_123), ..terms(20, &[R1]) }, &[]), Some((0, R1, ten)));
    // A longer one fits with the free time beside it, and not without.
    assert_eq!(offer(terms(40, &[R1]), &[]), Some((0, R1, at(MONDAY, "09:30"))));
    assert_eq!(offer(terms(40, &[R1]), &[place(R1, MONDAY, "09:00", 12)]), Some((0, R1, ten)));
    let both = [place(R1, MONDAY, "09:00", 12), place(R1, MONDAY, "10:20", 12)];
    assert_eq!(offer(terms(40, &[R1]), &both), None);
    assert_eq!(offer(terms(20, &[R1]), &[place(R1, MONDAY, "10:05", 1)]), Some((0, R1, at(MONDAY, "09:45"))));
    // The room of a class was freed: what it needs besides counts too.
    let room = [place(R2, MONDAY, "10:00", 4)];
    let class = with_class(Access::Public, 0);
    let found = offered(&class, &[of_class()], &room, &[]);
    assert_eq!(start(found.as_ref()), Some((0, R1, at(MONDAY, "09:45"))));
    assert_eq!(offered(&class, &[of_class()], &room, &[place(R1, MONDAY, "09:00", 36)]), None);
}

#[test]
fn w4_the_oldest_first_and_what_was_freed_before_what_lies_beside() {
    let catalog = practice();
    let freed = [place(R1, MONDAY, "10:00", 8)];
    let list =
        [terms(40, &[R2]), Terms { weekdays: 0b10, ..terms(20, &[R1]) }, terms(20, &[R1]), terms(40, &[R1])];
    let found = offered(&catalog, &list, &freed, &[]);
    assert_eq!(start(found.as_ref()), Some((2, R1, at(MONDAY, "10:00"))), "not 9:45, which touches it too");
    let later = offered(&catalog, &list[..2], &freed, &[]);
    assert_eq!(later, None);
    let either = terms(20, &[R1, R2]);
    let freed = [place(R2, MONDAY, "11:00", 4), place(R1, MONDAY, "11:00", 4)];
    assert_eq!(start(offered(&catalog, &[either], &freed, &[]).as_ref()), Some((0, R1, at(MONDAY, "11:00"))));
}

#[test]
fn w6_how_long_an_offer_lasts() {
    let freed = [place(R1, MONDAY, "10:00", 4)];
    let until = |notice| {
        let catalog = with_class(Access::Public, notice);
        offered(&catalog, &[of_class()], &freed, &[]).map(|(_, f)| f.until)
    };
    assert_eq!(until(0), Some(now().plus(4 * 3_600)));
    // From Friday 9:00 to Monday 10:00 it is 73 hours.
    assert_eq!(until(71 * 60), Some(now().plus(2 * 3_600)));
    assert_eq!(until(74 * 60), None, "all that touches it is too soon");
    assert!(is_next(0, UnixSeconds(99), UnixSeconds(0)) && is_next(1, UnixSeconds(99), UnixSeconds(99)));
    assert!(!is_next(1, UnixSeconds(99), UnixSeconds(98)));
    let again = |ends: &[u64]| look_again(ends.iter().map(|n| UnixSeconds(*n)), UnixSeconds(1_000)).0;
    assert_eq!(
        (again(&[]), again(&[9_999]), again(&[9_999, 1_500]), again(&[7])),
        (2_800, 2_800, 1_500, 1_000)
    );
}

#[test]
fn w7_who_may_accept() {
    let here = place(R1, MONDAY, "10:00", 4);
    let offer =
        Offer { place: here, classes: Some(vec![1]), made: now(), until: now().plus(9), mailed: false };
    let facts = EntryFacts { capability: Digest([1; 32]), state: WaitingState::Waiting, offer: Some(offer) };
    let visit = |class| Visit { classes: vec![class], code: None };
    let run = |facts: Option<&EntryFacts>, cap: u8, place: &Place, visit: Option<Visit>| {
        decide_accept(facts, &Digest([cap; 32]), place, visit.as_ref()).map_err(|p| p.kind)
    };
    let (gone, unknown) = (Err(ProblemKind::SlotTaken), Err(ProblemKind::NotFound));
    assert_eq!(run(Some(&facts), 1, &here, Some(visit(1))), Ok(()));
    assert_eq!(run(Some(&facts), 2, &here, Some(visit(1))), unknown);
    assert_eq!(run(None, 1, &here, Some(visit(1))), unknown);
    assert_eq!(run(Some(&facts), 1, &here, Some(visit(2))), gone);
    assert_eq!(run(Some(&facts), 1, &here, None), gone);
    assert_eq!(run(Some(&facts), 1, &Place { cells: 5, ..here }, Some(visit(1))), gone);
    let accepted = EntryFacts { state: WaitingState::Accepted, ..facts.clone() };
    assert_eq!(run(Some(&accepted), 1, &here, Some(visit(1))), gone, "replayed");
    assert_eq!(run(Some(&EntryFacts { offer: None, ..facts }), 1, &here, Some(visit(1))), gone);
    assert_eq!([1, 2, 3].map(goes_to_the_end), [false, true, true]);
}
