//! Notes and tasks of the practice (PROTOCOL section 6, R6.24 to R6.28; `docs/SCHEDULING.md`, M1 to M9).
use crate::{
    bytes::Bytes,
    cbor,
    day::Day,
    ids::{AppointmentId, Digest, KeyHash, MemoId, PracticeId, ScopeId},
    suite::{DOMAIN, Suite, namespace},
    time::UnixSeconds,
    wire::{appointment::ScopeWrap, envelope::Sealed},
};
use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};
use vestibule_cbor_derive::{Decode, Encode};

/// What the server sees of a memo's content: all that it needs to list open tasks and to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum MemoState {
    /// It stands, and nobody waits for it: a note, or a task that is done.
    #[n(1)]
    Kept,
    /// A task that is still to be done.
    #[n(2)]
    Open,
    /// It was removed: the last version there can be, without text.
    #[n(3)]
    Removed,
}

/// What a version is bound to, in the clear: change any field and it does not open.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct MemoContext {
    /// Whose.
    #[n(0)]
    pub practice: PracticeId,
    /// Whose readers may read it.
    #[n(1)]
    pub scope: ScopeId,
    /// Which memo.
    #[n(2)]
    pub memo: MemoId,
    /// The appointment that it is about; `null` for a task of the practice as a whole.
    #[n(3)]
    pub about: Option<AppointmentId>,
    /// Version, from 1.
    #[n(4)]
    pub number: u32,
    /// [`head_input`]'s hash of the version before; zeros for version 1.
    #[n(5)]
    pub previous: Digest,
    /// How it stands from this version on.
    #[n(6)]
    pub state: MemoState,
}

/// Context of the scope's wrap of a version's DEK.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct MemoScopeContext {
    /// Whose.
    #[n(0)]
    pub practice: PracticeId,
    /// Which memo.
    #[n(1)]
    pub memo: MemoId,
    /// Version.
    #[n(2)]
    pub number: u32,
    /// Scope.
    #[n(3)]
    pub scope: ScopeId,
    /// Epoch.
    #[n(4)]
    pub epoch: u32,
}

/// A sealed version as the server stores it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct MemoEnvelope {
    /// Algorithms.
    #[n(0)]
    pub suite: Suite,
    /// What it is bound to.
    #[n(1)]
    pub context: MemoContext,
    /// CBOR of a [`Memo`], sealed under a DEK of this version and padded to at least
    /// [`BODY_FLOOR`](crate::wire::appointment::BODY_FLOOR).
    #[n(2)]
    pub body: Sealed,
    /// The DEK for the scope; context [`MemoScopeContext`].
    #[n(3)]
    pub scope: ScopeWrap,
    /// CBOR of the `Signature` over the body (namespace `memo`), sealed under the DEK with the same context. The key is in
    /// the manifest.
    #[n(4)]
    pub proof: Sealed,
}

/// What kind of memo it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "kebab-case")]
pub enum MemoKind {
    /// Something to know about an appointment.
    #[n(1)]
    Note,
    /// Something to do, about an appointment or not. Done is one whose state is [`MemoState::Kept`].
    #[n(2)]
    Task,
}

/// The signed body of a version: it repeats what the envelope is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Memo {
    /// Whose.
    #[n(0)]
    pub practice: PracticeId,
    /// Whose readers may read it.
    #[n(1)]
    pub scope: ScopeId,
    /// Which memo.
    #[n(2)]
    pub memo: MemoId,
    /// The appointment that it is about.
    #[n(3)]
    pub about: Option<AppointmentId>,
    /// Version, from 1.
    #[n(4)]
    pub number: u32,
    /// As in the context.
    #[n(5)]
    pub previous: Digest,
    /// How it stands.
    #[n(6)]
    pub state: MemoState,
    /// By the author's clock: advisory.
    #[n(7)]
    pub time: UnixSeconds,
    /// Manifest that the author knew.
    #[n(8)]
    pub manifest: u32,
    /// Hash of the composite signing key of the credential that signed this version: of a task that is done, who did it.
    #[n(9)]
    pub signer: KeyHash,
    /// Who wrote version 1, as whoever signed this version says.
    #[n(10)]
    pub author: KeyHash,
    /// When that was, by that author's clock.
    #[n(11)]
    pub made: UnixSeconds,
    /// Note or task.
    #[n(12)]
    pub kind: MemoKind,
    /// At most [`crate::limits::MEMO_TEXT_BYTES`]; empty exactly when removed.
    #[n(13)]
    pub text: String,
    /// The date until when a task is to be done; left out if there is none.
    #[n(14)]
    pub due: Option<Day>,
}

/// What is hashed to a version's head: CBOR of `["vestibule", suite, "memo-head", previous head, link]`, where the link is the
/// SHA-256 of the envelope's bytes.
pub fn head_input(previous: &Digest, link: &Digest) -> Vec<u8> {
    cbor::to_vec(&(DOMAIN, Suite::V1, namespace::MEMO_HEAD, previous, link))
}

/// A memo as served to staff; in bulk a CBOR sequence (RFC 8742) of these.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct StoredMemo {
    /// Which.
    #[n(0)]
    pub memo: MemoId,
    /// The links of all its versions, 32 bytes each: so whoever knows an earlier version sees that this one continues it.
    #[n(1)]
    pub links: Bytes,
    /// CBOR of the [`MemoEnvelope`] of the newest version; absent where the asker has it.
    #[n(2)]
    pub envelope: Option<Bytes>,
}

/// Bytes of a link.
pub const LINK_BYTES: usize = 32;

/// `PUT /v1/practices/{practice}/calendar/memos/{memo}`: the version after the newest, or the first.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct MemoPut {
    /// CBOR of a [`MemoEnvelope`].
    #[n(0)]
    pub envelope: Bytes,
}

/// How the memo stands on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct MemoStored {
    /// The newest version.
    #[n(0)]
    pub number: u32,
    /// Its head.
    #[n(1)]
    pub head: Digest,
}

/// `POST /v1/practices/{practice}/calendar/memos`: what is not removed, by id, at most [`crate::limits::MEMO_PAGE`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct MemoQuery {
    /// All about this appointment; absent: all open tasks that the session's credential may read.
    #[n(0)]
    pub about: Option<AppointmentId>,
    /// Only those after this id.
    #[n(1)]
    pub after: Option<MemoId>,
    /// First [`crate::wire::http::HEAD_PREFIX`] bytes of the heads of which the asker has the content, one after the other; at
    /// most a page of them.
    #[n(2)]
    pub have: Bytes,
}

/// `POST /v1/practices/{practice}/calendar/marks`: of appointments that start in `[from, to)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct MarksQuery {
    /// From.
    #[n(0)]
    pub from: UnixSeconds,
    /// To, at most [`crate::limits::MAX_MARK_DAYS`] later.
    #[n(1)]
    pub to: UnixSeconds,
}

/// What appointments have notes or tasks: the server's word.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct Marks {
    /// In no order; appointments without any are left out.
    #[n(0)]
    pub marks: Vec<Mark>,
}

/// Of one appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// Which.
    #[n(0)]
    pub appointment: AppointmentId,
    /// Notes, and tasks that are done.
    #[n(1)]
    pub kept: u32,
    /// Open tasks.
    #[n(2)]
    pub open: u32,
}
