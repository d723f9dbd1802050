//! `POST /v1/practices/{practice}/appointments/{appointment}/statements`, and `.../calendar/{appointment}/statements`.
use super::{ask, confused, waiting};
use crate::{
    actor::practice::{self, By, PracticeCommand, PracticeReply},
    auth::{capability_hash, session},
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
        http::{Act, Booked, StaffAct},
    },
};

/// A patient's later act (section 6): the capability fits, the sealed statement is next in the chain, the state allows it.
/// The state changes at once; staff believes it only with the signed statement inside the seal.
pub(crate) async fn act<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
    appointment: AppointmentId,
) -> Result<Response, Failure> {
    let request: Act = parse(call)?;
    let by = By::Patient(capability_hash(&request.capability));
    let Act { action, seq, statement, place, visit, .. } = request;
    let act = practice::Act { appointment, by, action, seq, statement, place, visit };
    done(platform, call, practice, act).await
}

/// A staff member's later act (section 6): a live session, else as a patient's. The patient believes it only if a key of the
/// manifest signed the statement.
pub(crate) async fn staff_act<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
    appointment: AppointmentId,
) -> Result<Response, Failure> {
    let by = By::Session(session(call)?);
    let StaffAct { action, seq, statement, place } = parse(call)?;
    let act = practice::Act { appointment, by, action, seq, statement, place, visit: None };
    done(platform, call, practice, act).await
}

async fn done<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
    act: practice::Act,
) -> Result<Response, Failure> {
    let sealed: Sealed =
        cbor::from_slice(&act.statement).map_err(|_| malformed("statement does not decode"))?;
    if sealed.namespace != namespace::STATEMENT {
        return Err(unverifiable("the statement is for something else"));
    }
    let PracticeReply::Booked(booked) = ask(platform, practice, &PracticeCommand::Act(act)).await? else {
        return Err(confused());
    };
    waiting::look_again(platform, practice, booked.due).await;
    Ok(reply(call, &Booked { state: booked.state, envelope: booked.envelope }))
}
