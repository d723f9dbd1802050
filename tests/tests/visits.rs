//! Several services in one visit over HTTP (docs/SCHEDULING.md, S13): one appointment, one hold, one signature over all of them; what is
//! claimed is what the server's rules say of each part, and a move takes all of it along.
#![expect(clippy::unwrap_used, reason = "tests")]
use vestibule_core::routes::Route;
use vestibule_core::{
    ids::ServiceId,
    problem::ProblemKind,
    time::UnixSeconds,
    wire::{
        catalog::{Access, Class, Need, Rules},
        http::{SlotQuery, Slots},
    },
};
use vestibule_edge_crypto::{
    client::{BookRequest, Env as _, Request},
    directory::CatalogChange,
};
use vestibule_tests::{
    client::run,
    server::Server,
    world::{World, date},
};

const PIN: &str = "60417293";

/// Both services may be parts of a visit; the second needs ten minutes after it, and patients ask for it.
fn together(world: &mut World) {
    let mut staff = world.sign_in();
    let catalog = world.practice.directory.catalog();
    let one_of = catalog.services[0].resources.clone();
    let class = |id: u16, minutes: u16, after: u16, request: Option<bool>| Class {
        id,
        minutes,
        needs: vec![Need { one_of: one_of.clone(), before: 0, after }],
        notice: 0,
        horizon: 90,
        access: Access::Public,
        per_day: None,
        per_week: None,
        request,
        series: None,
    };
    let classes = vec![class(1, 30, 0, None), class(2, 5, 10, Some(true))];
    let mut change = CatalogChange {
        name: catalog.name.clone(),
        contact: catalog.contact.clone(),
        time_zone: catalog.time_zone.clone(),
        language: catalog.language.clone(),
        resources: catalog.resources.clone(),
        services: catalog.services.clone(),
        rules: Some(Rules { locations: vec![], closures: vec![], pauses: vec![], classes }),
    };
    for (service, class) in change.services.iter_mut().zip([1, 2]) {
        (service.resources, service.classes) = (one_of.clone(), Some(vec![class]));
        service.together = Some(true);
    }
    run(world.client().update_catalog(&mut staff, change)).unwrap();
    world.practice = run(world.client().directory(world.practice.fingerprint, None)).unwrap();
}

/// Free starts of classes, one after the other, on one resource.
fn starts(world: &World, request: &BookRequest, minutes: u32, classes: &[u16]) -> Vec<UnixSeconds> {
    let query = SlotQuery {
        resources: vec![request.resource],
        minutes,
        from: date(world.client().env.now().0 + 2 * 86_400),
        days: 28,
        classes: Some(classes.to_vec()),
        first: None,
    };
    let ask = Request { query: query.to_query(), ..Request::new(Route::Slots(world.practice.id())) };
    let slots: Slots = run(world.client().fetch(ask)).unwrap();
    slots.slots.into_iter().map(|slot| slot.start).collect()
}

#[test]
fn one_visit_of_two_services_is_one_appointment() {
    let mut world = World::found(Server::shared());
    let plain = world.practice.directory.catalog().clone();
    let (long, short) = world.services();
    let (mut alice, email) = world.enrol(PIN);
    let visit = |world: &World, also: Vec<ServiceId>| BookRequest { also, ..world.wish(&email) };
    // Nobody said that they may be booked together.
    let refused = run(world.client().book(&world.practice, &mut alice, visit(&world, vec![short])));
    assert_eq!(refused.unwrap_err().code(), "not-offered");

    together(&mut world);
    let (client, practice) = (world.client(), &world.practice);
    assert_ne!(practice.directory.catalog().number, plain.number);
    let unknown = visit(&world, vec![ServiceId([9; 16])]);
    assert_eq!(run(client.book(practice, &mut alice, unknown)).unwrap_err().code(), "not-offered");

    let mut wish = visit(&world, vec![short]);
    let free = starts(&world, &wish, 35, &[1, 2]);
    wish.start = free[free.len() / 2];
    let opened = run(client.book(practice, &mut alice, wish.clone())).unwrap();
    let booking = &opened.booking;
    assert_eq!((opened.place.cells, booking.also.as_deref()), (7, Some(&[short][..])));
    assert_eq!(
        (booking.service, booking.request),
        (long, Some(true)),
        "one part is asked for: so is the visit"
    );
    let names: Vec<&str> =
        practice.directory.catalog().services.iter().take(2).map(|s| s.name.as_str()).collect();
    assert_eq!(booking.service_name, names.join(" + "));

    // 35 minutes and the second part's ten after it are gone, and not a cell more.
    let end = UnixSeconds(wish.start.0 + 35 * 60);
    let left = starts(&world, &wish, 5, &[2]);
    assert!(!left.iter().any(|at| (wish.start.0..end.0 + 600).contains(&at.0)));
    let next = UnixSeconds(end.0 + 600);
    let short_free = |at: UnixSeconds| starts(&world, &wish, 5, &[2]).contains(&at);
    let was_open = free.iter().any(|at| at.0 <= next.0 && next.0 + 300 <= at.0 + 35 * 60);
    assert!(!was_open || short_free(next), "what follows the buffer is free");

    // A move takes the buffer of the last part along: asked for still, so it may be moved.
    let to = *starts(&world, &wish, 35, &[1, 2]).last().unwrap();
    let moved = run(client.move_to(practice, &mut alice, booking.appointment, wish.resource, to)).unwrap();
    assert_eq!((moved.place.start.start(), moved.place.cells), (to, 7));
    let after_move = starts(&world, &wish, 5, &[2]);
    assert!(after_move.contains(&wish.start), "the old place is free again");
    assert!(!after_move.iter().any(|at| (to.0..to.0 + 45 * 60).contains(&at.0)));

    // Somebody who wants a part of it is told so.
    let (mut bob, bobs) = world.enrol(PIN);
    let inside = BookRequest { service: short, start: UnixSeconds(to.0 + 30 * 60), ..world.wish(&bobs) };
    let inside = BookRequest { resource: wish.resource, ..inside };
    let taken = run(client.book(practice, &mut bob, inside)).unwrap_err();
    assert_eq!(taken.code(), ProblemKind::SlotTaken.slug());
}
