//! Guard a practice's PINs from now on.
use super::{Outcome, Realm, member::Member};
use crate::{
    actor::practice::{self, PracticeCommand},
    port::Platform,
    work,
};
use vestibule_core::{
    cbor,
    wire::{
        pow::Purpose,
        realm::{Join, RealmReply, Refusal},
    },
};
use vestibule_verify::directory::check_realms;

/// Costs a proof of work, spent once, and the founding code where the operator set one. The practice's id certifies the
/// genesis, the root in force signed the deployment, and that names this realm's key with the public part of the share
/// that is handed over (section 5). The same deployment again is answered the same; another one is refused.
pub(super) async fn join<P: Platform>(realm: &Realm<'_, P>, op: &Join) -> Outcome {
    if !realm.platform.config().admits(&op.code) {
        return Err(Refusal::Unauthorized.into());
    }
    let practice = realm.practice;
    work::check(realm.keys, realm.now, practice, Purpose::Found, practice.0, &op.work)
        .map_err(|_| Refusal::Work)?;
    let deployment = check_realms(&op.roots, &op.deployment, practice).map_err(|_| Refusal::Unauthorized)?;
    let member =
        Member::join(realm.platform, realm.keys, &deployment, &op.share).map_err(|_| Refusal::Invalid)?;
    let command = practice::Join {
        deployment: member.deployment,
        member: cbor::to_vec(&member).into(),
        work: op.work.mac,
        expires: op.work.expires,
    };
    realm.practice(&PracticeCommand::Join(command)).await?;
    Ok(RealmReply::Stored)
}
