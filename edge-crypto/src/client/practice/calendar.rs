//! The calendar: fetches a span, opens and checks everything in it, stores cache hints for the next time.
use crate::{
    booking::{OpenError, Opened, open_as_staff},
    client::{Client, ClientError, Env, Request, Transport, practice::StaffSession},
};
use minicbor::Decoder;
use vestibule_core::{
    cbor,
    ids::AppointmentId,
    limits,
    routes::Route,
    time::{Cell, UnixSeconds},
    wire::{
        appointment::{Place, StoredAppointment},
        http::{CacheEntry, CacheUpdate, CalendarQuery},
    },
};

/// One line of the calendar: what was opened, or why it is not shown.
#[derive(Debug)]
pub struct CalendarLine {
    /// Which.
    pub appointment: AppointmentId,
    /// When and with whom, as the server's calendar has it; `None` if the server does not serve it at all.
    pub place: Option<Place>,
    /// Start.
    pub start: UnixSeconds,
    /// Content, fully checked; or the lie.
    pub result: Result<Opened, OpenError>,
}

impl<T: Transport, E: Env> Client<T, E> {
    /// The appointments that start in `[from, to)`, by start. What this device remembers and the server leaves out is a
    /// line too ([`OpenError::Missing`]).
    pub async fn calendar(
        &self,
        session: &mut StaffSession,
        from: UnixSeconds,
        to: UnixSeconds,
    ) -> Result<Vec<CalendarLine>, ClientError> {
        let served = self.fetch_calendar(session, from, to).await?;
        let (mut lines, hints) = self.open_calendar(session, &served);
        let span = (Cell(from.0.div_ceil(300)), Cell(to.0.div_ceil(300)));
        let missing: Vec<_> = session
            .memory
            .expected(span.0, span.1)
            .filter(|(id, _)| !served.iter().any(|s| s.appointment == *id))
            .collect();
        lines.extend(missing.into_iter().map(|(appointment, start)| CalendarLine {
            appointment,
            place: None,
            start: start.start(),
            result: Err(OpenError::Missing),
        }));
        lines.sort_by_key(|l| (l.start, l.appointment));
        self.store_hints(session, hints).await?;
        Ok(lines)
    }

    /// Opens what was served. Returns the lines, and the cache hints that the server lacks.
    pub fn open_calendar(
        &self,
        session: &mut StaffSession,
        served: &[StoredAppointment],
    ) -> (Vec<CalendarLine>, Vec<CacheEntry>) {
        let mut rng = self.env.rng();
        let mut hints = Vec::new();
        let mut lines = Vec::with_capacity(served.len());
        for stored in served {
            let id = stored.appointment;
            let result = open_as_staff(
                &mut rng,
                stored,
                &session.keyring,
                session.practice.directory.manifest(),
                &session.practice.calendar_keys,
                session.memory.get(id),
            );
            let result = result.map(|staff| {
                session.memory.note(&staff.opened, staff.body);
                if let Some(hint) = staff.new_cache {
                    hints.push(CacheEntry { appointment: id, cache: hint.into() });
                }
                staff.opened
            });
            let start = stored.place.start.start();
            lines.push(CalendarLine { appointment: id, place: Some(stored.place), start, result });
        }
        (lines, hints)
    }

    /// Fetches a span, page by page.
    pub async fn fetch_calendar(
        &self,
        session: &StaffSession,
        from: UnixSeconds,
        to: UnixSeconds,
    ) -> Result<Vec<StoredAppointment>, ClientError> {
        let mut all: Vec<StoredAppointment> = Vec::new();
        loop {
            let last = all.last();
            let query = CalendarQuery {
                from: last.map_or(from, |l| l.place.start.start()),
                to,
                after: last.map(|l| l.appointment),
            };
            let page = self
                .call(Request {
                    query: query.to_query(),
                    bearer: Some(session.token),
                    ..Request::new(Route::Calendar(session.practice.id()))
                })
                .await?;
            let page = sequence(&page).ok_or(ClientError::Answer)?;
            let full = page.len() >= limits::CALENDAR_PAGE;
            let key = |s: &StoredAppointment| (s.place.start, s.appointment);
            // In order and without end: else a server could keep the client asking.
            let mut known = all.last().map(key);
            for stored in page {
                if known.is_some_and(|k| key(&stored) <= k) || stored.place.start.start() >= to {
                    return Err(ClientError::Answer);
                }
                known = Some(key(&stored));
                all.push(stored);
            }
            if !full {
                return Ok(all);
            }
        }
    }

    async fn store_hints(&self, session: &StaffSession, hints: Vec<CacheEntry>) -> Result<(), ClientError> {
        for batch in hints.chunks(limits::CACHE_BATCH) {
            let update = CacheUpdate { entries: batch.to_vec() };
            self.call(Request {
                body: Some(cbor::to_vec(&update)),
                bearer: Some(session.token),
                ..Request::new(Route::CachePut(session.practice.id()))
            })
            .await?;
        }
        Ok(())
    }
}

/// Splits a CBOR sequence (RFC 8742); each item must be the deterministic form.
fn sequence(bytes: &[u8]) -> Option<Vec<StoredAppointment>> {
    let mut items = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let mut d = Decoder::new(&bytes[at..]);
        d.skip().ok()?;
        let end = at + d.position();
        items.push(cbor::from_slice(&bytes[at..end]).ok()?);
        at = end;
    }
    Some(items)
}
