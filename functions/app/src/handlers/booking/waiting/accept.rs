//! `POST .../waiting/{entry}/acceptance`.
use super::tell;
use crate::{
    actor::{
        practice::{Hold, PracticeReply},
        waiting::{self, WaitingCommand},
    },
    auth::capability_hash,
    error::{Failure, Fault},
    handlers::confused,
    http::{Call, Response, parse, reply},
    job::{self, Job},
    port::{Platform, keys},
    work,
};
use vestibule_core::{
    ids::{PracticeId, WaitingId},
    limits,
    wire::{http::Held, pow::Purpose, waiting::WaitingAccept},
};

/// An offered place becomes the patient's own hold (rule W7): the entry's capability, an open offer of exactly this place, and
/// everything that any hold has to keep, its proof of work too.
pub(in crate::handlers::booking) async fn accept<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
    entry: WaitingId,
) -> Result<Response, Failure> {
    let WaitingAccept { capability, hold } = parse(call)?;
    let subject = hold.appointment.0;
    work::check(keys(platform)?, platform.now(), practice, Purpose::Hold, subject, &hold.work)?;
    let command = WaitingCommand::Accept(waiting::WaitingAccept {
        entry,
        capability: capability_hash(&capability),
        hold: Hold {
            appointment: hold.appointment,
            place: hold.place,
            capability: hold.capability_hash,
            network: call.network,
            cap: platform.config().cap(limits::HOLDS_PER_NETWORK),
            visit: hold.visit,
        },
    });
    let PracticeReply::Held(expires) = tell(platform, practice, command).await? else {
        return Err(confused());
    };
    // As with every hold; this message also takes up the turns of what is left of the place.
    let delay = u32::try_from(limits::HOLD_SECONDS + 1).unwrap_or(u32::MAX);
    if let Err(Fault(reason)) = job::enqueue(platform, &Job::Expire(practice), delay).await {
        platform.log(&Fault(format!("a hold's expiry was not enqueued: {reason}")));
    }
    Ok(reply(call, &Held { expires }))
}
