//! The closed list of problems that callers can cause (RFC 9457). As JSON: `application/problem+json`; for CBOR
//! callers: `application/concise-problem-details+cbor` (RFC 9290).
use alloc::{borrow::Cow, string::String, vec::Vec};

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident = $status:literal, $slug:literal, $title:literal;)*) => {
        /// What went wrong, from the caller's side.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemKind { $($(#[$doc])* $name,)* }
        impl ProblemKind {
            /// All kinds, for documents and tests.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// HTTP status.
            pub const fn status(self) -> u16 { match self { $(Self::$name => $status,)* } }
            /// Last part of the `type` URI.
            pub const fn slug(self) -> &'static str { match self { $(Self::$name => $slug,)* } }
            /// Short summary in English.
            pub const fn title(self) -> &'static str { match self { $(Self::$name => $title,)* } }
            /// Inverse of [`Self::slug`].
            pub fn from_slug(slug: &str) -> Option<Self> { match slug { $($slug => Some(Self::$name),)* _ => None } }
        }
    };
}

problems! {
    /// The body, path or query is not what the route takes.
    Malformed = 400, "malformed", "The request is not well-formed";
    /// The suite or version is unknown.
    UnknownSuite = 400, "unknown-suite", "The suite or version is unknown here";
    /// No valid session or capability.
    Unauthorized = 401, "unauthorized", "Sign in first, or show the capability";
    /// Known caller, not allowed.
    Forbidden = 403, "forbidden", "This is not allowed";
    /// No such route, practice or appointment; also given where the caller may not know.
    NotFound = 404, "not-found", "There is nothing here";
    /// The route does not take this method.
    MethodNotAllowed = 405, "method-not-allowed", "The route does not take this method";
    /// The slot was taken, or is no longer offered.
    SlotTaken = 409, "slot-taken", "This time is no longer free";
    /// The id was used before, or the state does not allow it.
    Conflict = 409, "conflict", "The state does not allow this";
    /// A limit on how many there may be at once is reached; nothing changes until something is removed or done.
    Full = 409, "full", "There is no room for more";
    /// The hold lapsed.
    HoldExpired = 410, "hold-expired", "The hold has lapsed";
    /// Larger than the route's limit.
    TooLarge = 413, "too-large", "The request is too large";
    /// Neither JSON nor CBOR.
    UnsupportedMediaType = 415, "unsupported-media-type", "Send application/json or application/cbor";
    /// Well-formed, but a signature or a rule does not hold.
    Unverifiable = 422, "unverifiable", "A signature or a rule does not hold";
    /// Proof of work missing, wrong or expired.
    WorkRequired = 428, "work-required", "Solve a challenge first";
    /// Too many requests.
    RateLimited = 429, "rate-limited", "Too many requests; wait a little";
    /// Our fault: logged, opaque outside.
    Internal = 500, "internal", "Something failed on our side";
}

/// A problem as answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which.
    pub kind: ProblemKind,
    /// What exactly, for the developer who reads it; never data of a person.
    pub detail: Cow<'static, str>,
    /// Seconds to wait, for [`ProblemKind::RateLimited`].
    pub retry_after: Option<u64>,
    /// Which of a list were in the way of all, by their positions from 0; empty where no list was sent.
    pub conflicts: Vec<u32>,
}

impl Problem {
    /// A problem with a detail.
    pub fn new(kind: ProblemKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, detail: detail.into(), retry_after: None, conflicts: Vec::new() }
    }
    /// The `type` URI.
    pub fn type_uri(&self) -> String {
        alloc::format!("urn:vestibule:problem:{}", self.kind.slug())
    }
}

impl From<ProblemKind> for Problem {
    fn from(kind: ProblemKind) -> Self {
        Self { kind, detail: Cow::Borrowed(""), retry_after: None, conflicts: Vec::new() }
    }
}
