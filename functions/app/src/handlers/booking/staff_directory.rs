//! The directory as a signed-in member changes it.
use super::{ask, confused, directory::assemble};
use crate::{
    actor::practice::{PracticeCommand, PracticeReply},
    error::{Failure, unverifiable},
    port::Platform,
    sha256,
};
use vestibule_core::{
    cbor,
    ids::{Digest, PracticeId},
    problem::{Problem, ProblemKind},
    wire::directory::Directory,
};
use vestibule_verify::directory::{Expected, VerifiedDirectory, check};

/// The current directory, for the holder of a live session.
pub(super) async fn load<P: Platform>(
    platform: &P,
    practice: PracticeId,
    session: Digest,
) -> Result<Directory, Failure> {
    match ask(platform, practice, &PracticeCommand::StaffDirectory(session)).await? {
        PracticeReply::Directory(pieces) => Ok(assemble(&pieces)?),
        _ => Err(confused()),
    }
}

/// What the store compares before it swaps: SHA-256 of the current signed manifest and catalog, since every change brings a
/// timestamp over both.
pub(super) fn head(directory: &Directory) -> Digest {
    sha256(&[cbor::to_vec(&directory.manifest), cbor::to_vec(&directory.catalog)].concat())
}

/// The manifest is the next one.
pub(super) fn follows(now: &VerifiedDirectory, next: &VerifiedDirectory) -> Result<(), Failure> {
    let (old, new) = (now.manifest(), next.manifest());
    if old.number.checked_add(1) == Some(new.number) && new.previous == old.digest() {
        return Ok(());
    }
    Err(Problem::new(ProblemKind::Conflict, "the manifest does not follow the current one").into())
}

/// Checks a changed directory whole, as every client will.
pub(super) fn recheck<P: Platform>(
    platform: &P,
    practice: PracticeId,
    directory: &Directory,
) -> Result<VerifiedDirectory, Failure> {
    let expected = Expected { practice, fingerprint: None, seen: None };
    check(directory, &expected, platform.now()).map_err(|e| unverifiable(e.to_string()))
}
