//! What realms say of their counting.
use crate::{Verified, VerifyingKey, verify};
use vestibule_core::{
    ids::{KeyHash, PracticeId},
    suite::namespace,
    wire::witness::{Checkpoint, Witnessed},
};

/// What one of these realms, known by the hashes of their signing keys, signed of a practice's shard; `None` for anything else.
pub fn checkpoint<'k>(
    witnessed: &Witnessed,
    (practice, shard): (PracticeId, u8),
    realms: impl IntoIterator<Item = &'k KeyHash>,
) -> Option<Verified<Checkpoint>> {
    let key = VerifyingKey::from_bytes(&witnessed.key).ok()?;
    let signer = key.hash();
    let said = verify::<Checkpoint>(&witnessed.checkpoint, namespace::WITNESS, &[key], 1).ok()?;
    let known = realms.into_iter().any(|realm| *realm == signer);
    (known && (said.practice, said.realm, said.shard) == (practice, signer, shard)).then_some(said)
}
