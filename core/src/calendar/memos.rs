//! Notes and tasks of the practice: which version may follow, and how many there may be. The rules, M1 to M9, are in
//! `docs/SCHEDULING.md`.
use crate::{
    ids::{AppointmentId, Digest, ResourceId, ScopeId},
    limits,
    problem::{Problem, ProblemKind},
    wire::{
        directory::{Manifest, rights},
        memo::{MemoContext, MemoState},
    },
};

/// The newest stored version of a memo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoHead {
    /// Its number.
    pub number: u32,
    /// SHA-256 of its envelope.
    pub link: Digest,
    /// Hash that the next version names as previous.
    pub head: Digest,
    /// How it stands.
    pub state: MemoState,
    /// The scope of all its versions.
    pub scope: ScopeId,
    /// What all its versions are about.
    pub about: Option<AppointmentId>,
}

/// What the store knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MemoFacts {
    /// The memo, if its id was ever used.
    pub stored: Option<MemoHead>,
    /// Whose calendar the appointment is in that the version is about; `None` if it is about none, or was never booked.
    pub resource: Option<ResourceId>,
    /// Memos about the same appointment that are not removed.
    pub about: u64,
    /// Open tasks of the scope.
    pub open: u64,
}

/// What to do with a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemoOutcome {
    /// Store it as the newest.
    Store,
    /// These very bytes are the newest already (rule M8).
    Already,
}

/// Whether a credential may read and write the memos of a scope (rule M3).
pub fn reads(manifest: &Manifest, credential: &Digest, scope: ScopeId) -> bool {
    let may = |c: &&crate::wire::directory::Credential| {
        c.credential == *credential && c.rights & rights::CALENDAR != 0 && c.scopes.contains(&scope)
    };
    manifest.credentials.iter().any(|c| may(&c))
}

/// Whether a version is stored; `link` is the SHA-256 of its envelope, `epoch` the one that it is sealed to.
pub fn decide_memo(
    manifest: &Manifest,
    credential: &Digest,
    context: &MemoContext,
    epoch: u32,
    link: &Digest,
    facts: &MemoFacts,
) -> Result<MemoOutcome, Problem> {
    let refuse = |kind, detail| Err(Problem::new(kind, detail));
    if context.practice != manifest.practice {
        return refuse(ProblemKind::Unverifiable, "the envelope is for something else");
    }
    if !reads(manifest, credential, context.scope) {
        return refuse(ProblemKind::Forbidden, "another scope's notes and tasks");
    }
    let scope = manifest.scopes.iter().find(|s| s.id == context.scope);
    let Some(scope) = scope.filter(|scope| scope.epoch == epoch) else {
        return refuse(ProblemKind::Unverifiable, "the envelope is for something else");
    };
    if let Some(stored) = &facts.stored {
        if (stored.number, stored.link) == (context.number, *link) {
            return Ok(MemoOutcome::Already);
        }
        if (stored.scope, stored.about) != (context.scope, context.about) {
            return refuse(ProblemKind::Unverifiable, "what it is about does not change");
        }
        if stored.state == MemoState::Removed {
            return refuse(ProblemKind::Conflict, "it was removed");
        }
        if Some(context.number) != stored.number.checked_add(1) || context.previous != stored.head {
            return refuse(ProblemKind::Conflict, "somebody else changed it");
        }
    } else {
        if context.number != 1 || context.previous != Digest([0; 32]) {
            return refuse(ProblemKind::Conflict, "there is no version before this one");
        }
        match (context.about, facts.resource, context.state) {
            (_, _, MemoState::Removed) => {
                return refuse(ProblemKind::Unverifiable, "there is nothing to remove");
            }
            (None, _, MemoState::Kept) => {
                return refuse(ProblemKind::Unverifiable, "what is about no appointment begins as a task");
            }
            (Some(_), None, _) => return refuse(ProblemKind::NotFound, "no such appointment"),
            (Some(_), Some(resource), _) if !scope.resources.contains(&resource) => {
                return refuse(ProblemKind::Forbidden, "an appointment of another scope");
            }
            _ => {}
        }
        if context.about.is_some() && facts.about >= limits::MEMOS_PER_APPOINTMENT {
            return refuse(ProblemKind::Full, "so many notes and tasks about one appointment");
        }
    }
    if context.number > limits::MEMO_VERSIONS && context.state != MemoState::Removed {
        return refuse(ProblemKind::Full, "it was changed so often");
    }
    let was_open = facts.stored.is_some_and(|stored| stored.state == MemoState::Open);
    if context.state == MemoState::Open && !was_open && facts.open >= limits::OPEN_TASKS {
        return refuse(ProblemKind::Full, "so many open tasks");
    }
    Ok(MemoOutcome::Store)
}

#[cfg(test)]
#[path = "memos_tests.rs"]
mod tests;
