//! What an unlocked patient holds in memory.
use crate::{
    client::{Client, ClientError, Env, Practice, Transport},
    patient::PatientKeys,
    shamir::ShareC,
    vault,
};
use vestibule_core::{
    ids::{Digest, PatientId, RegistrationId},
    wire::realm::Vault,
};
use vestibule_suite::sha256;
use vestibule_verify::directory::{DirectoryError, Seen};

/// A realm's token for this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceToken {
    /// Index of the realm.
    pub realm: u8,
    /// The token, 32 bytes.
    pub token: Digest,
}

/// An unlocked patient. Opaque; the root is wiped when it is dropped.
#[derive(Debug)]
pub struct Session {
    /// The patient.
    pub patient: PatientId,
    pub(crate) keys: PatientKeys,
    pub(crate) registration: RegistrationId,
    /// SHA-256 of the body of the deployment that the registration is of, and the indices of its realms.
    pub(crate) deployment: Digest,
    pub(crate) share_c: ShareC,
    pub(crate) devices: Vec<DeviceToken>,
    pub(crate) vault: Vault,
    /// SHA-256 of the vault's bytes at each realm, in the order of `devices`; zeros if there is none.
    pub(crate) heads: Vec<Digest>,
    /// Whether `vault` holds what the realms do not have yet.
    pub(crate) dirty: bool,
}

impl Session {
    /// The vault, as this client knows it.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The patient's key, for hostile tests that sign what the flows would not.
    pub fn keys(&self) -> &PatientKeys {
        &self.keys
    }

    /// The realms' tokens for this device.
    pub fn devices(&self) -> &[DeviceToken] {
        &self.devices
    }
}

/// The head of vault bytes: SHA-256, zeros for none.
pub(crate) fn head(bytes: &[u8]) -> Digest {
    if bytes.is_empty() { Digest([0; 32]) } else { sha256(&[bytes]) }
}

/// What a vault remembers of the directory.
pub(crate) fn seen(vault: &Vault) -> Seen {
    Seen { manifest: vault.manifest, manifest_hash: vault.manifest_hash, catalog: vault.catalog }
}

/// A vault that starts from what was just verified.
pub(crate) fn fresh_vault(practice: &Practice) -> Vault {
    let seen = practice.directory.seen();
    vault::new(practice.fingerprint, seen.manifest, seen.manifest_hash, seen.catalog)
}

/// Refuses a directory that is older than one seen before, or another form of the same number.
pub(crate) fn follows(now: &Seen, before: &Seen) -> Result<(), DirectoryError> {
    if now.manifest < before.manifest {
        return Err(DirectoryError::ManifestOlder);
    }
    if now.manifest == before.manifest && now.manifest_hash != before.manifest_hash {
        return Err(DirectoryError::ManifestFork);
    }
    if now.catalog < before.catalog { Err(DirectoryError::CatalogOlder) } else { Ok(()) }
}

impl<T: Transport, E: Env> Client<T, E> {
    /// Compares a directory with what the patient's vault remembers, and raises what it remembers.
    pub(crate) fn raise_seen(practice: &Practice, vault: &mut Vault) -> Result<bool, ClientError> {
        let now = practice.directory.seen();
        follows(&now, &seen(vault))?;
        let raised = now.manifest > vault.manifest || now.catalog > vault.catalog;
        vault.manifest = now.manifest;
        vault.manifest_hash = now.manifest_hash;
        vault.catalog = now.catalog;
        Ok(raised)
    }
}
