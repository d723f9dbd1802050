//! Read the descriptors.
use super::{Outcome, Realm, confused, decoy::Decoy};
use crate::{
    actor::patient::{self, PatientCommand, PatientReply},
    port::Platform,
};
use vestibule_core::wire::realm::{Begin, Begun, RealmReply};

/// Counted by network. An unknown patient's active descriptor is a decoy, made for a known one too.
pub(super) async fn begin<P: Platform>(realm: &Realm<'_, P>, op: &Begin) -> Outcome {
    let member = realm.count().await?;
    let decoy = Decoy::of(realm, &member, op.patient)?.descriptor(realm);
    let command = PatientCommand::Begin(patient::Begin { patient: op.patient, decoy });
    let PatientReply::Begun(begun) = realm.patient(&op.patient, &command).await? else {
        return Err(confused());
    };
    Ok(RealmReply::Begun(Begun { active: begun.active, pending: begun.pending }))
}
