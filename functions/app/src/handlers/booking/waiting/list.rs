//! `POST .../waiting/{entry}/read`, and `POST .../calendar/waiting`.
use super::tell;
use crate::{
    actor::{
        practice::PracticeReply,
        waiting::{self, WaitingCommand},
    },
    auth::{capability_hash, session},
    error::Failure,
    handlers::confused,
    http::{Call, Response, cbor_bytes, parse},
    port::Platform,
};
use vestibule_core::{
    ids::{PracticeId, WaitingId},
    wire::{http::Read, waiting::WaitingQuery},
};

/// One entry for its patient, as CBOR of `StoredWaiting`. A wrong capability and an unknown id look the same.
pub(in crate::handlers::booking) async fn read<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
    entry: WaitingId,
) -> Result<Response, Failure> {
    let request: Read = parse(call)?;
    let capability = capability_hash(&request.capability);
    let command = WaitingCommand::Read(waiting::WaitingRead { entry, capability });
    match tell(platform, practice, command).await? {
        PracticeReply::Appointments(bytes) => Ok(cbor_bytes(bytes.0)),
        _ => Err(confused()),
    }
}

/// A page of the list for a staff session, sealed as it is: a CBOR sequence of `StoredWaiting`, in order.
pub(in crate::handlers::booking) async fn list<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    let session = session(call)?;
    let query: WaitingQuery = parse(call)?;
    let command = WaitingCommand::List(waiting::WaitingList { session, after: query.after });
    match tell(platform, practice, command).await? {
        PracticeReply::Appointments(bytes) => Ok(Response::ok("application/cbor-seq", bytes.0)),
        _ => Err(confused()),
    }
}
