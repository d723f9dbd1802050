//! Notes and tasks of the practice, as staff reads them: listed, opened, verified, and compared with what this device knows.
use crate::{
    booking::OpenError,
    client::{Client, ClientError, Env, Request, Transport, practice::StaffSession},
    memo::{KnownMemo, OpenedMemo, continues, ends_with, open_memo},
    staff::Summary,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use vestibule_core::{
    cbor,
    ids::{AppointmentId, MemoId},
    limits,
    problem::ProblemKind,
    routes::Route,
    time::{CELL_SECONDS, Cell, UnixSeconds},
    wire::{
        http::HEAD_PREFIX,
        memo::{Mark, Marks, MarksQuery, MemoQuery, MemoState, StoredMemo},
    },
};

/// One memo of a list: its newest version, verified; or the lie.
#[derive(Debug)]
pub struct MemoLine {
    /// Which.
    pub memo: MemoId,
    /// Content.
    pub result: Result<OpenedMemo, OpenError>,
}

impl<T: Transport, E: Env> Client<T, E> {
    /// The notes and tasks about an appointment, or (`None`) all open tasks, by id. What this device knows and the server leaves
    /// out is a line too ([`OpenError::Missing`]).
    pub async fn memos(
        &self,
        session: &mut StaffSession,
        about: Option<AppointmentId>,
    ) -> Result<Vec<MemoLine>, ClientError> {
        let mut lines = Vec::new();
        let mut ids = BTreeSet::new();
        let mut after = None;
        loop {
            let page = self.memo_page(session, about, after).await?;
            for stored in &page {
                // In order and without end: else a server could keep the client asking.
                if after.is_some_and(|last| stored.memo <= last) {
                    return Err(ClientError::Answer);
                }
                after = Some(stored.memo);
                ids.insert(stored.memo);
                lines.extend(self.line(session, stored, about));
            }
            if u64::try_from(page.len()).is_ok_and(|n| n < limits::MEMO_PAGE) {
                break;
            }
        }
        let missing: Vec<_> =
            session.memory.memos.expected(about).filter(|memo| !ids.contains(memo)).collect();
        for memo in missing {
            let result = match self.read_memo(session, memo).await {
                Ok(opened) if !is_listed(&opened, about) => continue,
                // Served by its id, and kept back from the list.
                Ok(_) => Err(OpenError::Missing),
                Err(ClientError::Open(lie)) => Err(lie),
                Err(error) => return Err(error),
            };
            lines.push(MemoLine { memo, result });
        }
        Ok(lines)
    }

    async fn memo_page(
        &self,
        session: &StaffSession,
        about: Option<AppointmentId>,
        after: Option<MemoId>,
    ) -> Result<Vec<StoredMemo>, ClientError> {
        let have = session.memos.values().filter(|opened| is_listed(opened, about));
        let have = have.filter(|opened| after.is_none_or(|after| opened.memo.memo > after));
        let page = usize::try_from(limits::MEMO_PAGE).unwrap_or(usize::MAX);
        let have: Vec<u8> = have.take(page).flat_map(|o| o.head.0[..HEAD_PREFIX].to_vec()).collect();
        let query = MemoQuery { about, after, have: have.into() };
        let request = Request {
            body: Some(cbor::to_vec(&query)),
            bearer: Some(session.token),
            ..Request::new(Route::MemoList(session.practice.id()))
        };
        decode(&self.call(request).await?).ok_or(ClientError::Answer)
    }

    /// A line of what was listed; none for what no longer belongs there, which its newest version shows.
    fn line(
        &self,
        session: &mut StaffSession,
        stored: &StoredMemo,
        about: Option<AppointmentId>,
    ) -> Option<MemoLine> {
        let memo = stored.memo;
        let result = match self.settle_memo(session, stored) {
            Ok(opened) if about.is_some() && opened.memo.about != about => Err(OpenError::WrongAppointment),
            Ok(opened) if !is_listed(&opened, about) => return None,
            other => other,
        };
        Some(MemoLine { memo, result })
    }

    /// Opens and verifies what was served, and only then remembers it.
    fn settle_memo(&self, session: &mut StaffSession, stored: &StoredMemo) -> Result<OpenedMemo, OpenError> {
        let known = session.memory.memos.get(stored.memo);
        let opened = if stored.envelope.is_some() {
            let manifest = session.practice.directory.manifest();
            open_memo(stored, &session.keyring, manifest, &session.practice.calendar_keys, known)?
        } else {
            recall(session, stored, known)?
        };
        session.memory.memos.note(&opened, Cell(self.env.now().0 / CELL_SECONDS));
        session.memos.insert(stored.memo, opened.clone());
        Ok(opened)
    }

    /// The newest version of a memo by its id, verified and remembered.
    pub(super) async fn read_memo(
        &self,
        session: &mut StaffSession,
        memo: MemoId,
    ) -> Result<OpenedMemo, ClientError> {
        let request = Request {
            bearer: Some(session.token),
            ..Request::new(Route::MemoRead(session.practice.id(), memo))
        };
        let answer = match self.call(request).await {
            Err(ClientError::Problem(p)) if p.kind == ProblemKind::NotFound => {
                return Err(OpenError::Missing.into());
            }
            other => other?,
        };
        let stored: StoredMemo = cbor::from_slice(&answer).map_err(|_| ClientError::Answer)?;
        if stored.memo != memo {
            return Err(OpenError::WrongMemo.into());
        }
        Ok(self.settle_memo(session, &stored)?)
    }

    /// How many notes and open tasks the appointments that start in `[from, to)`, at most [`limits::MAX_MARK_DAYS`], have. It is
    /// the server's word; where it says less than this device knows, what the device knows stands, until a reading explains it.
    pub async fn marks(
        &self,
        session: &StaffSession,
        from: UnixSeconds,
        to: UnixSeconds,
    ) -> Result<Vec<Mark>, ClientError> {
        let request = Request {
            body: Some(cbor::to_vec(&MarksQuery { from, to })),
            bearer: Some(session.token),
            ..Request::new(Route::MemoMarks(session.practice.id()))
        };
        let Marks { marks } = self.fetch(request).await?;
        let mut all: BTreeMap<_, _> = marks.into_iter().map(|m| (m.appointment, m)).collect();
        for (appointment, (kept, open)) in session.memory.memos.count() {
            let mark = all.entry(appointment).or_insert(Mark { appointment, kept: 0, open: 0 });
            if mark.kept.saturating_add(mark.open) < kept + open {
                (mark.kept, mark.open) = (kept, open);
            }
        }
        Ok(all.into_values().filter(|mark| mark.kept + mark.open > 0).collect())
    }

    /// What this client has verified of an appointment and still has; the server is not asked.
    pub fn recalled(&self, session: &StaffSession, id: AppointmentId) -> Option<Arc<Summary>> {
        session.kept.get(id, Cell(0)).map(|kept| kept.summary.clone())
    }
}

/// Whether a version belongs on a list.
fn is_listed(opened: &OpenedMemo, about: Option<AppointmentId>) -> bool {
    match about {
        Some(_) => opened.memo.about == about && opened.memo.state != MemoState::Removed,
        None => opened.memo.state == MemoState::Open,
    }
}

/// What this session has verified of a memo that the server lists without content.
fn recall(
    session: &StaffSession,
    stored: &StoredMemo,
    known: Option<&KnownMemo>,
) -> Result<OpenedMemo, OpenError> {
    let opened = session.memos.get(&stored.memo).ok_or(OpenError::ContentWithheld)?;
    if let Some(known) = known {
        continues(stored, known)?;
    }
    if !ends_with(stored, opened) {
        return Err(OpenError::ContentWithheld);
    }
    Ok(opened.clone())
}

/// A CBOR sequence, each item in its one form.
fn decode(bytes: &[u8]) -> Option<Vec<StoredMemo>> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let mut all = Vec::new();
    while decoder.position() < bytes.len() {
        let from = decoder.position();
        decoder.skip().ok()?;
        all.push(cbor::from_slice(bytes.get(from..decoder.position())?).ok()?);
    }
    Some(all)
}
