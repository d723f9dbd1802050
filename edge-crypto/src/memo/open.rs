//! Staff opens a memo. First what the links and the context tell, then the content, then who signed it: the order of the checks
//! decides the name of a lie.
use crate::{
    booking::OpenError,
    memo::{KnownMemo, heads, seal::scope_context},
    staff::Keyring,
};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{Digest, KeyHash, ScopeId},
    limits,
    suite::{Suite, namespace},
    wire::{
        directory::{Manifest, rights},
        envelope::{Signature, Signed},
        memo::{Memo, MemoContext, MemoEnvelope, MemoKind, MemoState, StoredMemo},
    },
};
use vestibule_suite::{self as suite, Secret32, key_hash_signing, sha256};
use vestibule_verify::{Verified, VerifyingKey, verify};

/// The newest version of a memo, of which everything was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedMemo {
    /// What was signed.
    pub memo: Memo,
    /// Its head, which the next version names as previous.
    pub head: Digest,
}

/// Opens what the server served. `keys` are those of the practice that may act on the calendar, `known` is what this reader has
/// verified of the memo before.
pub fn open_memo(
    stored: &StoredMemo,
    keyring: &Keyring,
    manifest: &Verified<Manifest>,
    keys: &[VerifyingKey],
    known: Option<&KnownMemo>,
) -> Result<OpenedMemo, OpenError> {
    let bytes = stored.envelope.as_ref().ok_or(OpenError::ContentWithheld)?;
    let envelope: MemoEnvelope = cbor::from_slice(bytes).map_err(|_| OpenError::Malformed)?;
    let context = &envelope.context;
    if context.practice != manifest.practice {
        return Err(OpenError::WrongPractice);
    }
    if context.memo != stored.memo {
        return Err(OpenError::WrongMemo);
    }
    let head = check_links(stored, bytes, context)?;
    if let Some(known) = known {
        check_known(stored, context, known)?;
    }
    let (dek, ended) = open_dek(&envelope, keyring, manifest)?;
    let plain = suite::open(&dek, namespace::MEMO_BODY, context, &envelope.body)
        .map_err(|_| OpenError::DoesNotOpen)?;
    let memo: Memo = cbor::from_slice(&plain).map_err(|_| OpenError::Malformed)?;
    check_bound(&memo, context)?;
    if ended.is_some_and(|end| memo.manifest >= end) {
        return Err(OpenError::SealedAfterEpochEnd);
    }
    let proof = suite::open(&dek, namespace::MEMO_PROOF, context, &envelope.proof)
        .map_err(|_| OpenError::ProofDoesNotOpen)?;
    check_signature(&proof, &plain, &memo, manifest, keys)?;
    if !well_formed(&memo) {
        return Err(OpenError::Malformed);
    }
    Ok(OpenedMemo { memo, head })
}

/// The links are those of as many versions as the newest says, the last one is its own, and it follows the one before.
fn check_links(stored: &StoredMemo, bytes: &[u8], context: &MemoContext) -> Result<Digest, OpenError> {
    let heads = heads(&stored.links).ok_or(OpenError::Malformed)?;
    let head = *heads.last().ok_or(OpenError::Malformed)?;
    if usize::try_from(context.number) != Ok(heads.len()) || context.number > limits::MEMO_VERSIONS + 1 {
        return Err(OpenError::WrongVersion);
    }
    let before = heads.iter().rev().nth(1).copied().unwrap_or(Digest([0; 32]));
    if super::head(&context.previous, &sha256(&[bytes])) != head || context.previous != before {
        return Err(OpenError::ChainBroken);
    }
    Ok(head)
}

/// What is served continues what this reader has verified before.
fn check_known(stored: &StoredMemo, context: &MemoContext, known: &KnownMemo) -> Result<(), OpenError> {
    let removed = known.state == MemoState::Removed;
    if removed && (context.number != known.number || context.state != MemoState::Removed) {
        return Err(OpenError::Revived);
    }
    continues(stored, known)?;
    if context.about != known.about {
        return Err(OpenError::WrongAppointment);
    }
    Ok(())
}

/// The links of a memo continue what was seen before.
pub(crate) fn continues(stored: &StoredMemo, known: &KnownMemo) -> Result<(), OpenError> {
    let heads = heads(&stored.links).ok_or(OpenError::Malformed)?;
    let at = known.number.checked_sub(1).and_then(|at| usize::try_from(at).ok());
    match at.and_then(|at| heads.get(at)) {
        None => Err(OpenError::RolledBack),
        Some(head) if *head != known.head => Err(OpenError::Forked),
        Some(_) => Ok(()),
    }
}

/// The DEK of a version, and the manifest with which its epoch ended.
fn open_dek(
    envelope: &MemoEnvelope,
    keyring: &Keyring,
    manifest: &Manifest,
) -> Result<(Secret32, Option<u32>), OpenError> {
    let context = &envelope.context;
    let scope = manifest.scopes.iter().find(|s| s.id == context.scope && s.id == envelope.scope.scope);
    let scope = scope.ok_or(OpenError::UnknownScope)?;
    let epoch = keyring.epoch(scope.id, envelope.scope.epoch).ok_or(OpenError::UnknownEpoch)?;
    let for_scope = scope_context(context, envelope.scope.epoch);
    let dek = suite::unwrap_key(epoch.kem(), namespace::MEMO_SCOPE, &for_scope, &envelope.scope.wrap)
        .map_err(|_| OpenError::DoesNotOpen)?;
    Ok((dek, epoch.ended()))
}

/// The body says the same as what it was bound to.
fn check_bound(memo: &Memo, bound: &MemoContext) -> Result<(), OpenError> {
    if memo.practice != bound.practice {
        return Err(OpenError::WrongPractice);
    }
    if memo.memo != bound.memo {
        return Err(OpenError::WrongMemo);
    }
    if memo.about != bound.about {
        return Err(OpenError::WrongAppointment);
    }
    if memo.number != bound.number {
        return Err(OpenError::WrongVersion);
    }
    if memo.previous != bound.previous {
        return Err(OpenError::ChainBroken);
    }
    if memo.state != bound.state {
        return Err(OpenError::StateUnexplained);
    }
    if memo.scope != bound.scope {
        return Err(OpenError::UnknownScope);
    }
    Ok(())
}

/// A credential signed the body's bytes that may write in this scope, as a memo and as nothing else.
fn check_signature(
    proof: &[u8],
    body: &[u8],
    memo: &Memo,
    manifest: &Manifest,
    keys: &[VerifyingKey],
) -> Result<(), OpenError> {
    let signature: Signature = cbor::from_slice(proof).map_err(|_| OpenError::Malformed)?;
    if signature.signer != memo.signer {
        return Err(OpenError::OtherKeys);
    }
    let admitted = signers(manifest, memo.scope);
    let key = keys.iter().find(|key| key.hash() == memo.signer && admitted.contains(&key.hash()));
    let key = key.ok_or(OpenError::NotByPractice)?;
    let signed = Signed {
        suite: Suite::V1,
        namespace: namespace::MEMO.into(),
        body: Bytes(body.to_vec()),
        signatures: vec![signature],
    };
    let _: Verified<Memo> = verify(&signed, namespace::MEMO, core::slice::from_ref(key), 1)
        .map_err(|_| OpenError::BadSignature)?;
    Ok(())
}

/// The signing keys, by hash, that may write in a scope.
fn signers(manifest: &Manifest, scope: ScopeId) -> Vec<KeyHash> {
    let may = manifest.credentials.iter().filter(|c| c.rights & rights::CALENDAR != 0);
    may.filter(|c| c.scopes.contains(&scope)).map(|c| key_hash_signing(&c.signing_key)).collect()
}

/// Whether kind, state, text and date go together (rules M1, M5, M6).
fn well_formed(memo: &Memo) -> bool {
    let removed = memo.state == MemoState::Removed;
    let kind = match memo.kind {
        MemoKind::Note => memo.about.is_some() && memo.state != MemoState::Open && memo.due.is_none(),
        MemoKind::Task => memo.due.is_none_or(|day| day.number().is_some()),
    };
    let first = memo.number != 1
        || (!removed
            && (memo.author, memo.made) == (memo.signer, memo.time)
            && (memo.kind == MemoKind::Note) == (memo.state == MemoState::Kept));
    kind && first
        && memo.text.len() <= limits::MEMO_TEXT_BYTES
        && memo.text.is_empty() == removed
        && !(removed && memo.due.is_some())
}
