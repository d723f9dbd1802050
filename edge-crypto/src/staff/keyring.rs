//! Epoch keys, from grants that were checked (rule R5.6).
use crate::keys::EpochSeed;
use vestibule_core::{
    ids::ScopeId,
    suite::namespace,
    wire::{
        directory::{Grant, GrantContext, Manifest, rights},
        envelope::Signed,
    },
};
use vestibule_suite::{KemSecret, Secret32, key_hash_kem, unwrap_key};
use vestibule_verify::{Verified, VerifyingKey, verify};

/// Why a grant is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// It is no grant, or of another practice.
    #[error("not a grant of this practice")]
    Malformed,
    /// No credential with the right to grant signed it.
    #[error("nobody with the right to grant signed this")]
    Signature,
    /// It is for another staff key, or does not open.
    #[error("the grant is not for this staff key")]
    NotForUs,
    /// The manifest has no such scope.
    #[error("the manifest has no such scope")]
    UnknownScope,
    /// The seed does not make the public key that the manifest names: patients would seal to another key.
    #[error("the granted key is not the manifest's")]
    KeyMismatch,
}

impl GrantError {
    /// Stable code for pages and tests.
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "grant-malformed",
            Self::Signature => "grant-signature",
            Self::NotForUs => "grant-not-for-us",
            Self::UnknownScope => "grant-unknown-scope",
            Self::KeyMismatch => "grant-key-mismatch",
        }
    }
}

/// The keys of one epoch of one scope.
#[derive(Debug)]
pub struct EpochKey {
    scope: ScopeId,
    epoch: u32,
    /// Manifest in which the epoch was granted.
    granted: u32,
    /// First manifest of the next epoch, as its grant names it.
    ended: Option<u32>,
    kem: KemSecret,
    cache_key: Secret32,
    memory_key: Secret32,
}

impl EpochKey {
    /// Opens scope wraps.
    pub fn kem(&self) -> &KemSecret {
        &self.kem
    }
    /// Opens cache hints: `derive(seed, [suite, "cache"])`.
    pub fn cache_key(&self) -> &Secret32 {
        &self.cache_key
    }
    /// For calendar memories: `derive(seed, [suite, "calendar-memory"])`, to be joined with a device's secret.
    pub fn memory_key(&self) -> &Secret32 {
        &self.memory_key
    }
    /// Number of the manifest with which this epoch ended; `None` while it is current.
    pub fn ended(&self) -> Option<u32> {
        self.ended
    }
}

/// All epoch keys of a staff member.
#[derive(Debug, Default)]
pub struct Keyring {
    epochs: Vec<EpochKey>,
}

impl Keyring {
    /// Opens every grant; one bad grant refuses all, since a server that mixes in a foreign one is lying.
    pub fn open(
        kem: &KemSecret,
        grants: &[Signed],
        manifest: &Verified<Manifest>,
    ) -> Result<Self, GrantError> {
        let granters = manifest
            .credentials
            .iter()
            .filter(|c| c.rights & rights::GRANT != 0)
            .map(|c| VerifyingKey::from_bytes(&c.signing_key))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| GrantError::Signature)?;
        let mut epochs = grants
            .iter()
            .map(|signed| open_grant(kem, signed, manifest, &granters))
            .collect::<Result<Vec<_>, _>>()?;
        let starts: Vec<_> = epochs.iter().map(|e| (e.scope, e.epoch, e.granted)).collect();
        for epoch in &mut epochs {
            epoch.ended = starts
                .iter()
                .filter(|(scope, n, _)| *scope == epoch.scope && *n > epoch.epoch)
                .map(|(_, _, granted)| *granted)
                .min();
        }
        Ok(Self { epochs })
    }

    /// The keys of an epoch, if they were granted.
    pub fn epoch(&self, scope: ScopeId, epoch: u32) -> Option<&EpochKey> {
        self.epochs.iter().find(|e| e.scope == scope && e.epoch == epoch)
    }
}

fn open_grant(
    kem: &KemSecret,
    signed: &Signed,
    manifest: &Verified<Manifest>,
    granters: &[VerifyingKey],
) -> Result<EpochKey, GrantError> {
    let grant: Verified<Grant> =
        verify(signed, namespace::GRANT, granters, 1).map_err(|_| GrantError::Signature)?;
    let own = key_hash_kem(&kem.public_key());
    if grant.practice != manifest.practice {
        return Err(GrantError::Malformed);
    }
    if grant.recipient != own {
        return Err(GrantError::NotForUs);
    }
    let scope = manifest.scopes.iter().find(|s| s.id == grant.scope).ok_or(GrantError::UnknownScope)?;
    let context =
        GrantContext { practice: grant.practice, scope: grant.scope, epoch: grant.epoch, recipient: own };
    let seed = unwrap_key(kem, namespace::GRANT, &context, &grant.wrap).map_err(|_| GrantError::NotForUs)?;
    let seed = EpochSeed::from_secret(seed);
    let epoch_kem = seed.kem();
    if grant.epoch > scope.epoch || (grant.epoch == scope.epoch && epoch_kem.public_key() != scope.kem_key.0)
    {
        return Err(GrantError::KeyMismatch);
    }
    Ok(EpochKey {
        scope: grant.scope,
        epoch: grant.epoch,
        granted: grant.manifest,
        ended: None,
        kem: epoch_kem,
        cache_key: seed.cache_key(),
        memory_key: seed.memory_key(),
    })
}
