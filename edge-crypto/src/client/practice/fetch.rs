//! Fetches a span of the calendar, page by page, without what this client has.
use crate::client::{Client, ClientError, Env, Request, Transport, practice::StaffSession};
use minicbor::Decoder;
use vestibule_core::{
    cbor,
    ids::{AppointmentId, Digest},
    limits,
    routes::Route,
    time::{CELL_SECONDS, Cell, UnixSeconds},
    wire::{
        appointment::CalendarItem,
        http::{CalendarQuery, HEAD_PREFIX},
    },
};

/// The cells whose appointments start in `[from, to)`.
pub(super) fn cells(from: UnixSeconds, to: UnixSeconds) -> (Cell, Cell) {
    (Cell(from.0.div_ceil(CELL_SECONDS)), Cell(to.0.div_ceil(CELL_SECONDS)))
}

impl StaffSession {
    /// Start, id and head of what this client holds the content of, by start.
    fn have(&self, from: UnixSeconds, to: UnixSeconds) -> Vec<(Cell, AppointmentId, Digest)> {
        let (from, to) = cells(from, to);
        let kept = self.kept.within(from, to).map(|k| (k.summary.place.start, k.summary.appointment, k.head));
        let pending = self.pending.values().map(|p| {
            let preview = p.unverified.preview();
            (preview.place.start, preview.booking.appointment, p.unverified.head())
        });
        let mut have: Vec<_> = kept.chain(pending.filter(|(start, ..)| (from..to).contains(start))).collect();
        have.sort_unstable_by_key(|(start, id, _)| (*start, *id));
        have
    }
}

impl<T: Transport, E: Env> Client<T, E> {
    /// Fetches a span, page by page; whole where this client lacks the content.
    pub async fn fetch_calendar(
        &self,
        session: &StaffSession,
        from: UnixSeconds,
        to: UnixSeconds,
    ) -> Result<Vec<CalendarItem>, ClientError> {
        let have = session.have(from, to);
        let mut all: Vec<CalendarItem> = Vec::new();
        loop {
            let last = all.last().map(CalendarItem::place);
            let asked = last.map(|(id, place)| (place.start, id));
            let heads = have
                .iter()
                .filter(|(start, id, _)| asked.is_none_or(|at| (*start, *id) > at))
                .take(limits::CALENDAR_PAGE)
                .flat_map(|(_, _, head)| &head.0[..HEAD_PREFIX]);
            let query = CalendarQuery {
                from: last.map_or(from, |(_, place)| place.start.start()),
                to,
                after: last.map(|(id, _)| id),
                have: heads.copied().collect::<Vec<_>>().into(),
            };
            let page = self
                .call(Request {
                    body: Some(cbor::to_vec(&query)),
                    bearer: Some(session.token),
                    ..Request::new(Route::Calendar(session.practice.id()))
                })
                .await?;
            let page = calendar_items(&page).ok_or(ClientError::Answer)?;
            let full = page.len() >= limits::CALENDAR_PAGE;
            // In order and without end: else a server could keep the client asking.
            let mut known = asked;
            for item in page {
                let (id, place) = item.place();
                let key = (place.start, id);
                if known.is_some_and(|k| key <= k) || place.start.start() >= to {
                    return Err(ClientError::Answer);
                }
                known = Some(key);
                all.push(item);
            }
            if !full {
                return Ok(all);
            }
        }
    }
}

/// Decodes an answer, a CBOR sequence (RFC 8742). Each item must be the deterministic form.
pub fn calendar_items(bytes: &[u8]) -> Option<Vec<CalendarItem>> {
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
