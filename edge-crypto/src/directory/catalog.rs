//! A new catalog.
use crate::{booking::SealError, directory::sign_freshness, sign::SigningKey};
use vestibule_core::{
    cbor,
    suite::namespace,
    time::UnixSeconds,
    wire::{
        catalog::{Catalog, Kind, Resource, Rules, Service},
        directory::Manifest,
        envelope::Signed,
    },
};
use vestibule_suite::sha256;
use vestibule_verify::Verified;

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
    /// Locations, closures, pauses, classes.
    pub rules: Option<Rules>,
}

/// Signs the catalog that follows `current`, and the timestamp over it. A resource without a scope is refused, unless
/// it is a room or a device that nobody chooses: nobody could read what is booked with it, so every booking would fail.
pub fn sign_catalog(
    signer: &SigningKey,
    current: &Catalog,
    manifest: &Verified<Manifest>,
    change: CatalogChange,
    now: UnixSeconds,
) -> Result<(Signed, Signed), SealError> {
    let scoped = |resource: &Resource| manifest.scopes.iter().any(|s| s.resources.contains(&resource.id));
    // What is taken beside somebody, and never chosen, has no appointments of its own.
    let beside = |resource: &Resource| {
        let kind = resource.schedule.as_ref().map(|s| s.kind);
        matches!(kind, Some(Kind::Room | Kind::Device))
            && change.services.iter().all(|s| !s.resources.contains(&resource.id))
    };
    if !change.resources.iter().all(|resource| scoped(resource) || beside(resource)) {
        return Err(SealError::UnknownScope);
    }
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
        rules: change.rules,
    };
    let signed = signer.sign(namespace::CATALOG, cbor::to_vec(&catalog))?;
    let digest = sha256(&[&signed.body]);
    let freshness = sign_freshness(signer, catalog.practice, manifest.digest(), digest, now)?;
    Ok((signed, freshness))
}
