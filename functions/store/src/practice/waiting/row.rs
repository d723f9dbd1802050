//! Rows of `waiting` and of the open offer of each.
use crate::{
    driver::{Driver, Row, StoreError, blob, number},
    practice::first,
};
use vestibule_core::{
    calendar::waiting::EntryFacts,
    cbor,
    ids::WaitingId,
    time::UnixSeconds,
    wire::waiting::{Offer, StoredWaiting, WaitingState},
};

/// Columns that [`Entry::read`] expects, of `waiting w LEFT JOIN offers o`.
const COLUMNS: &str = "w.id, w.number, w.state, w.capability, w.since, w.ends, w.envelope, o.vacancy, o.place, o.classes, o.made, o.until, o.mailed
     FROM waiting w LEFT JOIN offers o ON o.actor = w.actor AND o.entry = w.id AND o.open = 1";

/// An entry's row.
pub(super) struct Entry {
    pub(super) id: WaitingId,
    number: u64,
    since: UnixSeconds,
    pub(super) envelope: Option<Vec<u8>>,
    pub(super) facts: EntryFacts,
    /// The vacancy of its open offer.
    pub(super) vacancy: Option<u64>,
}

impl Entry {
    fn read(row: &Row, now: UnixSeconds) -> Result<Self, StoreError> {
        let mut state = state(row.number(2)?)?;
        if state == WaitingState::Waiting && UnixSeconds(row.number(5)?) <= now {
            state = WaitingState::Over;
        }
        let (mut offer, mut vacancy) = (None, None);
        if let Some(place) = row.maybe_blob(8)? {
            vacancy = Some(row.number(7)?);
            offer = Some(Offer {
                place: cbor::from_slice(place).map_err(broken)?,
                classes: row.maybe_blob(9)?.map(cbor::from_slice).transpose().map_err(broken)?,
                made: UnixSeconds(row.number(10)?),
                until: UnixSeconds(row.number(11)?),
                mailed: row.number::<u8>(12)? != 0,
            });
        }
        let live = state.is_live();
        Ok(Self {
            id: row.id(0)?,
            number: row.number(1)?,
            since: UnixSeconds(row.number(4)?),
            envelope: row.maybe_blob(6)?.filter(|_| live).map(Into::into),
            facts: EntryFacts {
                capability: row.id(3)?,
                state,
                offer: offer.filter(|o| live && now < o.until),
            },
            vacancy,
        })
    }

    /// As it is served.
    pub(super) fn served(self) -> StoredWaiting {
        StoredWaiting {
            entry: self.id,
            number: self.number,
            state: self.facts.state,
            since: self.since,
            envelope: self.envelope.unwrap_or_default().into(),
            offer: self.facts.offer,
        }
    }
}

/// The row of an id.
pub(super) fn find(db: &impl Driver, id: WaitingId, now: UnixSeconds) -> Result<Option<Entry>, StoreError> {
    let sql = format!("SELECT {COLUMNS} WHERE w.actor = ?1 AND w.id = ?2");
    first(db, &sql, vec![blob(id)])?.map(|row| Entry::read(&row, now)).transpose()
}

/// The list in its order, after a number.
pub(super) fn after(
    db: &impl Driver,
    after: u64,
    most: u64,
    now: UnixSeconds,
) -> Result<Vec<Entry>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} WHERE w.actor = ?1 AND w.state <= 2 AND w.number > ?2 ORDER BY w.number LIMIT ?3"
    );
    let rows = db.exec(&sql, vec![number(after), number(most)])?;
    rows.iter().map(|row| Entry::read(row, now)).collect()
}

/// Takes an entry's content away and notes why.
pub(super) fn bury(db: &impl Driver, id: WaitingId, why: WaitingState) -> Result<(), StoreError> {
    db.exec(
        "UPDATE waiting SET state = ?2, terms = NULL, envelope = NULL, appointment = NULL WHERE actor = ?1 AND id = ?3",
        vec![number(code(why)), blob(id)],
    )?;
    Ok(())
}

/// Buries the entries whose last date is over. Their offers ended before: none begins later than that date.
pub(in crate::practice) fn close_over(db: &impl Driver, now: UnixSeconds) -> Result<(), StoreError> {
    db.exec(
        "UPDATE waiting SET state = 6, terms = NULL, envelope = NULL WHERE actor = ?1 AND state = 1 AND ends <= ?2",
        vec![number(now.0)],
    )?;
    Ok(())
}

/// Of what no code of ours wrote.
pub(super) fn broken<E>(_: E) -> StoreError {
    StoreError("a row of the waiting list does not decode".into())
}

/// How a state is stored: as on the wire.
const fn code(state: WaitingState) -> u64 {
    match state {
        WaitingState::Waiting => 1,
        WaitingState::Accepted => 2,
        WaitingState::Booked => 3,
        WaitingState::Left => 4,
        WaitingState::Removed => 5,
        WaitingState::Over => 6,
    }
}

fn state(code: u8) -> Result<WaitingState, StoreError> {
    Ok(match code {
        1 => WaitingState::Waiting,
        2 => WaitingState::Accepted,
        3 => WaitingState::Booked,
        4 => WaitingState::Left,
        5 => WaitingState::Removed,
        6 => WaitingState::Over,
        _ => return Err(StoreError("unknown state of the waiting list".into())),
    })
}
