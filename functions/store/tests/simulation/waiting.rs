//! The waiting list, as plainly as it can be said (rules W1 to W10 of `docs/SCHEDULING.md`).
use crate::{
    model::{Answer, Model, Stand, cells, offered, overlap},
    op::{OPEN_CELLS, Op, RESOURCES, Spot, What},
    translate::NOWHERE,
};
use std::collections::{BTreeMap, BTreeSet};
use vestibule_core::limits::{OFFER_SECONDS, OFFER_STEP_SECONDS};

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Waiting,
    Accepted,
    Booked,
    Left,
}

#[derive(Debug, Clone)]
struct Waiter {
    cells: u8,
    with: u8,
    cap: u8,
    order: u64,
    state: State,
    appointment: Option<u16>,
    lapses: u32,
}

/// A place that was freed, with all who were asked; those whose offer is open have a spot and its end.
#[derive(Debug, Clone)]
struct Vacancy {
    freed: Spot,
    next: u64,
    asked: Vec<(u16, Option<(Spot, u64)>)>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct List {
    waiters: BTreeMap<u16, Waiter>,
    vacancies: BTreeMap<u64, Vacancy>,
}

impl Vacancy {
    fn open(&self) -> impl Iterator<Item = (u16, Spot, u64)> {
        self.asked.iter().filter_map(|(entry, offer)| offer.map(|(spot, until)| (*entry, spot, until)))
    }
}

impl List {
    pub(crate) fn join(&mut self, entry: u16, cells: u8, with: u8, cap: u8) -> Answer {
        if let Some(known) = self.waiters.get(&entry) {
            let live = matches!(known.state, State::Waiting | State::Accepted);
            let same = live && known.cap == cap && known.cells == cells && known.with == with;
            return if same { Answer::Done } else { Answer::Declined("conflict") };
        }
        let (order, state) = (self.last() + 1, State::Waiting);
        let waiter = Waiter { cells, with, cap, order, state, appointment: None, lapses: 0 };
        self.waiters.insert(entry, waiter);
        Answer::Done
    }

    fn last(&self) -> u64 {
        self.waiters.values().map(|w| w.order).max().unwrap_or(0)
    }

    /// The open offer of an entry, and its vacancy.
    fn offer(&self, entry: u16) -> Option<(u64, Spot, u64)> {
        self.vacancies.iter().find_map(|(number, vacancy)| {
            vacancy.open().find(|(who, ..)| *who == entry).map(|(_, spot, until)| (*number, spot, until))
        })
    }

    /// Where an entry has an open offer.
    pub(crate) fn offered_to(&self, entry: u16) -> Option<Spot> {
        self.offer(entry).map(|(_, spot, _)| spot)
    }

    pub(crate) fn read(&self, entry: u16, cap: u8, now: u64) -> Answer {
        match self.waiters.get(&entry).filter(|w| w.cap == cap) {
            None => Answer::Declined("not-found"),
            Some(waiter) => {
                let offer = self.offer(entry).map(|(_, spot, until)| (spot, until));
                Answer::Waiting(waiter.state, offer.filter(|(_, until)| now < *until))
            }
        }
    }

    /// Resource and cell of all that is kept for the list, but by the vacancy `except`.
    pub(crate) fn kept(&self, except: Option<u64>) -> BTreeSet<(u8, u8)> {
        let others = self.vacancies.iter().filter(|(number, _)| Some(**number) != except);
        others
            .flat_map(|(_, v)| v.open().flat_map(|(_, spot, _)| cells(spot).map(move |c| (spot.resource, c))))
            .collect()
    }

    pub(crate) fn keeps(&self, spot: Spot, except: Option<u64>) -> bool {
        let kept = self.kept(except);
        cells(spot).any(|cell| kept.contains(&(spot.resource, cell)))
    }

    pub(crate) fn booked(&mut self, id: u16) {
        for waiter in self.waiters.values_mut().filter(|w| w.appointment == Some(id)) {
            (waiter.state, waiter.appointment) = (State::Booked, None);
        }
    }
}

impl Model {
    /// An accept asks for what is offered then; where nothing is, for a place that is not.
    pub(crate) fn resolved(&self, op: Op) -> Op {
        match op {
            Op::Accept { entry, cap, id, spot: None, network } => {
                let spot = Some(self.list.offered_to(entry).unwrap_or(NOWHERE));
                Op::Accept { entry, cap, id, spot, network }
            }
            // Whoever accepted knows what was held.
            Op::Book { id, spot, cap, version, envelope, request } if spot.cells == 0 => {
                let spot = self.entries.get(&id).map_or(NOWHERE, |e| e.spot);
                Op::Book { id, spot, cap, version, envelope, request }
            }
            Op::Act { id, by, what: What::Move { patient, to }, seq, statement } if to.cells == 0 => {
                Op::Act { id, by, what: What::Move { patient, to: Spot { cells: 1, ..to } }, seq, statement }
            }
            other => other,
        }
    }

    pub(crate) fn is_free(&self, spot: Spot, own: Option<u64>, now: u64) -> bool {
        !self.living(now).any(|e| overlap(e.spot, spot)) && !self.list.keeps(spot, own)
    }

    /// What time has done: accepted holds that lapsed, offers that ended, turns that came.
    pub(crate) fn go_on(&mut self, now: u64, opening: u64) {
        let mut back = Vec::new();
        for (id, entry) in &self.entries {
            let lapsed = matches!(entry.stand, Stand::Held(until) if until <= now);
            let Some(key) = self.list.waiters.iter().find(|(_, w)| lapsed && w.appointment == Some(*id))
            else {
                continue;
            };
            let (key, end) = (*key.0, self.list.last() + 1);
            if let Some(waiter) = self.list.waiters.get_mut(&key) {
                (waiter.state, waiter.appointment) = (State::Waiting, None);
                waiter.lapses += 1;
                if waiter.lapses > 1 {
                    waiter.order = end;
                }
            }
            back.push(entry.spot);
        }
        let due: Vec<u64> =
            self.list.vacancies.iter().filter(|(_, v)| v.next <= now).map(|(n, _)| *n).collect();
        for number in due {
            for (_, offer) in self.list.vacancies.get_mut(&number).map_or(&mut [][..], |v| &mut v.asked) {
                *offer = offer.filter(|(_, until)| now < *until);
            }
            self.turn(number, now, opening);
        }
        for spot in back {
            self.vacate(spot, now, opening);
        }
    }

    pub(crate) fn vacate(&mut self, freed: Spot, now: u64, opening: u64) {
        let number = self.list.vacancies.keys().max().map_or(1, |n| n + 1);
        self.list.vacancies.insert(number, Vacancy { freed, next: 0, asked: Vec::new() });
        self.turn(number, now, opening);
    }

    fn turn(&mut self, number: u64, now: u64, opening: u64) {
        let Some(vacancy) = self.list.vacancies.get(&number) else { return };
        let open = vacancy.open().count();
        if open > 0 && now < vacancy.next {
            return;
        }
        let freed = vacancy.freed;
        let mut waiting: Vec<(u16, &Waiter)> = self.list.waiters.iter().map(|(id, w)| (*id, w)).collect();
        waiting.sort_by_key(|(_, w)| w.order);
        let found = waiting.into_iter().find_map(|(entry, waiter)| {
            let asked = vacancy.asked.iter().any(|(who, _)| *who == entry);
            if waiter.state != State::Waiting || asked || self.list.offer(entry).is_some() {
                return None;
            }
            self.place(number, freed, waiter, now, opening).map(|offer| (entry, Some(offer)))
        });
        let Some(vacancy) = self.list.vacancies.get_mut(&number) else { return };
        vacancy.asked.extend(found);
        let first = vacancy.open().map(|(_, _, until)| until).min();
        match first {
            None => drop(self.list.vacancies.remove(&number)),
            Some(until) => vacancy.next = until.min(now + OFFER_STEP_SECONDS),
        }
    }

    /// The best place for a waiter that touches what was freed.
    fn place(
        &self,
        number: u64,
        freed: Spot,
        waiter: &Waiter,
        now: u64,
        opening: u64,
    ) -> Option<(Spot, u64)> {
        let all = (0..RESOURCES).filter(|r| waiter.with >> r & 1 == 1).flat_map(|resource| {
            (0..OPEN_CELLS).map(move |start| Spot { resource, start, cells: waiter.cells })
        });
        let until = |spot: &Spot| (now + OFFER_SECONDS).min(opening + u64::from(spot.start) * 300);
        let within =
            |s: &Spot| cells(*s).all(|c| cells(freed).any(|f| f == c)) && s.resource == freed.resource;
        let fits = |s: &Spot| {
            offered(*s, now, opening)
                && overlap(*s, freed)
                && self.is_free(*s, Some(number), now)
                && now < until(s)
        };
        let best = all.filter(fits).min_by_key(|s| (!within(s), s.start, s.resource))?;
        Some((best, until(&best)))
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one request")]
    pub(crate) fn accept(
        &mut self,
        entry: u16,
        cap: u8,
        id: u16,
        spot: Option<Spot>,
        network: u8,
        now: u64,
        opening: u64,
    ) -> Answer {
        self.go_on(now, opening);
        if self.list.waiters.get(&entry).is_none_or(|w| w.cap != cap) {
            return Answer::Declined("not-found");
        }
        let Some((number, place, _)) = self.list.offer(entry).filter(|(_, place, _)| Some(*place) == spot)
        else {
            return Answer::Declined("slot-taken");
        };
        let answer = self.hold(id, place, cap, network, Some(number), now, opening);
        if let Answer::Held(_) = answer {
            if let Some(waiter) = self.list.waiters.get_mut(&entry) {
                (waiter.state, waiter.appointment) = (State::Accepted, Some(id));
            }
            if let Some(vacancy) = self.list.vacancies.remove(&number) {
                self.vacate(vacancy.freed, now, opening);
            }
        }
        answer
    }

    pub(crate) fn give_up(&mut self, entry: u16, cap: u8, leave: bool, now: u64, opening: u64) -> Answer {
        self.go_on(now, opening);
        let Some(waiter) = self.list.waiters.get_mut(&entry).filter(|w| w.cap == cap) else {
            return Answer::Declined("not-found");
        };
        if leave && matches!(waiter.state, State::Waiting | State::Accepted) {
            (waiter.state, waiter.appointment) = (State::Left, None);
        }
        if let Some((number, ..)) = self.list.offer(entry) {
            for (who, offer) in self.list.vacancies.get_mut(&number).map_or(&mut [][..], |v| &mut v.asked) {
                if *who == entry {
                    *offer = None;
                }
            }
            self.turn(number, now, opening);
        }
        Answer::Done
    }
}
