//! Mail a six-digit code.
use super::{Outcome, Realm, Stop};
use crate::{
    actor::patient::{PatientCommand, VoucherCount},
    job::{self, Job},
    port::Platform,
    work,
};
use vestibule_core::wire::{
    pow::Purpose,
    realm::{RealmReply, Refusal, VoucherRequest},
};
use vestibule_oprf::locator::normalise_email;

/// Longest language tag that is looked at.
const LOCALE_BYTES: usize = 35;

/// Costs a proof of work, spent once; counted by network and by patient. Answers the same for every address: whether it
/// is this patient's is found out in the job, off the request's path, and the address waits there sealed.
pub(super) async fn voucher<P: Platform>(realm: &Realm<'_, P>, op: VoucherRequest) -> Outcome {
    if normalise_email(&op.email).is_err() || op.locale.len() > LOCALE_BYTES {
        return Err(Refusal::Invalid.into());
    }
    work::check(realm.keys, realm.now, realm.practice, Purpose::Voucher, op.patient.0, &op.work)
        .map_err(|_| Refusal::Work)?;
    let deployment = realm.named(&realm.count().await?)?.deployment;
    let count = VoucherCount { patient: op.patient, work: op.work.mac, expires: op.work.expires };
    match realm.patient(&op.patient, &PatientCommand::VoucherCount(count)).await {
        Ok(_) => {}
        Err(Stop::Refused(Refusal::Locked(seconds))) => return Err(Refusal::Busy(seconds).into()),
        Err(stop) => return Err(stop),
    }
    let job = Job::MailCode(job::MailCode {
        practice: realm.practice,
        patient: op.patient,
        email: op.email,
        locale: op.locale,
        asked: realm.now,
        located: op.located,
        deployment,
    });
    job::enqueue(realm.platform, &job, 0).await?;
    Ok(RealmReply::VoucherAccepted)
}
