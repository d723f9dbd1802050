//! Series that patients book (PROTOCOL section 6, R6.17; `docs/SCHEDULING.md`, S18).
use crate::wire::http::{Book, Hold};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use vestibule_cbor_derive::{Decode, Encode};

/// `POST /v1/practices/{practice}/holds/series`: all are held, or none. Answered by `Held`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct SeriesHold {
    /// 2 to [`crate::limits::MAX_SERIES`], each with an id, a capability and a proof of work of its own, and the same calendar,
    /// length and class.
    #[n(0)]
    pub holds: Vec<Hold>,
}

/// `POST /v1/practices/{practice}/appointments/series`: all are booked, or none. Answered by [`crate::wire::entry::Stored`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct SeriesBook {
    /// One for each hold of the series.
    #[n(0)]
    pub books: Vec<Book>,
}
