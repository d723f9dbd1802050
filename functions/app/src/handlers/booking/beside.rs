//! `POST /v1/practices/{practice}/calendar/beside`.
use super::{ask, confused};
use crate::{
    actor::practice::{BesideLoad, PracticeCommand, PracticeReply},
    auth::session,
    error::{Failure, malformed},
    http::{Call, Response, parse, reply},
    port::Platform,
};
use vestibule_core::{
    ids::PracticeId,
    limits,
    time::{CELL_SECONDS, Cell, UnixSeconds},
    wire::http::{Beside, BesideClaim, BesideQuery},
};

/// Rooms and devices that a span's appointments claim, for a staff session.
pub(crate) async fn beside<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    let session = session(call)?;
    let query: BesideQuery = parse(call)?;
    if query.to.0.saturating_sub(query.from.0) > limits::MAX_BESIDE_DAYS * 86_400 {
        return Err(malformed("the span is too long"));
    }
    let cell = |at: UnixSeconds| Cell(at.0.div_ceil(CELL_SECONDS));
    let load = BesideLoad { session, from: cell(query.from), to: cell(query.to) };
    let PracticeReply::Beside(claims) = ask(platform, practice, &PracticeCommand::BesideLoad(load)).await?
    else {
        return Err(confused());
    };
    let claims = claims.into_iter().map(|(appointment, place)| BesideClaim { appointment, place }).collect();
    Ok(reply(call, &Beside { claims }))
}
