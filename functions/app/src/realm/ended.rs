//! Drop what is left of a deployment that nobody goes over from any more (PROTOCOL R4.37).
use super::{Outcome, Realm, confused, member::Member};
use crate::{
    actor::{
        Shard,
        patient::{Forget, PatientCommand, PatientReply},
        practice::{End, Leave, PracticeCommand, PracticeReply},
    },
    port::Platform,
    work,
};
use vestibule_channel::key_hash_kem;
use vestibule_core::{
    cbor,
    ids::Digest,
    wire::{
        directory::Deployment,
        pow::Purpose,
        realm::{RealmReply, Refusal},
        reshare::Ended,
    },
};
use vestibule_verify::{Verified, directory::check_ended};

/// Costs a proof of work, spent once. The practice must have published it: the root signed the deployment in force, the admins
/// a manifest that names it and none before. A realm of that deployment then serves no other, and drops every registration
/// that was made for another. A realm that it does not name, and that never served a later one, erases all that it has of the
/// practice. What was published earlier, shown again, says nothing of a later deployment. Again it is answered the same.
pub(super) async fn ended<P: Platform>(realm: &Realm<'_, P>, op: &Ended) -> Outcome {
    let practice = realm.practice;
    work::check(realm.keys, realm.now, practice, Purpose::Found, practice.0, &op.work)
        .map_err(|_| Refusal::Work)?;
    let deployment =
        check_ended(&op.roots, &op.deployment, &op.manifest, practice).map_err(|_| Refusal::Unauthorized)?;
    match realm.known().await? {
        Some(member) if member.deployment == deployment.digest() => stay(realm, op, member).await,
        Some(member) if is_removed(realm, &member, &deployment) => {
            leave(realm, op, Some(member.deployment)).await
        }
        Some(_) => Err(Refusal::Invalid.into()),
        None => leave(realm, op, None).await,
    }
}

/// Whether the practice went on without this realm, after all that this realm ever served.
fn is_removed<P: Platform>(realm: &Realm<'_, P>, member: &Member, now: &Verified<Deployment>) -> bool {
    let own = realm.keys.realm.key_hash();
    now.number >= member.number && now.realms.iter().all(|named| key_hash_kem(&named.kem_key) != own)
}

/// First nobody can ask by the other deployment any more, then its registrations go.
async fn stay<P: Platform>(realm: &Realm<'_, P>, op: &Ended, member: Member) -> Outcome {
    let mut introduce = member.introduce.clone();
    introduce.truncate(1);
    let member = Member { before: None, introduce, ..member };
    let end = End {
        deployment: member.deployment,
        member: cbor::to_vec(&member).into(),
        work: op.work.mac,
        expires: op.work.expires,
    };
    realm.practice(&PracticeCommand::End(end)).await?;
    forget(realm, Some(member.deployment)).await
}

/// First the practice is not served any more, so that nothing comes in; when the shards are empty, it goes too.
async fn leave<P: Platform>(realm: &Realm<'_, P>, op: &Ended, deployment: Option<Digest>) -> Outcome {
    let leave = Leave { deployment, work: op.work.mac, expires: op.work.expires };
    match realm.practice(&PracticeCommand::Leave(leave)).await? {
        PracticeReply::Done => {}
        // There is nothing.
        PracticeReply::Erased => return Ok(RealmReply::Stored),
        _ => return Err(confused()),
    }
    forget(realm, None).await?;
    realm.practice(&PracticeCommand::Erase).await?;
    Ok(RealmReply::Stored)
}

async fn forget<P: Platform>(realm: &Realm<'_, P>, except: Option<Digest>) -> Outcome {
    let command = PatientCommand::Forget(Forget { except });
    for shard in Shard::all(realm.practice) {
        match realm.platform.patient(shard, &command).await? {
            // A shard that nobody ever asked has nothing to forget.
            PatientReply::Done | PatientReply::Erased | PatientReply::Invalid => {}
            _ => return Err(confused()),
        }
    }
    Ok(RealmReply::Stored)
}
