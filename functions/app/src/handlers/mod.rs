//! One operation a file. Each reads as policy: parse, authenticate, authorize, decide, store, reply; the body was capped
//! before.
#[cfg(feature = "booking")]
pub(crate) mod booking;
mod challenge;
mod health;
mod realm_description;

pub(crate) use challenge::challenge;
pub(crate) use health::health;
pub(crate) use realm_description::realm_description;

use crate::{
    actor::practice::{PracticeCommand, PracticeReply},
    error::{Failure, Fault},
    port::Platform,
};
use vestibule_core::ids::PracticeId;

/// Sends a command to a practice; what it declines is the caller's problem.
pub(crate) async fn ask<P: Platform>(
    platform: &P,
    practice: PracticeId,
    command: &PracticeCommand,
) -> Result<PracticeReply, Failure> {
    match platform.practice(practice, command).await? {
        PracticeReply::Declined(declined) => Err(Failure::Problem(declined.into())),
        reply => Ok(reply),
    }
}

/// An actor answered another command than it was sent.
pub(crate) fn confused() -> Failure {
    Fault::new("an actor answered another command").into()
}
