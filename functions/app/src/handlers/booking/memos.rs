//! `/v1/practices/{practice}/calendar/memos` and `.../marks`: notes and tasks of the practice (section 6, R6.24 to R6.28), for
//! a staff session and for nobody else.
use super::{ask, confused};
use crate::{
    actor::{
        memos::{self, MarksLoad, MemoCommand},
        practice::{PracticeCommand, PracticeReply},
    },
    auth::session,
    error::{Failure, malformed, unverifiable},
    http::{Call, Response, cbor_bytes, parse, reply},
    port::Platform,
    sha256,
};
use vestibule_core::{
    cbor,
    ids::{MemoId, PracticeId},
    limits,
    suite::namespace,
    time::{CELL_SECONDS, Cell, UnixSeconds},
    wire::{
        http::HEAD_PREFIX,
        memo::{Marks, MarksQuery, MemoEnvelope, MemoPut, MemoQuery, head_input},
    },
};

async fn tell<P: Platform>(
    platform: &P,
    practice: PracticeId,
    command: MemoCommand,
) -> Result<PracticeReply, Failure> {
    ask(platform, practice, &PracticeCommand::Memo(command)).await
}

/// A version: the first, or the one after the newest. The same bytes again are answered the same.
pub(crate) async fn put<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
    memo: MemoId,
) -> Result<Response, Failure> {
    let session = session(call)?;
    let MemoPut { envelope: bytes } = parse(call)?;
    let envelope: MemoEnvelope =
        cbor::from_slice(&bytes).map_err(|_| malformed("envelope does not decode"))?;
    let shapes = [
        (&envelope.body.namespace, namespace::MEMO_BODY),
        (&envelope.scope.wrap.sealed.namespace, namespace::MEMO_SCOPE),
        (&envelope.proof.namespace, namespace::MEMO_PROOF),
    ];
    let context = envelope.context;
    if shapes.iter().any(|(got, want)| got != want)
        || (context.practice, context.memo) != (practice, memo)
        || envelope.scope.scope != context.scope
    {
        return Err(unverifiable("the envelope is for something else"));
    }
    let link = sha256(&bytes);
    let command = MemoCommand::Put(memos::MemoPut {
        session,
        head: sha256(&head_input(&context.previous, &link)),
        context,
        epoch: envelope.scope.epoch,
        envelope: bytes,
        link,
    });
    match tell(platform, practice, command).await? {
        PracticeReply::Memo(stored) => Ok(reply(call, &stored)),
        _ => Err(confused()),
    }
}

/// The newest version of one, as CBOR of `StoredMemo`: also of what was removed, for who knows it.
pub(crate) async fn read<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
    memo: MemoId,
) -> Result<Response, Failure> {
    let command = MemoCommand::Read(memos::MemoRead { session: session(call)?, memo });
    match tell(platform, practice, command).await? {
        PracticeReply::Appointments(bytes) => Ok(cbor_bytes(bytes.0)),
        _ => Err(confused()),
    }
}

/// A page of those about an appointment, or of the open tasks: a CBOR sequence of `StoredMemo`, by id.
pub(crate) async fn list<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    let session = session(call)?;
    let MemoQuery { about, after, have } = parse(call)?;
    let most = usize::try_from(limits::MEMO_PAGE).unwrap_or(usize::MAX).saturating_mul(HEAD_PREFIX);
    if have.len() > most || !have.len().is_multiple_of(HEAD_PREFIX) {
        return Err(malformed("not a list of heads"));
    }
    let command = MemoCommand::List(memos::MemoList { session, about, after, have });
    match tell(platform, practice, command).await? {
        PracticeReply::Appointments(bytes) => Ok(Response::ok("application/cbor-seq", bytes.0)),
        _ => Err(confused()),
    }
}

/// Which appointments of a span have notes or open tasks.
pub(crate) async fn marks<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    let session = session(call)?;
    let query: MarksQuery = parse(call)?;
    if query.to.0.saturating_sub(query.from.0) > limits::MAX_MARK_DAYS * 86_400 {
        return Err(malformed("the span is too long"));
    }
    let cell = |at: UnixSeconds| Cell(at.0.div_ceil(CELL_SECONDS));
    let load = MarksLoad { session, from: cell(query.from), to: cell(query.to) };
    match tell(platform, practice, MemoCommand::Marks(load)).await? {
        PracticeReply::Marks(marks) => Ok(reply(call, &Marks { marks })),
        _ => Err(confused()),
    }
}
