//! One operation a file. Each reads as policy: parse, authenticate, authorize, decide, store, reply; the body was capped
//! before.
mod act;
mod book;
mod cache_put;
mod calendar;
mod catalog;
mod catalog_put;
mod challenge;
mod directory;
mod found_begin;
mod found_finish;
mod freshness_put;
mod health;
mod hold;
mod read;
mod realm_description;
mod sign_in;
mod sign_in_begin;
mod slots;
mod staff_directory;

pub(crate) use act::act;
pub(crate) use book::book;
pub(crate) use cache_put::cache_put;
pub(crate) use calendar::calendar;
pub(crate) use catalog::catalog;
pub(crate) use catalog_put::catalog_put;
pub(crate) use challenge::challenge;
pub(crate) use directory::directory;
pub(crate) use found_begin::found_begin;
pub(crate) use found_finish::found_finish;
pub(crate) use freshness_put::freshness_put;
pub(crate) use health::health;
pub(crate) use hold::hold;
pub(crate) use read::read;
pub(crate) use realm_description::realm_description;
pub(crate) use sign_in::sign_in;
pub(crate) use sign_in_begin::sign_in_begin;
pub(crate) use slots::slots;

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
