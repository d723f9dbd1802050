//! Prove that the PIN was right.
use super::{Outcome, Realm, confused, decoy::Decoy, secrets};
use crate::{
    actor::patient::{ConfirmApply, ConfirmLoad, PatientCommand, PatientReply},
    error::Fault,
    port::{Platform, random32},
    sha256,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use vestibule_core::{
    cbor,
    ids::Digest,
    suite::Suite,
    wire::realm::{Confirm, Confirmed, Mode, RealmReply, Refusal},
};

/// Most attempts that one proof refunds.
const MAX_HANDLES: usize = 4;

/// Checks the MAC under `u_i`, which only the right PIN gives. If right: exactly these attempts are refunded, a pending
/// registration activates, and key hash, vault, a device token and, for a new device, the masked share are released.
/// Wrong, unknown, used and expired handles, and unknown patients, get one answer after the same work.
pub(super) async fn confirm<P: Platform>(realm: &Realm<'_, P>, op: &Confirm) -> Outcome {
    if op.handles.is_empty() || op.handles.len() > MAX_HANDLES {
        return Err(Refusal::Invalid.into());
    }
    let handles: Vec<Digest> = op.handles.iter().map(|h| sha256(&h.0)).collect();
    let mut distinct = handles.clone();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() != handles.len() {
        return Err(Refusal::Invalid.into());
    }
    let member = realm.member().await?;
    let decoy = Decoy::of(realm, &member, op.patient)?;
    let command = PatientCommand::ConfirmLoad(ConfirmLoad {
        patient: op.patient,
        handles: handles.clone(),
        decoy: decoy.registration,
        decoy_secrets: decoy.sealed(realm),
    });
    let PatientReply::Secrets(stored) = realm.patient(&op.patient, &command).await? else {
        return Err(confused());
    };
    let place = (realm.practice, op.patient, stored.registration);
    let secrets = secrets::open(realm.keys, &place, &stored.sealed)?;
    let message = cbor::to_vec(&(Suite::V1, "confirm", secrets.index, &op.handles, op.mode));
    let mut mac = Hmac::<Sha256>::new_from_slice(&secrets.unlock_key)
        .map_err(|_| Fault::new("HMAC refused a 32-byte key"))?;
    mac.update(&message);
    mac.verify_slice(&op.mac.0).map_err(|_| Refusal::Wrong)?;
    let device = random32(realm.platform);
    let command = PatientCommand::ConfirmApply(ConfirmApply {
        patient: op.patient,
        handles,
        registration: stored.registration,
        device: sha256(&device.0),
    });
    let PatientReply::Confirmed(done) = realm.patient(&op.patient, &command).await? else {
        return Err(confused());
    };
    let masked_share = match op.mode {
        Mode::NewDevice => Some(Digest(secrets.masked_share)),
        Mode::KnownDevice => None,
    };
    Ok(RealmReply::Confirmed(Confirmed {
        key_hash: done.key_hash,
        vault_head: done.vault_head,
        vault: done.vault,
        device,
        masked_share,
        failed_attempts: done.failed_attempts,
    }))
}
