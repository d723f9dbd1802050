//! What the practice promises, as plainly as it can be said: one list, one operation after the other. It shares no code
//! with the decisions or the SQL.
use crate::{
    op::{By, OPEN_CELLS, Op, Spot, What},
    waiting::{self, List},
};
use std::collections::BTreeMap;
use vestibule_core::limits::HOLD_SECONDS;

/// Open holds that a network may have, in every history.
pub(crate) const NETWORK_CAP: usize = 2;

/// Where an appointment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stand {
    /// Its cells are kept until then.
    Held(u64),
    Requested,
    Booked,
    Cancelled,
    Declined,
    Attended,
    NoShow,
}

/// An appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) spot: Spot,
    /// `None` for what the practice entered itself.
    pub(crate) cap: Option<u8>,
    pub(crate) network: u8,
    pub(crate) stand: Stand,
    pub(crate) envelope: u8,
    pub(crate) statements: Vec<u8>,
}

impl Entry {
    /// Whether its cells are its own.
    pub(crate) fn lives(&self, now: u64) -> bool {
        match self.stand {
            Stand::Held(until) => now < until,
            Stand::Requested | Stand::Booked | Stand::Attended | Stand::NoShow => true,
            Stand::Cancelled | Stand::Declined => false,
        }
    }

    fn was_booked(&self) -> bool {
        !matches!(self.stand, Stand::Held(_))
    }
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Held(u64),
    /// The state, and the envelope.
    Is(Stand, u8),
    Done,
    /// By the slug of its problem.
    Declined(&'static str),
    /// The same, for a list: which of it were in the way.
    Refused(&'static str, Vec<u32>),
    /// The state and the envelope of each of a list.
    All(Vec<(Stand, u8)>),
    /// As it is served to its patient.
    Appointment(Shown),
    /// Taken cells.
    Cells(Vec<u8>),
    /// An entry of the waiting list, and its offer: where, and until when.
    Waiting(waiting::State, Option<(Spot, u64)>),
    /// By start, then id.
    Page(Vec<(u16, Shown)>),
}

/// An appointment as it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) spot: Spot,
    pub(crate) stand: Stand,
    pub(crate) envelope: u8,
    pub(crate) statements: Vec<u8>,
}

/// All appointments that there ever were, by id.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) entries: BTreeMap<u16, Entry>,
    pub(crate) list: List,
}

impl Model {
    /// Does one operation at a time, given in seconds; `opening` is when the first cell begins.
    pub(crate) fn apply(&mut self, op: Op, now: u64, opening: u64) -> Answer {
        match op {
            Op::Hold { id, spot, cap, network } => {
                self.go_on(now, opening);
                self.hold(id, spot, cap, network, None, now, opening)
            }
            Op::Join { entry, cells, with, cap } => self.list.join(entry, cells, with, cap),
            Op::WaitingRead { entry, cap } => self.list.read(entry, cap, now),
            Op::Accept { entry, cap, id, spot, network } => {
                self.accept(entry, cap, id, spot, network, now, opening)
            }
            Op::GiveUp { entry, cap, leave } => self.give_up(entry, cap, leave, now, opening),
            Op::Book { id, spot, cap, version, envelope, request } => {
                self.book(id, spot, cap, version, envelope, request, now)
            }
            Op::SeriesHold { id, count, spot, step, cap, network } => {
                self.go_on(now, opening);
                self.hold_series(&spots(id, count, spot, step), cap, network, now, opening)
            }
            Op::SeriesBook { id, count, spot, step, cap, envelope } => {
                self.book_series(&spots(id, count, spot, step), cap, envelope, now)
            }
            Op::Act { id, by, what, seq, statement } => self.act(id, by, what, seq, statement, now, opening),
            Op::Enter { session: false, .. } => Answer::Declined("unauthorized"),
            Op::Enter { id, count, spot, step, envelope, .. } => {
                self.go_on(now, opening);
                self.enter(&spots(id, count, spot, step), envelope, now)
            }
            Op::EndAll { id, count, seq, statement } => self.end_all(id, count, seq, statement, now, opening),
            Op::Read { id, cap } => match self.entries.get(&id) {
                Some(e) if e.cap == Some(cap) && e.was_booked() => Answer::Appointment(shown(e)),
                _ => Answer::Declined("not-found"),
            },
            Op::Slots { resource } => {
                let mut cells: Vec<u8> = self
                    .living(now)
                    .filter(|e| e.spot.resource == resource)
                    .flat_map(|e| cells(e.spot))
                    .chain(
                        self.list
                            .kept(None)
                            .into_iter()
                            .filter(|(r, _)| *r == resource)
                            .map(|(_, cell)| cell),
                    )
                    .collect();
                cells.sort_unstable();
                Answer::Cells(cells)
            }
            Op::Calendar => {
                let booked = self.entries.iter().filter(|(_, e)| e.was_booked());
                let mut page: Vec<_> = booked.map(|(id, e)| (*id, shown(e))).collect();
                page.sort_by_key(|(id, e)| (e.spot.start, *id));
                Answer::Page(page)
            }
            Op::Expire => {
                self.go_on(now, opening);
                Answer::Done
            }
        }
    }

    pub(crate) fn living(&self, now: u64) -> impl Iterator<Item = &Entry> {
        self.entries.values().filter(move |e| e.lives(now))
    }

    /// `own`: the vacancy whose offer this is.
    #[expect(clippy::too_many_arguments, reason = "the fields of one request")]
    pub(crate) fn hold(
        &mut self,
        id: u16,
        spot: Spot,
        cap: u8,
        network: u8,
        own: Option<u64>,
        now: u64,
        opening: u64,
    ) -> Answer {
        if self.entries.contains_key(&id) {
            return Answer::Declined("conflict");
        }
        if !offered(spot, now, opening) || !self.is_free(spot, own, now) {
            return Answer::Declined("slot-taken");
        }
        let open = self.living(now).filter(|e| !e.was_booked() && e.network == network).count();
        if open >= NETWORK_CAP {
            return Answer::Declined("rate-limited");
        }
        let until = now + HOLD_SECONDS;
        let (stand, cap) = (Stand::Held(until), Some(cap));
        self.entries.insert(id, Entry { spot, cap, network, stand, envelope: 0, statements: Vec::new() });
        Answer::Held(until)
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one request")]
    fn book(
        &mut self,
        id: u16,
        spot: Spot,
        cap: u8,
        version: u8,
        envelope: u8,
        request: bool,
        now: u64,
    ) -> Answer {
        let Some(entry) = self.entries.get_mut(&id).filter(|e| e.cap == Some(cap)) else {
            return Answer::Declined("not-found");
        };
        if entry.spot != spot || version != 1 {
            return Answer::Declined("unverifiable");
        }
        match entry.stand {
            Stand::Held(until) if now < until => {
                entry.stand = if request { Stand::Requested } else { Stand::Booked };
                entry.envelope = envelope;
                let stand = entry.stand;
                self.list.booked(id);
                Answer::Is(stand, envelope)
            }
            Stand::Held(_) => Answer::Declined("hold-expired"),
            Stand::Requested | Stand::Booked if entry.envelope == envelope => {
                Answer::Is(entry.stand, envelope)
            }
            _ => Answer::Declined("conflict"),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one request")]
    fn act(&mut self, id: u16, by: By, what: What, seq: u8, statement: u8, now: u64, opening: u64) -> Answer {
        let mut freed = Vec::new();
        let answer = self.act_and_free(id, by, what, seq, statement, now, opening, &mut freed);
        for was in freed {
            self.vacate(was, now, opening);
        }
        answer
    }

    /// An act, without what the waiting list makes of the freed place.
    #[expect(clippy::too_many_arguments, reason = "the fields of one request")]
    fn act_and_free(
        &mut self,
        id: u16,
        by: By,
        what: What,
        seq: u8,
        statement: u8,
        now: u64,
        opening: u64,
        freed: &mut Vec<Spot>,
    ) -> Answer {
        if by == By::Stranger {
            return Answer::Declined("unauthorized");
        }
        let known = |e: &&Entry| {
            e.was_booked()
                && matches!(by, By::Staff | By::Patient(_) if by == By::Staff || e.cap.map(By::Patient) == Some(by))
        };
        let Some(entry) = self.entries.get(&id).filter(known) else {
            return Answer::Declined("not-found");
        };
        if what.is_patients() == (by == By::Staff) {
            return Answer::Declined("forbidden");
        }
        let same = usize::from(seq).checked_sub(2).and_then(|at| entry.statements.get(at));
        if same == Some(&statement) {
            return Answer::Is(entry.stand, entry.envelope);
        }
        let begun = now >= opening + u64::from(entry.spot.start) * 300;
        let next = match (entry.stand, what) {
            (Stand::Requested | Stand::Booked, What::Cancel { .. }) => Stand::Cancelled,
            (stand @ (Stand::Requested | Stand::Booked), What::Move { .. }) => stand,
            (Stand::Requested, What::Confirm) => Stand::Booked,
            (Stand::Requested, What::Decline) => Stand::Declined,
            (Stand::Booked | Stand::NoShow, What::Attended) if begun => Stand::Attended,
            (Stand::Booked | Stand::Attended, What::NoShow) if begun => Stand::NoShow,
            (Stand::Booked, What::Accept) if !begun => Stand::Booked,
            _ => return Answer::Declined("conflict"),
        };
        if usize::from(seq) != entry.statements.len() + 2 || seq > MAX_SEQ {
            return Answer::Declined("conflict");
        }
        let mut spot = entry.spot;
        let was = spot;
        if matches!(what, What::Move { .. } | What::Cancel { .. } | What::Decline) {
            self.go_on(now, opening);
        }
        if let What::Move { to, .. } = what {
            let free =
                !self.entries.iter().any(|(other, e)| *other != id && e.lives(now) && overlap(e.spot, to))
                    && !self.list.keeps(to, None);
            let kept = to.cells == spot.cells && offered(to, now, opening);
            let future = opening + u64::from(to.start) * 300 >= now;
            if !free || !(kept || by == By::Staff && future) {
                return Answer::Declined("slot-taken");
            }
            spot = to;
        }
        let Some(entry) = self.entries.get_mut(&id) else { return Answer::Declined("not-found") };
        entry.spot = spot;
        entry.stand = next;
        entry.statements.push(statement);
        let envelope = entry.envelope;
        if matches!(what, What::Move { .. } | What::Cancel { .. } | What::Decline) {
            freed.push(was);
        }
        Answer::Is(next, envelope)
    }
}

impl Model {
    /// All of the list or nothing, and then every one that is in the way of what stands or of the list's earlier ones.
    fn enter(&mut self, list: &[(u16, Spot)], envelope: u8, now: u64) -> Answer {
        let known: Vec<_> = list.iter().filter_map(|(id, _)| self.entries.get(id)).collect();
        let same = |e: &&Entry| e.was_booked() && e.envelope == envelope;
        if known.len() == list.len() && known.iter().all(same) {
            return Answer::All(known.iter().map(|e| (e.stand, envelope)).collect());
        }
        if !known.is_empty() {
            return Answer::Declined("conflict");
        }
        let (mut taken, mut conflicts) = (Vec::new(), Vec::new());
        for (at, (_, spot)) in (0u32..).zip(list) {
            let free = !self.living(now).any(|e| overlap(e.spot, *spot))
                && !self.list.keeps(*spot, None)
                && !taken.iter().any(|t| overlap(*t, *spot));
            if free { taken.push(*spot) } else { conflicts.push(at) }
        }
        if !conflicts.is_empty() {
            return Answer::Refused("slot-taken", conflicts);
        }
        for (id, spot) in list {
            let entry = Entry {
                spot: *spot,
                cap: None,
                network: 0,
                stand: Stand::Booked,
                envelope,
                statements: Vec::new(),
            };
            self.entries.insert(*id, entry);
        }
        Answer::All(vec![(Stand::Booked, envelope); list.len()])
    }

    /// One after the other, and back to what was if one of them does not go: two or three, no other number.
    fn hold_series(&mut self, list: &[(u16, Spot)], cap: u8, network: u8, now: u64, opening: u64) -> Answer {
        match list.len() {
            0 | 1 => return Answer::Declined("malformed"),
            2 | 3 => {}
            _ => return Answer::Declined("forbidden"),
        }
        let before = self.entries.clone();
        let (mut end, mut conflicts) = (0, Vec::new());
        for (at, (id, spot)) in (0u32..).zip(list) {
            match self.hold(*id, *spot, cap, network, None, now, opening) {
                Answer::Held(until) => end = until,
                Answer::Declined("slot-taken") => conflicts.push(at),
                other => {
                    self.entries = before;
                    return other;
                }
            }
        }
        if conflicts.is_empty() {
            return Answer::Held(end);
        }
        self.entries = before;
        Answer::Refused("slot-taken", conflicts)
    }

    fn book_series(&mut self, list: &[(u16, Spot)], cap: u8, envelope: u8, now: u64) -> Answer {
        let before = (self.entries.clone(), self.list.clone());
        let mut all = Vec::new();
        for (id, spot) in list {
            match self.book(*id, *spot, cap, 1, envelope, false, now) {
                Answer::Is(stand, envelope) => all.push((stand, envelope)),
                other => {
                    (self.entries, self.list) = before;
                    return other;
                }
            }
        }
        Answer::All(all)
    }

    /// On a copy first: all of it, or nothing.
    fn end_all(&mut self, id: u16, count: u8, seq: u8, statement: u8, now: u64, opening: u64) -> Answer {
        let before = (self.entries.clone(), self.list.clone());
        let (mut all, mut first, mut conflicts, mut freed) = (Vec::new(), None, Vec::new(), Vec::new());
        for n in 0..count {
            let what = What::Cancel { patient: false };
            let id = id.saturating_add(n.into());
            match self.act_and_free(id, By::Staff, what, seq, statement, now, opening, &mut freed) {
                Answer::Is(stand, envelope) => all.push((stand, envelope)),
                Answer::Declined(slug) => {
                    first.get_or_insert(slug);
                    conflicts.push(n.into());
                }
                other => return other,
            }
        }
        let Some(slug) = first else {
            for was in freed {
                self.vacate(was, now, opening);
            }
            return Answer::All(all);
        };
        (self.entries, self.list) = before;
        Answer::Refused(slug, conflicts)
    }
}

/// The last place in an appointment's chain.
const MAX_SEQ: u8 = 64;

/// `count` places of a list, one every `step` cells, with ids that follow.
fn spots(id: u16, count: u8, spot: Spot, step: u8) -> Vec<(u16, Spot)> {
    (id..).zip((0..count).map(|n| Spot { start: spot.start + n * step, ..spot })).collect()
}

/// The numbers of an appointment's cells.
pub(crate) fn cells(spot: Spot) -> impl Iterator<Item = u8> {
    spot.start..spot.start + spot.cells
}

pub(crate) fn overlap(a: Spot, b: Spot) -> bool {
    a.resource == b.resource && cells(a).any(|cell| cells(b).any(|other| other == cell))
}

/// Open from the first cell to the last; starts at each quarter of an hour and each multiple of the length.
pub(crate) fn offered(spot: Spot, now: u64, opening: u64) -> bool {
    spot.start + spot.cells <= OPEN_CELLS
        && (spot.start.is_multiple_of(3) || spot.start.is_multiple_of(spot.cells))
        && opening + u64::from(spot.start) * 300 >= now
}

fn shown(entry: &Entry) -> Shown {
    Shown {
        spot: entry.spot,
        stand: entry.stand,
        envelope: entry.envelope,
        statements: entry.statements.clone(),
    }
}
