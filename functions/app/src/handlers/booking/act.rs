//! `POST /v1/practices/{practice}/appointments/{appointment}/statements`.
use super::{ask, confused};
use crate::{
    actor::practice::{self, PracticeCommand, PracticeReply},
    auth::capability_hash,
    error::{Failure, malformed, unverifiable},
    http::{Call, Response, parse, reply},
    port::Platform,
};
use vestibule_core::{
    cbor,
    ids::{AppointmentId, PracticeId},
    suite::namespace,
    wire::{
        envelope::Sealed,
        http::{Act, Booked},
    },
};

/// A patient's later act (section 6): the capability fits, the sealed statement is next in the chain. The state changes
/// at once; staff believes it only with the signed statement inside the seal.
pub(crate) async fn act<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
    appointment: AppointmentId,
) -> Result<Response, Failure> {
    let request: Act = parse(call)?;
    let sealed: Sealed =
        cbor::from_slice(&request.statement).map_err(|_| malformed("statement does not decode"))?;
    if sealed.namespace != namespace::STATEMENT {
        return Err(unverifiable("the statement is for something else"));
    }
    let command = PracticeCommand::Act(practice::Act {
        appointment,
        capability: capability_hash(&request.capability),
        state: request.state,
        seq: request.seq,
        statement: request.statement,
    });
    let PracticeReply::Booked(booked) = ask(platform, practice, &command).await? else {
        return Err(confused());
    };
    Ok(reply(call, &Booked { state: booked.state, envelope: booked.envelope }))
}
