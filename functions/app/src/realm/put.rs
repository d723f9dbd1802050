//! Store a pending registration.
use super::{Outcome, Realm, Stop, introduce::introduced, member::Member, secrets, secrets::Secrets};
use crate::{
    actor::patient::{self, PatientCommand, Permit},
    port::Platform,
    sha256,
};
use vestibule_core::{
    cbor,
    ids::{KeyHash, PatientId},
    suite::namespace,
    wire::{
        envelope::Signed,
        realm::{Authorization, Descriptor, Put, PutStatement, RealmReply, Refusal},
    },
};
use vestibule_oprf::{Key, check_shares};
use vestibule_verify::{Verified, VerifyingKey, verify};

/// Length of a put statement's nonce.
const NONCE_BYTES: usize = 16;

/// Needs a voucher's ticket for this patient, or the current patient key's signature over {old registration, H(D), nonce};
/// each serves once. The descriptor must be this patient's, name this realm, and fit the share handed over. The
/// registration waits until its first right PIN.
pub(super) async fn put<P: Platform>(realm: &Realm<'_, P>, op: Put) -> Outcome {
    let member = realm.named(&realm.count().await?)?;
    let descriptor: Descriptor = cbor::from_slice(&op.descriptor).map_err(|_| Refusal::Invalid)?;
    check_descriptor(realm, &member, &descriptor, &op)?;
    let patient = descriptor.patient;
    let permit = permit(realm, &member, patient, &op)?;
    let secrets = Secrets {
        index: member.index,
        oprf_share: op.oprf_share.0,
        unlock_key: op.unlock_key.0,
        masked_share: op.masked_share.0,
    };
    let place = (realm.practice, patient, descriptor.registration);
    let command = PatientCommand::Put(patient::Put {
        patient,
        registration: descriptor.registration,
        secrets: secrets::seal(realm.platform, realm.keys, &place, &secrets),
        descriptor: op.descriptor,
        key_hash: op.key_hash,
        permit,
        deployment: member.deployment,
    });
    realm.patient(&patient, &command).await?;
    Ok(RealmReply::Stored)
}

/// The shape is that of the practice's deployment, so that decoys look like every real descriptor.
fn check_descriptor<P: Platform>(
    realm: &Realm<'_, P>,
    member: &Member,
    d: &Descriptor,
    op: &Put,
) -> Result<(), Stop> {
    let shape = d.practice == realm.practice
        && d.threshold == member.threshold
        && d.realms == member.realms
        && d.shares.len() == d.realms.len();
    let key = Key::from_bytes(&op.oprf_share.0).map_err(|_| Refusal::Invalid)?;
    let fits = shape
        && d.shares.get(usize::from(member.index) - 1) == Some(&key.public())
        && check_shares(d.threshold, &d.shares, &d.public).is_ok();
    if fits { Ok(()) } else { Err(Refusal::Invalid.into()) }
}

fn permit<P: Platform>(
    realm: &Realm<'_, P>,
    member: &Member,
    patient: PatientId,
    op: &Put,
) -> Result<Permit, Stop> {
    let signed = |key: &[u8], statement: &Signed| -> Result<(KeyHash, Verified<PutStatement>), Stop> {
        let key = VerifyingKey::from_bytes(key).map_err(|_| Refusal::Unauthorized)?;
        let signer = key.hash();
        let statement = verify::<PutStatement>(statement, namespace::PUT, &[key], 1)
            .map_err(|_| Refusal::Unauthorized)?;
        let fits = statement.practice == realm.practice
            && statement.patient == patient
            && statement.descriptor == sha256(&op.descriptor)
            && statement.nonce.len() == NONCE_BYTES;
        if fits { Ok((signer, statement)) } else { Err(Refusal::Unauthorized.into()) }
    };
    match &op.authorization {
        Authorization::Ticket(ticket) => Ok(Permit::Ticket(sha256(&ticket.0))),
        Authorization::PatientKey(key, statement) => {
            let (signer, statement) = signed(key, statement)?;
            Ok(Permit::Signed(signer, statement.old, statement.nonce.clone()))
        }
        Authorization::Introduced(key, statement, shown) => {
            let (signer, statement) = signed(key, statement)?;
            if signer != op.key_hash || !introduced(realm, member, patient, signer, shown) {
                return Err(Refusal::Unauthorized.into());
            }
            Ok(Permit::Introduced(signer, statement.nonce.clone()))
        }
    }
}
