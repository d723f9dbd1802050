//! Work off the request's path. A job waits sealed under the platform secret, so no address rests anywhere in the clear.
mod mail_code;
mod mail_offer;
mod text;

pub(crate) use mail_code::code_mac;

use crate::{
    actor::practice::{PracticeCommand, PracticeReply},
    config::Keys,
    error::Fault,
    port::{Platform, keys},
};
use minicbor::{Decode, Encode};
use vestibule_core::{
    cbor,
    ids::{Digest, PatientId, PracticeId},
    time::UnixSeconds,
    wire::{envelope::Sealed, realm::LocatorProof},
};

const LABEL: &str = "queue-job";

/// A job.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Job {
    /// Mail a six-digit code, if the address is the patient's.
    #[n(0)]
    MailCode(#[n(0)] MailCode),
    /// End the practice's holds that ran out, and go on with what is offered to its waiting list.
    #[n(1)]
    Expire(#[n(0)] PracticeId),
    /// Mail that a time has become free.
    #[n(2)]
    MailOffer(#[n(0)] MailOffer),
}

/// See [`Job::MailCode`].
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct MailCode {
    #[n(0)]
    pub(crate) practice: PracticeId,
    #[n(1)]
    pub(crate) patient: PatientId,
    #[n(2)]
    pub(crate) email: String,
    #[n(3)]
    pub(crate) locale: String,
    #[n(4)]
    pub(crate) asked: UnixSeconds,
    #[n(5)]
    pub(crate) located: LocatorProof,
    /// SHA-256 of the body of the deployment by which the address was located.
    #[n(6)]
    pub(crate) deployment: Digest,
}

impl std::fmt::Debug for MailCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MailCode(..)")
    }
}

/// See [`Job::MailOffer`].
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct MailOffer {
    #[n(0)]
    pub(crate) email: String,
    #[n(1)]
    pub(crate) locale: String,
    /// The practice's.
    #[n(2)]
    pub(crate) name: String,
    /// To the patient's appointments.
    #[n(3)]
    pub(crate) link: String,
    #[n(4)]
    pub(crate) asked: UnixSeconds,
}

impl std::fmt::Debug for MailOffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MailOffer(..)")
    }
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobOutcome {
    /// Done, or nothing to do.
    Done,
    /// Deliver it again later: logged.
    Retry(Fault),
    /// It can never succeed: logged and dropped. The reason names no person.
    Drop(&'static str),
}

/// Seals a job into the queue.
pub(crate) async fn enqueue<P: Platform>(platform: &P, job: &Job, delay_seconds: u32) -> Result<(), Fault> {
    let keys = keys(platform)?;
    let sealed = keys.platform.seal(&mut platform.rng(), LABEL, &(), &cbor::to_vec(job));
    platform.enqueue(cbor::to_vec(&sealed), delay_seconds).await
}

/// Enqueues a job for a second after a time, if there is one.
pub(crate) async fn look_again<P: Platform>(
    platform: &P,
    job: &Job,
    due: Option<UnixSeconds>,
) -> Result<(), Fault> {
    let Some(due) = due else { return Ok(()) };
    let delay = due.since(platform.now()).saturating_add(1);
    enqueue(platform, job, u32::try_from(delay).unwrap_or(u32::MAX)).await
}

fn open(keys: &Keys, message: &[u8]) -> Option<Job> {
    let sealed: Sealed = cbor::from_slice(message).ok()?;
    let job = keys.platform.open(LABEL, &(), &sealed).ok()?;
    cbor::from_slice(&job).ok()
}

/// Runs one queue message. Safe to repeat.
pub async fn run<P: Platform>(platform: &P, message: &[u8]) -> JobOutcome {
    let keys = match keys(platform) {
        Ok(keys) => keys,
        Err(fault) => return JobOutcome::Retry(fault),
    };
    let outcome = match open(keys, message) {
        None => return JobOutcome::Drop("a message that this deployment did not seal"),
        Some(Job::MailCode(job)) => mail_code::run(platform, keys, &job).await,
        Some(Job::Expire(practice)) => expire(platform, practice).await,
        Some(Job::MailOffer(job)) => mail_offer::run(platform, &job).await,
    };
    outcome.unwrap_or_else(JobOutcome::Retry)
}

async fn expire<P: Platform>(platform: &P, practice: PracticeId) -> Result<JobOutcome, Fault> {
    match platform.practice(practice, &PracticeCommand::Expire).await? {
        PracticeReply::Due(due) => {
            look_again(platform, &Job::Expire(practice), due).await?;
            Ok(JobOutcome::Done)
        }
        _ => Ok(JobOutcome::Drop("expiry for a practice that is not there")),
    }
}
