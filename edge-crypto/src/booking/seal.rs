//! A patient seals a booking.
use crate::{booking::VERSION, patient::PatientKeys, sign::SignError};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{AppointmentId, Digest, ServiceId},
    suite::{Suite, namespace},
    time::UnixSeconds,
    wire::{
        appointment::{
            Answer, AppointmentContext, BODY_FLOOR, Booking, Contact, Envelope, PatientWrapContext, Place,
            Proof, ScopeWrap, ScopeWrapContext,
        },
        directory::{Manifest, Scope},
        entry::Series,
    },
};
use vestibule_suite::{self as suite, CryptoRng, Secret32, key_hash_kem, sha256};
use vestibule_verify::Verified;

/// Why nothing was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The manifest has no scope for this resource.
    #[error("no scope for this resource")]
    UnknownScope,
    /// The scope's key is not a key.
    #[error("the scope's key is not a key")]
    Key,
    /// Signing failed.
    #[error(transparent)]
    Sign(#[from] SignError),
}

impl SealError {
    /// Stable code for pages and tests.
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownScope => "unknown-scope",
            Self::Key => "scope-key-invalid",
            Self::Sign(_) => "sign-failed",
        }
    }
}

/// What the patient wants to tell the practice.
#[derive(Debug, Clone)]
pub struct Details {
    /// Service.
    pub service: ServiceId,
    /// Service name as shown.
    pub service_name: String,
    /// Who comes.
    pub contact: Contact,
    /// Reason in the patient's words; may be empty.
    pub reason: String,
    /// BCP 47 language in use.
    pub locale: String,
    /// It is a request, which the practice confirms or declines.
    pub request: bool,
    /// Answers to the service's questions.
    pub answers: Vec<Answer>,
    /// Further services of the visit.
    pub also: Vec<ServiceId>,
    /// The series that it is one of.
    pub series: Option<Series>,
}

/// A booking ready to be sent.
#[derive(Debug)]
pub struct SealedBooking {
    /// CBOR of the [`Envelope`].
    pub envelope: Vec<u8>,
    /// SHA-256 of the CBOR of the sealed body: the head of the appointment's chain at seq 1.
    pub head: Digest,
    /// The signed body.
    pub booking: Booking,
}

/// Seals and signs a booking under a fresh DEK, wrapped to the patient and to the scope that the resource belongs to.
pub fn seal_booking(
    rng: &mut impl CryptoRng,
    manifest: &Verified<Manifest>,
    patient: &PatientKeys,
    appointment: AppointmentId,
    place: Place,
    details: Details,
    now: UnixSeconds,
) -> Result<SealedBooking, SealError> {
    let practice = manifest.practice;
    let scope = scope_of(manifest, &place)?;
    let kem_key = patient.kem().public_key();
    let booking = Booking {
        practice,
        appointment,
        seq: 1,
        previous: Digest([0; 32]),
        place,
        time: now,
        manifest: manifest.number,
        signer: patient.signing().key_hash(),
        kem: key_hash_kem(&kem_key),
        service: details.service,
        service_name: details.service_name,
        contact: details.contact,
        reason: details.reason,
        locale: details.locale,
        request: details.request.then_some(true),
        answers: Some(details.answers).filter(|a| !a.is_empty()),
        also: Some(details.also).filter(|a| !a.is_empty()),
        entry: None,
        series: details.series,
    };
    let plain = cbor::to_vec(&booking);
    let signature = patient.signing().signature(namespace::BOOKING, &plain)?;
    let dek = Secret32::random(rng);
    let context = AppointmentContext { practice, appointment, version: VERSION, place };
    let proof = Proof {
        signing_key: Bytes(patient.signing().public_key().to_vec()),
        kem_key: Bytes(kem_key.clone()),
        signature,
    };
    let (envelope, head) = seal_envelope(rng, scope, &dek, context, &plain, &proof, Some(&kem_key))?;
    Ok(SealedBooking { envelope, head, booking })
}

/// The scope that a place belongs to.
pub(super) fn scope_of<'m>(manifest: &'m Manifest, place: &Place) -> Result<&'m Scope, SealError> {
    manifest.scopes.iter().find(|s| s.resources.contains(&place.resource)).ok_or(SealError::UnknownScope)
}

/// CBOR of the envelope of a signed body, and its head. The DEK is wrapped to the scope, and to the patient of this key if
/// there is one.
pub(crate) fn seal_envelope(
    rng: &mut impl CryptoRng,
    scope: &Scope,
    dek: &Secret32,
    context: AppointmentContext,
    plain: &[u8],
    proof: &Proof,
    patient: Option<&[u8]>,
) -> Result<(Vec<u8>, Digest), SealError> {
    let (practice, appointment) = (context.practice, context.appointment);
    let body = suite::seal_at_least(rng, dek, namespace::APPOINTMENT, &context, plain, BODY_FLOOR);
    let for_patient = PatientWrapContext { practice, appointment, version: VERSION };
    let for_scope =
        ScopeWrapContext { practice, appointment, version: VERSION, scope: scope.id, epoch: scope.epoch };
    let patient = patient
        .map(|kem_key| suite::wrap(rng, kem_key, namespace::WRAP_PATIENT, &for_patient, dek))
        .transpose()
        .map_err(|_| SealError::Key)?;
    let wrap = suite::wrap(rng, &scope.kem_key, namespace::WRAP_SCOPE, &for_scope, dek)
        .map_err(|_| SealError::Key)?;
    let proof = suite::seal(rng, dek, namespace::PROOF, &context, &cbor::to_vec(proof));
    let head = sha256(&[&cbor::to_vec(&body)]);
    let scope = ScopeWrap { scope: scope.id, epoch: scope.epoch, wrap };
    let envelope = Envelope { suite: Suite::V1, context, body, patient, scope, proof };
    Ok((cbor::to_vec(&envelope), head))
}
