//! `POST /v1/practices/{practice}/calendar`.
use super::{ask, confused};
use crate::{
    actor::practice::{CalendarLoad, PracticeCommand, PracticeReply},
    auth::session,
    error::{Failure, malformed},
    http::{Call, Response, parse},
    port::Platform,
};
use vestibule_core::{
    ids::PracticeId,
    limits,
    time::{CELL_SECONDS, Cell, UnixSeconds},
    wire::http::{CalendarQuery, HEAD_PREFIX},
};

/// A page of the practice's appointments, sealed as they are, for a staff session: a CBOR sequence (RFC 8742) of
/// `CalendarItem`. What the asker has is listed without its content.
pub(crate) async fn calendar<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    let session = session(call)?;
    let query: CalendarQuery = parse(call)?;
    if query.have.len() > limits::CALENDAR_PAGE * HEAD_PREFIX || !query.have.len().is_multiple_of(HEAD_PREFIX)
    {
        return Err(malformed("not a list of heads"));
    }
    let cell = |at: UnixSeconds| Cell(at.0.div_ceil(CELL_SECONDS));
    let load = CalendarLoad {
        session,
        from: cell(query.from),
        to: cell(query.to),
        after: query.after,
        have: query.have,
    };
    match ask(platform, practice, &PracticeCommand::CalendarLoad(load)).await? {
        PracticeReply::Appointments(bytes) => Ok(Response::ok("application/cbor-seq", bytes.0)),
        _ => Err(confused()),
    }
}
