//! From numbers to the actor's commands, and from its replies back to numbers.
use crate::{
    model::{Answer, NETWORK_CAP, Shown},
    op::{OPEN_CELLS, Op, Spot},
};
use vestibule_app::actor::practice::{
    Act, Book, CalendarLoad, Hold, PracticeCommand, PracticeReply, Read, SlotsLoad,
};
use vestibule_core::{
    cbor,
    ids::{AppointmentId, Digest, ResourceId},
    problem::ProblemKind,
    time::{Cell, UnixSeconds},
    wire::appointment::{AppointmentContext, CalendarItem, Place, State, StoredAppointment},
};
use vestibule_store::contract::{NINE, PRACTICE, SESSION};

const FIRST: u64 = NINE / 300;

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

/// The command that a client would send.
pub(crate) fn command(op: Op) -> PracticeCommand {
    match op {
        Op::Hold { id, spot, cap, network } => PracticeCommand::Hold(Hold {
            appointment: appointment(id),
            place: place(spot),
            capability: Digest([cap; 32]),
            network: Digest([network; 32]),
            cap: u32::try_from(NETWORK_CAP).unwrap_or(u32::MAX),
        }),
        Op::Book { id, spot, cap, version, envelope } => PracticeCommand::Book(Book {
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
        }),
        Op::Cancel { id, cap, seq, statement } => PracticeCommand::Act(Act {
            appointment: appointment(id),
            capability: Digest([cap; 32]),
            state: State::Cancelled,
            seq: seq.into(),
            statement: vec![statement].into(),
        }),
        Op::Read { id, cap } => {
            PracticeCommand::Read(Read { appointment: appointment(id), capability: Digest([cap; 32]) })
        }
        Op::Slots { resource: number } => PracticeCommand::SlotsLoad(SlotsLoad {
            resources: vec![resource(number)],
            from: Cell(FIRST),
            to: Cell(FIRST + u64::from(OPEN_CELLS)),
        }),
        Op::Calendar => PracticeCommand::CalendarLoad(CalendarLoad {
            session: SESSION,
            from: Cell(FIRST),
            to: Cell(FIRST + u64::from(OPEN_CELLS)),
            after: None,
            have: vec![].into(),
        }),
        Op::Expire => PracticeCommand::Expire,
    }
}

/// What a reply says; `Err` names what no reply should hold.
pub(crate) fn answer(op: Op, reply: &PracticeReply) -> Result<Answer, String> {
    Ok(match (op, reply) {
        (_, PracticeReply::Declined(d)) => match ProblemKind::from_slug(&d.slug) {
            Some(kind) => Answer::Declined(kind.slug()),
            None => return Err(format!("an unknown problem: {}", d.slug)),
        },
        (_, PracticeReply::Held(until)) => Answer::Held(until.0),
        (_, PracticeReply::Booked(b)) if b.state == State::Booked => Answer::Booked(b.envelope.0[0]),
        (_, PracticeReply::Booked(b)) => Answer::Cancelled(b.envelope.0[0]),
        (_, PracticeReply::Done) => Answer::Done,
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
        (_, PracticeReply::Appointments(bytes)) => {
            let stored: StoredAppointment = cbor::from_slice(bytes).map_err(|e| format!("{e:?}"))?;
            Answer::Appointment(shown(&stored)?.1)
        }
        (_, other) => return Err(format!("an answer to another command: {other:?}")),
    })
}

fn shown(stored: &StoredAppointment) -> Result<(u16, Shown), String> {
    let small = |n: u64| u8::try_from(n).map_err(|e| e.to_string());
    let [high, low, ..] = stored.appointment.0;
    let first = |bytes: &[u8]| bytes.first().copied().ok_or("nothing is stored");
    let spot = Spot {
        resource: stored.place.resource.0[0] - 1,
        start: small(stored.place.start.0 - FIRST)?,
        cells: small(stored.place.cells.into())?,
    };
    let statements = stored.statements.iter().map(|s| first(s)).collect::<Result<_, _>>()?;
    let stands = stored.state == State::Booked;
    Ok((
        u16::from_be_bytes([high, low]),
        Shown { spot, stands, envelope: first(&stored.envelope)?, statements },
    ))
}

/// A time, in seconds before opening.
pub(crate) const fn opening_minus(seconds: u64) -> UnixSeconds {
    UnixSeconds(NINE - seconds)
}
