//! The chain of root statements.
use super::{DirectoryError, Expected};
use crate::{Verified, VerifyError, VerifyingKey, fingerprint, verify};
use alloc::vec::Vec;
use vestibule_core::{
    ids::{Digest, Fingerprint},
    suite::namespace,
    wire::{directory::RootStatement, envelope::Signed},
};

/// Root statements in one chain; the founder's is number 0. One a year would fill it in a lifetime.
const MAX_ROOTS: usize = 64;
/// Admin keys of one root statement.
const MAX_ADMINS: usize = 32;

/// The root statement in force, with its keys parsed.
pub(super) struct Root {
    pub(super) statement: Verified<RootStatement>,
    pub(super) fingerprint: Fingerprint,
    pub(super) key: VerifyingKey,
    pub(super) admin_keys: Vec<VerifyingKey>,
}

impl Root {
    pub(super) fn admin_threshold(&self) -> usize {
        usize::from(self.statement.admin_threshold)
    }
}

pub(super) fn parse_key(bytes: &[u8]) -> Result<VerifyingKey, DirectoryError> {
    VerifyingKey::from_bytes(bytes).map_err(|_| DirectoryError::Malformed)
}

/// The key is in the body that it signs, so the body has to be read before it is verified. Nothing else of it is used.
fn claimed_root_key(signed: &Signed) -> Result<VerifyingKey, DirectoryError> {
    let body: RootStatement = crate::decode_body(&signed.body).map_err(refusal)?;
    parse_key(&body.root_key)
}

fn refusal(error: VerifyError) -> DirectoryError {
    match error {
        VerifyError::UnknownSuite => DirectoryError::UnknownSuite,
        VerifyError::Malformed => DirectoryError::Malformed,
        _ => DirectoryError::RootChain,
    }
}

/// Checks the genesis against what is pinned, then each later statement: signed by its own root and the one before, with
/// the next number and the hash of the one before. (Naming a root by the recovery key alone needs the log of a later
/// version; this one refuses it.)
pub(super) fn check(roots: &[Signed], expected: &Expected) -> Result<Root, DirectoryError> {
    let (genesis, later) = roots.split_first().ok_or(DirectoryError::Malformed)?;
    if roots.len() > MAX_ROOTS {
        return Err(DirectoryError::Malformed);
    }
    let fingerprint = fingerprint(genesis);
    if fingerprint.practice() != expected.practice
        || expected.fingerprint.is_some_and(|pinned| pinned != fingerprint)
    {
        return Err(DirectoryError::GenesisMismatch);
    }
    let mut root_key = claimed_root_key(genesis)?;
    let mut statement: Verified<RootStatement> =
        verify(genesis, namespace::ROOT, core::slice::from_ref(&root_key), 1).map_err(refusal)?;
    if statement.number != 0 || statement.previous != Digest([0; 32]) {
        return Err(DirectoryError::RootChain);
    }
    for next in later {
        let keys = [root_key, claimed_root_key(next)?];
        // A statement that keeps the root key is signed once: the two keys are one.
        let distinct = if keys[0].hash() == keys[1].hash() { &keys[1..] } else { &keys[..] };
        let verified: Verified<RootStatement> =
            verify(next, namespace::ROOT, distinct, distinct.len()).map_err(refusal)?;
        if Some(verified.number) != statement.number.checked_add(1) || verified.previous != statement.digest()
        {
            return Err(DirectoryError::RootChain);
        }
        statement = verified;
        let [_, key] = keys;
        root_key = key;
    }
    let threshold = usize::from(statement.admin_threshold);
    if threshold == 0 || threshold > statement.admin_keys.len() || statement.admin_keys.len() > MAX_ADMINS {
        return Err(DirectoryError::Malformed);
    }
    parse_key(&statement.recovery_key)?;
    let admin_keys = statement.admin_keys.iter().map(|key| parse_key(key)).collect::<Result<Vec<_>, _>>()?;
    Ok(Root { statement, fingerprint, key: root_key, admin_keys })
}
