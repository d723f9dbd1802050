//! What a client trusts of a practice: PROTOCOL section 5. One error for each lie that a server could tell.
mod chain;
mod check;
mod manifest;
mod parse;

pub use check::{check, check_ended, check_realms, check_resharing, follows};
pub use parse::parse;

use crate::{Verified, catalog::CatalogError};
use vestibule_core::{
    ids::{Digest, Fingerprint, KeyHash, PracticeId, ResourceId, ScopeId},
    limits,
    time::UnixSeconds,
    wire::directory::{
        Catalog, Credential, Deployment, Freshness as Timestamp, Manifest, Realm, RootStatement, Scope,
    },
};
use vestibule_suite::key_hash_signing;

/// What the client knows before it asks: never taken from a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// Whose directory was asked for.
    pub practice: PracticeId,
    /// The pinned fingerprint, from paper, QR code or `#fragment`. `None` only where the practice id alone is known
    /// (servers): it certifies the genesis with 128 bits.
    pub fingerprint: Option<Fingerprint>,
    /// The newest that this client saw before, from its vault or memory.
    pub seen: Option<Seen>,
}

/// The newest directory that a client has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Manifest number.
    pub manifest: u32,
    /// SHA-256 of that manifest's body.
    pub manifest_hash: Digest,
    /// Catalog number.
    pub catalog: u32,
}

/// Why a directory is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryError {
    /// A part of it was signed for another practice.
    #[error("a part of the directory belongs to another practice")]
    WrongPractice,
    /// The genesis is not the one that the fingerprint or practice id names.
    #[error("the genesis is not the pinned one")]
    GenesisMismatch,
    /// The root statements are not a chain in which each is signed by its own root and the one before.
    #[error("the root statements are not a signed chain")]
    RootChain,
    /// The deployment is not signed by the root in force.
    #[error("the deployment is not signed by the root")]
    DeploymentUnsigned,
    /// The manifest is not signed by enough of the root's admin keys.
    #[error("the manifest is not signed by the practice's admins")]
    ManifestUnsigned,
    /// The manifest is older than one seen before.
    #[error("the manifest is older than one seen before")]
    ManifestOlder,
    /// Two manifests with one number exist. Stop, and keep both as evidence.
    #[error("there are two manifests with one number")]
    ManifestFork,
    /// The manifest names another root statement or deployment than the ones served with it.
    #[error("the manifest belongs to another root or deployment")]
    ManifestMismatch,
    /// The catalog is not signed by enough of the root's admin keys.
    #[error("the catalog is not signed by the practice's admins")]
    CatalogUnsigned,
    /// The catalog is older than one seen before.
    #[error("the catalog is older than one seen before")]
    CatalogOlder,
    /// The catalog is well signed, but breaks a rule of its own.
    #[error("the catalog breaks a rule")]
    CatalogInvalid(#[source] CatalogError),
    /// The timestamp is not signed by a credential of the manifest.
    #[error("the timestamp is not signed by the practice's staff")]
    FreshnessUnsigned,
    /// The timestamp is for another manifest or catalog than the ones served with it.
    #[error("the timestamp is for another manifest or catalog")]
    FreshnessMismatch,
    /// Bytes of no such type, or values that make no sense (keys of wrong length, thresholds out of range ...).
    #[error("the directory is malformed")]
    Malformed,
    /// A part is of a suite that this version does not know.
    #[error("the suite is unknown to this version")]
    UnknownSuite,
}

/// How old the staff's timestamp is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// At most 7 days.
    Fresh,
    /// Up to 30 days: warn.
    Warn,
    /// Older, or more than a day in the future of the client's clock: no new wraps. Reading is still allowed.
    Stop,
}

impl Freshness {
    fn of(at: UnixSeconds, now: UnixSeconds) -> Self {
        let age = now.since(at);
        if age > limits::FRESHNESS_STOP_SECONDS || at.since(now) > 86_400 {
            Self::Stop
        } else if age > limits::FRESHNESS_WARN_SECONDS {
            Self::Warn
        } else {
            Self::Fresh
        }
    }
}

/// A directory in which everything held. Only [`check`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedDirectory {
    fingerprint: Fingerprint,
    root: Verified<RootStatement>,
    deployment: Verified<Deployment>,
    before: Option<Verified<Deployment>>,
    manifest: Verified<Manifest>,
    catalog: Verified<Catalog>,
    timestamp: Verified<Timestamp>,
    freshness: Freshness,
}

impl VerifiedDirectory {
    /// The practice.
    pub fn practice(&self) -> PracticeId {
        self.fingerprint.practice()
    }
    /// Fingerprint of the genesis.
    pub const fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }
    /// The root statement in force.
    pub const fn root(&self) -> &Verified<RootStatement> {
        &self.root
    }
    /// The deployment: realms, locator, floors.
    pub const fn deployment(&self) -> &Verified<Deployment> {
        &self.deployment
    }
    /// The deployment before, while patients go from its realms to the new ones.
    pub const fn before(&self) -> Option<&Verified<Deployment>> {
        self.before.as_ref()
    }
    /// The same directory with the deployment before in force; `None` if nobody goes over from one.
    #[must_use]
    pub fn under_before(&self) -> Option<Self> {
        let before = self.before.clone()?;
        Some(Self { deployment: before, ..self.clone() })
    }
    /// The staff directory.
    pub const fn manifest(&self) -> &Verified<Manifest> {
        &self.manifest
    }
    /// Services, hours, resources.
    pub const fn catalog(&self) -> &Verified<Catalog> {
        &self.catalog
    }
    /// The staff's timestamp.
    pub const fn timestamp(&self) -> &Verified<Timestamp> {
        &self.timestamp
    }
    /// How old the timestamp was when the directory was checked.
    pub const fn freshness(&self) -> Freshness {
        self.freshness
    }
    /// What to remember, so that nothing older is ever accepted again.
    pub fn seen(&self) -> Seen {
        Seen {
            manifest: self.manifest.number,
            manifest_hash: self.manifest.digest(),
            catalog: self.catalog.number,
        }
    }
    /// The realm with this Shamir index, from 1.
    pub fn realm(&self, index: u8) -> Option<&Realm> {
        self.deployment.realms.iter().find(|realm| realm.index == index)
    }
    /// The scope by id.
    pub fn scope(&self, id: ScopeId) -> Option<&Scope> {
        self.manifest.scopes.iter().find(|scope| scope.id == id)
    }
    /// The scope that a resource's appointments go to.
    pub fn scope_of(&self, resource: ResourceId) -> Option<&Scope> {
        self.manifest.scopes.iter().find(|scope| scope.resources.contains(&resource))
    }
    /// The staff credential whose signing key has this hash.
    pub fn credential(&self, signer: KeyHash) -> Option<&Credential> {
        self.manifest.credentials.iter().find(|c| key_hash_signing(&c.signing_key) == signer)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod chain_tests;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod malformed_tests;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
