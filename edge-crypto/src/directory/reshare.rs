//! What the root and an admin sign to have other realms guard a practice's PINs.
use crate::{
    directory::RealmToUse,
    sign::{SignError, SigningKey},
};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::Digest,
    suite::{Suite, namespace},
    time::UnixSeconds,
    wire::{
        directory::{Deployment, Manifest, Realm},
        envelope::Signed,
        reshare::Resharing,
    },
};
use vestibule_suite::sha256;
use vestibule_verify::Verified;

/// The root's order to the realms of a deployment: the same change gives the same bytes.
pub fn sign_order(
    root: &SigningKey,
    from: &Verified<Deployment>,
    threshold: u8,
    realms: &[RealmToUse],
) -> Result<Signed, SignError> {
    let order = Resharing {
        suite: Suite::V1,
        practice: from.practice,
        from: from.digest(),
        threshold,
        realms: realms.iter().map(|realm| Bytes(realm.kem_key.clone())).collect(),
    };
    root.sign(namespace::RESHARING, cbor::to_vec(&order))
}

/// The deployment that follows, with the public shares that the dealings make.
pub fn sign_deployment(
    root: &SigningKey,
    from: &Deployment,
    threshold: u8,
    realms: &[RealmToUse],
    publics: &[Digest],
    now: UnixSeconds,
) -> Result<Signed, SignError> {
    let rows = (1u8..).zip(realms.iter().zip(publics)).map(|(index, (realm, share))| Realm {
        index,
        origin: realm.origin.clone(),
        kem_key: Bytes(realm.kem_key.clone()),
        locator_share: *share,
        signing: realm.signing,
    });
    let deployment = Deployment {
        number: from.number.saturating_add(1),
        threshold,
        realms: rows.collect(),
        issued: now,
        ..from.clone()
    };
    root.sign(namespace::DEPLOYMENT, cbor::to_vec(&deployment))
}

/// The manifest that follows: the same staff and scopes, this deployment, and the one that is being left.
pub fn sign_next_manifest(
    admin: &SigningKey,
    manifest: &Verified<Manifest>,
    deployment: Digest,
    before: Option<Digest>,
    now: UnixSeconds,
) -> Result<Signed, SignError> {
    let next = Manifest {
        number: manifest.number.saturating_add(1),
        previous: manifest.digest(),
        deployment,
        issued: now,
        before,
        ..(**manifest).clone()
    };
    admin.sign(namespace::MANIFEST, cbor::to_vec(&next))
}

/// Digest of a signed body.
pub fn body_digest(signed: &Signed) -> Digest {
    sha256(&[&signed.body])
}
