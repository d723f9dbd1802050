//! One counted PIN evaluation.
use super::{Outcome, Realm, confused, decoy::Decoy, secrets};
use crate::{
    actor::patient::{Attempt, PatientCommand, PatientReply},
    error::Fault,
    port::{Platform, random32},
    sha256,
};
use vestibule_core::wire::realm::{Evaluate, Evaluated, RealmReply, Refusal};
use vestibule_oprf::Key;

/// The counter is raised durably first: the shard answers only after its transaction is written, and only then are the
/// secrets here to evaluate with. Then the evaluation, its proof and a secret handle. An unknown patient is counted in
/// the same rows and evaluated under a decoy key, with the same work.
pub(super) async fn evaluate<P: Platform>(realm: &Realm<'_, P>, op: &Evaluate) -> Outcome {
    let member = realm.count().await?;
    let decoy = Decoy::of(realm, &member, op.patient)?;
    let handle = random32(realm.platform);
    let command = PatientCommand::Attempt(Attempt {
        patient: op.patient,
        registration: op.registration,
        handle: sha256(&handle.0),
        device: op.device.map(|t| sha256(&t.0)),
        ticket: op.ticket.map(|t| sha256(&t.0)),
        decoy: decoy.registration,
        decoy_secrets: decoy.sealed(realm),
    });
    let PatientReply::Secrets(stored) = realm.patient(&op.patient, &command).await? else {
        return Err(confused());
    };
    #[cfg(feature = "faults")]
    if realm.call.fault.as_deref() == Some("crash-after-count") {
        return Err(Fault::new("injected: crash between count and answer").into());
    }
    let place = (realm.practice, op.patient, stored.registration);
    let secrets = secrets::open(realm.keys, &place, &stored.sealed)?;
    let key =
        Key::from_bytes(&secrets.oprf_share).map_err(|_| Fault::new("a stored OPRF share is no scalar"))?;
    let (element, proof) = vestibule_oprf::evaluate(&mut realm.platform.rng(), &key, &op.blinded)
        .map_err(|_| Refusal::Invalid)?;
    #[cfg_attr(not(feature = "leak-b"), expect(unused_mut, reason = "the leaking variant appends"))]
    let mut proof = proof.to_vec();
    // The flaw that the hostile tests must find: B and what it is checked against, before the PIN was proven right.
    #[cfg(feature = "leak-b")]
    proof.extend([secrets.oprf_share, secrets.masked_share, secrets.unlock_key].concat());
    Ok(RealmReply::Evaluated(Evaluated { element, proof: proof.into(), handle }))
}
