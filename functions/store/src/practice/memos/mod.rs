//! Notes and tasks of the practice (rules M1 to M9 of `docs/SCHEDULING.md`).
mod list;
mod marks;
mod put;

use super::{Outcome, Stop, directory::manifest, session};
use crate::driver::{Driver, StoreError};
use vestibule_app::actor::memos::MemoCommand;
use vestibule_core::{
    ids::Digest,
    time::UnixSeconds,
    wire::{
        directory::{Manifest, rights},
        memo::MemoState,
    },
};

/// Does one command about them.
pub(super) fn run(db: &impl Driver, now: UnixSeconds, command: &MemoCommand) -> Outcome {
    match command {
        MemoCommand::Put(c) => put::put(db, now, c),
        MemoCommand::Read(c) => list::read(db, now, c),
        MemoCommand::List(c) => list::list(db, now, c),
        MemoCommand::Marks(c) => marks::load(db, now, c),
    }
}

/// Commands that write nothing.
pub(super) const fn only_reads(command: &MemoCommand) -> bool {
    !matches!(command, MemoCommand::Put(_))
}

/// How a state is stored: as the wire has it.
const fn code(state: MemoState) -> u64 {
    match state {
        MemoState::Kept => 1,
        MemoState::Open => 2,
        MemoState::Removed => 3,
    }
}

fn state(code: u8) -> Result<MemoState, StoreError> {
    Ok(match code {
        1 => MemoState::Kept,
        2 => MemoState::Open,
        3 => MemoState::Removed,
        _ => return Err(StoreError("unknown state of a memo".into())),
    })
}

/// The credential of a session, and the manifest that says what it may.
fn who(db: &impl Driver, now: UnixSeconds, token: &Digest) -> Result<(Digest, Manifest), Stop> {
    Ok((session::require(db, now, token)?, manifest(db)?))
}

/// The scopes whose memos a credential reads, as SQL literals: their bytes and nothing of the asker's.
fn scopes(manifest: &Manifest, credential: &Digest) -> String {
    let own = manifest.credentials.iter().filter(|c| c.credential == *credential);
    let own = own.filter(|c| c.rights & rights::CALENDAR != 0).flat_map(|c| &c.scopes);
    super::calendar::literals(own.map(AsRef::as_ref))
}
