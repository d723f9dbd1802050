//! A calendar in two stages, and what a device keeps of it: each lie of the server and each state of the device has its name.
#![expect(clippy::unwrap_used, reason = "tests")]
use crate::{
    booking::{Details, OpenError, seal_booking},
    client::{
        Client, Env, Request, Response, Transport, TransportError,
        practice::{CalendarLine, Shown, StaffSession},
    },
    keys::PatientRoot,
    patient::PatientKeys,
    testing::{NOW, TestRng, World, rng, world},
};
use vestibule_core::{
    cbor,
    ids::{AppointmentId, Digest},
    time::{Cell, UnixSeconds},
    wire::appointment::{CalendarItem, Contact, Envelope, Listed, Place, State, StoredAppointment},
};
use vestibule_suite::Secret32;

struct Here;

impl Transport for Here {
    async fn send(&self, _: Request) -> Result<Response, TransportError> {
        Err(TransportError)
    }
}

impl Env for Here {
    type Rng = TestRng;
    fn rng(&self) -> TestRng {
        rng(4)
    }
    fn now(&self) -> UnixSeconds {
        NOW
    }
}

const START: u64 = NOW.0 / 300;
const DEVICE: Secret32 = Secret32::from_bytes([8; 32]);

fn client() -> Client<Here, Here> {
    Client::new(Here, Here)
}

fn sign_in(w: &World) -> StaffSession {
    let keys = &w.material.staff_keys;
    StaffSession::open(w.practice.clone(), keys, &w.prf, Digest([0; 32]), UnixSeconds(u64::MAX)).unwrap()
}

/// Appointment `id`, at the `id`th half hour from now.
fn booked(w: &World, id: u8) -> StoredAppointment {
    let catalog = w.practice.directory.catalog();
    let start = Cell(START + u64::from(id) * 6);
    let place = Place { resource: catalog.resources[0].id, start, cells: 4 };
    let details = Details {
        service: catalog.services[0].id,
        service_name: catalog.services[0].name.clone(),
        contact: Contact {
            name: format!("Person {id}"),
            email: "person@example.org".into(),
            phone: String::new(),
            birth_date: String::new(),
        },
        reason: "Husten".into(),
        locale: "de".into(),
        request: false,
        answers: vec![],
        also: vec![],
        series: None,
    };
    let patient = PatientKeys::new(PatientRoot::generate(&mut rng(u64::from(id))));
    let appointment = AppointmentId([id; 16]);
    let manifest = w.practice.directory.manifest();
    let sealed =
        seal_booking(&mut rng(u64::from(id)), manifest, &patient, appointment, place, details, NOW).unwrap();
    StoredAppointment {
        appointment,
        place,
        state: State::Booked,
        envelope: sealed.envelope.into(),
        statements: vec![],
        cache: None,
    }
}

fn head(stored: &StoredAppointment) -> Digest {
    let envelope: Envelope = cbor::from_slice(&stored.envelope).unwrap();
    vestibule_suite::sha256(&[&cbor::to_vec(&envelope.body)])
}

fn listed(stored: &StoredAppointment) -> Listed {
    let StoredAppointment { appointment, place, state, .. } = *stored;
    Listed { appointment, place, state, head: head(stored) }
}

fn show(session: &mut StaffSession, item: CalendarItem) -> Result<bool, OpenError> {
    state(&client().open_calendar(session, &[item])[0])
}

/// Whether a line is verified, or why it is refused.
fn state(line: &CalendarLine) -> Result<bool, OpenError> {
    line.result.as_ref().map(Shown::is_verified).map_err(|lie| *lie)
}

fn full(stored: &StoredAppointment) -> CalendarItem {
    CalendarItem::Full(stored.clone())
}

/// A session that has verified appointments 1 and 2, and what its device then keeps of them.
fn seen(w: &World) -> (StaffSession, Vec<(u64, Vec<u8>)>) {
    let mut session = sign_in(w);
    let ids = [1, 2].map(|id| booked(w, id).appointment);
    let (from, to) = (NOW, NOW.plus(86_400));
    for period in client().periods_to_join(&session, from, to) {
        client().join_period(&mut session, period, None, &DEVICE);
    }
    for id in [1, 2] {
        assert_eq!(show(&mut session, full(&booked(w, id))), Ok(false));
    }
    assert!(client().verify_lines(&mut session, &ids).iter().all(|line| state(line) == Ok(true)));
    let kept = client().changed_periods(&mut session, &DEVICE);
    assert!(client().changed_periods(&mut session, &DEVICE).is_empty(), "nothing changed since");
    (session, kept)
}

/// A new session of this device: with what it remembers, and these parts of its calendar.
fn again(w: &World, before: &StaffSession, kept: &[(u64, Vec<u8>)], secret: &Secret32) -> StaffSession {
    let mut session = sign_in(w);
    session.memory = before.memory.clone();
    for (period, blob) in kept {
        client().join_period(&mut session, *period, Some(blob), secret);
    }
    session
}

#[test]
fn shown_first_then_verified_and_only_then_remembered() {
    let w = world(1);
    let (mut session, stored) = (sign_in(&w), booked(&w, 1));
    let id = stored.appointment;
    assert_eq!(show(&mut session, full(&stored)), Ok(false));
    assert!(session.memory.get(id).is_none() && session.kept.get(id, stored.place.start).is_none());
    assert!(session.hints.is_empty());
    // Listed while it waits: still not verified.
    assert_eq!(show(&mut session, CalendarItem::Known(listed(&stored))), Ok(false));
    let lines = client().verify_lines(&mut session, &[id, AppointmentId([9; 16])]);
    assert_eq!(lines.iter().map(state).collect::<Vec<_>>(), [Ok(true)]);
    assert_eq!(session.memory.get(id).unwrap().head, head(&stored));
    assert_eq!(session.hints.len(), 1);
    assert!(client().verify_lines(&mut session, &[id]).is_empty(), "it waits no more");
    assert_eq!(show(&mut session, CalendarItem::Known(listed(&stored))), Ok(true));
    assert_eq!(show(&mut session, full(&stored)), Ok(true), "the very bytes that were verified");
}

#[test]
fn what_fails_its_verification_is_named_and_leaves_nothing() {
    let w = world(1);
    let (mut session, mut stored) = (sign_in(&w), booked(&w, 1));
    let mut envelope: Envelope = cbor::from_slice(&stored.envelope).unwrap();
    envelope.proof.ciphertext.0[0] ^= 1;
    stored.envelope = cbor::to_vec(&envelope).into();
    let id = stored.appointment;
    assert_eq!(show(&mut session, full(&stored)), Ok(false), "the body is whole");
    let lines = client().verify_lines(&mut session, &[id]);
    assert_eq!(state(&lines[0]), Err(OpenError::ProofDoesNotOpen));
    assert!(session.memory.get(id).is_none() && session.kept.get(id, stored.place.start).is_none());
    assert!(session.hints.is_empty() && session.pending.is_empty());
    assert_eq!(show(&mut session, CalendarItem::Known(listed(&stored))), Err(OpenError::ContentWithheld));
}

#[test]
fn a_device_shows_what_it_verified_before_and_no_server_can_change_it() {
    let w = world(1);
    let (before, kept) = seen(&w);
    assert_eq!(kept.len(), 1);
    let mut session = again(&w, &before, &kept, &DEVICE);
    let (one, two) = (listed(&booked(&w, 1)), listed(&booked(&w, 2)));
    let mut answer = |listed: &Listed| show(&mut session, CalendarItem::Known(listed.clone()));
    assert_eq!(answer(&one), Ok(true));
    assert_eq!(answer(&two), Ok(true));
    let with = |change: &dyn Fn(&mut Listed)| {
        let mut lie = one.clone();
        change(&mut lie);
        lie
    };
    assert_eq!(answer(&with(&|l| l.state = State::Cancelled)), Err(OpenError::StateUnexplained));
    assert_eq!(answer(&with(&|l| l.place.start.0 += 3)), Err(OpenError::WrongPlace));
    assert_eq!(answer(&with(&|l| l.place.start.0 += 28 * 288)), Err(OpenError::WrongPlace), "another period");
    assert_eq!(answer(&with(&|l| l.place.resource.0[0] ^= 1)), Err(OpenError::WrongPlace));
    assert_eq!(answer(&with(&|l| l.head.0[31] ^= 1)), Err(OpenError::ContentWithheld), "newer, or invented");
    assert_eq!(answer(&with(&|l| l.head = two.head)), Err(OpenError::ContentWithheld), "swapped");
    assert_eq!(answer(&with(&|l| l.appointment = AppointmentId([7; 16]))), Err(OpenError::ContentWithheld));
    let lines = client().open_calendar(&mut session, &[CalendarItem::Known(one)]);
    assert_eq!(lines[0].result.as_ref().unwrap().summary().contact.name, "Person 1");
}

#[test]
fn without_sign_in_profile_practice_and_memory_the_kept_calendar_is_of_no_use() {
    let w = world(1);
    let (before, kept) = seen(&w);
    let withheld = Err(OpenError::ContentWithheld);
    let one = || CalendarItem::Known(listed(&booked(&w, 1)));
    let mut good = again(&w, &before, &kept, &DEVICE);
    assert_eq!(show(&mut good, one()), Ok(true));
    // Another browser profile.
    let mut copied = again(&w, &before, &kept, &Secret32::from_bytes([9; 32]));
    assert_eq!(show(&mut copied, one()), withheld);
    // Another practice's keys: this device's secret alone opens nothing.
    let mut removed = again(&world(50), &before, &kept, &DEVICE);
    assert_eq!(show(&mut removed, one()), withheld);
    // Under another period, cut, or noise: as if nothing were kept, and what the server has is opened anew.
    let (period, blob) = &kept[0];
    for bad in
        [(period + 1, blob.clone()), (*period, blob[..blob.len() - 1].to_vec()), (*period, vec![0; 99])]
    {
        let mut session = again(&w, &before, &[bad], &DEVICE);
        assert_eq!(show(&mut session, one()), withheld);
        assert_eq!(show(&mut session, full(&booked(&w, 1))), Ok(true), "remembered as verified");
    }
    // An older copy of it does not count against what the device remembers.
    let mut newer = again(&w, &before, &kept, &DEVICE);
    newer.memory = crate::staff::StaffMemory::default();
    assert_eq!(show(&mut newer, one()), withheld);
}

#[test]
fn what_is_kept_is_bounded_in_time() {
    let (now, cells) = (NOW.0 / 300, 28 * 288);
    assert!(!client().is_past(now / cells));
    assert!(!client().is_past((now - 400 * 288) / cells));
    assert!(client().is_past((now - 400 * 288) / cells - 1));
}
