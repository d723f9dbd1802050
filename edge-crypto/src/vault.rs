//! The vault: the patient's private index, so that any device with e-mail and PIN finds every appointment
//! (PROTOCOL section 3). Entries merge as a set union in which a tombstone wins, so two devices that write at once
//! lose nothing.
use vestibule_core::{
    cbor,
    ids::{AppointmentId, Digest, Fingerprint, PatientId, PracticeId, WaitingId},
    limits,
    suite::namespace,
    time::UnixSeconds,
    wire::{
        envelope::Sealed,
        realm::{Vault, VaultContext, VaultEntry, VaultWaiting},
    },
};
use vestibule_suite::{self as suite, CryptoRng, Secret32};

/// Tombstones are kept for 90 days: longer than any session could remember the entry they bury.
const TOMBSTONE_SECONDS: u64 = 90 * 86_400;

/// An entry of the waiting list may be so old when it is buried.
const WAITING_SECONDS: u64 = limits::WAITING_DAYS as u64 * 86_400;

/// Why a vault is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// It does not open under the patient's key and id: another patient's, or altered.
    #[error("the vault does not open")]
    DoesNotOpen,
    /// It opens, but its plaintext is not a vault.
    #[error("the vault is malformed")]
    Malformed,
    /// It pins another practice than the one in use.
    #[error("the vault belongs to another practice")]
    WrongPractice,
    /// It lacks what this client has seen stored before.
    #[error("the vault is older than one seen before")]
    RolledBack,
    /// Two different manifests, or two different histories of one appointment, claim the same number.
    #[error("two versions of one number exist")]
    Fork,
    /// No room for another entry.
    #[error("the vault is full")]
    Full,
}

impl VaultError {
    /// Stable code for pages and tests.
    pub fn code(self) -> &'static str {
        match self {
            Self::DoesNotOpen => "vault-does-not-open",
            Self::Malformed => "vault-malformed",
            Self::WrongPractice => "vault-wrong-practice",
            Self::RolledBack => "vault-rolled-back",
            Self::Fork => "vault-fork",
            Self::Full => "vault-full",
        }
    }
}

/// A vault without entries that pins what the patient has verified.
pub fn new(genesis: Fingerprint, manifest: u32, manifest_hash: Digest, catalog: u32) -> Vault {
    Vault { genesis, manifest, manifest_hash, catalog, entries: Vec::new(), waiting: None }
}

/// Seals a vault. Returns the CBOR of the [`Sealed`], as the realms store it; [`VaultError::Full`] if it is too large.
pub fn seal(
    rng: &mut impl CryptoRng,
    key: &Secret32,
    practice: PracticeId,
    patient: PatientId,
    vault: &Vault,
) -> Result<Vec<u8>, VaultError> {
    let context = VaultContext { practice, patient };
    let sealed = cbor::to_vec(&suite::seal(rng, key, namespace::VAULT, &context, &cbor::to_vec(vault)));
    if sealed.len() > limits::VAULT_BYTES { Err(VaultError::Full) } else { Ok(sealed) }
}

/// Opens the bytes that a realm stored.
pub fn open(
    key: &Secret32,
    genesis: Fingerprint,
    patient: PatientId,
    bytes: &[u8],
) -> Result<Vault, VaultError> {
    let sealed: Sealed = cbor::from_slice(bytes).map_err(|_| VaultError::Malformed)?;
    let context = VaultContext { practice: genesis.practice(), patient };
    let plain = suite::open(key, namespace::VAULT, &context, &sealed).map_err(|_| VaultError::DoesNotOpen)?;
    let vault: Vault = cbor::from_slice(&plain).map_err(|_| VaultError::Malformed)?;
    if vault.genesis == genesis { Ok(vault) } else { Err(VaultError::WrongPractice) }
}

/// The union of two vaults of one patient; commutative, associative and idempotent.
pub fn merge(a: &Vault, b: &Vault) -> Result<Vault, VaultError> {
    if a.genesis != b.genesis {
        return Err(VaultError::WrongPractice);
    }
    if a.manifest == b.manifest && a.manifest_hash != b.manifest_hash {
        return Err(VaultError::Fork);
    }
    let newer = if a.manifest >= b.manifest { a } else { b };
    let mut merged = Vault {
        genesis: a.genesis,
        manifest: newer.manifest,
        manifest_hash: newer.manifest_hash,
        catalog: a.catalog.max(b.catalog),
        entries: a.entries.clone(),
        waiting: a.waiting.clone(),
    };
    for entry in b.waiting.iter().flatten() {
        put_waiting(&mut merged, entry.clone())?;
    }
    for entry in &b.entries {
        match find(&merged, entry.appointment) {
            Err(at) => merged.entries.insert(at, entry.clone()),
            Ok(at) => merged.entries[at] = merge_entry(&merged.entries[at], entry)?,
        }
    }
    Ok(merged)
}

fn merge_entry(a: &VaultEntry, b: &VaultEntry) -> Result<VaultEntry, VaultError> {
    if a.place != b.place || (a.seq == b.seq && a.head != b.head) {
        return Err(VaultError::Fork);
    }
    let newer = if a.seq >= b.seq { a } else { b };
    Ok(VaultEntry { removed: a.removed || b.removed, at: a.at.min(b.at), ..newer.clone() })
}

fn find(vault: &Vault, id: AppointmentId) -> Result<usize, usize> {
    vault.entries.binary_search_by(|e| e.appointment.cmp(&id))
}

/// Adds or raises an entry.
pub fn put(vault: &mut Vault, entry: VaultEntry) -> Result<(), VaultError> {
    match find(vault, entry.appointment) {
        Err(at) => vault.entries.insert(at, entry),
        Ok(at) => vault.entries[at] = merge_entry(&vault.entries[at], &entry)?,
    }
    Ok(())
}

/// The live entry of an appointment.
pub fn get(vault: &Vault, id: AppointmentId) -> Option<&VaultEntry> {
    find(vault, id).ok().map(|at| &vault.entries[at]).filter(|e| !e.removed)
}

/// Adds or raises an entry of the waiting list.
pub fn put_waiting(vault: &mut Vault, entry: VaultWaiting) -> Result<(), VaultError> {
    const UNKNOWN: Digest = Digest([0; 32]);
    let list = vault.waiting.get_or_insert_default();
    match list.binary_search_by(|e| e.entry.cmp(&entry.entry)) {
        Err(at) => list.insert(at, entry),
        Ok(at) => {
            let known = &mut list[at];
            if known.head == UNKNOWN {
                known.head = entry.head;
            } else if entry.head != UNKNOWN && entry.head != known.head {
                return Err(VaultError::Fork);
            }
            known.removed |= entry.removed;
            known.at = known.at.min(entry.at);
        }
    }
    Ok(())
}

/// Live entries of the waiting list.
pub fn waiting(vault: &Vault) -> impl Iterator<Item = &VaultWaiting> {
    vault.waiting.iter().flatten().filter(|e| !e.removed)
}

/// Buries an entry of the waiting list.
pub fn remove_waiting(vault: &mut Vault, id: WaitingId) {
    for entry in vault.waiting.iter_mut().flatten().filter(|e| e.entry == id) {
        entry.removed = true;
    }
}

/// Buries an entry; what follows never lists it again.
pub fn remove(vault: &mut Vault, id: AppointmentId) {
    if let Ok(at) = find(vault, id) {
        vault.entries[at].removed = true;
    }
}

/// Forgets tombstones that nobody can resurrect any more.
pub fn prune(vault: &mut Vault, now: UnixSeconds) {
    vault.entries.retain(|e| !e.removed || now.since(e.at) < TOMBSTONE_SECONDS);
    if let Some(waiting) = &mut vault.waiting {
        waiting.retain(|e| !e.removed || now.since(e.at) < TOMBSTONE_SECONDS + WAITING_SECONDS);
    }
}

/// Whether `vault` holds everything that `seen` holds: the check against rollback.
pub fn contains(vault: &Vault, seen: &Vault) -> bool {
    merge(vault, seen).is_ok_and(|merged| merged == *vault)
}

#[cfg(test)]
#[path = "vault_tests.rs"]
mod tests;
