//! Every lie about an appointment has its own name.
#![expect(clippy::unwrap_used, reason = "tests")]
use crate::{
    booking::{
        Act, Details, OpenError, Opened, Remembered, SealedBooking, StaffOpened, open_as_patient,
        open_as_staff, seal_booking, seal_statement,
    },
    keys::PatientRoot,
    patient::PatientKeys,
    sign::SigningKey,
    testing::{NOW, World, rng, world},
};
use vestibule_core::{
    cbor,
    ids::{AppointmentId, Digest, PracticeId, ResourceId},
    suite::namespace,
    time::Cell,
    wire::{
        appointment::{
            Action, AppointmentContext, Booking, Contact, Envelope, Place, Proof, State, StatementContext,
            StoredAppointment,
        },
        envelope::{Sealed, Signed},
        realm::VaultEntry,
    },
};
use vestibule_suite::{Secret32, key_hash_kem, seal};

struct Patient {
    keys: PatientKeys,
}

fn patient(seed: u64) -> Patient {
    Patient { keys: PatientKeys::new(PatientRoot::generate(&mut rng(seed))) }
}

fn place(w: &World, cell: u64) -> Place {
    Place { resource: w.practice.directory.catalog().resources[0].id, start: Cell(cell), cells: 4 }
}

fn booked(w: &World, p: &Patient, id: u8, cell: u64) -> (StoredAppointment, VaultEntry, SealedBooking) {
    let service = &w.practice.directory.catalog().services[0];
    let details = Details {
        service: service.id,
        service_name: service.name.clone(),
        contact: Contact {
            name: "Person".into(),
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
    let (appointment, place) = (AppointmentId([id; 16]), place(w, cell));
    let manifest = w.practice.directory.manifest();
    let sealed = seal_booking(
        &mut rng(u64::from(id) * 100 + cell),
        manifest,
        &p.keys,
        appointment,
        place,
        details,
        NOW,
    )
    .unwrap();
    let stored = StoredAppointment {
        appointment,
        place,
        state: State::Booked,
        envelope: sealed.envelope.clone().into(),
        statements: vec![],
        cache: None,
    };
    let entry = VaultEntry { appointment, place, seq: 1, head: sealed.head, removed: false, at: NOW };
    (stored, entry, sealed)
}

fn as_patient(
    w: &World,
    p: &Patient,
    stored: &StoredAppointment,
    entry: &VaultEntry,
) -> Result<Opened, OpenError> {
    let manifest = w.practice.directory.manifest();
    open_as_patient(stored, entry, &p.keys, manifest, &w.practice.calendar_keys)
}

/// What staff has of an appointment after both stages.
#[derive(Debug)]
struct Staff {
    opened: Opened,
    new_cache: Option<Vec<u8>>,
}

fn preview(
    w: &World,
    stored: &StoredAppointment,
    known: Option<Remembered>,
) -> Result<StaffOpened, OpenError> {
    open_as_staff(&mut rng(7), stored, &w.keyring, w.practice.directory.manifest(), known)
}

fn as_staff(w: &World, stored: &StoredAppointment, known: Option<Remembered>) -> Result<Staff, OpenError> {
    let StaffOpened { unverified, new_cache, .. } = preview(w, stored, known)?;
    Ok(Staff { opened: unverified.verify(&w.practice.calendar_keys)?, new_cache })
}

fn edit(stored: &mut StoredAppointment, change: impl FnOnce(&mut Envelope)) {
    let mut envelope: Envelope = cbor::from_slice(&stored.envelope).unwrap();
    change(&mut envelope);
    stored.envelope = cbor::to_vec(&envelope).into();
}

fn cancel(stored: &mut StoredAppointment, opened: &Opened, by: &SigningKey, action: Action) {
    say(stored, opened, by, action, None, State::Cancelled);
}

/// A statement, and what the server should make of it.
fn say(
    stored: &mut StoredAppointment,
    opened: &Opened,
    by: &SigningKey,
    action: Action,
    place: Option<Place>,
    state: State,
) {
    let act = Act { action, place, note: "bin verhindert".into() };
    let next = seal_statement(&mut rng(9), opened, by, act, 1, NOW).unwrap();
    stored.statements.push(next.sealed.into());
    stored.state = state;
    stored.place = place.unwrap_or(stored.place);
}

#[test]
fn both_sides_open_what_was_booked() {
    let (w, p) = (world(1), patient(5));
    let (stored, entry, sealed) = booked(&w, &p, 1, 6_000_000);
    let mine = as_patient(&w, &p, &stored, &entry).unwrap();
    let theirs = as_staff(&w, &stored, None).unwrap();
    assert_eq!(mine.booking, sealed.booking);
    assert_eq!(theirs.opened.booking, sealed.booking);
    assert_eq!((mine.seq, mine.head, mine.state), (1, sealed.head, State::Booked));
    assert_eq!(theirs.opened.body, sealed.head);
}

#[test]
fn a_server_that_serves_another_appointment_is_named() {
    let (w, p) = (world(1), patient(5));
    let (mut a, entry, _) = booked(&w, &p, 1, 6_000_000);
    let (b, _, _) = booked(&w, &p, 2, 6_000_000);
    // The other one as it is, and the other's envelope under this id.
    assert_eq!(as_patient(&w, &p, &b, &entry).unwrap_err(), OpenError::WrongAppointment);
    a.envelope = b.envelope.clone();
    assert_eq!(as_patient(&w, &p, &a, &entry).unwrap_err(), OpenError::WrongAppointment);
    assert_eq!(as_staff(&w, &a, None).unwrap_err(), OpenError::WrongAppointment);
    // With the words in the clear rewritten, the wraps no longer open.
    edit(&mut a, |e| e.context.appointment = entry.appointment);
    assert_eq!(as_patient(&w, &p, &a, &entry).unwrap_err(), OpenError::WrongPatient);
    assert_eq!(as_staff(&w, &a, None).unwrap_err(), OpenError::DoesNotOpen);
    // The other's body only.
    let (mut a, entry, _) = booked(&w, &p, 1, 6_000_000);
    let other: Envelope = cbor::from_slice(&b.envelope).unwrap();
    edit(&mut a, |e| e.body = other.body);
    assert_eq!(as_patient(&w, &p, &a, &entry).unwrap_err(), OpenError::DoesNotOpen);
    assert_eq!(as_staff(&w, &a, None).unwrap_err(), OpenError::DoesNotOpen);
}

#[test]
fn a_server_that_moves_an_appointment_is_named() {
    let (w, p) = (world(1), patient(5));
    let (original, entry, _) = booked(&w, &p, 1, 6_000_000);
    let later = place(&w, 6_000_012);
    let other_room = Place { resource: w.practice.directory.catalog().resources[1].id, ..original.place };
    for moved in [later, other_room] {
        let mut stored = original.clone();
        stored.place = moved;
        assert_eq!(as_patient(&w, &p, &stored, &entry).unwrap_err(), OpenError::WrongPlace);
        assert_eq!(as_staff(&w, &stored, None).unwrap_err(), OpenError::WrongPlace);
        // Consistently in the clear: the patient's vault knows better, and the seal does too.
        edit(&mut stored, |e| e.context.place = moved);
        assert_eq!(as_patient(&w, &p, &stored, &entry).unwrap_err(), OpenError::WrongPlace);
        assert_eq!(as_staff(&w, &stored, None).unwrap_err(), OpenError::DoesNotOpen);
    }
}

#[test]
fn another_patients_another_practices_and_another_version_are_named() {
    let (w, p, q) = (world(1), patient(5), patient(6));
    let (stored, entry, _) = booked(&w, &p, 1, 6_000_000);
    assert_eq!(as_patient(&w, &q, &stored, &entry).unwrap_err(), OpenError::WrongPatient);
    let mut foreign = stored.clone();
    edit(&mut foreign, |e| e.context.practice = PracticeId([3; 16]));
    assert_eq!(as_patient(&w, &p, &foreign, &entry).unwrap_err(), OpenError::WrongPractice);
    assert_eq!(as_staff(&w, &foreign, None).unwrap_err(), OpenError::WrongPractice);
    let mut version = stored.clone();
    edit(&mut version, |e| e.context.version = 2);
    assert_eq!(as_patient(&w, &p, &version, &entry).unwrap_err(), OpenError::WrongVersion);
    let mut scope = stored.clone();
    edit(&mut scope, |e| e.scope.scope.0[0] ^= 1);
    assert_eq!(as_staff(&w, &scope, None).unwrap_err(), OpenError::UnknownScope);
    let mut epoch = stored.clone();
    edit(&mut epoch, |e| e.scope.epoch = 2);
    assert_eq!(as_staff(&w, &epoch, None).unwrap_err(), OpenError::UnknownEpoch);
    let mut resource = stored.clone();
    resource.place.resource = ResourceId([9; 16]);
    edit(&mut resource, |e| e.context.place.resource = ResourceId([9; 16]));
    assert_eq!(as_staff(&w, &resource, None).unwrap_err(), OpenError::UnknownScope);
    let mut cut = stored;
    cut.envelope.0.pop();
    assert_eq!(as_patient(&w, &p, &cut, &entry).unwrap_err(), OpenError::Malformed);
}

/// Seals `booking` with a proof by `signer`, as an insider who knows the recipients' public keys could.
fn forged(w: &World, p: &Patient, booking: &Booking, signer: &Patient) -> (StoredAppointment, VaultEntry) {
    let (mut stored, mut entry, _) = booked(w, p, 1, 6_000_000);
    let dek = Secret32::from_bytes([77; 32]);
    let plain = cbor::to_vec(booking);
    let proof = Proof {
        signing_key: signer.keys.signing().public_key().to_vec().into(),
        kem_key: signer.keys.kem().public_key().into(),
        signature: signer.keys.signing().signature(namespace::BOOKING, &plain).unwrap(),
    };
    edit(&mut stored, |e| {
        let mut r = rng(3);
        let AppointmentContext { practice, appointment, version, .. } = e.context.clone();
        e.body = seal(&mut r, &dek, namespace::APPOINTMENT, &e.context, &plain);
        e.proof = seal(&mut r, &dek, namespace::PROOF, &e.context, &cbor::to_vec(&proof));
        let patient =
            vestibule_core::wire::appointment::PatientWrapContext { practice, appointment, version };
        let public = p.keys.kem().public_key();
        e.patient =
            Some(vestibule_suite::wrap(&mut r, &public, namespace::WRAP_PATIENT, &patient, &dek).unwrap());
        let (scope, epoch) = (e.scope.scope, e.scope.epoch);
        let context = vestibule_core::wire::appointment::ScopeWrapContext {
            practice,
            appointment,
            version,
            scope,
            epoch,
        };
        let key = &w.practice.directory.manifest().scopes[0].kem_key;
        e.scope.wrap = vestibule_suite::wrap(&mut r, key, namespace::WRAP_SCOPE, &context, &dek).unwrap();
    });
    entry.seq = 0;
    (stored, entry)
}

/// Names another's keys in a booking.
fn naming(booking: &Booking, keys: &PatientKeys) -> Booking {
    let (signer, kem) = (keys.signing().key_hash(), key_hash_kem(&keys.kem().public_key()));
    Booking { signer, kem, ..booking.clone() }
}

/// A change to a booking, and the lie that it is.
type Case = (fn(&mut Booking), OpenError);

#[test]
fn a_body_that_the_patient_did_not_sign_or_that_says_otherwise_is_named() {
    let (w, p, q) = (world(1), patient(5), patient(6));
    let (_, _, sealed) = booked(&w, &p, 1, 6_000_000);
    let honest = sealed.booking;
    // Someone else's keys and signature.
    let (stored, entry) = forged(&w, &p, &honest, &q);
    assert_eq!(as_patient(&w, &p, &stored, &entry).unwrap_err(), OpenError::OtherKeys);
    assert_eq!(as_staff(&w, &stored, None).unwrap_err(), OpenError::OtherKeys);
    // Someone else's X-Wing key beside the right signing key.
    let other_kem = Booking { kem: naming(&honest, &q.keys).kem, ..honest.clone() };
    let (stored, entry) = forged(&w, &p, &other_kem, &p);
    assert_eq!(as_patient(&w, &p, &stored, &entry).unwrap_err(), OpenError::OtherKeys);
    assert_eq!(as_staff(&w, &stored, None).unwrap_err(), OpenError::OtherKeys);
    // The right keys, and a signature of theirs over another booking.
    let reworded = Booking { reason: "Fieber".into(), ..honest.clone() };
    let (mut stored, entry) = forged(&w, &p, &honest, &p);
    let (other, _) = forged(&w, &p, &reworded, &p);
    let other: Envelope = cbor::from_slice(&other.envelope).unwrap();
    edit(&mut stored, |e| e.proof = other.proof.clone());
    assert_eq!(as_patient(&w, &p, &stored, &entry).unwrap_err(), OpenError::BadSignature);
    assert_eq!(as_staff(&w, &stored, None).unwrap_err(), OpenError::BadSignature);
    // A proof that was altered, or is of another appointment.
    edit(&mut stored, |e| e.proof.ciphertext.0[0] ^= 1);
    assert_eq!(as_patient(&w, &p, &stored, &entry).unwrap_err(), OpenError::ProofDoesNotOpen);
    assert_eq!(as_staff(&w, &stored, None).unwrap_err(), OpenError::ProofDoesNotOpen);
    // A booking by another patient, wrapped to this one.
    let (stored, entry) = forged(&w, &p, &naming(&honest, &q.keys), &q);
    assert_eq!(as_patient(&w, &p, &stored, &entry).unwrap_err(), OpenError::WrongPatient);
    // What is signed is not what it is bound to.
    let cases: [Case; 4] = [
        (|b| b.place.start.0 += 1, OpenError::WrongPlace),
        (|b| b.appointment.0[0] ^= 1, OpenError::WrongAppointment),
        (|b| b.practice.0[0] ^= 1, OpenError::WrongPractice),
        (|b| b.seq = 2, OpenError::WrongVersion),
    ];
    for (change, lie) in cases {
        let mut booking = honest.clone();
        change(&mut booking);
        let (stored, entry) = forged(&w, &p, &booking, &p);
        assert_eq!(as_patient(&w, &p, &stored, &entry).unwrap_err(), lie);
        assert_eq!(as_staff(&w, &stored, None).unwrap_err(), lie);
    }
    let (stored, entry) = forged(&w, &p, &honest, &p);
    assert!(as_patient(&w, &p, &stored, &entry).is_ok());
}

#[test]
fn a_state_counts_only_with_the_statement_that_explains_it() {
    let (w, p, q) = (world(1), patient(5), patient(6));
    let (stored, entry, _) = booked(&w, &p, 1, 6_000_000);
    let opened = as_patient(&w, &p, &stored, &entry).unwrap();
    let mut claimed = stored.clone();
    claimed.state = State::Cancelled;
    assert_eq!(as_patient(&w, &p, &claimed, &entry).unwrap_err(), OpenError::StateUnexplained);
    assert_eq!(as_staff(&w, &claimed, None).unwrap_err(), OpenError::StateUnexplained);
    // Each side may cancel with its own key and no other.
    for (by, action, good) in [
        (p.keys.signing(), Action::CancelledByPatient, true),
        (&w.signing, Action::CancelledByPractice, true),
        (q.keys.signing(), Action::CancelledByPatient, false),
        (&w.signing, Action::CancelledByPatient, false),
        (p.keys.signing(), Action::CancelledByPractice, false),
    ] {
        let mut cancelled = stored.clone();
        cancel(&mut cancelled, &opened, by, action);
        let (mine, theirs) = (as_patient(&w, &p, &cancelled, &entry), as_staff(&w, &cancelled, None));
        if good {
            let mine = mine.unwrap();
            assert_eq!((mine.state, mine.seq), (State::Cancelled, 2));
            assert_eq!(mine.statements[0].note, "bin verhindert");
            assert_eq!(theirs.unwrap().opened.head, mine.head);
            // The statement is there, but the server says "booked".
            cancelled.state = State::Booked;
            assert_eq!(as_staff(&w, &cancelled, None).unwrap_err(), OpenError::StateUnexplained);
        } else {
            assert_eq!(mine.unwrap_err(), OpenError::StatementSignature);
            assert_eq!(theirs.unwrap_err(), OpenError::StatementSignature);
        }
    }
}

#[test]
#[expect(clippy::many_single_char_names, reason = "world, patient, and three appointments")]
fn statements_of_another_appointment_or_out_of_order_do_not_count() {
    let (w, p) = (world(1), patient(5));
    let (mut a, entry, _) = booked(&w, &p, 1, 6_000_000);
    let (mut b, b_entry, _) = booked(&w, &p, 2, 6_000_004);
    let opened = as_patient(&w, &p, &b, &b_entry).unwrap();
    cancel(&mut b, &opened, p.keys.signing(), Action::CancelledByPatient);
    a.statements.clone_from(&b.statements);
    a.state = State::Cancelled;
    assert_eq!(as_patient(&w, &p, &a, &entry).unwrap_err(), OpenError::StatementDoesNotOpen);
    assert_eq!(as_staff(&w, &a, None).unwrap_err(), OpenError::StatementDoesNotOpen);
    // The same statement twice: sealed for position 2, it does not open at position 3.
    let twice = b.statements[0].clone();
    b.statements.push(twice);
    assert_eq!(as_staff(&w, &b, None).unwrap_err(), OpenError::StatementDoesNotOpen);
    // A second cancellation after the first, well signed and sealed for its place.
    b.statements.pop();
    let cancelled = as_patient(&w, &p, &b, &b_entry).unwrap();
    cancel(&mut b, &cancelled, &w.signing, Action::CancelledByPractice);
    assert_eq!(as_staff(&w, &b, None).unwrap_err(), OpenError::ChainBroken);
    // A statement that links to something else.
    let (mut c, c_entry, _) = booked(&w, &p, 3, 6_000_008);
    let mut opened = as_patient(&w, &p, &c, &c_entry).unwrap();
    opened.head = Digest([1; 32]);
    cancel(&mut c, &opened, p.keys.signing(), Action::CancelledByPatient);
    assert_eq!(as_staff(&w, &c, None).unwrap_err(), OpenError::ChainBroken);
}

#[test]
fn a_statement_signed_for_another_appointment_of_the_same_patient_does_not_count() {
    let (w, p) = (world(1), patient(5));
    let (mut stored, entry, _) = booked(&w, &p, 1, 6_000_000);
    let opened = as_patient(&w, &p, &stored, &entry).unwrap();
    let (second, second_entry, _) = booked(&w, &p, 2, 6_000_004);
    let other = as_patient(&w, &p, &second, &second_entry).unwrap();
    // Staff knows both DEKs, so it can open the signed statement on b and seal it into a.
    let act = Act { action: Action::CancelledByPatient, place: None, note: String::new() };
    let next = seal_statement(&mut rng(9), &other, p.keys.signing(), act, 1, NOW).unwrap();
    let sealed: Sealed = cbor::from_slice(&next.sealed).unwrap();
    let at = |appointment| StatementContext { practice: w.practice.id(), appointment, seq: 2 };
    let plain =
        vestibule_suite::open(&other.dek, namespace::STATEMENT, &at(second.appointment), &sealed).unwrap();
    let _: Signed = cbor::from_slice(&plain).unwrap();
    let moved = seal(&mut rng(8), &opened.dek, namespace::STATEMENT, &at(stored.appointment), &plain);
    stored.statements.push(cbor::to_vec(&moved).into());
    stored.state = State::Cancelled;
    assert_eq!(as_patient(&w, &p, &stored, &entry).unwrap_err(), OpenError::WrongAppointment);
}

#[test]
fn an_older_version_or_another_history_than_remembered_is_named() {
    let (w, p) = (world(1), patient(5));
    let (stored, mut entry, _) = booked(&w, &p, 1, 6_000_000);
    let opened = as_patient(&w, &p, &stored, &entry).unwrap();
    let mut cancelled = stored.clone();
    cancel(&mut cancelled, &opened, p.keys.signing(), Action::CancelledByPatient);
    let newest = as_staff(&w, &cancelled, None).unwrap();
    let known = Remembered { seq: 2, head: newest.opened.head, body: newest.opened.body };
    (entry.seq, entry.head) = (2, newest.opened.head);
    // The cancellation withheld.
    assert_eq!(as_patient(&w, &p, &stored, &entry).unwrap_err(), OpenError::RolledBack);
    assert_eq!(as_staff(&w, &stored, Some(known)).unwrap_err(), OpenError::RolledBack);
    // Another cancellation in its place.
    let mut other = stored.clone();
    cancel(&mut other, &opened, &w.signing, Action::CancelledByPractice);
    assert_eq!(as_patient(&w, &p, &other, &entry).unwrap_err(), OpenError::Forked);
    assert_eq!(as_staff(&w, &other, Some(known)).unwrap_err(), OpenError::Forked);
    // The booking sealed anew, with another DEK.
    let (resealed, _) = forged(&w, &p, &newest.opened.booking, &p);
    let first = Remembered { seq: 1, head: newest.opened.body, body: newest.opened.body };
    assert_eq!(as_staff(&w, &resealed, Some(first)).unwrap_err(), OpenError::Forked);
    assert!(as_staff(&w, &cancelled, Some(known)).is_ok());
}

#[test]
fn a_cache_hint_helps_only_where_it_belongs() {
    let (w, p) = (world(1), patient(5));
    let (mut a, _, _) = booked(&w, &p, 1, 6_000_000);
    let (mut b, _, _) = booked(&w, &p, 2, 6_000_004);
    let first = as_staff(&w, &a, None).unwrap();
    a.cache = Some(first.new_cache.unwrap().into());
    let cached = as_staff(&w, &a, None).unwrap();
    assert!(cached.new_cache.is_none(), "the hint was used");
    assert_eq!(cached.opened.booking, first.opened.booking);
    // With the KEM wrap ruined, the hint alone opens: it was really the hint.
    let mut ruined = a.clone();
    edit(&mut ruined, |e| e.scope.wrap.sealed.salt.0[0] ^= 1);
    assert!(as_staff(&w, &ruined, None).is_ok());
    ruined.cache = None;
    assert_eq!(as_staff(&w, &ruined, None).unwrap_err(), OpenError::DoesNotOpen);
    // Another appointment's hint, or noise, is dropped, and the KEM wrap used.
    b.cache = a.cache.clone();
    assert!(as_staff(&w, &b, None).unwrap().new_cache.is_some());
    b.cache = Some(vec![1, 2, 3].into());
    assert!(as_staff(&w, &b, None).unwrap().new_cache.is_some());
}

#[test]
fn memory_spares_the_signature_only_of_the_very_bytes_it_verified() {
    let (w, p, q) = (world(1), patient(5), patient(6));
    let (_, _, sealed) = booked(&w, &p, 1, 6_000_000);
    let (bad, _) = forged(&w, &p, &sealed.booking, &q);
    // Remembering the honest body does not vouch for a forged one.
    let known = Remembered { seq: 0, head: sealed.head, body: sealed.head };
    assert!(!preview(&w, &bad, Some(known)).unwrap().unverified.is_known());
    assert_eq!(as_staff(&w, &bad, Some(known)).unwrap_err(), OpenError::OtherKeys);
    // The very bytes: even a ruined proof is not looked at.
    let (mut stored, _, _) = booked(&w, &p, 1, 6_000_000);
    edit(&mut stored, |e| e.proof.ciphertext.0[0] ^= 1);
    let known = Remembered { seq: 1, ..known };
    assert!(preview(&w, &stored, Some(known)).unwrap().unverified.is_known());
    assert!(as_staff(&w, &stored, Some(known)).is_ok());
    assert_eq!(as_staff(&w, &stored, None).unwrap_err(), OpenError::ProofDoesNotOpen);
    // A cancellation after it was remembered is verified, under the key that the body names.
    let opened = as_staff(&w, &booked(&w, &p, 1, 6_000_000).0, None).unwrap().opened;
    cancel(&mut stored, &opened, p.keys.signing(), Action::CancelledByPatient);
    assert!(!preview(&w, &stored, Some(known)).unwrap().unverified.is_known());
    assert_eq!(as_staff(&w, &stored, Some(known)).unwrap_err(), OpenError::ProofDoesNotOpen);
}

#[test]
fn an_unverified_appointment_shows_its_content_and_a_bad_one_never_becomes_opened() {
    let (w, p, q) = (world(1), patient(5), patient(6));
    let (mut stored, _, sealed) = booked(&w, &p, 1, 6_000_000);
    let unverified = preview(&w, &stored, None).unwrap().unverified;
    assert_eq!(*unverified.preview().booking, sealed.booking);
    assert_eq!((unverified.preview().state, unverified.head()), (State::Booked, sealed.head));
    assert!(!unverified.is_known());
    // Whoever holds the DEK can seal a statement that links: it opens, and is named when it is verified.
    let opened = unverified.verify(&w.practice.calendar_keys).unwrap();
    cancel(&mut stored, &opened, q.keys.signing(), Action::CancelledByPatient);
    let unverified = preview(&w, &stored, None).unwrap().unverified;
    assert_eq!(unverified.preview().state, State::Cancelled);
    assert_eq!(unverified.verify(&w.practice.calendar_keys).unwrap_err(), OpenError::StatementSignature);
}

#[test]
fn a_place_counts_only_with_the_move_that_explains_it() {
    let (w, p, q) = (world(1), patient(5), patient(6));
    let (stored, entry, _) = booked(&w, &p, 1, 6_000_000);
    let opened = as_patient(&w, &p, &stored, &entry).unwrap();
    let there = place(&w, 6_000_100);
    let mut claimed = stored.clone();
    claimed.place = there;
    assert_eq!(as_patient(&w, &p, &claimed, &entry).unwrap_err(), OpenError::WrongPlace);
    assert_eq!(as_staff(&w, &claimed, None).unwrap_err(), OpenError::WrongPlace);
    for (by, action, good) in [
        (p.keys.signing(), Action::MovedByPatient, true),
        (&w.signing, Action::MovedByPractice, true),
        (q.keys.signing(), Action::MovedByPatient, false),
        (&w.signing, Action::MovedByPatient, false),
        (p.keys.signing(), Action::MovedByPractice, false),
    ] {
        let mut moved = stored.clone();
        say(&mut moved, &opened, by, action, Some(there), State::Booked);
        if !good {
            assert_eq!(as_patient(&w, &p, &moved, &entry).unwrap_err(), OpenError::StatementSignature);
            assert_eq!(as_staff(&w, &moved, None).unwrap_err(), OpenError::StatementSignature);
            continue;
        }
        let mine = as_patient(&w, &p, &moved, &entry).unwrap();
        let theirs = as_staff(&w, &moved, None).unwrap().opened;
        assert_eq!((mine.place, theirs.place, mine.state), (there, there, State::Booked));
        // What the patient signed stays what it was.
        assert_eq!(mine.booking.place, stored.place);
        // The move is there, and the server says that nothing moved.
        let back = StoredAppointment { place: stored.place, ..moved.clone() };
        assert_eq!(as_staff(&w, &back, None).unwrap_err(), OpenError::WrongPlace);
        // The move kept back from who has seen it.
        let known = Remembered { seq: 2, head: theirs.head, body: theirs.body };
        assert_eq!(as_staff(&w, &stored, Some(known)).unwrap_err(), OpenError::RolledBack);
        // Moved and then cancelled; the moves in the other order are another chain.
        let mut gone = moved.clone();
        cancel(&mut gone, &mine, p.keys.signing(), Action::CancelledByPatient);
        assert_eq!(as_staff(&w, &gone, Some(known)).unwrap().opened.state, State::Cancelled);
        gone.statements.swap(0, 1);
        assert_eq!(as_staff(&w, &gone, None).unwrap_err(), OpenError::StatementDoesNotOpen);
        gone.statements.remove(1);
        assert_eq!(as_staff(&w, &gone, None).unwrap_err(), OpenError::StatementDoesNotOpen);
    }
    // A move without a place, and a place without a move.
    for (action, place) in [(Action::MovedByPatient, None), (Action::CancelledByPatient, Some(there))] {
        let mut odd = stored.clone();
        say(&mut odd, &opened, p.keys.signing(), action, place, State::Booked);
        assert_eq!(as_staff(&w, &odd, None).unwrap_err(), OpenError::ChainBroken);
    }
}

#[test]
fn a_request_is_answered_by_the_practice_and_by_nobody_else() {
    let (w, p) = (world(1), patient(5));
    let (plain, entry, _) = booked(&w, &p, 1, 6_000_000);
    let details = Details {
        service: w.practice.directory.catalog().services[0].id,
        service_name: "Beratung".into(),
        contact: Contact {
            name: "Person".into(),
            email: String::new(),
            phone: String::new(),
            birth_date: String::new(),
        },
        reason: String::new(),
        locale: "de".into(),
        request: true,
        answers: vec![],
        also: vec![],
        series: None,
    };
    let manifest = w.practice.directory.manifest();
    let sealed =
        seal_booking(&mut rng(3), manifest, &p.keys, plain.appointment, plain.place, details, NOW).unwrap();
    let asked =
        StoredAppointment { state: State::Requested, envelope: sealed.envelope.into(), ..plain.clone() };
    let entry = VaultEntry { head: sealed.head, ..entry };
    let opened = as_patient(&w, &p, &asked, &entry).unwrap();
    assert_eq!(opened.state, State::Requested);
    // The server neither makes a booking of a request nor a request of a booking.
    let forged = StoredAppointment { state: State::Booked, ..asked.clone() };
    assert_eq!(as_patient(&w, &p, &forged, &entry).unwrap_err(), OpenError::StateUnexplained);
    let forged = StoredAppointment { state: State::Requested, ..plain.clone() };
    assert_eq!(as_staff(&w, &forged, None).unwrap_err(), OpenError::StateUnexplained);
    for (action, state) in [(Action::Confirmed, State::Booked), (Action::Declined, State::Declined)] {
        let mut answered = asked.clone();
        say(&mut answered, &opened, &w.signing, action, None, state);
        assert_eq!(as_patient(&w, &p, &answered, &entry).unwrap().state, state);
        // The answer dropped, then said by the patient's own key.
        let dropped = StoredAppointment { state, ..asked.clone() };
        assert_eq!(as_patient(&w, &p, &dropped, &entry).unwrap_err(), OpenError::StateUnexplained);
        let mut own = asked.clone();
        say(&mut own, &opened, p.keys.signing(), action, None, state);
        assert_eq!(as_staff(&w, &own, None).unwrap_err(), OpenError::StatementSignature);
    }
    // Nobody attends what is not confirmed, and nothing is confirmed twice.
    for action in [Action::Attended, Action::NoShow] {
        let mut early = asked.clone();
        say(&mut early, &opened, &w.signing, action, None, State::Attended);
        assert_eq!(as_patient(&w, &p, &early, &entry).unwrap_err(), OpenError::ChainBroken);
    }
    let mut twice = asked.clone();
    say(&mut twice, &opened, &w.signing, Action::Confirmed, None, State::Booked);
    let once = as_patient(&w, &p, &twice, &entry).unwrap();
    say(&mut twice, &once, &w.signing, Action::Confirmed, None, State::Booked);
    assert_eq!(as_patient(&w, &p, &twice, &entry).unwrap_err(), OpenError::ChainBroken);
    // Attended may be corrected.
    let mut came = asked;
    say(&mut came, &opened, &w.signing, Action::Confirmed, None, State::Booked);
    let confirmed = as_patient(&w, &p, &came, &entry).unwrap();
    say(&mut came, &confirmed, &w.signing, Action::NoShow, None, State::NoShow);
    let missed = as_patient(&w, &p, &came, &entry).unwrap();
    say(&mut came, &missed, &w.signing, Action::Attended, None, State::Attended);
    assert_eq!(as_patient(&w, &p, &came, &entry).unwrap().state, State::Attended);
}
