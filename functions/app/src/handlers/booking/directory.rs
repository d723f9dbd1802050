//! `GET /v1/practices/{practice}/directory`.
use super::{ask, confused};
use crate::{
    actor::practice::{Pieces, PracticeCommand, PracticeReply},
    error::{Failure, Fault},
    http::{Response, cbor_bytes},
    port::Platform,
};
use vestibule_core::{bytes::Bytes, cbor, ids::PracticeId, wire::directory::Directory};

/// The signed directory, as CBOR. Public; whoever reads it checks everything (section 5).
pub(crate) async fn directory<P: Platform>(platform: &P, practice: PracticeId) -> Result<Response, Failure> {
    let PracticeReply::Directory(pieces) = ask(platform, practice, &PracticeCommand::Directory).await? else {
        return Err(confused());
    };
    Ok(cbor_bytes(cbor::to_vec(&assemble(&pieces)?)))
}

/// The pieces together.
pub(super) fn assemble(pieces: &Pieces) -> Result<Directory, Fault> {
    fn piece<T>(bytes: &Bytes) -> Result<T, Fault>
    where
        T: for<'b> minicbor::Decode<'b, ()> + minicbor::Encode<()>,
    {
        cbor::from_slice(bytes).map_err(|_| Fault::new("a stored piece of the directory does not decode"))
    }
    Ok(Directory {
        roots: piece(&pieces.roots)?,
        deployment: piece(&pieces.deployment)?,
        manifest: piece(&pieces.manifest)?,
        catalog: piece(&pieces.catalog)?,
        freshness: piece(&pieces.freshness)?,
        before: pieces.before.as_ref().map(piece).transpose()?,
    })
}
