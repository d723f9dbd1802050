//! Commands of the practice actor about notes and tasks.
use super::message;
use minicbor::{Decode, Encode};
use vestibule_core::{
    bytes::Bytes,
    ids::{AppointmentId, Digest, MemoId},
    time::Cell,
    wire::memo::MemoContext,
};

message! {
    /// A version of a memo: the first, or the one after the newest.
    MemoPut {
        /// SHA-256 of the bearer token.
        0 session: Digest,
        /// What the envelope says it is bound to.
        1 context: MemoContext,
        /// The epoch that it is sealed to.
        2 epoch: u32,
        /// CBOR of a `MemoEnvelope`.
        3 envelope: Bytes,
        /// Its SHA-256.
        4 link: Digest,
        /// Its head.
        5 head: Digest,
    }
    /// The newest version of a memo.
    MemoRead {
        /// SHA-256 of the bearer token.
        0 session: Digest,
        /// Which.
        1 memo: MemoId,
    }
    /// A page of memos.
    MemoList {
        /// SHA-256 of the bearer token.
        0 session: Digest,
        /// All about this appointment; `None`: all open tasks.
        1 about: Option<AppointmentId>,
        /// Only those after this id.
        2 after: Option<MemoId>,
        /// Beginnings of the heads of which the asker has the content.
        3 have: Bytes,
    }
    /// Which appointments of a span have memos.
    MarksLoad {
        /// SHA-256 of the bearer token.
        0 session: Digest,
        /// First cell.
        1 from: Cell,
        /// Cell after the last.
        2 to: Cell,
    }
}

/// All of them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum MemoCommand {
    /// See [`MemoPut`].
    #[n(0)]
    Put(#[n(0)] MemoPut),
    /// See [`MemoRead`].
    #[n(1)]
    Read(#[n(0)] MemoRead),
    /// See [`MemoList`].
    #[n(2)]
    List(#[n(0)] MemoList),
    /// See [`MarksLoad`].
    #[n(3)]
    Marks(#[n(0)] MarksLoad),
}
