//! Commands of the practice actor on several appointments at once: what the practice enters itself, and acts on a series.
use super::message;
use minicbor::{Decode, Encode};
use vestibule_core::{
    bytes::Bytes,
    ids::{AppointmentId, Digest, PracticeId, ScopeId},
    wire::appointment::{Action, AppointmentContext},
};

message! {
    /// Entries of the practice: all are stored, or none.
    EntriesAdd {
        /// SHA-256 of the bearer token.
        0 session: Digest,
        /// Whose calendar: the envelopes must say the same.
        1 practice: PracticeId,
        /// The list.
        2 entries: Vec<EntryPut>,
    }
    /// One entry.
    EntryPut {
        /// What the envelope says it is bound to.
        0 context: AppointmentContext,
        /// The scope that it is sealed to.
        1 scope: ScopeId,
        /// Its epoch.
        2 epoch: u32,
        /// Its bytes.
        3 envelope: Bytes,
        /// Their SHA-256.
        4 digest: Digest,
        /// SHA-256 of the CBOR of the sealed body: the head of the chain.
        5 head: Digest,
        /// The classes of its service.
        6 classes: Option<Vec<u16>>,
    }
    /// Acts of staff on several appointments: all are taken, or none.
    Acts {
        /// SHA-256 of the bearer token.
        0 session: Digest,
        /// The list.
        1 acts: Vec<ActOne>,
    }
    /// One act of several.
    ActOne {
        /// Which.
        0 appointment: AppointmentId,
        /// What to do.
        1 action: Action,
        /// Position in the chain.
        2 seq: u32,
        /// CBOR of a `Sealed` statement.
        3 statement: Bytes,
    }
}
