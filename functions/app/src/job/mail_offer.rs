//! Mail that a time has become free.
use super::{JobOutcome, MailOffer, text};
use crate::{error::Fault, mail, port::Platform};
use vestibule_core::limits;

/// Nothing is looked up: the message says no more than that there is something to look at.
pub(super) async fn run<P: Platform>(platform: &P, job: &MailOffer) -> Result<JobOutcome, Fault> {
    if platform.now().since(job.asked) > limits::OFFER_SECONDS {
        return Ok(JobOutcome::Drop("the notice of an offer that is over"));
    }
    mail::send(platform, &text::offer(&job.email, &job.locale, &job.name, &job.link)).await?;
    Ok(JobOutcome::Done)
}
