//! A known device: share C and the realms' tokens, sealed under a secret that only this browser profile can derive
//! (rule R4.15). With A, which needs the PIN and a counted guess, C gives the root.
use crate::{
    client::{Client, ClientError, DeviceToken, Env, Session, Transport},
    shamir::ShareC,
};
use vestibule_cbor_derive::{Decode, Encode};
use vestibule_core::{
    cbor,
    ids::{AppointmentId, Digest, KeyHash, PatientId, PracticeId, RegistrationId},
    suite::namespace,
    time::UnixSeconds,
    wire::{envelope::Sealed, realm::Vault},
};
use vestibule_suite::{self as suite, Secret32};

/// What a device blob holds.
#[derive(Debug)]
pub struct DeviceMemory {
    /// Whose device.
    pub patient: PatientId,
    /// Registration that `share_c` belongs to; after a PIN change elsewhere it is stale.
    pub registration: RegistrationId,
    /// f(3) of the registration's Shamir line.
    pub share_c: ShareC,
    /// Tokens by realm.
    pub devices: Vec<DeviceToken>,
    /// What the vault held when this was written, if all of it was stored.
    pub seen: Option<VaultSeen>,
    /// SHA-256 of the body of the deployment that the realms' indices are of: a token is shown to no other realm.
    pub deployment: Digest,
}

/// Enough of a vault to notice an older one (rule R3.2); names no time, resource or service.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct VaultSeen {
    /// When it was noted.
    #[n(0)]
    pub at: UnixSeconds,
    /// Highest manifest number.
    #[n(1)]
    pub manifest: u32,
    /// Highest catalog number.
    #[n(2)]
    pub catalog: u32,
    /// Live appointments and the highest seq seen of each.
    #[n(3)]
    pub entries: Vec<(AppointmentId, u32)>,
    /// Hash of the patient's signing key: who enrolled anew after a mailed code has another key and an empty vault.
    #[n(4)]
    pub key: KeyHash,
}

/// Tombstones are pruned after 90 days, so an older note could miss one and cry wolf.
const TRUSTED_SECONDS: u64 = 80 * 86_400;

impl VaultSeen {
    /// Whether `vault`, of the patient with this key, holds all that was seen.
    pub fn is_in(&self, vault: &Vault, key: KeyHash, now: UnixSeconds) -> bool {
        let holds = |(id, seq): &(AppointmentId, u32)| {
            vault.entries.iter().any(|e| e.appointment == *id && e.seq >= *seq)
        };
        key != self.key
            || now.since(self.at) > TRUSTED_SECONDS
            || (vault.manifest >= self.manifest
                && vault.catalog >= self.catalog
                && self.entries.iter().all(holds))
    }
}

/// Context of a device blob.
#[derive(Debug, Encode, Decode)]
#[cbor(array)]
struct DeviceContext {
    /// Whose patient.
    #[n(0)]
    practice: PracticeId,
}

/// Plaintext of a device blob.
#[derive(Encode, Decode)]
#[cbor(array)]
struct Plain {
    #[n(0)]
    patient: PatientId,
    #[n(1)]
    registration: RegistrationId,
    /// Share C.
    #[n(2)]
    share_c: Digest,
    /// Realm index and token.
    #[n(3)]
    devices: Vec<(u8, Digest)>,
    /// What the vault held.
    #[n(4)]
    seen: Option<VaultSeen>,
    /// Whose indices.
    #[n(5)]
    deployment: Digest,
}

impl Drop for Plain {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.share_c.0);
    }
}

impl DeviceMemory {
    /// What an unlocked session has of its device, without a note of the vault.
    pub fn of(session: &Session) -> Self {
        Self {
            patient: session.patient,
            registration: session.registration,
            share_c: session.share_c.clone(),
            devices: session.devices.clone(),
            seen: None,
            deployment: session.deployment,
        }
    }

    /// What an unlocked session would leave on its device.
    pub fn noted(session: &Session, now: UnixSeconds) -> Self {
        let vault = &session.vault;
        // What is not stored yet cannot be asked of the realms later.
        let seen = (!session.dirty).then(|| VaultSeen {
            at: now,
            manifest: vault.manifest,
            catalog: vault.catalog,
            entries: vault.entries.iter().filter(|e| !e.removed).map(|e| (e.appointment, e.seq)).collect(),
            key: session.keys.signing().key_hash(),
        });
        Self { seen, ..Self::of(session) }
    }

    /// Opens a blob. `device_secret` is what the page derived with a `WebCrypto` key that cannot be exported.
    pub fn open(practice: PracticeId, blob: &[u8], device_secret: &Secret32) -> Result<Self, ClientError> {
        let sealed: Sealed = cbor::from_slice(blob).map_err(|_| ClientError::DeviceMemory)?;
        let bytes = suite::open(device_secret, namespace::DEVICE_SHARE, &DeviceContext { practice }, &sealed)
            .map_err(|_| ClientError::DeviceMemory)?;
        let plain: Plain = cbor::from_slice(&bytes).map_err(|_| ClientError::DeviceMemory)?;
        Ok(Self {
            patient: plain.patient,
            registration: plain.registration,
            share_c: ShareC::from_secret(Secret32::from_bytes(plain.share_c.0)),
            devices: plain.devices.iter().map(|&(realm, token)| DeviceToken { realm, token }).collect(),
            seen: plain.seen.clone(),
            deployment: plain.deployment,
        })
    }
}

impl<T: Transport, E: Env> Client<T, E> {
    /// Seals what this device needs to unlock as a known one.
    pub fn device_blob(&self, practice: PracticeId, session: &Session, device_secret: &Secret32) -> Vec<u8> {
        let memory = DeviceMemory::noted(session, self.env.now());
        let plain = Plain {
            patient: memory.patient,
            registration: memory.registration,
            share_c: Digest(*memory.share_c.secret().expose()),
            devices: memory.devices.iter().map(|d| (d.realm, d.token)).collect(),
            seen: memory.seen,
            deployment: memory.deployment,
        };
        let bytes = suite::Zeroizing::new(cbor::to_vec(&plain));
        let context = DeviceContext { practice };
        cbor::to_vec(&suite::seal(
            &mut self.env.rng(),
            device_secret,
            namespace::DEVICE_SHARE,
            &context,
            &bytes,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault;
    use vestibule_core::{
        ids::{Fingerprint, ResourceId},
        time::Cell,
        wire::{appointment::Place, realm::VaultEntry},
    };

    const KEY: KeyHash = KeyHash([7; 32]);

    fn vault(manifest: u32, entries: &[(u8, u32, bool)]) -> Vault {
        let mut vault = vault::new(Fingerprint([1; 20]), manifest, Digest([2; 32]), 1);
        vault.entries = entries
            .iter()
            .map(|&(id, seq, removed)| VaultEntry {
                appointment: AppointmentId([id; 16]),
                place: Place { resource: ResourceId([1; 16]), start: Cell(1), cells: 1 },
                seq,
                head: Digest([3; 32]),
                removed,
                at: UnixSeconds(0),
            })
            .collect();
        vault
    }

    #[test]
    fn an_older_vault_is_noticed_and_a_newer_one_taken() {
        let entries = vec![(AppointmentId([1; 16]), 1), (AppointmentId([2; 16]), 2)];
        let seen = VaultSeen { at: UnixSeconds(100), manifest: 2, catalog: 1, entries, key: KEY };
        let now = UnixSeconds(200);
        assert!(seen.is_in(&vault(2, &[(1, 1, false), (2, 2, false)]), KEY, now));
        assert!(seen.is_in(&vault(3, &[(1, 2, true), (2, 2, false), (3, 0, false)]), KEY, now));
        assert!(!seen.is_in(&vault(1, &[(1, 1, false), (2, 2, false)]), KEY, now), "older manifest");
        assert!(!seen.is_in(&vault(2, &[(1, 1, false)]), KEY, now), "an appointment is gone");
        assert!(!seen.is_in(&vault(2, &[(1, 1, false), (2, 1, false)]), KEY, now), "an older version");
        assert!(!seen.is_in(&vault(2, &[]), KEY, now), "empty");
        // Too old a note to judge by: tombstones may have been pruned.
        assert!(seen.is_in(&vault(2, &[]), KEY, UnixSeconds(101 + TRUSTED_SECONDS)));
        // Enrolled anew after a mailed code: another patient key, and rightly an empty vault.
        assert!(seen.is_in(&vault(2, &[]), KeyHash([8; 32]), now));
    }
}
