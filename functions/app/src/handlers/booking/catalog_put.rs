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
    wire::{
        directory::{Manifest, Scope},
        http::CatalogUpdate,
    },
};

/// A new catalog, for a signed-in member: signed by the admin threshold, its number one more than the current one's, the
/// whole directory still holds with the new timestamp (section 5). New calendars come with the next manifest, which adds them to scopes (R5.8).
/// Swapped only if nobody was quicker.
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
    let before = staff_directory::recheck(platform, practice, &directory)?;
    directory.catalog = catalog;
    directory.freshness = freshness;
    if let Some(manifest) = &request.manifest {
        directory.manifest = decode(manifest)?;
    }
    let after = staff_directory::recheck(platform, practice, &directory)?;
    if request.manifest.is_some() {
        staff_directory::follows(&before, &after)?;
        if !only_adds(before.manifest(), after.manifest()) {
            return Err(unverifiable("the manifest does more than add calendars"));
        }
    }
    if before.catalog().number.checked_add(1) != Some(after.catalog().number) {
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
        manifest: request.manifest,
    };
    ask(platform, practice, &PracticeCommand::CatalogSet(set)).await?;
    Ok(done())
}

/// The same staff, realms and scopes with the same keys; resources were added to scopes, and none was taken away.
fn only_adds(old: &Manifest, new: &Manifest) -> bool {
    let added = |(old, new): (&Scope, &Scope)| {
        let Scope { resources, .. } = old;
        new.resources.starts_with(resources) && Scope { resources: resources.clone(), ..new.clone() } == *old
    };
    let Manifest { scopes, number, previous, issued, .. } = old.clone();
    old.scopes.len() == new.scopes.len()
        && old.scopes.iter().zip(&new.scopes).all(added)
        && Manifest { scopes, number, previous, issued, ..new.clone() } == *old
}
