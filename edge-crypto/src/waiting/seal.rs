//! A patient seals an entry.
use crate::{booking::SealError, patient::PatientKeys};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{Digest, ServiceId, WaitingId},
    suite::{Suite, namespace},
    time::UnixSeconds,
    wire::{
        appointment::{Answer, BODY_FLOOR, Contact, Proof, ScopeWrap},
        directory::Manifest,
        waiting::{Terms, WaitingContext, WaitingEnvelope, WaitingPatientContext, WaitingScopeContext, Wish},
    },
};
use vestibule_suite::{self as suite, CryptoRng, Secret32, key_hash_kem, sha256};
use vestibule_verify::Verified;

/// What the patient wants to tell the practice.
#[derive(Debug, Clone)]
pub struct WishDetails {
    /// Service.
    pub service: ServiceId,
    /// Further services of the same visit.
    pub also: Vec<ServiceId>,
    /// Name as shown.
    pub service_name: String,
    /// Who comes.
    pub contact: Contact,
    /// Reason in the patient's words; may be empty.
    pub reason: String,
    /// BCP 47 language in use.
    pub locale: String,
    /// Answers to the services' questions.
    pub answers: Vec<Answer>,
}

/// An entry ready to be sent.
#[derive(Debug)]
pub struct SealedWish {
    /// CBOR of the [`WaitingEnvelope`].
    pub envelope: Vec<u8>,
    /// Its SHA-256.
    pub head: Digest,
}

/// Seals and signs an entry under a fresh DEK, wrapped to the patient and to the scope of the first resource that is wanted.
pub fn seal_wish(
    rng: &mut impl CryptoRng,
    manifest: &Verified<Manifest>,
    patient: &PatientKeys,
    entry: WaitingId,
    terms: Terms,
    details: WishDetails,
    now: UnixSeconds,
) -> Result<SealedWish, SealError> {
    let practice = manifest.practice;
    let first = terms.wants.first().and_then(|w| w.resources.first()).ok_or(SealError::UnknownScope)?;
    let scope =
        manifest.scopes.iter().find(|s| s.resources.contains(first)).ok_or(SealError::UnknownScope)?;
    let kem_key = patient.kem().public_key();
    let wish = Wish {
        practice,
        entry,
        terms: terms.clone(),
        time: now,
        manifest: manifest.number,
        signer: patient.signing().key_hash(),
        kem: key_hash_kem(&kem_key),
        service: details.service,
        also: Some(details.also).filter(|a| !a.is_empty()),
        service_name: details.service_name,
        contact: details.contact,
        reason: details.reason,
        locale: details.locale,
        answers: Some(details.answers).filter(|a| !a.is_empty()),
    };
    let plain = cbor::to_vec(&wish);
    let signature = patient.signing().signature(namespace::WISH, &plain)?;
    let dek = Secret32::random(rng);
    let context = WaitingContext { practice, entry, terms };
    let body = suite::seal_at_least(rng, &dek, namespace::WAITING, &context, &plain, BODY_FLOOR);
    let for_patient = WaitingPatientContext { practice, entry };
    let for_scope = WaitingScopeContext { practice, entry, scope: scope.id, epoch: scope.epoch };
    let wrap = suite::wrap(rng, &kem_key, namespace::WAITING_PATIENT, &for_patient, &dek);
    let scope_wrap = suite::wrap(rng, &scope.kem_key, namespace::WAITING_SCOPE, &for_scope, &dek);
    let signing_key = Bytes(patient.signing().public_key().to_vec());
    let proof = Proof { signing_key, kem_key: Bytes(kem_key), signature };
    let proof = suite::seal(rng, &dek, namespace::WAITING_PROOF, &context, &cbor::to_vec(&proof));
    let envelope = WaitingEnvelope {
        suite: Suite::V1,
        context,
        body,
        patient: wrap.map_err(|_| SealError::Key)?,
        scope: ScopeWrap {
            scope: scope.id,
            epoch: scope.epoch,
            wrap: scope_wrap.map_err(|_| SealError::Key)?,
        },
        proof,
    };
    let envelope = cbor::to_vec(&envelope);
    Ok(SealedWish { head: sha256(&[&envelope]), envelope })
}
