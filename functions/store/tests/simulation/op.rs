//! Operations, and random histories of them.
use crate::{driver::Fault, rng::Rng};

/// Resources of the practice. Few cells and many clients: most operations are in each other's way.
pub(crate) const RESOURCES: u8 = 2;
/// Cells from opening to closing: three hours.
pub(crate) const OPEN_CELLS: u8 = 36;

/// Cells of one resource, counted from opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) resource: u8,
    pub(crate) start: u8,
    pub(crate) cells: u8,
}

/// Who asks for an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// Who shows a capability.
    Patient(u8),
    Staff,
    /// Who shows a session that there is not.
    Stranger,
}

/// What an act does. The wire has an action for each side where both may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// By the side that signs it.
    Cancel {
        patient: bool,
    },
    Move {
        patient: bool,
        to: Spot,
    },
    Confirm,
    Decline,
    Attended,
    NoShow,
    Accept,
}

impl What {
    /// Patients sign it; the rest is the practice's.
    pub(crate) const fn is_patients(self) -> bool {
        matches!(self, Self::Cancel { patient: true } | Self::Move { patient: true, .. } | Self::Accept)
    }
}

/// One request to the practice actor. Appointments, capabilities and contents are numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Hold {
        id: u16,
        spot: Spot,
        cap: u8,
        network: u8,
    },
    Book {
        id: u16,
        spot: Spot,
        cap: u8,
        version: u8,
        envelope: u8,
        request: bool,
    },
    /// A patient holds `count` places of twenty minutes, one every `step` cells, with ids that follow.
    SeriesHold {
        id: u16,
        count: u8,
        spot: Spot,
        step: u8,
        cap: u8,
        network: u8,
    },
    SeriesBook {
        id: u16,
        count: u8,
        spot: Spot,
        step: u8,
        cap: u8,
        envelope: u8,
    },
    Act {
        id: u16,
        by: By,
        what: What,
        seq: u8,
        statement: u8,
    },
    /// The practice enters `count` of these, one every `step` cells, with ids that follow.
    Enter {
        id: u16,
        count: u8,
        spot: Spot,
        step: u8,
        envelope: u8,
        session: bool,
    },
    /// The practice cancels `count` appointments, whose ids follow, as one.
    EndAll {
        id: u16,
        count: u8,
        seq: u8,
        statement: u8,
    },
    Read {
        id: u16,
        cap: u8,
    },
    Slots {
        resource: u8,
    },
    /// Waits for so many cells with any of these resources, by bits.
    Join {
        entry: u16,
        cells: u8,
        with: u8,
        cap: u8,
    },
    WaitingRead {
        entry: u16,
        cap: u8,
    },
    /// Without a spot: whatever is offered to the entry when it is sent.
    Accept {
        entry: u16,
        cap: u8,
        id: u16,
        spot: Option<Spot>,
        network: u8,
    },
    GiveUp {
        entry: u16,
        cap: u8,
        leave: bool,
    },
    Calendar,
    Expire,
}

/// One delivery of a request: at most one at a time, as the actor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    /// Seconds since the one before.
    pub(crate) wait: u16,
    pub(crate) op: Op,
    pub(crate) fault: Fault,
    /// The actor is started anew before.
    pub(crate) restart: bool,
}

/// What the clients remember while a history is made up. It is no model: it only makes most requests sensible.
struct Clients {
    appointments: Vec<(u16, Spot, u8, u8)>,
    sent: Vec<Op>,
    /// The newest series of a patient.
    series: Option<(u16, u8, Spot, u8, u8)>,
    /// It may still be booked.
    fresh: bool,
    /// Entries of the waiting list: what they want, and the capability.
    waiting: Vec<(u8, u8, u8)>,
}

/// A history: when it starts, in seconds before opening, and its deliveries.
#[derive(Debug, Clone)]
pub(crate) struct History {
    pub(crate) before: u64,
    pub(crate) steps: Vec<Step>,
}

/// The history of a seed.
pub(crate) fn history(seed: u64, length: usize) -> History {
    let mut rng = Rng(seed);
    // Some begin so late that most happens while the practice is open.
    let before = if rng.once_in(4) { rng.below(4_000) } else { rng.below(42_000) };
    let mut clients = Clients {
        appointments: Vec::new(),
        sent: Vec::new(),
        series: None,
        fresh: false,
        waiting: Vec::new(),
    };
    let mut steps: Vec<Step> = Vec::with_capacity(length);
    let mut elapsed = 0;
    while steps.len() < length {
        let failed = steps.last().is_some_and(|s| s.fault != Fault::None);
        let op = match steps.last() {
            // Whose answer was lost asks again, mostly at once.
            Some(last) if failed && !rng.once_in(4) => last.op,
            // A copy that the network kept for a while.
            _ if !clients.sent.is_empty() && rng.once_in(8) => {
                let recent = clients.sent.len().saturating_sub(40);
                rng.pick(&clients.sent[recent..])
            }
            _ => clients.next(&mut rng),
        };
        clients.sent.push(op);
        let fault = match rng.below(60) {
            0 => Fault::DiesAt(u8::try_from(rng.below(20)).unwrap_or(0)),
            1 => Fault::DiesAtCommit,
            2 => Fault::AnswerLost,
            _ => Fault::None,
        };
        let wait = match rng.below(40) {
            0 if rng.once_in(4) => 1_795 + rng.below(10),
            0 if rng.once_in(30) => 14_390 + rng.below(20),
            0 => 590 + rng.below(20),
            1..6 => rng.below(90),
            _ => rng.below(3),
        };
        // The staff's session lasts twelve hours.
        let wait = if elapsed + wait < 43_000 { wait } else { 0 };
        elapsed += wait;
        steps.push(Step {
            wait: u16::try_from(wait).unwrap_or(0),
            op,
            fault,
            restart: failed || rng.once_in(50),
        });
    }
    History { before, steps }
}

impl Clients {
    fn next(&mut self, rng: &mut Rng) -> Op {
        // Who holds a series mostly books it soon.
        if self.fresh && rng.once_in(5) {
            self.fresh = rng.once_in(3);
            return self.book_series(rng);
        }
        match rng.below(100) {
            0..25 => self.hold(rng),
            25..28 => self.series(rng),
            28..51 => self.book(rng),
            51..70 => self.act(rng),
            70..82 => self.wait(rng),
            82..86 => self.enter(rng),
            86..88 => self.end_all(rng),
            88..90 => {
                let (id, _, cap, _) = self.any(rng);
                Op::Read { id, cap: slip(rng, cap) }
            }
            90..95 => Op::Slots { resource: spot(rng).resource },
            95..97 => Op::Calendar,
            _ => Op::Expire,
        }
    }

    fn hold(&mut self, rng: &mut Rng) -> Op {
        let network = small(rng, 6);
        if !self.appointments.is_empty() && rng.once_in(20) {
            // An id that was used before, by somebody else or at another time.
            let (id, _, cap, _) = self.any(rng);
            return Op::Hold { id, spot: spot(rng), cap, network };
        }
        let id = u16::try_from(self.appointments.len()).unwrap_or(u16::MAX);
        let (spot, cap) = (spot(rng), small(rng, 200));
        self.appointments.push((id, spot, cap, 2));
        Op::Hold { id, spot, cap, network }
    }

    /// Books the newest series; rarely another number of its places, or with another body.
    fn book_series(&self, rng: &mut Rng) -> Op {
        let spot = Spot { resource: 0, start: 0, cells: 4 };
        let (id, count, spot, step, cap) = self.series.unwrap_or((0, 1, spot, 3, 0));
        let count = if rng.once_in(8) { 1 + small(rng, 3) } else { count };
        Op::SeriesBook {
            id,
            count,
            spot,
            step,
            cap: slip(rng, cap),
            envelope: cap ^ u8::from(rng.once_in(10)),
        }
    }

    /// Holds a series.
    fn series(&mut self, rng: &mut Rng) -> Op {
        let id = if !self.appointments.is_empty() && rng.once_in(15) {
            self.any(rng).0
        } else {
            u16::try_from(self.appointments.len()).unwrap_or(u16::MAX)
        };
        let (count, step) = (rng.pick(&[1, 2, 2, 2, 2, 3, 4]), rng.pick(&[3, 6, 12, 12]));
        let (spot, cap) = (Spot { cells: 4, ..spot(rng) }, small(rng, 200));
        for (n, id) in (0..count).zip(id..) {
            if usize::from(id) == self.appointments.len() {
                self.appointments.push((id, Spot { start: spot.start + n * step, ..spot }, cap, 2));
            }
        }
        (self.series, self.fresh) = (Some((id, count, spot, step, cap)), true);
        Op::SeriesHold { id, count, spot, step, cap, network: small(rng, 6) }
    }

    fn wait(&mut self, rng: &mut Rng) -> Op {
        let newest = self.waiting.len().saturating_sub(1);
        let entry = newest.saturating_sub(usize::from(small(rng, 12)));
        match self.waiting.get(entry).copied() {
            Some((cells, with, cap)) if !rng.once_in(3) => {
                let cap = slip(rng, cap);
                let entry = u16::try_from(entry).unwrap_or(u16::MAX);
                match rng.below(12) {
                    0 => Op::Join { entry, cells, with, cap },
                    1..4 => Op::WaitingRead { entry, cap },
                    4 => Op::GiveUp { entry, cap, leave: rng.once_in(2) },
                    _ => self.accept(rng, entry, cap),
                }
            }
            _ => {
                let entry = u16::try_from(self.waiting.len()).unwrap_or(u16::MAX);
                let (cells, with, cap) = (rng.pick(&[1, 2, 3, 3, 4, 6]), 1 + small(rng, 3), small(rng, 200));
                self.waiting.push((cells, with, cap));
                Op::Join { entry, cells, with, cap }
            }
        }
    }

    fn accept(&mut self, rng: &mut Rng, entry: u16, cap: u8) -> Op {
        let network = small(rng, 6);
        // Mostly the place that is offered, which nobody knows here; what is booked of it then is guessed.
        let spot = rng.once_in(6).then(|| self::spot(rng));
        let id = u16::try_from(self.appointments.len()).unwrap_or(u16::MAX);
        self.appointments.push((id, spot.unwrap_or(Spot { resource: 0, start: 0, cells: 0 }), cap, 2));
        Op::Accept { entry, cap, id, spot, network }
    }

    fn enter(&mut self, rng: &mut Rng) -> Op {
        let (count, step) = (1 + small(rng, 4), rng.pick(&[2, 3, 6, 12, 12]));
        let (spot, envelope) = (spot(rng), small(rng, 4));
        let session = !rng.once_in(20);
        let first = if !self.appointments.is_empty() && rng.once_in(15) {
            // An id that was used before, or of which only some were.
            self.any(rng).0
        } else {
            u16::try_from(self.appointments.len()).unwrap_or(u16::MAX)
        };
        for n in 0..count {
            let id = first.saturating_add(n.into());
            if usize::from(id) == self.appointments.len() {
                self.appointments.push((
                    id,
                    Spot { start: spot.start + n * step, ..spot },
                    small(rng, 200),
                    2,
                ));
            }
        }
        Op::Enter { id: first, count, spot, step, envelope, session }
    }

    fn end_all(&self, rng: &mut Rng) -> Op {
        let (id, _, _, seq) = self.recent(rng);
        let seq = if rng.once_in(3) { seq } else { 2 };
        Op::EndAll { id, count: 1 + small(rng, 3), seq, statement: small(rng, 4) }
    }

    fn book(&self, rng: &mut Rng) -> Op {
        let (id, mut here, cap, _) = self.recent(rng);
        if rng.once_in(25) {
            here = spot(rng);
        }
        let version = if rng.once_in(40) { 2 } else { 1 };
        // Each client seals once; rarely another body is sent for the same appointment.
        let envelope = cap ^ u8::from(rng.once_in(25));
        // Whether it is a request is the client's choice, once.
        Op::Book { id, spot: here, cap: slip(rng, cap), version, envelope, request: cap.is_multiple_of(3) }
    }

    fn act(&mut self, rng: &mut Rng) -> Op {
        let (id, spot, cap, mut seq) = if rng.once_in(3) { self.recent(rng) } else { self.any(rng) };
        let patient = !rng.once_in(3);
        let what = match rng.below(16) {
            0..4 => What::Cancel { patient },
            4..8 => {
                let cells = if rng.once_in(5) { 1 + small(rng, 6) } else { spot.cells };
                let to = if rng.once_in(4) {
                    // A little later, over its own cells.
                    Spot { start: spot.start.saturating_add(small(rng, 4)), ..spot }
                } else {
                    self::spot(rng)
                };
                What::Move { patient, to: Spot { cells, ..to } }
            }
            8 => What::Decline,
            9..12 => rng.pick(&[What::Attended, What::NoShow, What::Accept]),
            _ => What::Confirm,
        };
        let side = what.is_patients();
        let by = match rng.below(24) {
            0 => By::Stranger,
            1 => By::Staff,
            2 => By::Patient(cap),
            _ if side => By::Patient(slip(rng, cap)),
            _ => By::Staff,
        };
        if rng.once_in(4) {
            seq = 1 + small(rng, 5);
        } else if let Some(known) = self.appointments.get_mut(usize::from(id)) {
            // Mostly it is taken, and the next one is one more. When not, some seq in between comes by chance.
            known.3 = seq.saturating_add(u8::from(!rng.once_in(3)));
        }
        Op::Act { id, by, what, seq, statement: small(rng, 4) }
    }

    /// An appointment, of all that anybody ever asked for.
    fn any(&self, rng: &mut Rng) -> (u16, Spot, u8, u8) {
        if self.appointments.is_empty() {
            return (0, spot(rng), 0, 2);
        }
        rng.pick(&self.appointments)
    }

    /// One of the newest.
    fn recent(&self, rng: &mut Rng) -> (u16, Spot, u8, u8) {
        let from = self.appointments.len().saturating_sub(5);
        if self.appointments.is_empty() { self.any(rng) } else { rng.pick(&self.appointments[from..]) }
    }
}

/// Rarely another capability.
fn slip(rng: &mut Rng, cap: u8) -> u8 {
    if rng.once_in(30) { cap.wrapping_add(1) } else { cap }
}

fn small(rng: &mut Rng, n: u64) -> u8 {
    u8::try_from(rng.below(n)).unwrap_or(0)
}

/// Mostly on the grid of starts and within the hours.
fn spot(rng: &mut Rng) -> Spot {
    let cells = rng.pick(&[1, 2, 3, 3, 4, 4, 6, 6, 9, 12]);
    let start = if rng.once_in(12) { small(rng, 40) } else { small(rng, 12) * 3 };
    Spot { resource: small(rng, RESOURCES.into()), start, cells }
}
