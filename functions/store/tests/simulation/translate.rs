//! From numbers to the actor's commands, and from its replies back to numbers.
use crate::{
    model::{Answer, NETWORK_CAP, Shown, Stand},
    op::{self, Op, RESOURCES, Spot, What},
    waiting::State as Standing,
};
use vestibule_app::actor::{
    entries::{ActOne, Acts, EntriesAdd, EntryPut},
    practice::{
        Act, Book, By, CalendarLoad, Count, Counted, Hold, PracticeCommand, PracticeReply, Read, SlotsLoad,
    },
    waiting::{WaitingAccept, WaitingAct, WaitingCommand, WaitingJoin, WaitingRead},
};
use vestibule_core::{
    cbor,
    day::Day,
    ids::{AppointmentId, Digest, ResourceId, WaitingId},
    problem::ProblemKind,
    time::{Cell, UnixSeconds},
    wire::{
        appointment::{Action, AppointmentContext, CalendarItem, Place, State, StoredAppointment},
        catalog::Visit,
        waiting::{StoredWaiting, Terms, WaitingDeed, WaitingState, Want},
    },
};
use vestibule_store::contract::{NINE, PRACTICE, SCOPE, SESSION};

const FIRST: u64 = NINE / 300;
/// Beyond every cell of a history: staff may use times after closing.
const LAST: u64 = 96;

/// The id of a resource's number.
pub(crate) const fn resource(number: u8) -> ResourceId {
    ResourceId([number + 1; 16])
}

fn appointment(id: u16) -> AppointmentId {
    let mut bytes = [0; 16];
    bytes[..2].copy_from_slice(&id.to_be_bytes());
    AppointmentId(bytes)
}

fn place(spot: Spot) -> Place {
    Place {
        resource: resource(spot.resource),
        start: Cell(FIRST + u64::from(spot.start)),
        cells: spot.cells.into(),
    }
}

fn entry_id(entry: u16) -> WaitingId {
    WaitingId(appointment(entry).0)
}

/// What is asked for where nothing is offered.
pub(crate) const NOWHERE: Spot = Spot { resource: 0, start: 0, cells: 1 };

const fn waiting(command: WaitingCommand) -> PracticeCommand {
    PracticeCommand::Waiting(command)
}

fn book(id: u16, spot: Spot, cap: u8, version: u8, envelope: u8, request: bool) -> Book {
    Book {
        request,
        practice: PRACTICE,
        capability: Digest([cap; 32]),
        context: AppointmentContext {
            practice: PRACTICE,
            appointment: appointment(id),
            version: version.into(),
            place: place(spot),
        },
        envelope: vec![envelope].into(),
        digest: Digest([envelope; 32]),
        head: Digest([envelope; 32]),
    }
}

/// The command that a client would send.
#[expect(clippy::too_many_lines, reason = "a line or a structure for each operation")]
pub(crate) fn command(op: Op) -> PracticeCommand {
    match op {
        Op::Hold { id, spot, cap, network } => PracticeCommand::Hold(Hold {
            appointment: appointment(id),
            place: place(spot),
            capability: Digest([cap; 32]),
            network: Digest([network; 32]),
            cap: u32::try_from(NETWORK_CAP).unwrap_or(u32::MAX),
            visit: None,
        }),
        Op::Book { id, spot, cap, version, envelope, request } => {
            PracticeCommand::Book(book(id, spot, cap, version, envelope, request))
        }
        Op::SeriesHold { id, count, spot, step, cap, network } => PracticeCommand::SeriesHold(
            (0..count)
                .map(|n| Hold {
                    appointment: appointment(id.saturating_add(n.into())),
                    place: place(Spot { start: spot.start + n * step, ..spot }),
                    capability: Digest([cap; 32]),
                    network: Digest([network; 32]),
                    cap: u32::try_from(NETWORK_CAP).unwrap_or(u32::MAX),
                    visit: Some(Visit { classes: vec![6], code: None }),
                })
                .collect(),
        ),
        Op::SeriesBook { id, count, spot, step, cap, envelope } => PracticeCommand::SeriesBook(
            (0..count)
                .map(|n| {
                    let id = id.saturating_add(n.into());
                    let spot = Spot { start: spot.start + n * step, ..spot };
                    book(id, spot, cap, 1, envelope, false)
                })
                .collect(),
        ),
        Op::Act { id, by, what, seq, statement } => PracticeCommand::Act(Act {
            appointment: appointment(id),
            by: match by {
                op::By::Patient(cap) => By::Patient(Digest([cap; 32])),
                op::By::Staff => By::Session(SESSION),
                op::By::Stranger => By::Session(Digest([0; 32])),
            },
            action: action(what),
            seq: seq.into(),
            statement: vec![statement].into(),
            place: if let What::Move { to, .. } = what { Some(place(to)) } else { None },
            visit: None,
        }),
        Op::Join { entry, cells, with, cap } => waiting(WaitingCommand::Join(WaitingJoin {
            entry: entry_id(entry),
            capability: Digest([cap; 32]),
            terms: Terms {
                wants: vec![Want {
                    resources: (0..RESOURCES).filter(|r| with >> r & 1 == 1).map(resource).collect(),
                    minutes: u32::from(cells) * 5,
                    classes: None,
                }],
                weekdays: 127,
                last: Day(20_261_130),
            },
            envelope: vec![cells, with].into(),
            count: Count { what: Counted::Wait, network: Digest([0; 32]), cap: u32::MAX },
        })),
        Op::WaitingRead { entry, cap } => waiting(WaitingCommand::Read(WaitingRead {
            entry: entry_id(entry),
            capability: Digest([cap; 32]),
        })),
        Op::Accept { entry, cap, id, spot, network } => waiting(WaitingCommand::Accept(WaitingAccept {
            entry: entry_id(entry),
            capability: Digest([cap; 32]),
            hold: Hold {
                appointment: appointment(id),
                place: place(spot.unwrap_or(NOWHERE)),
                capability: Digest([cap; 32]),
                network: Digest([network; 32]),
                cap: u32::try_from(NETWORK_CAP).unwrap_or(u32::MAX),
                visit: None,
            },
        })),
        Op::GiveUp { entry, cap, leave } => waiting(WaitingCommand::Act(WaitingAct {
            entry: entry_id(entry),
            capability: Digest([cap; 32]),
            what: if leave { WaitingDeed::Leave } else { WaitingDeed::Pass },
        })),
        Op::Enter { id, count, spot, step, envelope, session } => PracticeCommand::EntriesAdd(EntriesAdd {
            session: if session { SESSION } else { Digest([0; 32]) },
            practice: PRACTICE,
            entries: (0..count)
                .map(|n| EntryPut {
                    context: AppointmentContext {
                        practice: PRACTICE,
                        appointment: appointment(id.saturating_add(n.into())),
                        version: 1,
                        place: place(Spot { start: spot.start + n * step, ..spot }),
                    },
                    scope: SCOPE,
                    epoch: 1,
                    envelope: vec![envelope].into(),
                    digest: Digest([envelope; 32]),
                    head: Digest([envelope; 32]),
                    classes: None,
                })
                .collect(),
        }),
        Op::EndAll { id, count, seq, statement } => PracticeCommand::Acts(Acts {
            session: SESSION,
            acts: (0..count)
                .map(|n| ActOne {
                    appointment: appointment(id.saturating_add(n.into())),
                    action: Action::CancelledByPractice,
                    seq: seq.into(),
                    statement: vec![statement].into(),
                })
                .collect(),
        }),
        Op::Read { id, cap } => {
            PracticeCommand::Read(Read { appointment: appointment(id), capability: Digest([cap; 32]) })
        }
        Op::Slots { resource: number } => PracticeCommand::SlotsLoad(SlotsLoad {
            resources: vec![resource(number)],
            from: Cell(FIRST),
            to: Cell(FIRST + LAST),
            classes: None,
        }),
        Op::Calendar => PracticeCommand::CalendarLoad(CalendarLoad {
            session: SESSION,
            from: Cell(FIRST),
            to: Cell(FIRST + LAST),
            after: None,
            have: vec![].into(),
        }),
        Op::Expire => PracticeCommand::Expire,
    }
}

const fn action(what: What) -> Action {
    match what {
        What::Cancel { patient: true } => Action::CancelledByPatient,
        What::Cancel { patient: false } => Action::CancelledByPractice,
        What::Move { patient: true, .. } => Action::MovedByPatient,
        What::Move { patient: false, .. } => Action::MovedByPractice,
        What::Confirm => Action::Confirmed,
        What::Decline => Action::Declined,
        What::Attended => Action::Attended,
        What::NoShow => Action::NoShow,
        What::Accept => Action::Accepted,
    }
}

const fn stand(state: State) -> Stand {
    match state {
        State::Requested => Stand::Requested,
        State::Booked => Stand::Booked,
        State::Cancelled => Stand::Cancelled,
        State::Declined => Stand::Declined,
        State::Attended => Stand::Attended,
        State::NoShow => Stand::NoShow,
    }
}

/// What a reply says; `Err` names what no reply should hold.
pub(crate) fn answer(op: Op, reply: &PracticeReply) -> Result<Answer, String> {
    Ok(match (op, reply) {
        (_, PracticeReply::Declined(d)) => match ProblemKind::from_slug(&d.slug) {
            Some(kind) if d.conflicts.is_empty() => Answer::Declined(kind.slug()),
            Some(kind) => Answer::Refused(kind.slug(), d.conflicts.clone()),
            None => return Err(format!("an unknown problem: {}", d.slug)),
        },
        (_, PracticeReply::Held(until)) => Answer::Held(until.0),
        (_, PracticeReply::Booked(b)) => Answer::Is(stand(b.state), b.envelope.0[0]),
        (_, PracticeReply::Done | PracticeReply::Due(_)) => Answer::Done,
        (_, PracticeReply::All(all)) => {
            Answer::All(all.iter().map(|b| (stand(b.state), b.envelope.0[0])).collect())
        }
        (_, PracticeReply::Slots(data)) => {
            let number = |cell: u64| u8::try_from(cell - FIRST).map_err(|e| e.to_string());
            let cells = data.claims.iter().map(|c| number(c.cell.0));
            Answer::Cells(cells.collect::<Result<_, _>>()?)
        }
        (Op::Calendar, PracticeReply::Appointments(bytes)) => {
            let mut page = Vec::new();
            let mut decoder = minicbor::Decoder::new(bytes);
            while decoder.position() < bytes.len() {
                match decoder.decode().map_err(|e| e.to_string())? {
                    CalendarItem::Full(stored) => page.push(shown(&stored)?),
                    CalendarItem::Known(listed) => return Err(format!("without content: {listed:?}")),
                }
            }
            Answer::Page(page)
        }
        (Op::WaitingRead { .. }, PracticeReply::Appointments(bytes)) => {
            let stored: StoredWaiting = cbor::from_slice(bytes).map_err(|e| format!("{e:?}"))?;
            let state = match stored.state {
                WaitingState::Waiting => Standing::Waiting,
                WaitingState::Accepted => Standing::Accepted,
                WaitingState::Booked => Standing::Booked,
                WaitingState::Left => Standing::Left,
                other => return Err(format!("{other:?}")),
            };
            let offer = stored.offer.map(|offer| Ok::<_, String>((spot(&offer.place)?, offer.until.0)));
            Answer::Waiting(state, offer.transpose()?)
        }
        (_, PracticeReply::Appointments(bytes)) => {
            let stored: StoredAppointment = cbor::from_slice(bytes).map_err(|e| format!("{e:?}"))?;
            Answer::Appointment(shown(&stored)?.1)
        }
        (_, other) => return Err(format!("an answer to another command: {other:?}")),
    })
}

fn spot(place: &Place) -> Result<Spot, String> {
    let small = |n: u64| u8::try_from(n).map_err(|e| e.to_string());
    Ok(Spot {
        resource: place.resource.0[0] - 1,
        start: small(place.start.0 - FIRST)?,
        cells: small(place.cells.into())?,
    })
}

fn shown(stored: &StoredAppointment) -> Result<(u16, Shown), String> {
    let [high, low, ..] = stored.appointment.0;
    let first = |bytes: &[u8]| bytes.first().copied().ok_or("nothing is stored");
    let spot = spot(&stored.place)?;
    let statements = stored.statements.iter().map(|s| first(s)).collect::<Result<_, _>>()?;
    let stand = stand(stored.state);
    Ok((
        u16::from_be_bytes([high, low]),
        Shown { spot, stand, envelope: first(&stored.envelope)?, statements },
    ))
}

/// A time, in seconds before opening.
pub(crate) const fn opening_minus(seconds: u64) -> UnixSeconds {
    UnixSeconds(NINE - seconds)
}
