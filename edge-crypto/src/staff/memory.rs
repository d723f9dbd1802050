//! What a staff client remembers on its device, against rollback: the highest manifest and catalog, and the head of
//! every appointment that it has verified. Sealed under a key that only this browser profile can derive.
use crate::{
    booking::{Opened, Remembered},
    memo::{KnownMemo, MemoMemory},
};
use std::collections::BTreeMap;
use vestibule_cbor_derive::{Decode, Encode};
use vestibule_core::{
    cbor,
    ids::{AppointmentId, Digest, PracticeId},
    limits::KEEP_CELLS,
    states,
    suite::namespace,
    time::Cell,
    wire::envelope::Sealed,
};
use vestibule_suite::{self as suite, CryptoRng, Secret32};
use vestibule_verify::directory::Seen;

/// Why a memory is not restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the memory of this device does not open")]
pub struct MemoryError;

/// What was seen before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StaffMemory {
    /// Highest manifest and catalog.
    pub seen: Option<Seen>,
    appointments: BTreeMap<AppointmentId, Entry>,
    /// Notes and tasks.
    pub memos: MemoMemory,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct Entry {
    #[n(0)]
    appointment: AppointmentId,
    #[n(1)]
    start: Cell,
    #[n(2)]
    seq: u32,
    #[n(3)]
    head: Digest,
    #[n(4)]
    body: Digest,
    #[n(5)]
    cancelled: bool,
}

/// Stored form: `[manifest, manifest hash, catalog, entries sorted by id, memos sorted by id]`; manifest 0 stands for "none seen".
#[derive(Debug, Encode, Decode)]
#[cbor(array)]
struct Stored {
    #[n(0)]
    manifest: u32,
    #[n(1)]
    manifest_hash: Digest,
    #[n(2)]
    catalog: u32,
    #[n(3)]
    entries: Vec<Entry>,
    #[n(4)]
    memos: Option<Vec<KnownMemo>>,
}

impl StaffMemory {
    /// Notes the newest directory.
    pub fn remember_directory(&mut self, seen: Seen) {
        self.seen = Some(seen);
    }

    /// What is known of an appointment.
    pub fn get(&self, id: AppointmentId) -> Option<Remembered> {
        self.appointments.get(&id).map(|e| Remembered { seq: e.seq, head: e.head, body: e.body })
    }

    /// Notes an appointment that was opened and verified.
    pub fn note(&mut self, opened: &Opened) {
        let appointment = opened.booking.appointment;
        let entry = Entry {
            appointment,
            start: opened.place.start,
            seq: opened.seq,
            head: opened.head,
            body: opened.body,
            cancelled: !states::keeps_cells(opened.state),
        };
        self.appointments.insert(appointment, entry);
    }

    /// Appointments that start in `[from, to)`, were not cancelled when last seen, and should thus be served.
    pub fn expected(&self, from: Cell, to: Cell) -> impl Iterator<Item = (AppointmentId, Cell)> {
        self.appointments
            .values()
            .filter(move |e| !e.cancelled && e.start >= from && e.start < to)
            .map(|e| (e.appointment, e.start))
    }

    /// Joins what a device kept with what this session has seen: the newer of each.
    pub fn absorb(&mut self, older: Self) {
        self.memos.absorb(older.memos);
        if self.seen.as_ref().map(|s| s.manifest) < older.seen.as_ref().map(|s| s.manifest) {
            self.seen = older.seen;
        }
        for (id, entry) in older.appointments {
            let known = self.appointments.entry(id).or_insert_with(|| entry.clone());
            // On equal numbers the older memory wins: if the heads differ, the next reading says so.
            if known.seq <= entry.seq {
                *known = entry;
            }
        }
    }

    /// Seals for the device; forgets what is more than 400 days past.
    pub fn seal(
        &self,
        rng: &mut impl CryptoRng,
        device_secret: &Secret32,
        practice: PracticeId,
        today: Cell,
    ) -> Vec<u8> {
        let oldest = Cell(today.0.saturating_sub(KEEP_CELLS));
        let (manifest, manifest_hash, catalog) =
            self.seen.as_ref().map_or((0, Digest([0; 32]), 0), |s| (s.manifest, s.manifest_hash, s.catalog));
        let entries = self.appointments.values().filter(|e| e.start >= oldest).cloned().collect();
        let memos = self.memos.to_keep(today);
        let stored = Stored { manifest, manifest_hash, catalog, entries, memos };
        cbor::to_vec(&suite::seal(
            rng,
            device_secret,
            namespace::STAFF_MEMORY,
            &(practice,),
            &cbor::to_vec(&stored),
        ))
    }

    /// Opens what [`Self::seal`] made.
    pub fn open(device_secret: &Secret32, practice: PracticeId, blob: &[u8]) -> Result<Self, MemoryError> {
        let sealed: Sealed = cbor::from_slice(blob).map_err(|_| MemoryError)?;
        let plain = suite::open(device_secret, namespace::STAFF_MEMORY, &(practice,), &sealed)
            .map_err(|_| MemoryError)?;
        let stored: Stored = cbor::from_slice(&plain).map_err(|_| MemoryError)?;
        let seen = (stored.manifest > 0).then_some(Seen {
            manifest: stored.manifest,
            manifest_hash: stored.manifest_hash,
            catalog: stored.catalog,
        });
        let appointments = stored.entries.into_iter().map(|e| (e.appointment, e)).collect();
        Ok(Self { seen, appointments, memos: MemoMemory::of(stored.memos.unwrap_or_default()) })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::testing::rng;

    const PRACTICE: PracticeId = PracticeId([1; 16]);

    fn seen(manifest: u32) -> Seen {
        Seen { manifest, manifest_hash: Digest([2; 32]), catalog: manifest }
    }

    fn entry(id: u8, start: u64, seq: u32, head: u8, cancelled: bool) -> Entry {
        Entry {
            appointment: AppointmentId([id; 16]),
            start: Cell(start),
            seq,
            head: Digest([head; 32]),
            body: Digest([9; 32]),
            cancelled,
        }
    }

    fn memory(manifest: u32, entries: &[Entry]) -> StaffMemory {
        let appointments = entries.iter().cloned().map(|e| (e.appointment, e)).collect();
        StaffMemory { seen: Some(seen(manifest)), appointments, memos: MemoMemory::default() }
    }

    #[test]
    fn opens_on_its_device_and_for_its_practice_only() {
        let (secret, other) = (Secret32::from_bytes([3; 32]), Secret32::from_bytes([4; 32]));
        let kept = memory(2, &[entry(1, 200_000, 1, 1, false), entry(2, 1, 1, 1, false)]);
        let blob = kept.seal(&mut rng(1), &secret, PRACTICE, Cell(200_000));
        let opened = StaffMemory::open(&secret, PRACTICE, &blob).unwrap();
        // What is more than 400 days past is forgotten.
        assert_eq!(opened, memory(2, &[entry(1, 200_000, 1, 1, false)]));
        assert_eq!(StaffMemory::open(&other, PRACTICE, &blob), Err(MemoryError));
        assert_eq!(StaffMemory::open(&secret, PracticeId([2; 16]), &blob), Err(MemoryError));
        let empty = StaffMemory::default();
        let blob = empty.seal(&mut rng(1), &secret, PRACTICE, Cell(0));
        assert_eq!(StaffMemory::open(&secret, PRACTICE, &blob), Ok(empty));
    }

    #[test]
    fn the_newer_of_each_is_kept() {
        let mut now = memory(1, &[entry(1, 5, 2, 7, true), entry(2, 5, 1, 1, false)]);
        now.absorb(memory(3, &[entry(1, 5, 1, 1, false), entry(2, 5, 2, 8, true), entry(3, 5, 1, 1, false)]));
        assert_eq!(now.seen, Some(seen(3)));
        let seqs: Vec<_> = (1..=3).map(|n| now.get(AppointmentId([n; 16])).unwrap().seq).collect();
        assert_eq!(seqs, [2, 2, 1]);
        // Another history of the same length: the older memory stands, so that the next reading names the fork.
        now.absorb(memory(1, &[entry(3, 5, 1, 99, false)]));
        assert_eq!(now.get(AppointmentId([3; 16])).unwrap().head, Digest([99; 32]));
    }

    #[test]
    fn expects_what_was_booked_in_the_span() {
        let memory = memory(
            1,
            &[
                entry(1, 10, 1, 1, false),
                entry(2, 19, 1, 1, false),
                entry(3, 20, 1, 1, false),
                entry(4, 12, 2, 1, true),
            ],
        );
        let ids: Vec<_> = memory.expected(Cell(10), Cell(20)).map(|(id, _)| id.0[0]).collect();
        assert_eq!(ids, [1, 2]);
    }
}
