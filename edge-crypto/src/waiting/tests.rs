//! Every lie about an entry has its own name.
#![expect(clippy::unwrap_used, reason = "tests")]
use super::*;
use crate::{
    booking::OpenError,
    keys::PatientRoot,
    patient::PatientKeys,
    testing::{NOW, World, rng, world},
};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    day::Day,
    ids::{Digest, PracticeId, WaitingId},
    time::Cell,
    wire::{
        appointment::{Contact, Place},
        realm::VaultWaiting,
        waiting::{Offer, StoredWaiting, Terms, WaitingEnvelope, WaitingState, Want},
    },
};

fn keys(seed: u64) -> PatientKeys {
    PatientKeys::new(PatientRoot::generate(&mut rng(seed)))
}

fn waiting(w: &World, keys: &PatientKeys, id: u8) -> (StoredWaiting, VaultWaiting) {
    let catalog = w.practice.directory.catalog();
    let service = &catalog.services[0];
    let want = Want { resources: vec![catalog.resources[0].id], minutes: 20, classes: None };
    let terms = Terms { wants: vec![want], weekdays: 3, last: Day(20_270_331) };
    let details = WishDetails {
        service: service.id,
        also: vec![],
        service_name: service.name.clone(),
        contact: Contact {
            name: "Person".into(),
            email: "person@example.org".into(),
            phone: String::new(),
            birth_date: String::new(),
        },
        reason: "Husten".into(),
        locale: "de".into(),
        answers: vec![],
    };
    let entry = WaitingId([id; 16]);
    let manifest = w.practice.directory.manifest();
    let sealed = seal_wish(&mut rng(id.into()), manifest, keys, entry, terms, details, NOW).unwrap();
    let stored = StoredWaiting {
        entry,
        number: 1,
        state: WaitingState::Waiting,
        since: NOW,
        envelope: sealed.envelope.into(),
        offer: None,
    };
    (stored, VaultWaiting { entry, head: sealed.head, removed: false, at: NOW })
}

fn altered(stored: &StoredWaiting, change: impl FnOnce(&mut WaitingEnvelope)) -> StoredWaiting {
    let mut envelope: WaitingEnvelope = cbor::from_slice(&stored.envelope).unwrap();
    change(&mut envelope);
    StoredWaiting { envelope: Bytes(cbor::to_vec(&envelope)), ..stored.clone() }
}

#[test]
fn patient_and_staff_open_what_was_sealed_and_name_each_lie() {
    let w = world(1);
    let (own, other) = (keys(2), keys(3));
    let practice = w.practice.id();
    let manifest = w.practice.directory.manifest();
    let (stored, entry) = waiting(&w, &own, 7);
    let opened = open_as_patient(&stored, &entry, &own, practice).unwrap();
    assert_eq!(opened.wish.contact.email, "person@example.org");
    let staff = open_as_staff(&stored, &w.keyring, manifest).unwrap();
    assert_eq!(staff.wish, opened.wish);

    let unknown = VaultWaiting { head: Digest([0; 32]), ..entry.clone() };
    let (foreign, _) = waiting(&w, &other, 7);
    let (second, _) = waiting(&w, &own, 8);
    let mut envelope_of_second: WaitingEnvelope = cbor::from_slice(&second.envelope).unwrap();
    envelope_of_second.context.entry = stored.entry;
    let swapped = StoredWaiting { envelope: Bytes(cbor::to_vec(&envelope_of_second)), ..stored.clone() };
    let terms = altered(&stored, |e| e.context.terms.weekdays = 127);
    let cases: [(&str, StoredWaiting, &VaultWaiting, PracticeId, OpenError); 8] = [
        (
            "another id",
            StoredWaiting { entry: WaitingId([9; 16]), ..stored.clone() },
            &entry,
            practice,
            OpenError::WrongAppointment,
        ),
        ("other bytes than were stored", foreign.clone(), &entry, practice, OpenError::Forked),
        ("another patient's", foreign, &unknown, practice, OpenError::WrongPatient),
        ("another entry's content", swapped, &unknown, practice, OpenError::WrongPatient),
        ("other weekdays", terms.clone(), &unknown, practice, OpenError::DoesNotOpen),
        ("another practice", stored.clone(), &entry, PracticeId([1; 16]), OpenError::WrongPractice),
        (
            "no envelope",
            StoredWaiting { envelope: Bytes(vec![]), ..stored.clone() },
            &unknown,
            practice,
            OpenError::Malformed,
        ),
        (
            "an altered proof",
            altered(&stored, |e| e.proof.ciphertext.0[3] ^= 1),
            &unknown,
            practice,
            OpenError::ProofDoesNotOpen,
        ),
    ];
    for (name, stored, entry, practice, want) in cases {
        assert_eq!(open_as_patient(&stored, entry, &own, practice).unwrap_err(), want, "{name}");
    }
    assert_eq!(open_as_staff(&terms, &w.keyring, manifest).unwrap_err(), OpenError::DoesNotOpen);
    let epoch = altered(&stored, |e| e.scope.epoch += 1);
    assert_eq!(open_as_staff(&epoch, &w.keyring, manifest).unwrap_err(), OpenError::UnknownEpoch);
}

#[test]
fn an_offer_is_of_a_kind_that_was_signed() {
    let w = world(1);
    let own = keys(2);
    let (stored, entry) = waiting(&w, &own, 7);
    let resource = w.practice.directory.catalog().resources[0].id;
    let place = Place { resource, start: Cell(6_000_000), cells: 4 };
    let other = vestibule_core::ids::ResourceId([9; 16]);
    for (name, place, classes, good) in [
        ("what it waits for", place, None, true),
        ("somebody else", Place { resource: other, ..place }, None, false),
        ("longer", Place { cells: 5, ..place }, None, false),
        ("endless", Place { cells: u32::MAX, ..place }, None, false),
        ("as a class", place, Some(vec![1]), false),
    ] {
        let offer = Offer { place, classes, made: NOW, until: NOW.plus(9), mailed: false };
        let stored = StoredWaiting { offer: Some(offer.clone()), ..stored.clone() };
        let opened = open_as_patient(&stored, &entry, &own, w.practice.id());
        assert_eq!(opened.map(|o| o.offer).ok(), good.then_some(Some(offer)), "{name}");
    }
}
