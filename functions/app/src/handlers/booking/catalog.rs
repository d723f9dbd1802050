//! `GET /v1/practices/{practice}/catalog`.
use super::{ask, confused};
use crate::{
    actor::practice::{PracticeCommand, PracticeReply},
    error::{Failure, Fault},
    http::{Call, Response, reply},
    port::Platform,
};
use vestibule_core::{cbor, ids::PracticeId, wire::directory::Catalog};

/// The catalog in plain form, for the first paint and for scripts. Clients book by the signed one only (section 6).
pub(crate) async fn catalog<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    let PracticeReply::Directory(pieces) = ask(platform, practice, &PracticeCommand::Directory).await? else {
        return Err(confused());
    };
    let catalog: Catalog = cbor::from_slice(&pieces.catalog_body)
        .map_err(|_| Fault::new("the stored catalog does not decode"))?;
    Ok(reply(call, &catalog))
}
