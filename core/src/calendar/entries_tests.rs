#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
use super::*;
use crate::{
    bytes::Bytes,
    calendar::{
        Claim, Counted,
        fixture::{R1, R2, at, catalog, interval},
    },
    day::Day,
    ids::{PracticeId, ScopeId, StaffId},
    suite::Suite,
    wire::{
        catalog::{Absence, Access, Class, Kind, Need, Pause, Rules, Schedule},
        directory::Credential,
    },
};

const ROOM: ResourceId = ResourceId([3; 16]);
const OTHER_ROOM: ResourceId = ResourceId([4; 16]);

/// Mondays from 9 to 10; class 1 is 20 minutes of either doctor and a room, which it keeps for ten minutes more. It asks, is
/// internal, needs a week's notice and one a day; and the practice pauses.
fn practice() -> Catalog {
    let mut catalog = catalog(&[interval(1, 540, 600)]);
    for id in [ROOM, OTHER_ROOM] {
        catalog.resources.push(crate::wire::catalog::Resource { id, ..catalog.resources[0].clone() });
    }
    let class = Class {
        id: 1,
        minutes: 20,
        needs: vec![
            Need { one_of: vec![R1, R2], before: 0, after: 0 },
            Need { one_of: vec![ROOM, OTHER_ROOM], before: 0, after: 10 },
        ],
        notice: 7 * 1_440,
        horizon: 8,
        access: Access::Internal,
        per_day: Some(1),
        per_week: None,
        request: Some(true),
        series: None,
    };
    let pause = Pause { from: UnixSeconds(0), to: UnixSeconds(u64::MAX) };
    catalog.rules =
        Some(Rules { locations: vec![], closures: vec![], pauses: vec![pause], classes: vec![class] });
    catalog
}

fn nine() -> u64 {
    at("2026-11-23", "09:00") / 300
}

fn now() -> UnixSeconds {
    UnixSeconds(nine() * 300 - 3_600)
}

fn place(resource: ResourceId, offset: u64, cells: u32) -> Place {
    Place { resource, start: Cell(nine() + offset), cells }
}

const NEW: EntryFacts = EntryFacts { appointment: None, envelope: None };

/// Decides on places with these classes, each with an id of its own.
fn decide(
    catalog: &Catalog,
    places: &[(Place, Option<&[u16]>)],
    claims: &[Claim],
) -> Result<Vec<Takes>, (ProblemKind, Vec<u32>)> {
    let wanted: Vec<_> = places
        .iter()
        .zip(1u8..)
        .map(|((place, classes), n)| Wanted {
            appointment: AppointmentId([n; 16]),
            place,
            classes: *classes,
            envelope: &Digest([1; 32]),
        })
        .collect();
    let facts = vec![NEW; places.len()];
    match decide_entries(catalog, &wanted, &facts, Taken::new(claims.iter().copied(), vec![]), now()) {
        Ok(EntriesOutcome::Store(all)) => Ok(all),
        Ok(other) => panic!("{other:?}"),
        Err(problem) => Err((problem.kind, problem.conflicts)),
    }
}

fn taken(conflicts: &[u32]) -> Result<Vec<Takes>, (ProblemKind, Vec<u32>)> {
    Err((ProblemKind::SlotTaken, conflicts.to_vec()))
}

/// Rule E1.
#[test]
fn e1_all_or_none_with_the_whole_list_of_conflicts() {
    let week = |n: u64| (place(R1, n * 7 * 288, 12), None);
    let claims = [2, 4].map(|n| Claim { resource: R1, cell: Cell(nine() + n * 7 * 288 + 11) });
    let all: Vec<_> = (0..6).map(week).collect();
    assert_eq!(decide(&practice(), &all, &claims), taken(&[2, 4]));
    assert_eq!(decide(&practice(), &all, &[]).unwrap().len(), 6);
    assert_eq!(decide(&practice(), &[], &[]), Err((ProblemKind::Malformed, vec![])));
    let many: Vec<_> = (0..53).map(week).collect();
    assert_eq!(decide(&practice(), &many, &[]), Err((ProblemKind::Malformed, vec![])));
    assert_eq!(decide(&practice(), &many[..52], &[]).unwrap().len(), 52);
}

/// Rule E2.
#[test]
fn e2_only_where_the_same_staff_reads() {
    let (mine, theirs, credential) = (ScopeId([1; 16]), ScopeId([2; 16]), Digest([5; 32]));
    let key = || Bytes(vec![]);
    let who = |rights| Credential {
        staff: StaffId([1; 16]),
        credential,
        signing_key: key(),
        kem_key: key(),
        rights,
        scopes: vec![mine],
    };
    let scope = |id, resource| crate::wire::directory::Scope {
        id,
        epoch: 3,
        kem_key: key(),
        resources: vec![resource],
    };
    let mut manifest = Manifest {
        suite: Suite::V1,
        practice: PracticeId([7; 16]),
        number: 1,
        previous: Digest([0; 32]),
        root_number: 0,
        deployment: Digest([0; 32]),
        issued: now(),
        credentials: vec![who(rights::CALENDAR)],
        scopes: vec![scope(mine, R1), scope(theirs, R2)],
        bundle: Digest([0; 32]),
        before: None,
    };
    assert_eq!(scope_of(&manifest, &credential, R1).map(|s| s.id), Some(mine));
    assert_eq!(scope_of(&manifest, &credential, R2), None, "another scope");
    assert_eq!(scope_of(&manifest, &credential, ROOM), None, "no scope");
    assert_eq!(scope_of(&manifest, &Digest([6; 32]), R1), None, "nobody");
    manifest.credentials = vec![who(rights::GRANT)];
    assert_eq!(scope_of(&manifest, &credential, R1), None, "without the right");
}

/// Rule E3.
#[test]
fn e3_any_free_time() {
    let refused = Err((ProblemKind::Unverifiable, vec![]));
    let day = 288;
    for (name, offset, cells, want) in [
        ("in the night, off every grid", 145, 7, true),
        ("this morning", 0u64.wrapping_sub(20), 4, true),
        ("a day ago", 0u64.wrapping_sub(day + 12), 4, true),
        ("longer ago", 0u64.wrapping_sub(day + 13), 4, false),
        ("in two years", 731 * day - 13, 4, true),
        ("later", 731 * day - 12, 4, false),
        ("eight hours", 0, 96, true),
        ("longer", 0, 97, false),
        ("nothing", 0, 0, false),
    ] {
        let place = Place { resource: R1, start: Cell(nine().wrapping_add(offset)), cells };
        let got = decide(&practice(), &[(place, None)], &[]);
        assert_eq!(got, if want { Ok(vec![Takes::only(place)]) } else { refused.clone() }, "{name}");
    }
    assert_eq!(decide(&practice(), &[(place(ResourceId([9; 16]), 0, 4), None)], &[]), refused, "nobody's");
    assert_eq!(
        decide(&practice(), &[(place(R1, 0, 4), None)], &[Claim { resource: R1, cell: Cell(nine() + 3) }]),
        taken(&[0])
    );
}

/// Rule E4.
#[test]
fn e4_a_visit_of_a_class_takes_its_room_and_buffers() {
    let catalog = practice();
    let visit = |offset| (place(R1, offset, 4), Some(&[1u16][..]));
    let takes = |offset, room| Takes {
        stretches: vec![place(R1, offset, 4), place(room, offset, 6)],
        counted: vec![Counted { class: 1, start: Cell(nine() + offset) }],
    };
    // Neither pause nor notice, horizon, request or access count; nor does the hour.
    assert_eq!(decide(&catalog, &[visit(0)], &[]), Ok(vec![takes(0, ROOM)]));
    assert_eq!(decide(&catalog, &[visit(145)], &[]), Ok(vec![takes(145, ROOM)]));
    let busy = |room, cell| Claim { resource: room, cell: Cell(nine() + cell) };
    assert_eq!(decide(&catalog, &[visit(0)], &[busy(ROOM, 5)]), Ok(vec![takes(0, OTHER_ROOM)]));
    assert_eq!(decide(&catalog, &[visit(0)], &[busy(ROOM, 5), busy(OTHER_ROOM, 0)]), taken(&[0]), "no room");
    // Nor are two a day one too many; the third of the same time has no room left.
    let other = (place(R2, 0, 4), Some(&[1u16][..]));
    assert_eq!(decide(&catalog, &[visit(0), other], &[]).unwrap().len(), 2);
    // A room that is open comes before one that is not.
    let mut away = practice();
    away.resources[2].schedule = Some(Schedule {
        kind: Kind::Room,
        always: false,
        seasons: vec![],
        exceptions: vec![],
        absences: vec![Absence { from_day: Day(20_261_123), from: 0, to_day: Day(20_261_124), to: 0 }],
        regular: vec![],
        held_back: vec![],
        location: None,
    });
    assert_eq!(decide(&away, &[visit(0)], &[]), Ok(vec![takes(0, OTHER_ROOM)]));
    assert_eq!(decide(&away, &[visit(0)], &[busy(OTHER_ROOM, 0)]), Ok(vec![takes(0, ROOM)]));
    let refused = Err((ProblemKind::Unverifiable, vec![]));
    for (what, place, classes) in [
        ("another length", place(R1, 0, 5), &[1u16][..]),
        ("who does not do it", place(ROOM, 0, 4), &[1]),
        ("no such class", place(R1, 0, 4), &[2]),
        ("no class", place(R1, 0, 4), &[]),
    ] {
        assert_eq!(decide(&catalog, &[(place, Some(classes))], &[]), refused, "{what}");
    }
}

/// Rule E5.
#[test]
fn e5_the_list_is_not_in_its_own_way() {
    let catalog = practice();
    let list = [(place(R1, 0, 6), None), (place(R1, 5, 6), None), (place(R1, 6, 6), None)];
    assert_eq!(decide(&catalog, &list, &[]), taken(&[1]), "the second; the third is beside the first");
    let rooms = [R1, R2].map(|doctor| (place(doctor, 0, 4), Some(&[1u16][..])));
    let one = [Claim { resource: OTHER_ROOM, cell: Cell(nine()) }];
    assert_eq!(decide(&catalog, &rooms, &one), taken(&[1]), "one room for two");
}

/// Rule E6.
#[test]
fn e6_the_same_again_is_answered_the_same() {
    let catalog = practice();
    let place = place(R1, 0, 4);
    let digest = Digest([1; 32]);
    let wanted = [1, 2].map(|n| Wanted {
        appointment: AppointmentId([n; 16]),
        place: &place,
        classes: None,
        envelope: &digest,
    });
    let row = |standing| Some(Appointment { standing, place, capability: None });
    let stored = |state, envelope| EntryFacts {
        appointment: row(Standing::Is(state)),
        envelope: Some(Digest([envelope; 32])),
    };
    let decide = |facts: [EntryFacts; 2]| {
        decide_entries(&catalog, &wanted, &facts, Taken::default(), now()).map_err(|p| p.kind)
    };
    let (booked, gone) = (stored(State::Booked, 1), stored(State::Cancelled, 1));
    assert_eq!(decide([booked, gone]), Ok(EntriesOutcome::Already(vec![State::Booked, State::Cancelled])));
    let held = EntryFacts { appointment: row(Standing::Held(UnixSeconds(u64::MAX))), envelope: None };
    for facts in
        [[booked, NEW], [NEW, stored(State::Booked, 2)], [booked, stored(State::Booked, 2)], [NEW, held]]
    {
        assert_eq!(decide(facts), Err(ProblemKind::Conflict), "{facts:?}");
    }
    let twice = [wanted[0], wanted[0]];
    let got = decide_entries(&catalog, &twice, &[NEW; 2], Taken::default(), now());
    assert_eq!(got.map_err(|p| p.kind), Err(ProblemKind::Malformed));
}
