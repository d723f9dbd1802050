//! Rows of `appointments`.
use super::first;
use crate::driver::{Driver, Row, StoreError, blob};
use vestibule_core::{
    calendar::{Appointment, Standing},
    ids::{AppointmentId, Digest},
    time::{Cell, UnixSeconds},
    wire::appointment::{Place, State},
};

/// Columns that [`Stored::read`] expects, in order.
pub(super) const COLUMNS: &str =
    "id, resource, start, cells, status, expires, capability, envelope, digest, asks";

/// An appointment's row.
pub(super) struct Stored {
    pub(super) id: AppointmentId,
    pub(super) appointment: Appointment,
    pub(super) envelope: Option<Vec<u8>>,
    pub(super) digest: Option<Digest>,
    /// Whether only a request may follow the hold.
    pub(super) asks: bool,
}

impl Stored {
    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        let wrong = || StoreError("a digest has a wrong length".into());
        let expires = UnixSeconds(row.number(5)?);
        let standing = match row.number(4)? {
            0u8 => Standing::Held(expires),
            1 => Standing::Lapsed,
            code => Standing::Is(state(code)?),
        };
        let of = |column| row.maybe_blob(column)?.map(Digest::try_from).transpose().map_err(|_| wrong());
        Ok(Self {
            id: row.id(0)?,
            appointment: Appointment {
                standing,
                place: Place { resource: row.id(1)?, start: Cell(row.number(2)?), cells: row.number(3)? },
                capability: of(6)?,
            },
            envelope: row.maybe_blob(7)?.map(Into::into),
            asks: row.number::<u8>(9)? != 0,
            digest: of(8)?,
        })
    }

    /// As the wire has it; `None` for what was never booked.
    pub(super) fn state(&self) -> Option<State> {
        match self.appointment.standing {
            Standing::Is(state) => Some(state),
            Standing::Held(_) | Standing::Lapsed => None,
        }
    }
}

/// How a state is stored; 0 and 1 are holds.
pub(super) const fn status(state: State) -> u64 {
    match state {
        State::Booked => 2,
        State::Cancelled => 3,
        State::Requested => 4,
        State::Declined => 5,
        State::Attended => 6,
        State::NoShow => 7,
    }
}

/// The state of a stored status.
pub(super) fn state(status: u8) -> Result<State, StoreError> {
    Ok(match status {
        2 => State::Booked,
        3 => State::Cancelled,
        4 => State::Requested,
        5 => State::Declined,
        6 => State::Attended,
        7 => State::NoShow,
        _ => return Err(StoreError("unknown status".into())),
    })
}

/// The row of an id.
pub(super) fn find(db: &impl Driver, id: AppointmentId) -> Result<Option<Stored>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM appointments WHERE actor = ?1 AND id = ?2");
    first(db, &sql, vec![blob(id)])?.as_ref().map(Stored::read).transpose()
}
