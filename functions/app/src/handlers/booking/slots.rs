//! `GET /v1/practices/{practice}/slots`.
use super::{ask, confused};
use crate::{
    actor::practice::{PracticeCommand, PracticeReply, SlotsLoad},
    error::{Failure, Fault, malformed},
    http::{Call, Response, reply},
    port::Platform,
};
use vestibule_core::{
    calendar::{self, QueryError, Taken},
    cbor,
    ids::PracticeId,
    limits,
    problem::{Problem, ProblemKind},
    wire::{
        directory::Catalog,
        http::{SlotQuery, Slots},
    },
};

/// Free slots. The query names resources, a duration and perhaps booking classes, not a service: the server is not told
/// what is booked. The catalog that rules is the signed one (section 6).
pub(crate) async fn slots<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    let query = SlotQuery::from_query(&call.query).ok_or_else(|| malformed("not a query for slots"))?;
    let span = calendar::utc_cells(&query).map_err(bad)?;
    if query.resources.len() > limits::MAX_RESOURCES {
        return Err(bad(QueryError::Resources));
    }
    let mut resources = query.resources.clone();
    resources.sort_unstable();
    resources.dedup();
    let load = SlotsLoad { resources, from: span.start, to: span.end, classes: query.classes.clone() };
    let PracticeReply::Slots(data) = ask(platform, practice, &PracticeCommand::SlotsLoad(load)).await? else {
        return Err(confused());
    };
    let catalog: Catalog =
        cbor::from_slice(&data.catalog).map_err(|_| Fault::new("the stored catalog does not decode"))?;
    let taken = Taken::new(data.claims, data.counted);
    let slots = calendar::slots(&catalog, &taken, platform.now(), &query).map_err(bad)?;
    Ok(reply(call, &Slots { slots }).shared(call))
}

fn bad(error: QueryError) -> Failure {
    match error {
        QueryError::Zone => Fault::new("the stored catalog's time zone is unknown").into(),
        error => Problem::new(ProblemKind::Malformed, error.to_string()).into(),
    }
}
