//! Sign that a key is a patient's, for a realm that does not know the patient yet; and take such signatures.
use super::{Outcome, Realm, Stop, confused, member::Member};
use crate::{
    actor::patient::{Known, PatientCommand, PatientReply},
    error::Fault,
    port::Platform,
};
use vestibule_core::{
    cbor,
    ids::{KeyHash, PatientId},
    limits,
    suite::{Suite, namespace},
    time::UnixSeconds,
    wire::{
        realm::{RealmReply, Refusal},
        reshare::{Introduce, IntroduceStatement, Introduced, Introduction},
    },
};
use vestibule_verify::{VerifyingKey, verify};

/// Only for whoever shows, by a signature, that it holds the key of the active registration: a right PIN gave it. Unknown
/// patients and other keys get one answer.
pub(super) async fn introduce<P: Platform>(realm: &Realm<'_, P>, op: &Introduce) -> Outcome {
    realm.count().await?;
    let key = VerifyingKey::from_bytes(&op.key).map_err(|_| Refusal::Unauthorized)?;
    let key_hash = key.hash();
    let asked = verify::<IntroduceStatement>(&op.statement, namespace::INTRODUCE, &[key], 1)
        .map_err(|_| Refusal::Unauthorized)?;
    if asked.practice != realm.practice || asked.realm != realm.keys.realm.key_hash() {
        return Err(Refusal::Unauthorized.into());
    }
    let known = PatientCommand::Known(Known { patient: asked.patient, key_hash });
    match realm.patient(&asked.patient, &known).await {
        Ok(PatientReply::Done) => {}
        Ok(_) => return Err(confused()),
        Err(Stop::Refused(_)) => return Err(Refusal::Unauthorized.into()),
        Err(stop) => return Err(stop),
    }
    let introduction = Introduction {
        suite: Suite::V1,
        practice: realm.practice,
        patient: asked.patient,
        key_hash,
        at: realm.now,
    };
    let signing = realm.keys.platform.signing();
    let statement = signing
        .sign(namespace::INTRODUCTION, cbor::to_vec(&introduction))
        .map_err(|_| Stop::Fault(Fault::new("signing failed")))?;
    Ok(RealmReply::Introduced(Introduced { key: signing.public_key().to_vec().into(), statement }))
}

/// Whether an introduction of this time still counts: at most an hour old, and no more than that ahead of this realm's clock.
fn timely(said: UnixSeconds, now: UnixSeconds) -> bool {
    now.since(said).max(said.since(now)) <= limits::INTRODUCTION_SECONDS
}

/// Whether as many realms as a PIN needs, of this deployment or of the one before, say that this key is the patient's.
pub(super) fn introduced<P: Platform>(
    realm: &Realm<'_, P>,
    member: &Member,
    patient: PatientId,
    key_hash: KeyHash,
    shown: &[Introduced],
) -> bool {
    let holds = |introduced: &&Introduced| -> Option<KeyHash> {
        let key = VerifyingKey::from_bytes(&introduced.key).ok()?;
        let signer = key.hash();
        let said = verify::<Introduction>(&introduced.statement, namespace::INTRODUCTION, &[key], 1).ok()?;
        let right = (said.practice, said.patient, said.key_hash) == (realm.practice, patient, key_hash)
            && timely(said.at, realm.now);
        right.then_some(signer)
    };
    member.introduce.iter().any(|introducers| {
        // Each verification takes a moment: no more than could count.
        let mut signers: Vec<KeyHash> =
            shown.iter().take(introducers.keys.len()).filter_map(|one| holds(&one)).collect();
        signers.retain(|signer| introducers.keys.contains(signer));
        signers.sort_unstable();
        signers.dedup();
        introducers.threshold > 0 && signers.len() >= usize::from(introducers.threshold)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_introduction_counts_for_an_hour() {
        let said = UnixSeconds(1_800_000_000);
        assert_eq!(limits::INTRODUCTION_SECONDS, 3_600);
        for (now, want) in [
            (said.0, true),
            (said.0 + 3_600, true),
            (said.0 + 3_601, false),
            (said.0 + 86_400, false),
            // Clocks differ; a time far ahead would count for ever.
            (said.0 - 3_600, true),
            (said.0 - 3_601, false),
            (0, false),
        ] {
            assert_eq!(timely(said, UnixSeconds(now)), want, "{now}");
        }
    }
}
