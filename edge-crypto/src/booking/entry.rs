//! Staff seals what the practice enters itself, and readers check that it was the practice (rule R6.15).
use crate::{
    booking::{
        OpenError, VERSION,
        seal::{SealError, SealedBooking, scope_of, seal_envelope},
    },
    sign::SigningKey,
};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{AppointmentId, Digest, KeyHash, ServiceId},
    limits,
    suite::{DOMAIN, Suite, namespace},
    time::UnixSeconds,
    wire::{
        appointment::{AppointmentContext, Booking, Contact, Place, Proof},
        directory::{Manifest, rights},
        entry::{Entry, SEED_BYTES, Series},
    },
};
use vestibule_suite::{CryptoRng, Secret32, key_hash_signing, sha256};
use vestibule_verify::Verified;

/// A block, or a visit of somebody without an account.
#[derive(Debug, Clone)]
pub struct EntryDetails {
    /// What it is.
    pub entry: Entry,
    /// Service; zeros for a block, and for a visit without one.
    pub service: ServiceId,
    /// Its name; may be empty.
    pub service_name: String,
    /// Who comes; empty for a block.
    pub contact: Contact,
    /// A few words for the practice; may be empty.
    pub note: String,
    /// BCP 47 language in use.
    pub locale: String,
}

/// The key hash of nobody: an entry has no patient's key.
pub(super) const NO_KEY: KeyHash = KeyHash([0; 32]);

/// Seals and signs an entry under a fresh DEK, wrapped to the scope that the resource belongs to, and to nobody else.
pub fn seal_entry(
    rng: &mut impl CryptoRng,
    manifest: &Verified<Manifest>,
    signer: &SigningKey,
    appointment: AppointmentId,
    place: Place,
    details: EntryDetails,
    now: UnixSeconds,
) -> Result<SealedBooking, SealError> {
    let practice = manifest.practice;
    let scope = scope_of(manifest, &place)?;
    let booking = Booking {
        practice,
        appointment,
        seq: 1,
        previous: Digest([0; 32]),
        place,
        time: now,
        manifest: manifest.number,
        signer: signer.key_hash(),
        kem: NO_KEY,
        service: details.service,
        service_name: details.service_name,
        contact: details.contact,
        reason: details.note,
        locale: details.locale,
        request: None,
        series: None,
        answers: None,
        also: None,
        entry: Some(details.entry),
    };
    let plain = cbor::to_vec(&booking);
    let signature = signer.signature(namespace::ENTRY, &plain)?;
    let proof =
        Proof { signing_key: Bytes(signer.public_key().to_vec()), kem_key: Bytes(Vec::new()), signature };
    let context = AppointmentContext { practice, appointment, version: VERSION, place };
    let dek = Secret32::random(rng);
    let (envelope, head) = seal_envelope(rng, scope, &dek, context, &plain, &proof, None)?;
    Ok(SealedBooking { envelope, head, booking })
}

/// The id of the appointment of this number in a series.
pub fn series_id(seed: &[u8], at: u32) -> AppointmentId {
    let input = (DOMAIN, Suite::V1, namespace::SERIES, Bytes(seed.to_vec()), at);
    let digest = sha256(&[&cbor::to_vec(&input)]);
    let mut id = [0; 16];
    id.copy_from_slice(&digest.0[..16]);
    AppointmentId(id)
}

/// Whether an opened body is of the side that its envelope is: a patient's has a wrap to the patient, an entry has none and
/// is nobody's key.
pub(super) fn check_side(booking: &Booking, to_a_patient: bool) -> Result<(), OpenError> {
    let in_series = |series: &Series, most: usize| {
        series.seed.len() == SEED_BYTES
            && series.at < series.of
            && usize::try_from(series.of).is_ok_and(|of| of <= most)
            && series_id(&series.seed, series.at) == booking.appointment
    };
    let Some(entry) = &booking.entry else {
        if !to_a_patient {
            return Err(OpenError::NotByPatient);
        }
        let whole = booking.series.as_ref().is_none_or(|series| in_series(series, limits::MAX_SERIES));
        return if whole { Ok(()) } else { Err(OpenError::Malformed) };
    };
    if to_a_patient {
        return Err(OpenError::NotByPractice);
    }
    let whole = entry.series.as_ref().is_none_or(|series| in_series(series, limits::MAX_ENTRIES));
    if booking.request.is_some() || booking.kem != NO_KEY || booking.series.is_some() || !whole {
        return Err(OpenError::Malformed);
    }
    Ok(())
}

/// The signing keys, by hash, that may enter something for the scope of this resource.
pub(super) fn signers(manifest: &Manifest, booking: &Booking) -> Vec<KeyHash> {
    let scope = manifest.scopes.iter().find(|s| s.resources.contains(&booking.place.resource));
    let may = |scopes: &[_]| scope.is_some_and(|scope| scopes.contains(&scope.id));
    manifest
        .credentials
        .iter()
        .filter(|c| c.rights & rights::CALENDAR != 0 && may(&c.scopes))
        .map(|c| key_hash_signing(&c.signing_key))
        .collect()
}
