//! What the practice enters itself: blocks, visits of people who called, and series of either (PROTOCOL section 6, R6.15).
use crate::{
    bytes::Bytes,
    ids::{AppointmentId, Digest},
    wire::appointment::{Action, State},
};
use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};
use vestibule_cbor_derive::{Decode, Encode};

/// What kind of entry it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// Time that is kept free of appointments. It has a title, and nobody comes.
    #[n(1)]
    Block,
    /// Somebody without an account comes: who, is in the body's `contact`.
    #[n(2)]
    Visit,
}

/// In the signed body of an appointment that the practice entered itself. Sealed: the server sees neither kind, nor title, nor
/// series.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Entry {
    /// Block or visit.
    #[n(0)]
    pub kind: EntryKind,
    /// Title of a block; empty for a visit.
    #[n(1)]
    pub title: String,
    /// The series that it is one of.
    #[n(2)]
    pub series: Option<Series>,
}

/// Which one of which series. The ids of all follow from the seed, so whoever opens one finds the others, and nobody else
/// sees that they belong together.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Series {
    /// 16 random bytes. The id of number `at` is the first 16 bytes of SHA-256 of the CBOR of `["vestibule", suite,
    /// "series", seed, at]`.
    #[n(0)]
    pub seed: Bytes,
    /// Its number, from 0.
    #[n(1)]
    pub at: u32,
    /// How many there are.
    #[n(2)]
    pub of: u32,
}

/// Bytes of a series' seed.
pub const SEED_BYTES: usize = 16;

/// `POST /v1/practices/{practice}/calendar/entries`: all are stored, or none is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct Entries {
    /// 1 to [`crate::limits::MAX_ENTRIES`].
    #[n(0)]
    pub entries: Vec<NewEntry>,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct NewEntry {
    /// Chosen by the client; taken once, for ever.
    #[n(0)]
    pub appointment: AppointmentId,
    /// CBOR of an `Envelope` without a patient; its context names the place.
    #[n(1)]
    pub envelope: Bytes,
    /// The classes of the service, whose rooms, devices and buffers it takes too; no code is asked for. Absent for a block, and
    /// for a service without classes.
    #[n(2)]
    pub classes: Option<Vec<u16>>,
}

/// Entries as they are stored, in the order of the request.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct Stored {
    /// One for each of the request.
    #[n(0)]
    pub all: Vec<StoredOne>,
}

/// How one of a list is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct StoredOne {
    /// State.
    #[n(0)]
    pub state: State,
    /// SHA-256 of the envelope's bytes, as stored.
    #[n(1)]
    pub envelope: Digest,
}

/// `POST /v1/practices/{practice}/calendar/statements`: a staff member's acts on several appointments, all or none. No moves.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct StaffActs {
    /// 1 to [`crate::limits::MAX_ENTRIES`], each on another appointment.
    #[n(0)]
    pub acts: Vec<ActOn>,
}

/// One act of several.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct ActOn {
    /// On which.
    #[n(0)]
    pub appointment: AppointmentId,
    /// As of `http::Act`.
    #[n(1)]
    pub action: Action,
    /// Position in the chain.
    #[n(2)]
    pub seq: u32,
    /// CBOR of a `Sealed` statement.
    #[n(3)]
    pub statement: Bytes,
}
