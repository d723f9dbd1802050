//! The waiting list.
mod accept;
mod act;
mod join;
mod list;
mod mail;

pub(super) use accept::accept;
pub(super) use act::{act, remove};
pub(super) use join::join;
pub(super) use list::{list, read};
pub(super) use mail::mail;

use super::ask;
use crate::{
    actor::{
        practice::{PracticeCommand, PracticeReply},
        waiting::{Due, WaitingCommand},
    },
    error::{Failure, Fault},
    job::{self, Job},
    port::Platform,
};
use vestibule_core::ids::PracticeId;

async fn tell<P: Platform>(
    platform: &P,
    practice: PracticeId,
    command: WaitingCommand,
) -> Result<PracticeReply, Failure> {
    ask(platform, practice, &PracticeCommand::Waiting(command)).await
}

/// Has offered places looked at again in time. Without the message the next hold does it: logged, and no more.
pub(in crate::handlers::booking) async fn look_again<P: Platform>(
    platform: &P,
    practice: PracticeId,
    due: Due,
) {
    if let Err(Fault(reason)) = job::look_again(platform, &Job::Expire(practice), due).await {
        platform.log(&Fault(format!("the waiting list's next turn was not enqueued: {reason}")));
    }
}
