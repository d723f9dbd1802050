//! A new catalog.
use crate::{booking::SealError, directory::sign_freshness, sign::SigningKey};
use vestibule_core::{
    cbor,
    ids::ResourceId,
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
    /// Resources. Calendars that no scope of the manifest has yet are added to its first one.
    pub resources: Vec<Resource>,
    /// Services.
    pub services: Vec<Service>,
    /// Locations, closures, pauses, classes.
    pub rules: Option<Rules>,
}

/// A signed catalog, and what goes with it.
#[derive(Debug, Clone)]
pub struct SignedChange {
    /// The catalog.
    pub catalog: Signed,
    /// The timestamp over it.
    pub freshness: Signed,
    /// The manifest that follows, where there are new calendars: their appointments go to the first scope, else nobody could read what is
    /// booked with them.
    pub manifest: Option<Signed>,
}

/// Signs the catalog that follows `current`, the timestamp over it, and for new calendars the manifest that follows (R5.8). Rooms and devices
/// that nobody chooses have no appointments of their own, so they need no scope.
pub fn sign_catalog(
    signer: &SigningKey,
    current: &Catalog,
    manifest: &Verified<Manifest>,
    change: CatalogChange,
    now: UnixSeconds,
) -> Result<SignedChange, SealError> {
    let scoped = |resource: &Resource| manifest.scopes.iter().any(|s| s.resources.contains(&resource.id));
    // What is taken beside somebody, and never chosen, has no appointments of its own.
    let beside = |resource: &Resource| {
        let kind = resource.schedule.as_ref().map(|s| s.kind);
        matches!(kind, Some(Kind::Room | Kind::Device))
            && change.services.iter().all(|s| !s.resources.contains(&resource.id))
    };
    let new = |resource: &&Resource| !scoped(resource) && !beside(resource);
    let new: Vec<ResourceId> = change.resources.iter().filter(new).map(|resource| resource.id).collect();
    let mut next = Manifest {
        number: manifest.number.saturating_add(1),
        previous: manifest.digest(),
        issued: now,
        ..(**manifest).clone()
    };
    let manifest_signed = if new.is_empty() {
        None
    } else {
        next.scopes.first_mut().ok_or(SealError::UnknownScope)?.resources.extend(new);
        Some(signer.sign(namespace::MANIFEST, cbor::to_vec(&next))?)
    };
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
    let named = manifest_signed.as_ref().map_or_else(|| manifest.digest(), |next| sha256(&[&next.body]));
    let freshness = sign_freshness(signer, catalog.practice, named, digest, now)?;
    Ok(SignedChange { catalog: signed, freshness, manifest: manifest_signed })
}
