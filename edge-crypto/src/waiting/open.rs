//! Opens an entry as its patient or as staff; each lie has its name, that of an appointment's.
use crate::{booking::OpenError, patient::PatientKeys, staff::Keyring};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{Digest, PracticeId},
    suite::{Suite, namespace},
    wire::{
        appointment::Proof,
        directory::Manifest,
        envelope::Signed,
        realm::VaultWaiting,
        waiting::{Offer, StoredWaiting, WaitingEnvelope, WaitingPatientContext, WaitingScopeContext, Wish},
    },
};
use vestibule_suite::{self as suite, Secret32, key_hash_kem, sha256};
use vestibule_verify::{Verified, VerifyingKey, verify};

/// An entry of which everything was checked; its offer is a place that it waits for.
#[derive(Debug, Clone)]
pub struct OpenedWish {
    /// What the patient signed.
    pub wish: Wish,
    /// What the server offers.
    pub offer: Option<Offer>,
}

/// Opens an own entry and compares it with what the vault remembers.
pub fn open_as_patient(
    stored: &StoredWaiting,
    entry: &VaultWaiting,
    patient: &PatientKeys,
    practice: PracticeId,
) -> Result<OpenedWish, OpenError> {
    if stored.entry != entry.entry {
        return Err(OpenError::WrongAppointment);
    }
    if entry.head != Digest([0; 32]) && sha256(&[&stored.envelope]) != entry.head {
        return Err(OpenError::Forked);
    }
    let envelope = decode(stored, practice)?;
    let context = WaitingPatientContext { practice, entry: entry.entry };
    let dek = suite::unwrap_key(patient.kem(), namespace::WAITING_PATIENT, &context, &envelope.patient)
        .map_err(|_| OpenError::WrongPatient)?;
    let opened = open(stored, &envelope, &dek)?;
    if opened.wish.signer != patient.signing().key_hash() {
        return Err(OpenError::WrongPatient);
    }
    Ok(opened)
}

/// Opens an entry of the list.
pub fn open_as_staff(
    stored: &StoredWaiting,
    keyring: &Keyring,
    manifest: &Verified<Manifest>,
) -> Result<OpenedWish, OpenError> {
    let practice = manifest.practice;
    let envelope = decode(stored, practice)?;
    let wanted = envelope.context.terms.wants.iter().flat_map(|w| &w.resources);
    let scope = manifest
        .scopes
        .iter()
        .find(|s| s.id == envelope.scope.scope && wanted.clone().all(|id| s.resources.contains(id)))
        .ok_or(OpenError::UnknownScope)?;
    let epoch = keyring.epoch(scope.id, envelope.scope.epoch).ok_or(OpenError::UnknownEpoch)?;
    let (scope, number) = (scope.id, envelope.scope.epoch);
    let context = WaitingScopeContext { practice, entry: stored.entry, scope, epoch: number };
    let dek = suite::unwrap_key(epoch.kem(), namespace::WAITING_SCOPE, &context, &envelope.scope.wrap)
        .map_err(|_| OpenError::DoesNotOpen)?;
    let opened = open(stored, &envelope, &dek)?;
    if epoch.ended().is_some_and(|end| opened.wish.manifest >= end) {
        return Err(OpenError::SealedAfterEpochEnd);
    }
    Ok(opened)
}

fn decode(stored: &StoredWaiting, practice: PracticeId) -> Result<WaitingEnvelope, OpenError> {
    let envelope: WaitingEnvelope = cbor::from_slice(&stored.envelope).map_err(|_| OpenError::Malformed)?;
    if envelope.context.practice != practice {
        return Err(OpenError::WrongPractice);
    }
    if envelope.context.entry != stored.entry {
        return Err(OpenError::WrongAppointment);
    }
    Ok(envelope)
}

/// Body, what it is bound to, who signed it, and whether the offer is one that it asks for.
fn open(stored: &StoredWaiting, envelope: &WaitingEnvelope, dek: &Secret32) -> Result<OpenedWish, OpenError> {
    let context = &envelope.context;
    let plain =
        suite::open(dek, namespace::WAITING, context, &envelope.body).map_err(|_| OpenError::DoesNotOpen)?;
    let wish: Wish = cbor::from_slice(&plain).map_err(|_| OpenError::Malformed)?;
    if wish.practice != context.practice {
        return Err(OpenError::WrongPractice);
    }
    if wish.entry != context.entry {
        return Err(OpenError::WrongAppointment);
    }
    if wish.terms != context.terms {
        return Err(OpenError::WrongPlace);
    }
    let proof = suite::open(dek, namespace::WAITING_PROOF, context, &envelope.proof)
        .map_err(|_| OpenError::ProofDoesNotOpen)?;
    let proof: Proof = cbor::from_slice(&proof).map_err(|_| OpenError::Malformed)?;
    let key = VerifyingKey::from_bytes(&proof.signing_key).map_err(|_| OpenError::BadSignature)?;
    if key.hash() != wish.signer || key_hash_kem(&proof.kem_key) != wish.kem {
        return Err(OpenError::OtherKeys);
    }
    let signed = Signed {
        suite: Suite::V1,
        namespace: namespace::WISH.into(),
        body: Bytes(plain.to_vec()),
        signatures: vec![proof.signature],
    };
    let _: Verified<Wish> = verify(&signed, namespace::WISH, core::slice::from_ref(&key), 1)
        .map_err(|_| OpenError::BadSignature)?;
    if stored.offer.as_ref().is_some_and(|offer| !is_wanted(&wish, offer)) {
        return Err(OpenError::WrongPlace);
    }
    Ok(OpenedWish { wish, offer: stored.offer.clone() })
}

/// Whether an offer is of a kind that was signed. Weekday and date are shown, for the patient to see.
fn is_wanted(wish: &Wish, offer: &Offer) -> bool {
    wish.terms.wants.iter().any(|want| {
        want.resources.contains(&offer.place.resource)
            && offer.place.cells.checked_mul(vestibule_core::limits::CELL_MINUTES) == Some(want.minutes)
            && offer.classes == want.classes
    })
}
