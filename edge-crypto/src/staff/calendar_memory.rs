//! What a staff client keeps of appointments that it has verified, so that the next time a calendar opens without a key
//! operation for each. Sealed in one object for 28 days of each epoch, under a key that needs both a sign-in (the epoch's
//! seed) and this browser profile (its secret).
use crate::staff::{Keyring, Summary};
use minicbor::{Decoder, Encoder};
use std::{collections::BTreeMap, ops::RangeInclusive, sync::Arc};
use vestibule_cbor_derive::{Decode, Encode};
use vestibule_core::{
    cbor,
    ids::{AppointmentId, Digest, PracticeId, ScopeId},
    limits::KEEP_CELLS,
    suite::{Suite, namespace},
    time::Cell,
    wire::envelope::Sealed,
};
use vestibule_suite::{self as suite, CryptoRng, Secret32, Zeroizing, derive};

/// 28 days of 288 cells.
const PERIOD_CELLS: u64 = 28 * 288;
/// Appointments that are kept of one period: about 2 MB.
const MAX_KEPT: usize = 4_000;

/// The periods with appointments that start in `[from, to)`.
pub fn periods(from: Cell, to: Cell) -> RangeInclusive<u64> {
    from.0 / PERIOD_CELLS..=to.0.saturating_sub(1) / PERIOD_CELLS
}

/// A verified appointment as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    /// Head of its chain when it was verified.
    pub(crate) head: Digest,
    /// Scope and epoch that it is sealed to.
    pub(crate) epoch: (ScopeId, u32),
    /// What is shown.
    pub(crate) summary: Arc<Summary>,
}

#[derive(Debug, Default)]
struct Period {
    kept: BTreeMap<AppointmentId, Kept>,
    /// What the device holds was joined, so that it may be replaced.
    joined: bool,
    changed: bool,
}

/// What is kept, by period.
#[derive(Debug, Default)]
pub struct CalendarMemory {
    periods: BTreeMap<u64, Period>,
}

/// One epoch's part of a stored period; the content is a CBOR sequence of head and summary in turn.
#[derive(Debug, Encode, Decode)]
#[cbor(array)]
struct Part {
    #[n(0)]
    scope: ScopeId,
    #[n(1)]
    epoch: u32,
    #[n(2)]
    content: Sealed,
}

/// What a part is bound to.
type Context = (PracticeId, ScopeId, u32, u64);

fn key(memory_key: &Secret32, device_secret: &Secret32, context: &Context) -> Secret32 {
    let joined = Zeroizing::new([*memory_key.expose(), *device_secret.expose()].concat());
    derive(&joined, &(Suite::V1, "calendar-memory", context))
}

impl CalendarMemory {
    /// Whether what the device holds of this period was joined.
    pub fn has(&self, period: u64) -> bool {
        self.periods.get(&period).is_some_and(|p| p.joined)
    }

    pub(crate) fn get(&self, id: AppointmentId, start: Cell) -> Option<&Kept> {
        let near = self.periods.get(&(start.0 / PERIOD_CELLS)).and_then(|p| p.kept.get(&id));
        // A server may name another time than the right one: then it is in another period.
        near.or_else(|| self.periods.values().find_map(|p| p.kept.get(&id)))
    }

    pub(crate) fn insert(&mut self, kept: Kept) {
        let number = kept.summary.place.start.0 / PERIOD_CELLS;
        // It may have been moved here from another period.
        for (_, other) in self.periods.iter_mut().filter(|(n, _)| **n != number) {
            other.changed |= other.kept.remove(&kept.summary.appointment).is_some();
        }
        let period = self.periods.entry(number).or_default();
        if period.kept.len() < MAX_KEPT || period.kept.contains_key(&kept.summary.appointment) {
            period.kept.insert(kept.summary.appointment, kept);
            period.changed = true;
        }
    }

    /// What is kept of appointments that start in `[from, to)`, in no order.
    pub(crate) fn within(&self, from: Cell, to: Cell) -> impl Iterator<Item = &Kept> {
        let inside = move |kept: &&Kept| (from..to).contains(&kept.summary.place.start);
        // Over what is kept, not over the span: a span may be without end.
        let span = periods(from, to);
        let periods = self.periods.iter().filter(move |(n, _)| span.contains(n));
        periods.flat_map(|(_, p)| p.kept.values()).filter(inside)
    }

    /// Joins what the device holds of a period; `None` if it holds nothing. What does not open (another epoch, another
    /// profile, damage) is as if it was not there: the appointments are opened from what the server has.
    pub fn join(
        &mut self,
        keyring: &Keyring,
        device_secret: &Secret32,
        practice: PracticeId,
        period: u64,
        blob: Option<&[u8]>,
    ) {
        let parts = blob.and_then(|b| cbor::from_slice::<Vec<Part>>(b).ok()).unwrap_or_default();
        let into = self.periods.entry(period).or_default();
        into.joined = true;
        for part in parts {
            let opened = open(keyring, device_secret, practice, period, &part).unwrap_or_default();
            for kept in opened {
                into.kept.entry(kept.summary.appointment).or_insert(kept);
            }
        }
    }

    /// What the device is to hold from now on of each period that changed since the last call.
    pub fn changed(
        &mut self,
        rng: &mut impl CryptoRng,
        keyring: &Keyring,
        device_secret: &Secret32,
        practice: PracticeId,
    ) -> Vec<(u64, Vec<u8>)> {
        let changed = self.periods.iter_mut().filter(|(_, p)| p.joined && p.changed);
        changed
            .map(|(number, period)| {
                period.changed = false;
                (*number, seal(rng, keyring, device_secret, practice, *number, period))
            })
            .collect()
    }

    /// Whether a period is so long ago that the device is to forget it.
    pub fn is_past(period: u64, today: Cell) -> bool {
        (period + 1) * PERIOD_CELLS <= today.0.saturating_sub(KEEP_CELLS)
    }
}

fn open(
    keyring: &Keyring,
    device_secret: &Secret32,
    practice: PracticeId,
    period: u64,
    part: &Part,
) -> Option<Vec<Kept>> {
    let context = (practice, part.scope, part.epoch, period);
    let key = key(keyring.epoch(part.scope, part.epoch)?.memory_key(), device_secret, &context);
    let plain = suite::open(&key, namespace::CALENDAR_MEMORY, &context, &part.content).ok()?;
    let mut decoder = Decoder::new(&plain);
    let mut kept = Vec::new();
    // Authentic bytes of our own making: their form is not checked a second time.
    while decoder.position() < plain.len() && kept.len() < MAX_KEPT {
        let head = decoder.decode().ok()?;
        let summary = Arc::new(decoder.decode().ok()?);
        kept.push(Kept { head, epoch: (part.scope, part.epoch), summary });
    }
    Some(kept)
}

fn seal(
    rng: &mut impl CryptoRng,
    keyring: &Keyring,
    device_secret: &Secret32,
    practice: PracticeId,
    number: u64,
    period: &Period,
) -> Vec<u8> {
    let mut plain: BTreeMap<(ScopeId, u32), Zeroizing<Vec<u8>>> = BTreeMap::new();
    for kept in period.kept.values() {
        let bytes = plain.entry(kept.epoch).or_default();
        let mut encoder = Encoder::new(&mut **bytes);
        // A Vec as sink cannot fail.
        let _ = encoder.encode(kept.head).and_then(|e| e.encode(&*kept.summary));
    }
    let parts: Vec<Part> = plain
        .into_iter()
        .filter_map(|((scope, epoch), bytes)| {
            let context = (practice, scope, epoch, number);
            let key = key(keyring.epoch(scope, epoch)?.memory_key(), device_secret, &context);
            let content = suite::seal(rng, &key, namespace::CALENDAR_MEMORY, &context, &bytes);
            Some(Part { scope, epoch, content })
        })
        .collect();
    cbor::to_vec(&parts)
}
