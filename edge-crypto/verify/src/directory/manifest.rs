//! What a manifest and a deployment must look like beyond their signatures.
use super::DirectoryError;
use alloc::vec::Vec;
use vestibule_core::{
    ids::Digest,
    limits,
    wire::{
        directory::{Deployment, Manifest},
        reshare::Resharing,
    },
};
use vestibule_suite::check_public_key;

/// Realms of one practice: Shamir needs few.
const MAX_REALMS: usize = 9;
/// Staff credentials in one manifest.
pub(super) const MAX_CREDENTIALS: usize = 512;

fn require(holds: bool) -> Result<(), DirectoryError> {
    if holds { Ok(()) } else { Err(DirectoryError::Malformed) }
}

fn unique<T: PartialEq>(items: &[T]) -> bool {
    items.iter().enumerate().all(|(i, item)| !items[..i].contains(item))
}

/// Realms are numbered from 1 without gaps, the threshold is reachable, keys are keys.
pub(super) fn check_deployment(deployment: &Deployment) -> Result<(), DirectoryError> {
    let realms = &deployment.realms;
    require(!realms.is_empty() && realms.len() <= MAX_REALMS)?;
    require((1..=realms.len()).contains(&usize::from(deployment.threshold)))?;
    for (index, realm) in (1u8..).zip(realms) {
        require(realm.index == index && !realm.origin.is_empty())?;
        check_public_key(&realm.kem_key).map_err(|_| DirectoryError::Malformed)?;
    }
    require(unique(&realms.iter().map(|realm| &realm.kem_key).collect::<Vec<_>>()))
}

/// There are realms, the threshold is reachable, keys are keys.
pub(super) fn check_order(order: &Resharing) -> Result<(), DirectoryError> {
    let realms = &order.realms;
    require(!realms.is_empty() && realms.len() <= MAX_REALMS && unique(realms))?;
    require((1..=realms.len()).contains(&usize::from(order.threshold)))?;
    realms.iter().try_for_each(|key| check_public_key(key).map_err(|_| DirectoryError::Malformed))
}

/// Numbers count from 1; ids, keys and epochs are there once; credentials name scopes that exist; a resource is in one
/// scope at most, so that a booking knows whom to wrap to.
pub(super) fn check_manifest(manifest: &Manifest) -> Result<(), DirectoryError> {
    require(manifest.number >= 1 && (manifest.number == 1) == (manifest.previous == Digest([0; 32])))?;
    require(manifest.credentials.len() <= MAX_CREDENTIALS && manifest.scopes.len() <= limits::MAX_RESOURCES)?;
    for scope in &manifest.scopes {
        require(scope.epoch >= 1)?;
        check_public_key(&scope.kem_key).map_err(|_| DirectoryError::Malformed)?;
    }
    require(unique(&manifest.scopes.iter().map(|scope| scope.id).collect::<Vec<_>>()))?;
    require(unique(&manifest.scopes.iter().map(|scope| &scope.kem_key).collect::<Vec<_>>()))?;
    let resources: Vec<_> = manifest.scopes.iter().flat_map(|scope| &scope.resources).collect();
    require(resources.len() <= limits::MAX_RESOURCES && unique(&resources))?;
    for credential in &manifest.credentials {
        check_public_key(&credential.kem_key).map_err(|_| DirectoryError::Malformed)?;
        require(unique(&credential.scopes))?;
        require(credential.scopes.iter().all(|id| manifest.scopes.iter().any(|scope| scope.id == *id)))?;
    }
    require(unique(&manifest.credentials.iter().map(|c| c.credential).collect::<Vec<_>>()))?;
    require(unique(&manifest.credentials.iter().map(|c| &c.signing_key).collect::<Vec<_>>()))?;
    require(unique(&manifest.credentials.iter().map(|c| &c.kem_key).collect::<Vec<_>>()))
}
