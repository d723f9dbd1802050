//! Evaluate the practice's locator key.
use super::{Outcome, Realm};
use crate::{
    actor::practice::{self, Counted, PracticeCommand},
    port::Platform,
    sha256, work,
};
use vestibule_core::{
    ids::Digest,
    limits,
    wire::{
        pow::Purpose,
        realm::{Evaluated, Locate, RealmReply, Refusal},
    },
};

/// Costs a proof of work bound to the blinded element, spent once; counted by network and by practice, durably before the
/// evaluation.
pub(super) async fn locate<P: Platform>(realm: &Realm<'_, P>, op: &Locate) -> Outcome {
    let mut subject = [0; 16];
    subject.copy_from_slice(&sha256(&op.blinded.0).0[..16]);
    work::check(realm.keys, realm.now, realm.practice, Purpose::Locate, subject, &op.work)
        .map_err(|_| Refusal::Work)?;
    let count = realm.count_of(Counted::Locate, limits::LOCATES_PER_NETWORK_HOUR);
    let command = practice::Locate { count, work: op.work.mac, expires: op.work.expires };
    let member = realm.member_by(&PracticeCommand::Locate(command)).await?;
    let key = realm.named(&member)?.open(realm.keys, realm.practice)?.locator;
    let (element, proof) = vestibule_oprf::evaluate(&mut realm.platform.rng(), &key, &op.blinded)
        .map_err(|_| Refusal::Invalid)?;
    let handle = Digest([0; 32]);
    Ok(RealmReply::Evaluated(Evaluated { element, proof: proof.to_vec().into(), handle }))
}
