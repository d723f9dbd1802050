//! What the practice enters itself, and every lie about which side an appointment is of (rule R6.15).
#![expect(clippy::unwrap_used, reason = "tests")]
use crate::{
    booking::{
        Act, Details, EntryDetails, OpenError, Opened, open_as_patient, open_as_staff, seal::seal_envelope,
        seal_booking, seal_entry, seal_statement, series_id,
    },
    keys::PatientRoot,
    patient::PatientKeys,
    sign::SigningKey,
    testing::{NOW, World, rng, world},
};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{AppointmentId, Digest, KeyHash, ScopeId, ServiceId},
    suite::namespace,
    time::Cell,
    wire::{
        appointment::{
            Action, AppointmentContext, Booking, Contact, Envelope, Place, Proof, State, StoredAppointment,
        },
        entry::{Entry, EntryKind, Series},
        realm::VaultEntry,
    },
};
use vestibule_suite::{Secret32, key_hash_kem};
use vestibule_verify::VerifyingKey;

const ID: AppointmentId = AppointmentId([1; 16]);

fn place(w: &World) -> Place {
    Place { resource: w.practice.directory.catalog().resources[0].id, start: Cell(6_000_000), cells: 4 }
}

fn contact(name: &str) -> Contact {
    Contact { name: name.into(), email: String::new(), phone: "030 1".into(), birth_date: String::new() }
}

fn details(kind: EntryKind, series: Option<Series>) -> EntryDetails {
    let title = if kind == EntryKind::Block { "Besprechung" } else { "" };
    EntryDetails {
        entry: Entry { kind, title: title.into(), series },
        service: ServiceId([0; 16]),
        service_name: String::new(),
        contact: contact("Person"),
        note: "am Telefon".into(),
        locale: "de".into(),
    }
}

fn stored(w: &World, appointment: AppointmentId, envelope: Vec<u8>) -> StoredAppointment {
    StoredAppointment {
        appointment,
        place: place(w),
        state: State::Booked,
        envelope: envelope.into(),
        statements: vec![],
        cache: None,
    }
}

fn entered(w: &World, id: AppointmentId, kind: EntryKind, series: Option<Series>) -> StoredAppointment {
    let manifest = w.practice.directory.manifest();
    let sealed =
        seal_entry(&mut rng(8), manifest, &w.signing, id, place(w), details(kind, series), NOW).unwrap();
    stored(w, id, sealed.envelope)
}

fn patient() -> PatientKeys {
    PatientKeys::new(PatientRoot::generate(&mut rng(5)))
}

fn booked(w: &World) -> (StoredAppointment, Booking) {
    let details = Details {
        service: ServiceId([3; 16]),
        service_name: "Sprechstunde".into(),
        contact: contact("Person"),
        reason: "Husten".into(),
        locale: "de".into(),
        request: false,
        answers: vec![],
        also: vec![],
        series: None,
    };
    let manifest = w.practice.directory.manifest();
    let sealed = seal_booking(&mut rng(9), manifest, &patient(), ID, place(w), details, NOW).unwrap();
    (stored(w, ID, sealed.envelope), sealed.booking)
}

fn as_staff(w: &World, stored: &StoredAppointment) -> Result<Opened, OpenError> {
    as_staff_of(w, stored, &w.practice.calendar_keys)
}

fn as_staff_of(w: &World, stored: &StoredAppointment, keys: &[VerifyingKey]) -> Result<Opened, OpenError> {
    let manifest = w.practice.directory.manifest();
    open_as_staff(&mut rng(7), stored, &w.keyring, manifest, None)?.unverified.verify(keys)
}

/// What `signer` says with this body, sealed as whoever knows the public keys could.
fn forged(
    w: &World,
    booking: &Booking,
    signer: &SigningKey,
    by: &str,
    kem_key: &[u8],
    patient: Option<&[u8]>,
) -> StoredAppointment {
    let plain = cbor::to_vec(booking);
    let proof = Proof {
        signing_key: Bytes(signer.public_key().to_vec()),
        kem_key: Bytes(kem_key.to_vec()),
        signature: signer.signature(by, &plain).unwrap(),
    };
    let context = AppointmentContext {
        practice: booking.practice,
        appointment: booking.appointment,
        version: 1,
        place: booking.place,
    };
    let scope = &w.practice.directory.manifest().scopes[0];
    let dek = Secret32::from_bytes([77; 32]);
    let (envelope, _) = seal_envelope(&mut rng(3), scope, &dek, context, &plain, &proof, patient).unwrap();
    stored(w, booking.appointment, envelope)
}

#[test]
fn the_practice_opens_what_it_entered_and_goes_on_with_it() {
    let w = world(1);
    for kind in [EntryKind::Block, EntryKind::Visit] {
        let mut served = entered(&w, ID, kind, None);
        let opened = as_staff(&w, &served).unwrap();
        assert_eq!(opened.booking.entry.as_ref().map(|e| e.kind), Some(kind));
        assert_eq!((opened.booking.signer, opened.booking.kem), (w.signing.key_hash(), KeyHash([0; 32])));
        let envelope: Envelope = cbor::from_slice(&served.envelope).unwrap();
        assert!(envelope.patient.is_none());
        // Longer, then over: a block nobody attends.
        let longer = Place { cells: 9, ..place(&w) };
        let act = |action, place| Act { action, place, note: String::new() };
        let moved = act(Action::MovedByPractice, Some(longer));
        let next = seal_statement(&mut rng(2), &opened, &w.signing, moved, 1, NOW).unwrap();
        served.statements.push(next.sealed.into());
        served.place = longer;
        let opened = as_staff(&w, &served).unwrap();
        assert_eq!(opened.place, longer);
        let came =
            seal_statement(&mut rng(2), &opened, &w.signing, act(Action::Attended, None), 1, NOW).unwrap();
        served.statements.push(came.sealed.into());
        served.state = State::Attended;
        let want = if kind == EntryKind::Block { Err(OpenError::ChainBroken) } else { Ok(State::Attended) };
        assert_eq!(as_staff(&w, &served).map(|o| o.state), want);
    }
}

#[test]
fn a_patients_booking_is_not_shown_as_an_entry_nor_the_reverse() {
    let w = world(1);
    let (booking, _) = booked(&w);
    let entry = entered(&w, ID, EntryKind::Visit, None);
    let envelope = |s: &StoredAppointment| cbor::from_slice::<Envelope>(&s.envelope).unwrap();
    let with = |s: &StoredAppointment, e: Envelope| StoredAppointment {
        envelope: Bytes(cbor::to_vec(&e)),
        ..s.clone()
    };
    assert!(as_staff(&w, &booking).is_ok() && as_staff(&w, &entry).is_ok());
    let cut = with(&booking, Envelope { patient: None, ..envelope(&booking) });
    assert_eq!(as_staff(&w, &cut).unwrap_err(), OpenError::NotByPatient);
    let added = with(&entry, Envelope { patient: envelope(&booking).patient, ..envelope(&entry) });
    assert_eq!(as_staff(&w, &added).unwrap_err(), OpenError::NotByPractice);
    // A patient who is served an entry under an own id.
    let mine = VaultEntry {
        appointment: ID,
        place: place(&w),
        seq: 0,
        head: Digest([0; 32]),
        removed: false,
        at: NOW,
    };
    let manifest = w.practice.directory.manifest();
    let opens = |s: &StoredAppointment| {
        open_as_patient(s, &mine, &patient(), manifest, &w.practice.calendar_keys).map(drop)
    };
    assert_eq!(opens(&booking), Ok(()));
    assert_eq!(opens(&entry), Err(OpenError::NotByPatient));
    assert_eq!(opens(&cut), Err(OpenError::NotByPatient));
    // The staff itself could even wrap the key to the patient.
    let body = as_staff(&w, &entry).unwrap().booking;
    let kem = patient().kem().public_key();
    let wrapped = forged(&w, &body, &w.signing, namespace::ENTRY, &[], Some(&kem));
    assert_eq!(opens(&wrapped), Err(OpenError::NotByPractice));
}

#[test]
fn bodies_of_one_side_signed_by_the_other_are_named() {
    let w = world(1);
    let (_, booking) = booked(&w);
    let body = as_staff(&w, &entered(&w, ID, EntryKind::Visit, None)).unwrap().booking;
    let p = patient();
    let kem = p.kem().public_key();
    // A booking, signed by a key of the practice: under its own purpose, and under that of entries.
    let by_staff = Booking { signer: w.signing.key_hash(), ..booking.clone() };
    for by in [namespace::BOOKING, namespace::ENTRY] {
        let lie = forged(&w, &by_staff, &w.signing, by, &kem, Some(&kem));
        assert_eq!(as_staff(&w, &lie).unwrap_err(), OpenError::NotByPatient);
    }
    // An entry, signed by a patient.
    let by_patient = Booking { signer: p.signing().key_hash(), ..body.clone() };
    for by in [namespace::BOOKING, namespace::ENTRY] {
        let lie = forged(&w, &by_patient, p.signing(), by, &[], None);
        assert_eq!(as_staff(&w, &lie).unwrap_err(), OpenError::NotByPractice);
    }
    // The honest signature under another purpose does not count.
    let lie = forged(&w, &body, &w.signing, namespace::ACTION, &[], None);
    assert_eq!(as_staff(&w, &lie).unwrap_err(), OpenError::BadSignature);
    assert!(as_staff(&w, &forged(&w, &body, &w.signing, namespace::ENTRY, &[], None)).is_ok());
    // Of a credential without the right, or of one that does not read this scope.
    let entry = entered(&w, ID, EntryKind::Visit, None);
    assert_eq!(as_staff_of(&w, &entry, &[]).unwrap_err(), OpenError::NotByPractice);
    let manifest = w.practice.directory.manifest();
    assert_eq!(super::entry::signers(manifest, &body), [w.signing.key_hash()]);
    let mut narrowed = (**manifest).clone();
    narrowed.credentials[0].scopes = vec![ScopeId([9; 16])];
    assert_eq!(super::entry::signers(&narrowed, &body), []);
    narrowed = (**manifest).clone();
    narrowed.credentials[0].rights = 1;
    assert_eq!(super::entry::signers(&narrowed, &body), []);
}

#[test]
fn a_series_of_a_patient_is_the_one_that_its_id_says() {
    let w = world(1);
    let seed = vec![4; 16];
    let (_, body) = booked(&w);
    let by = patient();
    let kem = by.kem().public_key();
    let series = Series { seed: seed.clone().into(), at: 2, of: 8 };
    let body = Booking { appointment: series_id(&seed, 2), series: Some(series), ..body };
    let served = |body: &Booking| forged(&w, body, by.signing(), namespace::BOOKING, &kem, Some(&kem));
    assert_eq!(as_staff(&w, &served(&body)).unwrap().booking.series, body.series);
    let cases: [Change; 5] = [
        |b| b.series.as_mut().unwrap().at = 1,
        |b| b.series.as_mut().unwrap().of = 2,
        |b| b.series.as_mut().unwrap().of = 9,
        |b| b.series.as_mut().unwrap().seed.0[0] ^= 1,
        |b| b.series.as_mut().unwrap().seed.0.push(0),
    ];
    for change in cases {
        let mut lie = body.clone();
        change(&mut lie);
        assert_eq!(as_staff(&w, &served(&lie)).unwrap_err(), OpenError::Malformed);
    }
}

/// A change to the body of an entry.
type Change = fn(&mut Booking);

#[test]
fn an_entry_says_nothing_that_only_a_patient_may() {
    let w = world(1);
    let seed = vec![4; 16];
    let id = series_id(&seed, 2);
    let series = Series { seed: seed.into(), at: 2, of: 5 };
    let served = entered(&w, id, EntryKind::Block, Some(series));
    let body = as_staff(&w, &served).unwrap().booking;
    let cases: [Change; 8] = [
        |b| b.series = b.entry.as_ref().unwrap().series.clone(),
        |b| b.request = Some(true),
        |b| b.kem = key_hash_kem(&[1; 1216]),
        |b| b.entry.as_mut().unwrap().series.as_mut().unwrap().at = 1,
        |b| b.entry.as_mut().unwrap().series.as_mut().unwrap().of = 2,
        |b| b.entry.as_mut().unwrap().series.as_mut().unwrap().of = 53,
        |b| b.entry.as_mut().unwrap().series.as_mut().unwrap().seed.0[0] ^= 1,
        |b| b.entry.as_mut().unwrap().series.as_mut().unwrap().seed.0.push(0),
    ];
    for change in cases {
        let mut lie = body.clone();
        change(&mut lie);
        let lie = forged(&w, &lie, &w.signing, namespace::ENTRY, &[], None);
        assert_eq!(as_staff(&w, &lie).unwrap_err(), OpenError::Malformed);
    }
    // Nor is there a patient who cancels or moves it, whoever signs that.
    let opened = as_staff(&w, &served).unwrap();
    for (action, place) in
        [(Action::CancelledByPatient, None), (Action::MovedByPatient, Some(Place { cells: 5, ..place(&w) }))]
    {
        let act = Act { action, place, note: String::new() };
        let next = seal_statement(&mut rng(2), &opened, &w.signing, act, 1, NOW).unwrap();
        let mut lie = served.clone();
        lie.statements.push(next.sealed.into());
        lie.place = place.unwrap_or(lie.place);
        lie.state = if place.is_none() { State::Cancelled } else { State::Booked };
        assert_eq!(as_staff(&w, &lie).unwrap_err(), OpenError::StatementSignature);
    }
}
