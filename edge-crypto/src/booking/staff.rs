//! A staff member opens an appointment of the calendar.
use crate::{
    booking::{OpenError, Opened, VERSION, cache, open},
    staff::Keyring,
};
use vestibule_core::{
    ids::Digest,
    suite::namespace,
    wire::{
        appointment::{Envelope, ScopeWrapContext, StoredAppointment},
        directory::Manifest,
    },
};
use vestibule_suite::{self as suite, CryptoRng, Secret32};
use vestibule_verify::{Verified, VerifyingKey};

/// What a staff client remembers of an appointment that it has fully verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remembered {
    /// Highest seq seen.
    pub seq: u32,
    /// Head at that seq.
    pub head: Digest,
    /// SHA-256 of the sealed body, whose signature was verified.
    pub body: Digest,
}

/// An opened appointment, and the hint to store beside it if the served one was missing or useless.
#[derive(Debug)]
pub struct StaffOpened {
    /// The appointment.
    pub opened: Opened,
    /// SHA-256 of the sealed body, to remember.
    pub body: Digest,
    /// CBOR of a `Sealed` DEK under the epoch's cache key.
    pub new_cache: Option<Vec<u8>>,
}

/// Opens what the server served for the calendar, by the cache hint if it helps and by the epoch key if not.
pub fn open_as_staff(
    rng: &mut impl CryptoRng,
    stored: &StoredAppointment,
    keyring: &Keyring,
    manifest: &Verified<Manifest>,
    practice_keys: &[VerifyingKey],
    remembered: Option<Remembered>,
) -> Result<StaffOpened, OpenError> {
    let envelope = open::check_place(stored, manifest.practice, &stored.place)?;
    let scope = manifest
        .scopes
        .iter()
        .find(|s| s.id == envelope.scope.scope && s.resources.contains(&stored.place.resource))
        .ok_or(OpenError::UnknownScope)?;
    let epoch = keyring.epoch(scope.id, envelope.scope.epoch).ok_or(OpenError::UnknownEpoch)?;
    let context = ScopeWrapContext {
        practice: manifest.practice,
        appointment: stored.appointment,
        version: VERSION,
        scope: scope.id,
        epoch: envelope.scope.epoch,
    };
    let (kem, cache_key) = (epoch.kem(), epoch.cache_key());
    let known = remembered.map(|r| r.body);
    let by_cache = stored.cache.as_ref().and_then(|hint| {
        let dek = cache::open(cache_key, &context, hint)?;
        Some((open::open_body(&envelope, &dek, known).ok()?, dek))
    });
    let ((booking, body), dek, new_cache) = if let Some((opened, dek)) = by_cache {
        (opened, dek, None)
    } else {
        let dek = unwrap_dek(kem, &context, &envelope)?;
        let opened = open::open_body(&envelope, &dek, known)?;
        let hint = cache::seal(rng, cache_key, &context, &dek);
        (opened, dek, Some(hint))
    };
    if epoch.ended().is_some_and(|end| booking.manifest >= end) {
        return Err(OpenError::SealedAfterEpochEnd);
    }
    let seen = remembered.map(|r| (r.seq, r.head));
    let opened = open::finish(stored, practice_keys, booking, body, dek, seen)?;
    Ok(StaffOpened { opened, body, new_cache })
}

fn unwrap_dek(
    kem: &suite::KemSecret,
    context: &ScopeWrapContext,
    envelope: &Envelope,
) -> Result<Secret32, OpenError> {
    suite::unwrap_key(kem, namespace::WRAP_SCOPE, context, &envelope.scope.wrap)
        .map_err(|_| OpenError::DoesNotOpen)
}
