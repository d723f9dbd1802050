//! `PUT /v1/practices/{practice}/catalog`.
use super::{ask, staff_directory};
use crate::{
    actor::practice::{CatalogSet, PracticeCommand},
    auth::session,
    error::{Failure, malformed, unverifiable},
    http::{Call, Response, done, parse},
    port::Platform,
};
use vestibule_core::{
    calendar::Zone,
    cbor,
    ids::PracticeId,
    problem::{Problem, ProblemKind},
    wire::http::CatalogUpdate,
};

/// A new catalog, for a signed-in member: signed by the admin threshold, its number one more than the current one's, the
/// whole directory still holds with the new timestamp (section 5). Swapped only if nobody was quicker.
pub(crate) async fn catalog_put<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    let session = session(call)?;
    let request: CatalogUpdate = parse(call)?;
    let decode = |bytes| cbor::from_slice(bytes).map_err(|_| malformed("not a signed body"));
    let (catalog, freshness) = (decode(&request.catalog)?, decode(&request.freshness)?);
    let mut directory = staff_directory::load(platform, practice, session).await?;
    let expected = staff_directory::head(&directory);
    let before = staff_directory::recheck(platform, practice, &directory)?.catalog().number;
    directory.catalog = catalog;
    directory.freshness = freshness;
    let after = staff_directory::recheck(platform, practice, &directory)?;
    if before.checked_add(1) != Some(after.catalog().number) {
        return Err(Problem::new(ProblemKind::Conflict, "the catalog's number does not follow").into());
    }
    Zone::check_all(after.catalog()).map_err(|e| unverifiable(e.to_string()))?;
    let catalog_body = cbor::to_vec(&**after.catalog()).into();
    let set = CatalogSet {
        session,
        expected,
        catalog: request.catalog,
        catalog_body,
        freshness: request.freshness,
    };
    ask(platform, practice, &PracticeCommand::CatalogSet(set)).await?;
    Ok(done())
}
