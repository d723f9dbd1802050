//! A new catalog.
use crate::{
    directory::sign_freshness,
    sign::{SignError, SigningKey},
};
use vestibule_core::{
    cbor,
    ids::Digest,
    suite::namespace,
    time::UnixSeconds,
    wire::{
        directory::{Catalog, Resource, Service},
        envelope::Signed,
    },
};
use vestibule_suite::sha256;

/// What staff may change in a catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogChange {
    /// The practice's name.
    pub name: String,
    /// Address and phone as shown.
    pub contact: String,
    /// IANA time zone.
    pub time_zone: String,
    /// BCP 47 language.
    pub language: String,
    /// Resources; ids must be those of the manifest's scopes.
    pub resources: Vec<Resource>,
    /// Services.
    pub services: Vec<Service>,
}

/// Signs the catalog that follows `current`, and the timestamp over it.
pub fn sign_catalog(
    signer: &SigningKey,
    current: &Catalog,
    manifest: Digest,
    change: CatalogChange,
    now: UnixSeconds,
) -> Result<(Signed, Signed), SignError> {
    let catalog = Catalog {
        suite: current.suite,
        practice: current.practice,
        number: current.number.saturating_add(1),
        name: change.name,
        contact: change.contact,
        time_zone: change.time_zone,
        language: change.language,
        resources: change.resources,
        services: change.services,
    };
    let signed = signer.sign(namespace::CATALOG, cbor::to_vec(&catalog))?;
    let digest = sha256(&[&signed.body]);
    let freshness = sign_freshness(signer, catalog.practice, manifest, digest, now)?;
    Ok((signed, freshness))
}
