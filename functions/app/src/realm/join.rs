//! Guard a practice's PINs from now on.
use super::{
    Outcome, Realm,
    member::{Member, NotMember},
    succession,
};
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
/// that is handed over (section 5). The same deployment again is answered the same; another one is refused, unless it is
/// shown how it followed from the one that this realm serves ([`succession`]).
pub(super) async fn join<P: Platform>(realm: &Realm<'_, P>, op: &Join) -> Outcome {
    if !realm.platform.config().admits(&op.code) {
        return Err(Refusal::Unauthorized.into());
    }
    let practice = realm.practice;
    work::check(realm.keys, realm.now, practice, Purpose::Found, practice.0, &op.work)
        .map_err(|_| Refusal::Work)?;
    let deployment = check_realms(&op.roots, &op.deployment, practice).map_err(|_| Refusal::Unauthorized)?;
    let (member, replaces) = match &op.succession {
        None => (Member::join(realm.platform, realm.keys, &deployment, &op.share), None),
        Some(succession) => {
            let known = realm.known().await?;
            let member = succession::succeed(realm, known.as_ref(), &op.roots, &deployment, succession)?;
            (member, known.map(|known| known.deployment))
        }
    };
    let member = member.map_err(|not| match not {
        NotMember::Misdealt(dealer) => Refusal::Misdealt(dealer),
        _ => Refusal::Invalid,
    })?;
    let command = practice::Join {
        deployment: member.deployment,
        member: cbor::to_vec(&member).into(),
        work: op.work.mac,
        expires: op.work.expires,
        replaces,
    };
    realm.practice(&PracticeCommand::Join(command)).await?;
    Ok(RealmReply::Stored)
}
