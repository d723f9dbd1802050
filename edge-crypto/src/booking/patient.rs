//! A patient opens an own appointment.
use crate::{
    booking::{OpenError, Opened, VERSION, open},
    patient::PatientKeys,
};
use vestibule_core::{
    suite::namespace,
    wire::{
        appointment::{PatientWrapContext, StoredAppointment},
        directory::Manifest,
        realm::VaultEntry,
    },
};
use vestibule_suite as suite;
use vestibule_verify::{Verified, VerifyingKey};

/// Opens what the server served for a vault entry, and checks it against the entry: id, time and resource booked,
/// highest version seen.
pub fn open_as_patient(
    stored: &StoredAppointment,
    entry: &VaultEntry,
    patient: &PatientKeys,
    manifest: &Verified<Manifest>,
    practice_keys: &[VerifyingKey],
) -> Result<Opened, OpenError> {
    if stored.appointment != entry.appointment {
        return Err(OpenError::WrongAppointment);
    }
    let envelope = open::check_place(stored, manifest.practice, Some(&entry.place))?;
    let context =
        PatientWrapContext { practice: manifest.practice, appointment: entry.appointment, version: VERSION };
    let wrap = envelope.patient.as_ref().ok_or(OpenError::NotByPatient)?;
    let dek = suite::unwrap_key(patient.kem(), namespace::WRAP_PATIENT, &context, wrap)
        .map_err(|_| OpenError::WrongPatient)?;
    let body = open::open_body(&envelope, &dek)?;
    if body.booking.signer != patient.signing().key_hash() {
        return Err(OpenError::WrongPatient);
    }
    open::finish(stored, envelope, body, dek, Some((entry.seq, entry.head)), None, Vec::new())?
        .verify(practice_keys)
}
