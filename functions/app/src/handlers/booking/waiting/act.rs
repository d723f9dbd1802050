//! `POST .../waiting/{entry}/acts`, and `POST .../calendar/waiting/{entry}/removal`.
use super::{look_again, tell};
use crate::{
    actor::{
        practice::PracticeReply,
        waiting::{self, WaitingCommand},
    },
    auth::{capability_hash, session},
    error::Failure,
    handlers::confused,
    http::{Call, Response, done, parse},
    port::Platform,
};
use vestibule_core::{
    ids::{PracticeId, WaitingId},
    wire::waiting::WaitingAct,
};

/// The patient leaves the list, or lets an offer pass (rule W10).
pub(in crate::handlers::booking) async fn act<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
    entry: WaitingId,
) -> Result<Response, Failure> {
    let WaitingAct { capability, what } = parse(call)?;
    let capability = capability_hash(&capability);
    finish(platform, practice, WaitingCommand::Act(waiting::WaitingAct { entry, capability, what })).await
}

/// Staff takes an entry off the list. Nothing is signed: the patient is told in the server's words, and can do nothing about
/// it either way.
pub(in crate::handlers::booking) async fn remove<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
    entry: WaitingId,
) -> Result<Response, Failure> {
    let session = session(call)?;
    finish(platform, practice, WaitingCommand::Remove(waiting::WaitingRemove { session, entry })).await
}

async fn finish<P: Platform>(
    platform: &P,
    practice: PracticeId,
    command: WaitingCommand,
) -> Result<Response, Failure> {
    let PracticeReply::Due(due) = tell(platform, practice, command).await? else { return Err(confused()) };
    look_again(platform, practice, due).await;
    Ok(done())
}
