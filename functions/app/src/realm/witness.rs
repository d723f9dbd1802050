//! Say what was counted, and keep what other realms said.
use super::{Outcome, Realm, confused, member::Member};
use crate::{
    actor::{
        Shard,
        patient::{self, Mark, PatientCommand, PatientReply},
    },
    error::Fault,
    port::{Platform, random32},
    sha256,
};
use vestibule_core::{
    cbor,
    suite::{Suite, namespace},
    wire::{
        realm::{RealmReply, Refusal},
        witness::{Checkpoint, Shown, Standing, Witness, Witnessed, challenge},
    },
};
use vestibule_verify::{Verified, checkpoint};

/// Most checkpoints in one request: one of each realm.
const MOST: usize = 3;

/// Only for a device that has proved a right PIN. What others signed is verified, and kept where it is newer; what this realm
/// signed itself tells it whether it was set back (rule R4.20).
pub(super) async fn witness<P: Platform>(realm: &Realm<'_, P>, op: &Witness) -> Outcome {
    let member = realm.count().await?;
    if op.seen.len() > MOST {
        return Err(Refusal::Invalid.into());
    }
    let shard = Shard::of(realm.practice, &op.patient).number;
    let signing = realm.keys.platform.signing();
    let (mut own, mut seen) = (None, Vec::new());
    for shown in &op.seen {
        let said = check(realm, &member, shard, &shown.witnessed).ok_or(Refusal::Invalid)?;
        let mark = Mark {
            realm: said.realm,
            number: said.number,
            mark: said.mark,
            checkpoint: cbor::to_vec(&shown.witnessed).into(),
            evidence: contradiction(realm, &member, shard, shown, &said),
        };
        if said.realm == signing.key_hash() {
            own = Some(mark);
        } else {
            seen.push(mark);
        }
    }
    let command = PatientCommand::Witness(patient::Witness {
        patient: op.patient,
        device: sha256(&op.device.0),
        own,
        fresh: random32(realm.platform),
        seen,
    });
    let PatientReply::Witnessed(stored) = realm.patient(&op.patient, &command).await? else {
        return Err(confused());
    };
    let checkpoint = Checkpoint {
        suite: Suite::V1,
        practice: realm.practice,
        realm: signing.key_hash(),
        shard,
        number: stored.number,
        mark: stored.mark,
        challenge: op.challenge,
        released: stored.released,
    };
    let checkpoint = signing
        .sign(namespace::WITNESS, cbor::to_vec(&checkpoint))
        .map_err(|_| Fault::new("signing failed"))?;
    let kept = stored
        .kept
        .iter()
        .map(|bytes| cbor::from_slice(bytes).map_err(|_| Fault::new("a kept checkpoint does not decode")))
        .collect::<Result<_, _>>()?;
    let own = Witnessed { key: signing.public_key().to_vec().into(), checkpoint };
    Ok(RealmReply::Witnessed(Standing { own, kept }))
}

/// What a realm of this practice signed of this shard.
fn check<P: Platform>(
    realm: &Realm<'_, P>,
    member: &Member,
    shard: u8,
    witnessed: &Witnessed,
) -> Option<Verified<Checkpoint>> {
    let realms = member.introduce.iter().flat_map(|realms| &realms.keys);
    checkpoint(witnessed, (realm.practice, shard), realms)
}

/// The proof, if a shown checkpoint was signed after an earlier one that it contradicts.
fn contradiction<P: Platform>(
    realm: &Realm<'_, P>,
    member: &Member,
    shard: u8,
    shown: &Shown,
    later: &Checkpoint,
) -> Option<vestibule_core::bytes::Bytes> {
    let earlier = shown.earlier.as_ref()?;
    let said = check(realm, member, shard, &earlier.witnessed)?;
    let after = later.challenge == challenge(&earlier.salt, &earlier.witnessed);
    (after && said.contradicts(later)).then(|| cbor::to_vec(shown).into())
}
