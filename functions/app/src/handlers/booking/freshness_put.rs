//! `PUT /v1/practices/{practice}/freshness`.
use super::{ask, staff_directory};
use crate::{
    actor::practice::{FreshnessSet, PracticeCommand},
    auth::session,
    error::{Failure, malformed},
    http::{Call, Response, done},
    port::Platform,
};
use vestibule_core::{
    cbor,
    ids::PracticeId,
    problem::{Problem, ProblemKind},
};

/// A new staff-signed timestamp: the body is CBOR of `Signed`. The whole directory must still hold with it, and it must
/// not be older than the current one (section 5).
pub(crate) async fn freshness_put<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    let session = session(call)?;
    if call.input != Some(crate::http::Format::Cbor) {
        return Err(ProblemKind::UnsupportedMediaType.into());
    }
    let freshness = cbor::from_slice(&call.body).map_err(|_| malformed("not a signed body"))?;
    let mut directory = staff_directory::load(platform, practice, session).await?;
    let expected = staff_directory::head(&directory);
    let before = staff_directory::recheck(platform, practice, &directory)?.timestamp().at;
    directory.freshness = freshness;
    let after = staff_directory::recheck(platform, practice, &directory)?.timestamp().at;
    if after < before {
        return Err(Problem::new(ProblemKind::Conflict, "older than the current timestamp").into());
    }
    let set = FreshnessSet { session, expected, freshness: call.body.clone().into() };
    ask(platform, practice, &PracticeCommand::FreshnessSet(set)).await?;
    Ok(done())
}
