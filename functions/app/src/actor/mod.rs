//! What travels to an actor and back: commands, not closures (ARCHITECTURE rule 2). An actor applies one command in one
//! transaction and answers; it holds no key and evaluates nothing.
pub mod entries;
pub mod memos;
pub mod patient;
pub mod practice;
pub mod waiting;

use minicbor::{Decode, Encode};
use vestibule_core::{
    ids::{PatientId, PracticeId},
    problem::{Problem, ProblemKind},
};

/// Declares a message as a CBOR array.
macro_rules! message {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $n:literal $field:ident: $ty:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
        #[cbor(array)]
        pub struct $name { $($(#[$fdoc])* #[n($n)] pub $field: $ty,)* }
    )*};
}
pub(crate) use message;

/// A guard shard: all patients of one practice whose id starts with the same four bits. Shards, not one object a
/// patient, since the first touch of a fresh object would show in the timing that a patient was never seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shard {
    /// Whose patients.
    pub practice: PracticeId,
    /// 0 to 15.
    pub number: u8,
}

impl Shard {
    /// The shard that guards this patient.
    pub const fn of(practice: PracticeId, patient: &PatientId) -> Self {
        Self { practice, number: vestibule_core::wire::witness::shard_of(patient) }
    }

    /// All of a practice.
    pub fn all(practice: PracticeId) -> impl Iterator<Item = Self> {
        (0..16).map(move |number| Self { practice, number })
    }
}

message! {
    /// A problem that an actor decided on.
    Declined {
        /// [`ProblemKind::slug`].
        0 slug: String,
        /// Detail for the developer.
        1 detail: String,
        /// Seconds to wait.
        2 retry_after: Option<u64>,
        /// Positions in a list.
        3 conflicts: Vec<u32>,
    }
}

impl From<Problem> for Declined {
    fn from(problem: Problem) -> Self {
        Self {
            slug: problem.kind.slug().into(),
            detail: problem.detail.into_owned(),
            retry_after: problem.retry_after,
            conflicts: problem.conflicts,
        }
    }
}

impl From<Declined> for Problem {
    fn from(declined: Declined) -> Self {
        let kind = ProblemKind::from_slug(&declined.slug).unwrap_or(ProblemKind::Internal);
        Self {
            kind,
            detail: declined.detail.into(),
            retry_after: declined.retry_after,
            conflicts: declined.conflicts,
        }
    }
}
