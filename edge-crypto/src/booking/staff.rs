//! A staff member opens an appointment of the calendar.
use crate::{
    booking::{OpenError, Unverified, VERSION, cache, entry::signers, open},
    staff::Keyring,
};
use vestibule_core::{
    ids::{Digest, ScopeId},
    suite::namespace,
    wire::{
        appointment::{ScopeWrapContext, StoredAppointment},
        directory::Manifest,
    },
};
use vestibule_suite::{self as suite, CryptoRng};
use vestibule_verify::Verified;

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

/// An appointment that opened, and the hint to store beside it if the served one was missing or useless.
#[derive(Debug)]
pub struct StaffOpened {
    /// The appointment; its signatures are to be verified next.
    pub unverified: Unverified,
    /// Scope and epoch that it is sealed to.
    pub epoch: (ScopeId, u32),
    /// CBOR of a `Sealed` DEK under the epoch's cache key.
    pub new_cache: Option<Vec<u8>>,
}

/// Opens what the server served for the calendar, by the cache hint if it helps and by the epoch key if not.
pub fn open_as_staff(
    rng: &mut impl CryptoRng,
    stored: &StoredAppointment,
    keyring: &Keyring,
    manifest: &Verified<Manifest>,
    remembered: Option<Remembered>,
) -> Result<StaffOpened, OpenError> {
    let envelope = open::check_place(stored, manifest.practice, None)?;
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
    let cache_key = epoch.cache_key();
    let by_cache = stored.cache.as_ref().and_then(|hint| {
        let dek = cache::open(cache_key, &context, hint)?;
        Some((open::open_body(&envelope, &dek).ok()?, dek))
    });
    let (body, dek, new_cache) = if let Some((body, dek)) = by_cache {
        (body, dek, None)
    } else {
        let dek = suite::unwrap_key(epoch.kem(), namespace::WRAP_SCOPE, &context, &envelope.scope.wrap)
            .map_err(|_| OpenError::DoesNotOpen)?;
        let body = open::open_body(&envelope, &dek)?;
        let hint = cache::seal(rng, cache_key, &context, &dek);
        (body, dek, Some(hint))
    };
    if epoch.ended().is_some_and(|end| body.booking.manifest >= end) {
        return Err(OpenError::SealedAfterEpochEnd);
    }
    let seen = remembered.map(|r| (r.seq, r.head));
    let signers = if body.booking.entry.is_some() { signers(manifest, &body.booking) } else { Vec::new() };
    let unverified = open::finish(stored, envelope, body, dek, seen, remembered.map(|r| r.body), signers)?;
    Ok(StaffOpened { unverified, epoch: (context.scope, context.epoch), new_cache })
}
