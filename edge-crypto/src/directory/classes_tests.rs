#![expect(clippy::unwrap_used, reason = "tests")]
use super::*;
use crate::directory::edit::CatalogEdit;
use vestibule_core::{
    ids::{PracticeId, ResourceId},
    suite::Suite,
    wire::catalog::{HeldBack, Kind, Resource, Schedule, Service},
};

const A: ResourceId = ResourceId([1; 16]);
const B: ResourceId = ResourceId([2; 16]);
const ROOM: ResourceId = ResourceId([3; 16]);

fn service(n: u8) -> ServiceId {
    ServiceId([n; 16])
}

fn need(of: &[ResourceId]) -> Need {
    Need { one_of: of.to_vec(), before: 0, after: 0 }
}

fn shape(minutes: u16) -> Shape {
    Shape {
        minutes,
        needs: vec![need(&[A, B])],
        notice: 0,
        horizon: 180,
        access: Access::Public,
        per_day: None,
        per_week: None,
        request: None,
        series: None,
    }
}

fn noticed(minutes: u16, notice: u32) -> Shape {
    Shape { notice, ..shape(minutes) }
}

fn practice() -> Catalog {
    let resource = |id| Resource { id, name: "Dr. Beispiel".into(), hours: vec![], schedule: None };
    Catalog {
        suite: Suite::V1,
        practice: PracticeId([7; 16]),
        number: 1,
        name: "Praxis".into(),
        contact: String::new(),
        time_zone: "Europe/Berlin".into(),
        language: "de".into(),
        resources: vec![resource(A), resource(B), resource(ROOM)],
        services: vec![],
        rules: None,
    }
}

/// The catalog after an edit of these services.
fn edited(before: &Catalog, services: &[(u8, Vec<Shape>)]) -> Catalog {
    let listed = |(n, _): &(u8, Vec<Shape>)| Service {
        id: service(*n),
        name: "Leistung".into(),
        description: String::new(),
        minutes: 0,
        resources: vec![],
        classes: None,
        price: None,
        questions: None,
        together: None,
    };
    let catalog = Catalog { services: services.iter().map(listed).collect(), ..before.clone() };
    let shapes = services.iter().map(|(n, shapes)| (service(*n), shapes.clone())).collect();
    CatalogEdit { catalog, shapes, open_to: BTreeMap::new() }.resolve(before).unwrap()
}

fn classes(catalog: &Catalog) -> Vec<Option<Vec<u16>>> {
    catalog.services.iter().map(|s| s.classes.clone()).collect()
}

#[test]
fn plain_services_have_no_class_and_one_shape_is_one_class() {
    let plain = edited(&practice(), &[(1, vec![shape(20)]), (2, vec![shape(30)])]);
    assert_eq!((classes(&plain), &plain.rules), (vec![None, None], &None));
    assert_eq!((plain.services[0].minutes, &plain.services[0].resources), (20, &vec![A, B]));
    let shared =
        edited(&plain, &[(1, vec![noticed(20, 60)]), (2, vec![noticed(20, 60)]), (3, vec![noticed(25, 60)])]);
    assert_eq!(classes(&shared), [Some(vec![1]), Some(vec![1]), Some(vec![2])]);
    let asked =
        edited(&plain, &[(1, vec![shape(20)]), (2, vec![Shape { request: Some(true), ..shape(20) }])]);
    assert_eq!(classes(&asked), [None, Some(vec![1])], "what is asked for is a shape of its own");
    let capped = Shape { per_day: Some(2), ..shape(20) };
    let counted = edited(&plain, &[(1, vec![capped.clone()]), (2, vec![capped])]);
    assert_eq!(classes(&counted), [Some(vec![1]), Some(vec![2])], "caps count apart");
}

#[test]
fn ids_stay_with_what_they_stand_for() {
    let first = edited(
        &practice(),
        &[(1, vec![noticed(20, 60)]), (2, vec![noticed(20, 60)]), (3, vec![noticed(40, 60)])],
    );
    assert_eq!(classes(&first), [Some(vec![1]), Some(vec![1]), Some(vec![2])]);
    // Both change alike: the class changes. One leaves: the other keeps it.
    let both =
        edited(&first, &[(1, vec![noticed(20, 90)]), (2, vec![noticed(20, 90)]), (3, vec![noticed(40, 60)])]);
    assert_eq!(classes(&both), [Some(vec![1]), Some(vec![1]), Some(vec![2])]);
    let one =
        edited(&first, &[(1, vec![noticed(20, 90)]), (2, vec![noticed(20, 60)]), (3, vec![noticed(40, 60)])]);
    assert_eq!(classes(&one), [Some(vec![3]), Some(vec![1]), Some(vec![2])]);
    // In another order, without one, and with a new one, whose id was nobody's.
    let order =
        edited(&first, &[(3, vec![noticed(40, 60)]), (4, vec![noticed(55, 60)]), (2, vec![noticed(20, 60)])]);
    assert_eq!(classes(&order), [Some(vec![2]), Some(vec![3]), Some(vec![1])]);
    // What takes over the shape of another one takes its class.
    let joined =
        edited(&first, &[(1, vec![noticed(40, 60)]), (2, vec![noticed(20, 60)]), (3, vec![noticed(40, 60)])]);
    assert_eq!(classes(&joined), [Some(vec![2]), Some(vec![1]), Some(vec![2])]);
    assert_eq!(edited(&first, &[]).rules, None);
}

#[test]
fn a_duration_for_each_person_a_room_and_held_back_time() {
    let with =
        |who: &[ResourceId], minutes| Shape { needs: vec![need(who), need(&[ROOM])], ..shape(minutes) };
    let by_person = edited(&practice(), &[(1, vec![with(&[A], 20), with(&[B], 30)])]);
    assert_eq!(classes(&by_person), [Some(vec![1, 2])]);
    assert_eq!((by_person.services[0].minutes, &by_person.services[0].resources), (20, &vec![A, B]));

    let mut catalog = by_person.clone();
    let held = HeldBack { weekday: 1, from: 480, to: 600, days: 2, open_to: vec![9] };
    catalog.resources[0].schedule = Some(Schedule {
        kind: Kind::Practitioner,
        always: false,
        seasons: vec![],
        exceptions: vec![],
        absences: vec![],
        regular: vec![],
        held_back: vec![held],
        location: None,
    });
    let shapes = BTreeMap::from([(service(1), vec![shape(20)])]);
    let open_to = BTreeMap::from([(A, vec![BTreeSet::from([service(1)])])]);
    let named = CatalogEdit { catalog: catalog.clone(), shapes: shapes.clone(), open_to }
        .resolve(&by_person)
        .unwrap();
    assert_eq!(classes(&named), [Some(vec![1])], "what held-back time names has a class");
    assert_eq!(named.resources[0].schedule.as_ref().unwrap().held_back[0].open_to, [1]);
    assert_eq!(named.number, by_person.number + 1);

    // A page that left a service's shape out, or a class that nobody could do, is refused.
    let none = CatalogEdit { catalog: catalog.clone(), shapes: BTreeMap::new(), open_to: BTreeMap::new() };
    assert!(none.resolve(&by_person).is_err());
    let nobody = BTreeMap::from([(service(1), vec![Shape { needs: vec![need(&[])], ..shape(20) }])]);
    assert!(CatalogEdit { catalog, shapes: nobody, open_to: BTreeMap::new() }.resolve(&by_person).is_err());
}
