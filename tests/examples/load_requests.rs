//! Founds a practice on the server at `VESTIBULE_URL` and writes the requests that `cargo xtask bench` sends: slot queries, and
//! rounds of holds with solved challenges and of the bookings that follow them. Whole HTTP/1.1 requests, each with its length
//! (4 bytes, little endian) in front.
//!
//! `load_requests FOLDER ROUNDS REQUESTS` writes `slots.bin`, `hold-N.bin`, `book-N.bin`.
use std::{env, error::Error, fs, path::Path};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{AppointmentId, Digest},
    routes::Route,
    time::Cell,
    wire::{
        appointment::{AppointmentContext, Place},
        http::{Book, Hold, SlotQuery},
        pow::Purpose,
    },
};
use vestibule_edge_crypto::client::Env as _;
use vestibule_suite::sha256;
use vestibule_tests::{
    client::run,
    http::CBOR,
    samples,
    server::Server,
    world::{World, date, random},
};

/// Weeks of five-minute slots of one practitioner: 70 times 120.
const DAYS: u32 = 35;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let [folder, rounds, requests] = args.as_slice() else {
        return Err("load_requests FOLDER ROUNDS REQUESTS".into());
    };
    let (folder, rounds, requests) =
        (Path::new(folder), rounds.parse::<usize>()?, requests.parse::<usize>()?);
    let world = World::found(Server::shared());
    let (service, short) = world.services();
    let mut free = world.slots(short, DAYS).into_iter();
    fs::write(folder.join("slots.bin"), framed(&slot_queries(&world, service)))?;
    for round in 0..rounds {
        let (mut holds, mut books) = (Vec::new(), Vec::new());
        for _ in 0..requests {
            let slot = free.next().ok_or("too few free slots")?;
            let start = Cell::starting_at(slot.start).ok_or("a slot off the grid")?;
            let place = Place { resource: slot.resource, start, cells: 1 };
            let (hold, book) = booking(&world, place)?;
            holds.push(hold);
            books.push(book);
        }
        fs::write(folder.join(format!("hold-{round}.bin")), framed(&holds))?;
        fs::write(folder.join(format!("book-{round}.bin")), framed(&books))?;
    }
    Ok(())
}

/// Seven days of half-hour slots of all practitioners, from each of two weeks' days: what a booking page asks for.
fn slot_queries(world: &World, service: vestibule_core::ids::ServiceId) -> Vec<Vec<u8>> {
    let catalog = world.practice.directory.catalog();
    let resources =
        catalog.services.iter().find(|s| s.id == service).map(|s| s.resources.clone()).unwrap_or_default();
    let now = world.client().env.now().0;
    (2..16)
        .map(|day| {
            let from = date(now + day * 86_400);
            let query = SlotQuery {
                resources: resources.clone(),
                minutes: 30,
                from,
                days: 7,
                classes: None,
                first: None,
            };
            let path = format!("{}?{}", Route::Slots(world.practice.id()).path(), query.to_query());
            http("GET", &path, None)
        })
        .collect()
}

/// A hold with its work done, and the booking that turns it into an appointment. The server sees of an envelope its
/// shape, size and context; those are a real one's.
fn booking(world: &World, place: Place) -> Result<(Vec<u8>, Vec<u8>), Box<dyn Error>> {
    let practice = world.practice.id();
    let (appointment, capability) = (AppointmentId(random()), Digest(random()));
    let work = run(world.client().work(practice, Purpose::Hold, appointment.0))?;
    let hold = Hold { appointment, place, capability_hash: sha256(&[&capability.0]), work, visit: None };
    let mut envelope = samples::envelope(practice, appointment);
    envelope.context = AppointmentContext { practice, appointment, version: 1, place };
    let scope = world.practice.directory.scope_of(place.resource).ok_or("a resource without a scope")?;
    (envelope.scope.scope, envelope.scope.epoch) = (scope.id, scope.epoch);
    let book = Book { appointment, capability, envelope: Bytes(cbor::to_vec(&envelope)), request: None };
    Ok((
        http("POST", &Route::Hold(practice).path(), Some(cbor::to_vec(&hold))),
        http("POST", &Route::Book(practice).path(), Some(cbor::to_vec(&book))),
    ))
}

fn http(method: &str, path: &str, body: Option<Vec<u8>>) -> Vec<u8> {
    let body = body.unwrap_or_default();
    let mut request = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\naccept: {CBOR}\r\ncontent-type: {CBOR}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend(body);
    request
}

fn framed(requests: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    for request in requests {
        out.extend(u32::try_from(request.len()).unwrap_or(u32::MAX).to_le_bytes());
        out.extend(request);
    }
    out
}
