//! A server that lies about appointments. A proxy between the real client and the real server rewrites answers, with
//! everything that the operator has. The client refuses each lie with a code of its own, the practice's as the patient's.
//! Lies about the directory are in `lies_directory.rs`, lies of a realm in `lies_realm.rs`.
//!
//! Bites: each case runs the same flow through the same proxy without the rewrite first, and it succeeds.
#![expect(clippy::unwrap_used, reason = "tests")]
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::AppointmentId,
    routes::Route,
    time::Cell,
    wire::appointment::{CalendarItem, Envelope, Listed, Place, State, StoredAppointment},
};
use vestibule_edge_crypto::client::{Request, Session, practice::StaffSession};
use vestibule_tests::{
    client::{forward, hooked, lying, run},
    http::Http,
    world::World,
};

const PIN: &str = "73915820";

/// Shows one appointment through a lying server and returns the code of the refusal.
fn read_code(
    world: &World,
    session: &mut Session,
    id: AppointmentId,
    rewrite: impl Fn(StoredAppointment) -> StoredAppointment,
) -> String {
    let client = lying(&world.http, |request, body| {
        if matches!(request.route, Route::Read(_, asked) if asked == id) {
            cbor::to_vec(&rewrite(cbor::from_slice(&body).unwrap()))
        } else {
            body
        }
    });
    let listed = run(client.appointments(&world.practice, session)).unwrap();
    match &listed.iter().find(|l| l.appointment == id).unwrap().result {
        Ok(opened) => format!("accepted as {:?}", opened.state),
        Err(lie) => lie.code().to_owned(),
    }
}

fn stored(world: &World, session: &Session, id: AppointmentId) -> StoredAppointment {
    let read = vestibule_core::wire::http::Read { capability: session.keys().capability(id) };
    run(world.client().exchange(Route::Read(world.practice.id(), id), &read)).unwrap()
}

#[test]
fn ciphertexts_do_not_move_between_appointments_times_and_patients() {
    let world = World::shared();
    let (mut alice, email) = world.enrol(PIN);
    let (mut bob, bobs) = world.enrol(PIN);
    let one = world.book(&mut alice, &email).1.booking.appointment;
    let two = world.book(&mut alice, &email).1.booking.appointment;
    let third = world.book(&mut bob, &bobs).1.booking.appointment;
    let (other, foreign) = (stored(world, &alice, two), stored(world, &bob, third));
    let envelope = |s: &StoredAppointment| cbor::from_slice::<Envelope>(&s.envelope).unwrap();
    let with =
        |s: StoredAppointment, e: Envelope| StoredAppointment { envelope: Bytes(cbor::to_vec(&e)), ..s };

    let mut code =
        |rewrite: &dyn Fn(StoredAppointment) -> StoredAppointment| read_code(world, &mut alice, one, rewrite);
    assert_eq!(code(&|s| s), "accepted as Booked");
    // Another appointment in its place, as it is, and under the asked id.
    assert_eq!(code(&|_| other.clone()), "wrong-appointment");
    assert_eq!(code(&|s| StoredAppointment { envelope: other.envelope.clone(), ..s }), "wrong-appointment");
    // The clear context made to fit: the wrap does not open for another appointment.
    assert_eq!(
        code(&|s| {
            let context = envelope(&s).context;
            with(s, Envelope { context, ..envelope(&other) })
        }),
        "wrong-patient"
    );
    // Own wraps, the other's body.
    assert_eq!(
        code(&|s| {
            let e = envelope(&s);
            with(s, Envelope { body: envelope(&other).body, ..e })
        }),
        "does-not-open"
    );
    // Another time, another resource; in the server's words only, and in the envelope too.
    let places: [fn(&mut Place); 3] =
        [|p| p.start = Cell(p.start.0 + 12), |p| p.cells += 1, |p| p.resource.0[0] ^= 1];
    for place in places {
        assert_eq!(
            code(&|mut s| {
                place(&mut s.place);
                s
            }),
            "wrong-place"
        );
        assert_eq!(
            code(&|mut s| {
                let mut e = envelope(&s);
                place(&mut e.context.place);
                place(&mut s.place);
                with(s, e)
            }),
            "wrong-place"
        );
    }
    // Another patient's, relabelled.
    assert_eq!(
        code(&|s| {
            let context = envelope(&s).context;
            with(s, Envelope { context, ..envelope(&foreign) })
        }),
        "wrong-patient"
    );
    // Another practice's label, another version, a flipped bit, a state out of thin air.
    assert_eq!(
        code(&|s| {
            let mut e = envelope(&s);
            e.context.practice.0[0] ^= 1;
            with(s, e)
        }),
        "wrong-practice"
    );
    assert_eq!(
        code(&|s| {
            let mut e = envelope(&s);
            e.context.version = 2;
            with(s, e)
        }),
        "wrong-version"
    );
    assert_eq!(
        code(&|s| {
            let mut e = envelope(&s);
            e.body.ciphertext.0[100] ^= 1;
            with(s, e)
        }),
        "does-not-open"
    );
    assert_eq!(code(&|s| StoredAppointment { state: State::Cancelled, ..s }), "state-unexplained");
    assert_eq!(code(&|s| s), "accepted as Booked");
}

#[test]
fn older_and_other_histories_are_noticed() {
    let world = World::shared();
    let (mut alice, email) = world.enrol(PIN);
    let one = world.book(&mut alice, &email).1.booking.appointment;
    let two = world.book(&mut alice, &email).1.booking.appointment;
    let before = stored(world, &alice, one);
    for id in [one, two] {
        let gone = run(world.client().cancel(&world.practice, &mut alice, id, "")).unwrap();
        assert_eq!(gone.state, State::Cancelled);
    }
    let other = stored(world, &alice, two).statements;
    let mut code =
        |rewrite: &dyn Fn(StoredAppointment) -> StoredAppointment| read_code(world, &mut alice, one, rewrite);
    assert_eq!(code(&|s| s), "accepted as Cancelled");
    assert_eq!(code(&|_| before.clone()), "rolled-back");
    assert_eq!(code(&|s| StoredAppointment { statements: Vec::new(), ..s }), "rolled-back");
    assert_eq!(code(&|s| StoredAppointment { state: State::Booked, ..s }), "state-unexplained");
    assert_eq!(code(&|s| StoredAppointment { statements: other.clone(), ..s }), "statement-does-not-open");
    assert_eq!(
        code(&|mut s| {
            let again = s.statements[0].clone();
            s.statements.push(again);
            s
        }),
        "statement-does-not-open"
    );
    // A new device that comes later, with the vault, notices too.
    let unlocked =
        run(world.client().unlock(&world.practice, alice.patient, PIN, &[], &mut |_, _| {})).unwrap();
    let mut later = unlocked.session;
    assert_eq!(read_code(world, &mut later, one, |_| before.clone()), "rolled-back");
    // An appointment that is kept back is a line that says so.
    let client = hooked(&world.http, |http: &Http, request: Request| {
        let mut answer = forward(http, &request)?;
        if matches!(request.route, Route::Read(_, id) if id == one) {
            let missing = Route::Read(world.practice.id(), AppointmentId([0x77; 16]));
            answer = forward(http, &Request { route: missing, ..request })?;
        }
        Ok(answer)
    });
    let listed = run(client.appointments(&world.practice, &mut later)).unwrap();
    assert_eq!(
        listed.iter().find(|l| l.appointment == one).unwrap().result.as_ref().unwrap_err().code(),
        "missing"
    );
}

/// The practice's side: what is moved, kept back or invented in the calendar is a line with its own refusal.
#[test]
#[expect(clippy::too_many_lines, reason = "one story: lie after lie to the same two devices")]
fn the_calendar_shows_no_lie() {
    let world = World::shared();
    let (mut alice, email) = world.enrol(PIN);
    let (mut bob, bobs) = world.enrol(PIN);
    let one = world.book(&mut alice, &email).1.booking;
    let two = world.book(&mut bob, &bobs).1.booking;
    let mut staff = world.sign_in();
    let (from, to) = (
        one.place.start.start().min(two.place.start.start()),
        one.place.start.start().max(two.place.start.start()).plus(1),
    );
    // What the server has, whole, as to a device that has nothing.
    let stored = |staff: &StaffSession| -> Vec<StoredAppointment> {
        let whole = |item| match item {
            CalendarItem::Full(stored) => Some(stored),
            CalendarItem::Known(_) => None,
        };
        run(world.client().fetch_calendar(staff, from, to)).unwrap().into_iter().filter_map(whole).collect()
    };
    let served = stored(&staff);
    let both = [one.appointment, two.appointment];
    // Opened, then verified: what the page shows in the end.
    let final_codes = |staff: &mut StaffSession, items: Vec<CalendarItem>| {
        let opened = world.client().open_calendar(staff, &items);
        let verified = world.client().verify_lines(staff, &both);
        let code = |id| match verified.iter().chain(&opened).find(|l| l.appointment == id).map(|l| &l.result)
        {
            Some(Ok(shown)) if shown.is_verified() => "accepted".to_owned(),
            Some(Ok(_)) => "unverified".to_owned(),
            Some(Err(lie)) => lie.code().to_owned(),
            None => "no line".to_owned(),
        };
        (code(one.appointment), code(two.appointment))
    };
    let mut show = |rewrite: &dyn Fn(&mut Vec<StoredAppointment>)| -> (String, String) {
        let mut all = served.clone();
        rewrite(&mut all);
        final_codes(&mut staff, all.into_iter().map(CalendarItem::Full).collect())
    };
    let at = |all: &[StoredAppointment], id| all.iter().position(|s| s.appointment == id).unwrap();
    assert_eq!(show(&|_| {}), ("accepted".into(), "accepted".into()));
    let swapped = show(&|all| {
        let (i, j) = (at(all, one.appointment), at(all, two.appointment));
        let envelope = all[i].envelope.clone();
        all[i].envelope = all[j].envelope.clone();
        all[j].envelope = envelope;
    });
    assert_eq!(swapped, ("wrong-appointment".into(), "wrong-appointment".into()));
    let moved = show(&|all| {
        let i = at(all, one.appointment);
        all[i].place.start.0 += 3;
    });
    assert_eq!(moved, ("wrong-place".into(), "accepted".into()));
    let invented = show(&|all| {
        let i = at(all, one.appointment);
        all[i].state = State::Cancelled;
    });
    assert_eq!(invented, ("state-unexplained".into(), "accepted".into()));
    // A body of the other patient under own labels.
    let body = show(&|all| {
        let (i, j) = (at(all, one.appointment), at(all, two.appointment));
        let mut mine: Envelope = cbor::from_slice(&all[i].envelope).unwrap();
        let theirs: Envelope = cbor::from_slice(&all[j].envelope).unwrap();
        mine.body = theirs.body;
        all[i].envelope = Bytes(cbor::to_vec(&mine));
    });
    assert_eq!(body, ("does-not-open".into(), "accepted".into()));
    // The proof altered, or the other's: shown while it is checked, then refused, by a device that has not verified it.
    let mut fresh = world.sign_in();
    let mut first_seen = |rewrite: &dyn Fn(&mut Envelope, &Envelope)| {
        let mut all = served.clone();
        let (i, j) = (at(&all, one.appointment), at(&all, two.appointment));
        let mut mine: Envelope = cbor::from_slice(&all[i].envelope).unwrap();
        rewrite(&mut mine, &cbor::from_slice(&all[j].envelope).unwrap());
        all[i].envelope = Bytes(cbor::to_vec(&mine));
        let items: Vec<_> = all.into_iter().map(CalendarItem::Full).collect();
        let opened = world.client().open_calendar(&mut fresh, &items);
        let line = opened.iter().find(|l| l.appointment == one.appointment).unwrap();
        assert!(!line.result.as_ref().unwrap().is_verified());
        final_codes(&mut fresh, items).0
    };
    assert_eq!(first_seen(&|mine, _| mine.proof.ciphertext.0[7] ^= 1), "proof-does-not-open");
    assert_eq!(first_seen(&|mine, theirs| mine.proof = theirs.proof.clone()), "proof-does-not-open");
    assert_eq!(first_seen(&|_, _| {}), "accepted");
    // Listed as known: with another time, another state, another head, or to a device that has it not.
    let heads = run(world.client().fetch_calendar(&staff, from, to)).unwrap();
    let listed = heads.iter().find_map(|item| match item {
        CalendarItem::Known(listed) if listed.appointment == one.appointment => Some(listed.clone()),
        _ => None,
    });
    let listed = listed.unwrap();
    let claim = |staff: &mut StaffSession, change: &dyn Fn(&mut Listed)| {
        let mut lie = listed.clone();
        change(&mut lie);
        final_codes(staff, vec![CalendarItem::Known(lie)]).0
    };
    assert_eq!(claim(&mut staff, &|_| {}), "accepted");
    assert_eq!(claim(&mut staff, &|l| l.place.start.0 += 3), "wrong-place");
    assert_eq!(claim(&mut staff, &|l| l.state = State::Cancelled), "state-unexplained");
    assert_eq!(claim(&mut staff, &|l| l.head.0[9] ^= 1), "content-withheld");
    assert_eq!(claim(&mut world.sign_in(), &|_| {}), "content-withheld");
    // After a cancellation was seen, the old state is a rollback; what is kept back is missed.
    run(world.client().cancel(&world.practice, &mut alice, one.appointment, "")).unwrap();
    let now = run(world.client().fetch_calendar(&staff, from, to)).unwrap();
    assert_eq!(final_codes(&mut staff, now).0, "accepted");
    let before = served.iter().cloned().map(CalendarItem::Full).collect();
    assert_eq!(final_codes(&mut staff, before).0, "rolled-back");
    assert_eq!(claim(&mut staff, &|_| {}), "content-withheld");
    let silent =
        lying(
            &world.http,
            |request, body| if matches!(request.route, Route::Calendar(_)) { Vec::new() } else { body },
        );
    let lines = run(silent.calendar(&mut staff, from, to)).unwrap();
    let line = lines.iter().find(|l| l.appointment == two.appointment).unwrap();
    assert_eq!(line.result.as_ref().unwrap_err().code(), "missing");
}
