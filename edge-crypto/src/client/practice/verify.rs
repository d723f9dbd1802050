//! Verifies the signatures of lines that are shown as being checked (rule R6.7), a few at a time, so that a page can order
//! them by what is in view and stays free in between.
use crate::client::{
    Client, ClientError, Env, Request, Transport,
    practice::{CalendarLine, Shown, StaffSession},
};
use vestibule_core::{
    cbor,
    ids::AppointmentId,
    limits,
    routes::Route,
    wire::http::{CacheEntry, CacheUpdate},
};

impl StaffSession {
    /// The cache hints that the server lacks.
    pub fn new_hints(&self) -> &[CacheEntry] {
        &self.hints
    }
}

impl<T: Transport, E: Env> Client<T, E> {
    /// Verifies these lines, of which some may not be waiting any more; gives those that were, as they stand now. A refused
    /// one is not remembered.
    pub async fn verify_calendar(
        &self,
        session: &mut StaffSession,
        ids: &[AppointmentId],
    ) -> Result<Vec<CalendarLine>, ClientError> {
        let lines = self.verify_lines(session, ids);
        self.store_hints(session).await?;
        Ok(lines)
    }

    /// As [`Self::verify_calendar`], without storing cache hints.
    pub fn verify_lines(&self, session: &mut StaffSession, ids: &[AppointmentId]) -> Vec<CalendarLine> {
        let mut lines = Vec::with_capacity(ids.len());
        for &appointment in ids {
            let Some(pending) = session.pending.remove(&appointment) else { continue };
            let summary = pending.summary.clone();
            let place = summary.place;
            lines.push(CalendarLine {
                appointment,
                place: Some(place),
                start: place.start.start(),
                result: session.settle_pending(pending).map(|()| Shown::Verified(summary)),
            });
        }
        lines
    }

    /// Stores the hints that the server lacks, once nothing waits any more: in few requests.
    pub(super) async fn store_hints(&self, session: &mut StaffSession) -> Result<(), ClientError> {
        if !session.pending.is_empty() {
            return Ok(());
        }
        while !session.hints.is_empty() {
            let batch = &session.hints[..session.hints.len().min(limits::CACHE_BATCH)];
            let (count, update) = (batch.len(), CacheUpdate { entries: batch.to_vec() });
            self.call(Request {
                body: Some(cbor::to_vec(&update)),
                bearer: Some(session.token),
                ..Request::new(Route::CachePut(session.practice.id()))
            })
            .await?;
            session.hints.drain(..count);
        }
        Ok(())
    }
}
