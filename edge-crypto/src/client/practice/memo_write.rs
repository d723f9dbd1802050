//! Staff writes a note or task, changes it, ticks it off, removes it: each is the next version.
use crate::{
    client::{
        Client, ClientError, Env, Request, Transport, call::decode, practice::StaffSession, problem::Problem,
    },
    memo::{MemoDraft, MemoOf, OpenedMemo, SealedMemo, seal_memo},
    random::id16,
};
use vestibule_core::{
    cbor,
    day::Day,
    ids::{AppointmentId, MemoId, ScopeId},
    limits,
    problem::ProblemKind,
    routes::Route,
    time::{CELL_SECONDS, Cell},
    wire::memo::{MemoKind, MemoPut, MemoState, MemoStored},
};
use vestibule_suite::key_hash_signing;

/// How often a version is sent when no answer comes: the same bytes are answered the same.
const TRIES: usize = 3;

/// What is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemoWish {
    /// A new note or task.
    New {
        /// The appointment that it is about; none for a task of the practice as a whole.
        about: Option<AppointmentId>,
        /// Note or task.
        kind: MemoKind,
        /// Text.
        text: String,
        /// Until when a task is to be done.
        due: Option<Day>,
    },
    /// Another text, or another date.
    Change {
        /// Which.
        memo: MemoId,
        /// The version that whoever changes it has seen.
        seen: u32,
        /// Text.
        text: String,
        /// Until when a task is to be done.
        due: Option<Day>,
    },
    /// A task is done (`true`), or not after all.
    Done {
        /// Which.
        memo: MemoId,
        /// The version that whoever changes it has seen.
        seen: u32,
        /// Done.
        done: bool,
    },
    /// It is removed for good.
    Remove {
        /// Which.
        memo: MemoId,
        /// The version that whoever changes it has seen.
        seen: u32,
    },
}

impl MemoWish {
    /// Which memo, and which version of it was seen.
    const fn of(&self) -> Option<(MemoId, u32)> {
        match self {
            Self::New { .. } => None,
            Self::Change { memo, seen, .. } | Self::Done { memo, seen, .. } | Self::Remove { memo, seen } => {
                Some((*memo, *seen))
            }
        }
    }
}

/// A version that was sent without an answer: nobody knows whether it arrived.
#[derive(Debug)]
pub(crate) struct Unanswered {
    wish: MemoWish,
    sealed: SealedMemo,
}

impl<T: Transport, E: Env> Client<T, E> {
    /// Writes a version after the newest that this session has opened. If a colleague was quicker, nothing is stored: the error is
    /// the server's `conflict`, and the list is to be read again. The same wish again, after no answer came, sends the same bytes.
    pub async fn write_memo(
        &self,
        session: &mut StaffSession,
        wish: &MemoWish,
    ) -> Result<OpenedMemo, ClientError> {
        session.practice.may_seal()?;
        let sealed = match session.unanswered.take() {
            Some(before) if before.wish == *wish => before.sealed,
            before => {
                let base = self.base(session, wish, before.map(|b| b.sealed)).await?;
                self.seal_wish(session, wish, base.as_ref()).await?
            }
        };
        let memo = sealed.memo.memo;
        let body = cbor::to_vec(&MemoPut { envelope: sealed.envelope.clone().into() });
        let mut last = ClientError::Answer;
        for _ in 0..TRIES {
            let route = Route::MemoPut(session.practice.id(), memo);
            let request =
                Request { body: Some(body.clone()), bearer: Some(session.token), ..Request::new(route) };
            match self.call(request).await {
                Ok(answer) => {
                    let stored: MemoStored = decode(&answer)?;
                    if (stored.number, stored.head) != (sealed.memo.number, sealed.head) {
                        return Err(ClientError::StoredDiffers);
                    }
                    let opened = OpenedMemo { memo: sealed.memo, head: sealed.head };
                    session.memory.memos.note(&opened, Cell(self.env.now().0 / CELL_SECONDS));
                    session.memos.insert(memo, opened.clone());
                    return Ok(opened);
                }
                Err(error @ ClientError::Transport(_)) => last = error,
                Err(error) => return Err(error),
            }
        }
        session.unanswered = Some(Unanswered { wish: wish.clone(), sealed });
        Err(last)
    }

    /// The version that the next one follows: the newest that this session has opened, if that is the one that was seen; else
    /// somebody changed it in the meantime, and nobody's words are written over unseen.
    async fn base(
        &self,
        session: &mut StaffSession,
        wish: &MemoWish,
        sent: Option<SealedMemo>,
    ) -> Result<Option<OpenedMemo>, ClientError> {
        let Some((memo, seen)) = wish.of() else { return Ok(None) };
        let base = match sent.filter(|sent| sent.memo.memo == memo) {
            // Whether what was sent before is the newest version now, the server says.
            Some(sent) => {
                let newest = self.read_memo(session, memo).await?;
                if newest.head == sent.head {
                    return Ok(Some(newest));
                }
                newest
            }
            None => session.memos.get(&memo).cloned().ok_or(ClientError::NotReady)?,
        };
        if base.memo.number == seen {
            return Ok(Some(base));
        }
        let kind = ProblemKind::Conflict;
        Err(ClientError::Problem(Problem { kind, retry_after: None, conflicts: Vec::new() }))
    }

    async fn seal_wish(
        &self,
        session: &mut StaffSession,
        wish: &MemoWish,
        before: Option<&OpenedMemo>,
    ) -> Result<SealedMemo, ClientError> {
        let (rng, now) = (&mut self.env.rng(), self.env.now());
        let draft = draft(wish, before)?;
        let of = match (before, wish) {
            (Some(before), _) => MemoOf::Next(before),
            (None, MemoWish::New { about: Some(about), .. }) => {
                MemoOf::New(MemoId(id16(rng)), self.scope_about(session, *about).await?, Some(*about))
            }
            (None, _) => MemoOf::New(MemoId(id16(rng)), own_scope(session)?, None),
        };
        let manifest = session.practice.directory.manifest();
        Ok(seal_memo(rng, manifest, &session.signing, &of, draft, now)?)
    }

    /// The scope of the calendar that an appointment stands in.
    async fn scope_about(
        &self,
        session: &mut StaffSession,
        about: AppointmentId,
    ) -> Result<ScopeId, ClientError> {
        let place = match self.recalled(session, about) {
            Some(summary) => summary.place,
            None => self.open_whole(session, about).await?.place,
        };
        let scopes = &session.practice.directory.manifest().scopes;
        let scope = scopes.iter().find(|s| s.resources.contains(&place.resource));
        Ok(scope.ok_or(ClientError::NotOffered)?.id)
    }
}

/// The first scope that this session's credential reads.
fn own_scope(session: &StaffSession) -> Result<ScopeId, ClientError> {
    let own = session.signing.key_hash();
    let mut credentials = session.practice.directory.manifest().credentials.iter();
    let credential = credentials.find(|c| key_hash_signing(&c.signing_key) == own);
    credential.and_then(|c| c.scopes.first().copied()).ok_or(ClientError::NotOffered)
}

/// What the next version says, if that follows on the one before (rules M5 and M6).
fn draft(wish: &MemoWish, before: Option<&OpenedMemo>) -> Result<MemoDraft, ClientError> {
    let before = before.map(|opened| &opened.memo);
    if before.is_some_and(|memo| memo.state == MemoState::Removed) {
        return Err(ClientError::StateForbids);
    }
    let written = |kind, state, text: &str, due: Option<Day>| {
        if text.len() > limits::MEMO_TEXT_BYTES {
            return Err(ClientError::TooLong);
        }
        let dated = kind == MemoKind::Note && due.is_some() || due.is_some_and(|day| day.number().is_none());
        if dated || text.trim().is_empty() {
            return Err(ClientError::NotOffered);
        }
        Ok(MemoDraft { kind, state, text: text.into(), due })
    };
    match (wish, before) {
        (MemoWish::New { about: None, kind: MemoKind::Note, .. }, _) => Err(ClientError::NotOffered),
        (MemoWish::New { kind, text, due, .. }, _) => {
            let state = if *kind == MemoKind::Task { MemoState::Open } else { MemoState::Kept };
            written(*kind, state, text, *due)
        }
        (_, None) => Err(ClientError::NotReady),
        (MemoWish::Change { text, due, .. }, Some(memo)) => {
            if (memo.kind, memo.state) == (MemoKind::Task, MemoState::Kept) {
                return Err(ClientError::StateForbids);
            }
            written(memo.kind, memo.state, text, *due)
        }
        (MemoWish::Done { done, .. }, Some(memo)) => {
            let (from, to) =
                if *done { (MemoState::Open, MemoState::Kept) } else { (MemoState::Kept, MemoState::Open) };
            if (memo.kind, memo.state) != (MemoKind::Task, from) {
                return Err(ClientError::StateForbids);
            }
            written(memo.kind, to, &memo.text, memo.due)
        }
        (MemoWish::Remove { .. }, Some(memo)) => {
            Ok(MemoDraft { kind: memo.kind, state: MemoState::Removed, text: String::new(), due: None })
        }
    }
}
