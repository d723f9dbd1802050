//! Read and replace the vault with a device token.
use super::{Outcome, Realm, confused};
use crate::{
    actor::patient::{self, PatientCommand, PatientReply},
    port::Platform,
    sha256,
};
use vestibule_core::{
    cbor, limits,
    suite::namespace,
    wire::{
        envelope::Sealed,
        realm::{RealmReply, Refusal, VaultGet, VaultPut},
    },
};

/// Compare and swap: the caller names the vault that it saw (PROTOCOL section 3).
pub(super) async fn put<P: Platform>(realm: &Realm<'_, P>, op: VaultPut) -> Outcome {
    let sealed: Sealed = cbor::from_slice(&op.vault).map_err(|_| Refusal::Invalid)?;
    if sealed.namespace != namespace::VAULT || op.vault.len() > limits::VAULT_BYTES {
        return Err(Refusal::Invalid.into());
    }
    let command = PatientCommand::VaultPut(patient::VaultPut {
        patient: op.patient,
        device: sha256(&op.device.0),
        expected: op.expected,
        head: sha256(&op.vault),
        vault: op.vault,
    });
    realm.patient(&op.patient, &command).await?;
    Ok(RealmReply::Stored)
}

/// The vault, for a device of the active registration.
pub(super) async fn get<P: Platform>(realm: &Realm<'_, P>, op: &VaultGet) -> Outcome {
    let command =
        PatientCommand::VaultGet(patient::VaultGet { patient: op.patient, device: sha256(&op.device.0) });
    match realm.patient(&op.patient, &command).await? {
        PatientReply::Vault(vault) => Ok(RealmReply::Vault(vault)),
        _ => Err(confused()),
    }
}
