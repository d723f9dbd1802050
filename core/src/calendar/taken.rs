//! What is taken already, as slots and holds look at it.
use super::{Claim, Takes};
use crate::{ids::ResourceId, time::Cell, wire::appointment::Place};
use alloc::{collections::BTreeMap, vec::Vec};
use core::ops::Range;
use minicbor::{Decode, Encode};

/// A live appointment of a class that has caps, counted where it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(array)]
pub struct Counted {
    /// Class.
    #[n(0)]
    pub class: u16,
    /// Its first cell.
    #[n(1)]
    pub start: Cell,
}

/// The claims of live holds and bookings in a span, and the starts that count towards caps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    cells: BTreeMap<ResourceId, Vec<u64>>,
    counted: Vec<Counted>,
}

impl Taken {
    /// From claims and counted starts in any order.
    pub fn new(claims: impl IntoIterator<Item = Claim>, counted: Vec<Counted>) -> Self {
        let mut cells: BTreeMap<ResourceId, Vec<u64>> = BTreeMap::new();
        for claim in claims {
            cells.entry(claim.resource).or_default().push(claim.cell.0);
        }
        for of in cells.values_mut() {
            of.sort_unstable();
        }
        Self { cells, counted }
    }

    /// Takes a stretch besides, whoever has it already.
    pub(super) fn add(&mut self, stretch: Place) {
        let cells = self.cells.entry(stretch.resource).or_default();
        let at = cells.partition_point(|cell| *cell < stretch.start.0);
        cells.splice(at..at, (0..u64::from(stretch.cells)).map(|n| stretch.start.0.saturating_add(n)));
        cells.sort_unstable();
    }

    /// Takes all that an appointment would.
    pub(super) fn add_all(&mut self, takes: &Takes) {
        for stretch in &takes.stretches {
            self.add(*stretch);
        }
        self.counted.extend_from_slice(&takes.counted);
    }

    /// Whether nobody has any of these cells.
    pub(super) fn is_free(&self, resource: ResourceId, span: &Range<u64>) -> bool {
        self.cells.get(&resource).is_none_or(|cells| {
            let next = cells.partition_point(|cell| *cell < span.start);
            cells.get(next).is_none_or(|cell| *cell >= span.end)
        })
    }

    /// Whether nobody has any cell of these stretches.
    pub fn has_room_for(&self, stretches: &[Place]) -> bool {
        stretches
            .iter()
            .all(|s| self.is_free(s.resource, &(s.start.0..s.start.0.saturating_add(s.cells.into()))))
    }

    /// Starts of a class.
    pub(super) fn of_class(&self, class: u16) -> impl Iterator<Item = Cell> + '_ {
        self.counted.iter().filter(move |c| c.class == class).map(|c| c.start)
    }
}
