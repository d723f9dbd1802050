//! After a whole journey, every byte that the server kept or printed is scanned for what was typed and for the keys that
//! were made, in raw, hex, base64 (each alignment), base32 and UTF-16. (`tests/canary/scan.mjs` does the same for the whole
//! test run, the browser's journeys too.)
//!
//! Bites: the same scan must find three things that the server does keep (practice id, appointment id, public name), and
//! `needles` plants a text in every form and alignment.
#![expect(clippy::unwrap_used, reason = "tests")]
use std::fs;
use vestibule_core::{day::Day, wire::memo::MemoKind};
use vestibule_edge_crypto::client::{WaitRequest, device::DeviceMemory, practice::MemoWish};
use vestibule_suite::Secret32;
use vestibule_tests::{
    client::run,
    needles::Needle,
    server::{Options, Server},
    storage,
    world::{World, date, rng},
};

const PIN: &str = "73915820";

fn scan(server: &Server, needles: &[Needle]) -> Vec<String> {
    let state = server.state.as_ref().unwrap();
    let secret = state.join("platform-secret");
    let mut found = Vec::new();
    // The files as they are, and the values of all rows: a long value is scattered over the pages of a file.
    let mut places: Vec<(String, Vec<u8>)> = storage::values(&server.data().unwrap())
        .unwrap()
        .into_iter()
        .map(|value| (format!("{} in {}", value.column, value.file.display()), value.bytes))
        .collect();
    for file in storage::files(state).unwrap().into_iter().filter(|f| *f != secret) {
        let bytes = fs::read(&file).unwrap();
        places.push((file.display().to_string(), bytes));
    }
    let bytes: usize = places.iter().map(|p| p.1.len()).sum();
    assert!(bytes > 100_000, "only {bytes} bytes to scan: the wrong folder?");
    for (place, bytes) in &places {
        for needle in needles {
            found.extend(
                needle
                    .find(bytes)
                    .into_iter()
                    .map(|f| format!("{} as {} at {} of {place}", f.needle, f.form, f.at)),
            );
        }
    }
    found
}

#[test]
fn nothing_typed_and_no_key_is_kept_or_printed() {
    let server: &'static Server = Box::leak(Box::new(Server::start(&Options::default()).unwrap()));
    let world = World::found(server);
    let client = world.client();
    let (mut session, email) = world.enrol(PIN);
    let (wish, booked) = world.book(&mut session, &email);
    let wrong = run(client.unlock(&world.practice, session.patient, "73915802", &[], &mut |_, _| {}));
    assert_eq!(wrong.unwrap_err().code(), "wrong-pin");
    run(client.cancel(&world.practice, &mut session, booked.booking.appointment, "a private note")).unwrap();
    let (wish_again, again) = world.book(&mut session, &email);
    let mut staff = world.sign_in();
    let waits = WaitRequest {
        service: wish.service,
        also: vec![],
        resources: vec![],
        weekdays: 127,
        last: Day::parse(&date(wish_again.start.0 + 86_400)).unwrap(),
        contact: wish.contact.clone(),
        reason: wish.reason.clone(),
        locale: "de".into(),
        answers: vec![],
    };
    let waiting = run(client.wait(&world.practice, &mut session, waits)).unwrap().entry;
    run(client.cancel(&world.practice, &mut session, again.booking.appointment, "")).unwrap();
    let list = run(client.waiting_list(&staff)).unwrap();
    assert_eq!(run(client.mail_offers(&staff, &list)), Ok(1));
    for (kind, text) in [(MemoKind::Note, "a note of staff"), (MemoKind::Task, "a task of staff")] {
        let about = Some(again.booking.appointment);
        let memo = MemoWish::New { about, kind, text: text.into(), due: None };
        run(client.write_memo(&mut staff, &memo)).unwrap();
    }
    let (from, to) = (wish.start, wish.start.plus(40 * 86_400));
    for _ in 0..2 {
        let lines = run(client.calendar(&mut staff, from, to)).unwrap();
        let ids: Vec<_> = lines.iter().map(|l| l.appointment).collect();
        run(client.verify_calendar(&mut staff, &ids)).unwrap();
    }
    run(client.change_pin(&world.practice, &mut session, PIN, "58204937", &mut |_, _| {})).unwrap();
    let device_secret = Secret32::random(&mut rng());
    let blob = client.device_blob(world.practice.id(), &session, &device_secret);
    let memory = DeviceMemory::open(world.practice.id(), &blob, &device_secret).unwrap();

    let keys = session.keys();
    let root = keys.root();
    let mut needles = vec![
        Needle::text("e-mail", &email),
        Needle::text("local part", email.split('@').next().unwrap()),
        Needle::text("name", &wish.contact.name),
        Needle::text("phone", &wish.contact.phone),
        Needle::text("birth date", &wish.contact.birth_date),
        Needle::text("reason", &wish.reason),
        Needle::text("note", "a private note"),
        Needle::text("note of staff", "a note of staff"),
        Needle::text("task of staff", "a task of staff"),
        Needle::text("PIN", PIN),
        Needle::text("next PIN", "58204937"),
        Needle::bytes("root", root.secret().expose()),
        Needle::bytes("vault key", root.vault_key().expose()),
        Needle::bytes("X-Wing seed", root.kem().seed().expose()),
        Needle::bytes("share C", memory.share_c.secret().expose()),
        Needle::bytes("device secret", device_secret.expose()),
        Needle::bytes("device token", &session.devices()[0].token.0),
        Needle::bytes("capability", &keys.capability(again.booking.appointment).0),
        Needle::bytes("capability of the waiting list", &keys.waiting_capability(waiting).0),
        Needle::bytes("staff token", &staff.token().0),
        Needle::bytes("patient's signing key", keys.signing().public_key()),
        Needle::bytes(
            "passkey PRF",
            &world.passkey.lock().unwrap().prf(&vestibule_edge_crypto::keys::prf_salt(world.practice.id()).0),
        ),
    ];
    for code in world.codes.lock().unwrap().iter() {
        needles.push(Needle::text("mailed code", code));
    }
    assert_eq!(scan(server, &needles), Vec::<String>::new());

    // The scan is not blind: what the server does keep, it finds.
    let kept = [
        Needle::bytes("practice id", &world.practice.id().0),
        Needle::bytes("appointment id", &booked.booking.appointment.0),
        Needle::text("public name of the practice", "Praxis am Park"),
    ];
    for needle in kept {
        assert!(!scan(server, std::slice::from_ref(&needle)).is_empty(), "{} was not found", needle.name);
    }
}
