//! Whose fault it is: the caller's is a problem, ours is a fault.
use vestibule_core::problem::{Problem, ProblemKind};

/// Our fault: logged by the adapter, opaque outside. Never holds data of a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Fault(pub String);

impl Fault {
    /// A fault with a fixed text.
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// What ends a handler early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The caller's.
    Problem(Problem),
    /// Ours.
    Fault(Fault),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<ProblemKind> for Failure {
    fn from(kind: ProblemKind) -> Self {
        Self::Problem(kind.into())
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// A malformed request, with what is wrong.
pub(crate) fn malformed(detail: &'static str) -> Failure {
    Problem::new(ProblemKind::Malformed, detail).into()
}

/// A well-formed request that does not hold.
pub(crate) fn unverifiable(detail: impl Into<std::borrow::Cow<'static, str>>) -> Failure {
    Problem::new(ProblemKind::Unverifiable, detail).into()
}
