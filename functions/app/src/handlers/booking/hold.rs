//! `POST /v1/practices/{practice}/holds`, and `.../holds/series`.
use super::{ask, confused};
use crate::{
    actor::practice::{self, PracticeCommand, PracticeReply},
    error::{Failure, Fault, malformed},
    http::{Call, Response, parse, reply},
    job::{self, Job},
    port::{Platform, keys},
    work,
};
use vestibule_core::{
    ids::PracticeId,
    limits,
    wire::{
        http::{Held, Hold},
        pow::Purpose,
        series::SeriesHold,
    },
};

/// Holds a slot for 10 minutes (section 6): a proof of work bound to the appointment id, caps by network and practice,
/// all cells of everything that the booking classes need at once or none, an id taken once, for ever. A repeated hold is refused; there is no renewal.
pub(crate) async fn hold<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    let command = PracticeCommand::Hold(paid(platform, call, practice, parse(call)?)?);
    held(platform, call, practice, &command).await
}

/// Holds all places of a series, or none (S18): each with a proof of work of its own, and counted as one.
pub(crate) async fn hold_series<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    let SeriesHold { holds } = parse(call)?;
    if holds.len() > limits::MAX_SERIES {
        return Err(malformed("too many holds"));
    }
    let holds =
        holds.into_iter().map(|hold| paid(platform, call, practice, hold)).collect::<Result<_, _>>()?;
    held(platform, call, practice, &PracticeCommand::SeriesHold(holds)).await
}

fn paid<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
    request: Hold,
) -> Result<practice::Hold, Failure> {
    let subject = request.appointment.0;
    work::check(keys(platform)?, platform.now(), practice, Purpose::Hold, subject, &request.work)?;
    Ok(practice::Hold {
        appointment: request.appointment,
        place: request.place,
        capability: request.capability_hash,
        network: call.network,
        cap: platform.config().cap(limits::HOLDS_PER_NETWORK),
        visit: request.visit,
    })
}

async fn held<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
    command: &PracticeCommand,
) -> Result<Response, Failure> {
    let PracticeReply::Held(expires) = ask(platform, practice, command).await? else {
        return Err(confused());
    };
    let delay = u32::try_from(limits::HOLD_SECONDS + 1).unwrap_or(u32::MAX);
    if let Err(Fault(reason)) = job::enqueue(platform, &Job::Expire(practice), delay).await {
        // The hold stands all the same, and it ends without the message: every look at the claims ends lapsed holds.
        platform.log(&Fault(format!("a hold's expiry was not enqueued: {reason}")));
    }
    Ok(reply(call, &Held { expires }))
}
