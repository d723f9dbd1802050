//! The symmetric hint beside the scope wrap (PROTOCOL section 3): with it a calendar of thousands opens with one KEM
//! operation. It is never needed: if it fails it is dropped, and the KEM wrap is used.
use vestibule_core::{
    cbor,
    suite::namespace,
    wire::{appointment::ScopeWrapContext, envelope::Sealed},
};
use vestibule_suite::{self as suite, CryptoRng, Secret32};

/// Seals a DEK under an epoch's cache key. Returns the CBOR of the [`Sealed`].
pub(super) fn seal(
    rng: &mut impl CryptoRng,
    cache_key: &Secret32,
    context: &ScopeWrapContext,
    dek: &Secret32,
) -> Vec<u8> {
    cbor::to_vec(&suite::seal(rng, cache_key, namespace::CACHE, context, dek.expose()))
}

/// Opens a hint; `None` if it is of no use.
pub(super) fn open(cache_key: &Secret32, context: &ScopeWrapContext, hint: &[u8]) -> Option<Secret32> {
    let sealed: Sealed = cbor::from_slice(hint).ok()?;
    let dek = suite::open(cache_key, namespace::CACHE, context, &sealed).ok()?;
    Some(Secret32::from_bytes(dek.as_slice().try_into().ok()?))
}
