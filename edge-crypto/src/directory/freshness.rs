//! The staff-signed timestamp.
use crate::sign::{SignError, SigningKey};
use vestibule_core::{
    cbor,
    ids::{Digest, PracticeId},
    suite::{Suite, namespace},
    time::UnixSeconds,
    wire::{directory::Freshness, envelope::Signed},
};

/// Signs that this manifest and this catalog are the current ones.
pub fn sign_freshness(
    signer: &SigningKey,
    practice: PracticeId,
    manifest: Digest,
    catalog: Digest,
    at: UnixSeconds,
) -> Result<Signed, SignError> {
    let body = Freshness { suite: Suite::V1, practice, manifest, catalog, at };
    signer.sign(namespace::FRESHNESS, cbor::to_vec(&body))
}
