//! Notes and tasks of the practice: staff seals a version, and readers name every lie about it (PROTOCOL R6.24 to R6.28).
//!
//! ```text
//! DEK (random, of each version) ── seals ──> Memo        context: practice, scope, memo, about, number, previous, state
//!     │                         └─ seals ──> Signature   the same context: over the body, namespace "memo"
//!     └── wrap to the scope's epoch          context: practice, memo, number, scope, epoch
//! ```
mod memory;
mod open;
mod seal;

pub use memory::{KnownMemo, MemoMemory};
pub(crate) use open::continues;
pub use open::{OpenedMemo, open_memo};
pub use seal::{MemoDraft, MemoOf, SealedMemo, seal_memo};

#[cfg(test)]
mod tests;

use vestibule_core::{
    ids::Digest,
    wire::memo::{LINK_BYTES, StoredMemo, head_input},
};
use vestibule_suite::sha256;

/// The head of a version: the hash that the next one names as previous.
fn head(previous: &Digest, link: &Digest) -> Digest {
    sha256(&[&head_input(previous, link)])
}

/// Whether the newest version of what was served is this one.
pub(crate) fn ends_with(stored: &StoredMemo, opened: &OpenedMemo) -> bool {
    heads(&stored.links).is_some_and(|heads| heads.last() == Some(&opened.head))
}

/// The heads of all versions, from their links; `None` if that is no list of links.
fn heads(links: &[u8]) -> Option<Vec<Digest>> {
    let (all, rest) = links.as_chunks::<LINK_BYTES>();
    let mut last = Digest([0; 32]);
    let fold = |link: &[u8; LINK_BYTES]| {
        last = head(&last, &Digest(*link));
        last
    };
    rest.is_empty().then(|| all.iter().map(fold).collect())
}
