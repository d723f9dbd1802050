//! Instants and calendar cells.
use vestibule_cbor_derive::{Decode, Encode};

/// Seconds since 1970-01-01T00:00:00Z. JSON and CBOR carry the number.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Encode,
    Decode,
    serde::Serialize,
    serde::Deserialize,
)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct UnixSeconds(pub u64);

impl UnixSeconds {
    /// The instant `seconds` later; saturates.
    #[must_use]
    pub fn plus(self, seconds: u64) -> Self {
        Self(self.0.saturating_add(seconds))
    }
    /// Seconds from `earlier` to `self`; zero if `earlier` is later.
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A 5-minute cell of a resource's grid: Unix seconds / 300.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Encode,
    Decode,
    serde::Serialize,
    serde::Deserialize,
)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct Cell(pub u64);

/// Length of a [`Cell`] in seconds.
pub const CELL_SECONDS: u64 = 300;

impl Cell {
    /// The cell that starts at this instant, if the instant is on the grid.
    pub fn starting_at(at: UnixSeconds) -> Option<Self> {
        at.0.is_multiple_of(CELL_SECONDS).then_some(Self(at.0 / CELL_SECONDS))
    }
    /// The instant at which the cell starts.
    pub fn start(self) -> UnixSeconds {
        UnixSeconds(self.0.saturating_mul(CELL_SECONDS))
    }
}
