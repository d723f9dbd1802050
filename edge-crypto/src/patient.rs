//! A patient's keys, expanded once for a session.
use crate::{keys::PatientRoot, sign::SigningKey};
use vestibule_core::ids::{AppointmentId, Digest, WaitingId};
use vestibule_suite::{KemSecret, Secret32, sha256};

/// The root and what is derived from it. Secrets are wiped on drop.
#[derive(Debug)]
pub struct PatientKeys {
    root: PatientRoot,
    kem: KemSecret,
    signing: SigningKey,
    vault: Secret32,
}

impl PatientKeys {
    /// Expands a root.
    pub fn new(root: PatientRoot) -> Self {
        Self { kem: root.kem(), signing: root.signing_key(), vault: root.vault_key(), root }
    }

    /// The root: only to be shared out.
    pub const fn root(&self) -> &PatientRoot {
        &self.root
    }

    /// Opens wraps to this patient.
    pub const fn kem(&self) -> &KemSecret {
        &self.kem
    }

    /// Signs bookings and statements.
    pub const fn signing(&self) -> &SigningKey {
        &self.signing
    }

    /// Seals the vault.
    pub const fn vault_key(&self) -> &Secret32 {
        &self.vault
    }

    /// What is shown to the server to act on an appointment: a secret until then.
    pub fn capability(&self, appointment: AppointmentId) -> Digest {
        Digest(*self.root.capability(appointment).expose())
    }

    /// SHA-256 of the capability: what the server stores from the hold on.
    pub fn capability_hash(&self, appointment: AppointmentId) -> Digest {
        sha256(&[&self.capability(appointment).0])
    }

    /// What is shown to the server to act on an entry of the waiting list.
    pub fn waiting_capability(&self, entry: WaitingId) -> Digest {
        Digest(*self.root.waiting_capability(entry).expose())
    }
}
