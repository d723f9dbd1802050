//! What a staff device remembers of memos that it has verified, against an older version, another history, and one that is kept
//! back.
use crate::memo::OpenedMemo;
use std::collections::BTreeMap;
use vestibule_cbor_derive::{Decode, Encode};
use vestibule_core::{
    ids::{AppointmentId, Digest, MemoId},
    limits::KEEP_CELLS,
    time::Cell,
    wire::memo::MemoState,
};

/// So many at most, about 100 bytes each: the ones seen last.
const MOST: usize = 4_000;

/// One memo as it was last verified.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct KnownMemo {
    /// Which.
    #[n(0)]
    pub memo: MemoId,
    /// What it is about.
    #[n(1)]
    pub about: Option<AppointmentId>,
    /// Highest version seen.
    #[n(2)]
    pub number: u32,
    /// Its head.
    #[n(3)]
    pub head: Digest,
    /// How it stood.
    #[n(4)]
    pub state: MemoState,
    /// When it was last seen.
    #[n(5)]
    pub seen: Cell,
}

/// All that this device knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemoMemory {
    known: BTreeMap<MemoId, KnownMemo>,
}

impl MemoMemory {
    /// What is known of a memo.
    pub fn get(&self, memo: MemoId) -> Option<&KnownMemo> {
        self.known.get(&memo)
    }

    /// Notes one that was opened and verified.
    pub fn note(&mut self, opened: &OpenedMemo, seen: Cell) {
        let memo = &opened.memo;
        let known = KnownMemo {
            memo: memo.memo,
            about: memo.about,
            number: memo.number,
            head: opened.head,
            state: memo.state,
            seen,
        };
        self.known.insert(known.memo, known);
    }

    /// Those that stood when last seen and should be listed: about an appointment, or among the open tasks.
    pub fn expected(&self, about: Option<AppointmentId>) -> impl Iterator<Item = MemoId> {
        let listed = move |known: &&KnownMemo| match about {
            Some(_) => known.about == about && known.state != MemoState::Removed,
            None => known.state == MemoState::Open,
        };
        self.known.values().filter(listed).map(|known| known.memo)
    }

    /// How many are known about an appointment that are kept, and how many that are open tasks.
    pub fn count(&self) -> BTreeMap<AppointmentId, (u32, u32)> {
        let mut counts = BTreeMap::new();
        for known in self.known.values() {
            let Some(about) = known.about else { continue };
            let (kept, open) = counts.entry(about).or_insert((0, 0));
            match known.state {
                MemoState::Kept => *kept += 1,
                MemoState::Open => *open += 1,
                MemoState::Removed => {}
            }
        }
        counts
    }

    /// Joins what a device kept: the newer of each. On equal versions the older memory wins: if the heads differ, the next
    /// reading says so.
    pub(crate) fn absorb(&mut self, older: Self) {
        for (id, entry) in older.known {
            let known = self.known.entry(id).or_insert_with(|| entry.clone());
            if known.number <= entry.number {
                *known = entry;
            }
        }
    }

    /// For the device; without what nobody has looked at for 400 days. `None` if there is nothing.
    pub(crate) fn to_keep(&self, today: Cell) -> Option<Vec<KnownMemo>> {
        let oldest = Cell(today.0.saturating_sub(KEEP_CELLS));
        let mut kept: Vec<_> = self.known.values().filter(|k| k.seen >= oldest).cloned().collect();
        if kept.len() > MOST {
            kept.sort_unstable_by_key(|k| core::cmp::Reverse(k.seen));
            kept.truncate(MOST);
            kept.sort_unstable_by_key(|k| k.memo);
        }
        (!kept.is_empty()).then_some(kept)
    }

    /// What [`Self::to_keep`] gave.
    pub(crate) fn of(kept: Vec<KnownMemo>) -> Self {
        Self { known: kept.into_iter().map(|k| (k.memo, k)).collect() }
    }
}
