//! Staff seals a version.
use crate::{
    booking::SealError,
    memo::{OpenedMemo, head},
    sign::SigningKey,
};
use vestibule_core::{
    cbor,
    day::Day,
    ids::{AppointmentId, Digest, MemoId, ScopeId},
    suite::{Suite, namespace},
    time::UnixSeconds,
    wire::{
        appointment::{BODY_FLOOR, ScopeWrap},
        directory::Manifest,
        memo::{Memo, MemoContext, MemoEnvelope, MemoKind, MemoScopeContext, MemoState},
    },
};
use vestibule_suite::{self as suite, CryptoRng, Secret32, sha256};
use vestibule_verify::Verified;

/// What a version says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoDraft {
    /// Note or task.
    pub kind: MemoKind,
    /// How it stands from now on.
    pub state: MemoState,
    /// Text; empty for a removal.
    pub text: String,
    /// Until when a task is to be done.
    pub due: Option<Day>,
}

/// A version ready to be sent.
#[derive(Debug, Clone)]
pub struct SealedMemo {
    /// CBOR of the [`MemoEnvelope`].
    pub envelope: Vec<u8>,
    /// The head that the server is to have.
    pub head: Digest,
    /// The signed body.
    pub memo: Memo,
}

/// Which memo a version is of.
#[derive(Debug, Clone)]
pub enum MemoOf<'a> {
    /// A new one, of this scope, about this.
    New(MemoId, ScopeId, Option<AppointmentId>),
    /// The one whose newest version this is.
    Next(&'a OpenedMemo),
}

/// Signs and seals a version under a fresh DEK, wrapped to the scope's current epoch.
pub fn seal_memo(
    rng: &mut impl CryptoRng,
    manifest: &Verified<Manifest>,
    signer: &SigningKey,
    of: &MemoOf<'_>,
    draft: MemoDraft,
    now: UnixSeconds,
) -> Result<SealedMemo, SealError> {
    let own = signer.key_hash();
    let (memo, scope, about, number, previous, author, made) = match of {
        MemoOf::New(memo, scope, about) => (*memo, *scope, *about, 1, Digest([0; 32]), own, now),
        MemoOf::Next(opened) => {
            let before = &opened.memo;
            let number = before.number.saturating_add(1);
            (before.memo, before.scope, before.about, number, opened.head, before.author, before.made)
        }
    };
    let practice = manifest.practice;
    let MemoDraft { kind, state, text, due } = draft;
    let memo = Memo {
        practice,
        scope,
        memo,
        about,
        number,
        previous,
        state,
        time: now,
        manifest: manifest.number,
        signer: own,
        author,
        made,
        kind,
        text,
        due,
    };
    let envelope = cbor::to_vec(&seal_body(rng, manifest, signer, &memo, namespace::MEMO)?);
    Ok(SealedMemo { head: head(&previous, &sha256(&[&envelope])), envelope, memo })
}

/// The envelope of a body, signed in a namespace (another than `memo` only in tests).
pub(super) fn seal_body(
    rng: &mut impl CryptoRng,
    manifest: &Manifest,
    signer: &SigningKey,
    memo: &Memo,
    namespace: &str,
) -> Result<MemoEnvelope, SealError> {
    let scope = manifest.scopes.iter().find(|s| s.id == memo.scope).ok_or(SealError::UnknownScope)?;
    let context = context(memo);
    let plain = cbor::to_vec(memo);
    let signature = signer.signature(namespace, &plain)?;
    let dek = Secret32::random(rng);
    let body = suite::seal_at_least(rng, &dek, namespace::MEMO_BODY, &context, &plain, BODY_FLOOR);
    let proof = suite::seal(rng, &dek, namespace::MEMO_PROOF, &context, &cbor::to_vec(&signature));
    let for_scope = scope_context(&context, scope.epoch);
    let wrap = suite::wrap(rng, &scope.kem_key, namespace::MEMO_SCOPE, &for_scope, &dek)
        .map_err(|_| SealError::Key)?;
    let scope = ScopeWrap { scope: scope.id, epoch: scope.epoch, wrap };
    Ok(MemoEnvelope { suite: Suite::V1, context, body, scope, proof })
}

/// What a body is bound to.
pub(super) fn context(memo: &Memo) -> MemoContext {
    MemoContext {
        practice: memo.practice,
        scope: memo.scope,
        memo: memo.memo,
        about: memo.about,
        number: memo.number,
        previous: memo.previous,
        state: memo.state,
    }
}

/// Context of the wrap of a version's DEK.
pub(super) fn scope_context(context: &MemoContext, epoch: u32) -> MemoScopeContext {
    let MemoContext { practice, memo, number, scope, .. } = *context;
    MemoScopeContext { practice, memo, number, scope, epoch }
}
