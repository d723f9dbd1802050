//! The practice directory: PROTOCOL section 5. Signed CBOR; nothing here is secret.
use crate::{
    bytes::Bytes,
    ids::{Digest, KeyHash, PracticeId, ResourceId, ScopeId, StaffId},
    suite::{PinParameters, Suite},
    time::UnixSeconds,
    wire::envelope::{Sealed, Signed, Wrap},
};
use alloc::{string::String, vec::Vec};
use vestibule_cbor_derive::{Decode, Encode};

pub use super::catalog::{Catalog, Resource, Service, WeeklyInterval};

/// A root statement: number 0 is the genesis, and its hash is the practice's fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct RootStatement {
    /// Algorithms.
    #[n(0)]
    pub suite: Suite,
    /// Position in the chain of root statements.
    #[n(1)]
    pub number: u32,
    /// SHA-256 of the previous statement's body; zeros for number 0.
    #[n(2)]
    pub previous: Digest,
    /// 16 random bytes, so that every genesis differs.
    #[n(3)]
    pub nonce: Bytes,
    /// Composite key that signs root statements and deployments.
    #[n(4)]
    pub root_key: Bytes,
    /// Composite key of the printed kit: it can only name a new root.
    #[n(5)]
    pub recovery_key: Bytes,
    /// Composite keys that sign manifests and catalogs.
    #[n(6)]
    pub admin_keys: Vec<Bytes>,
    /// Admin signatures that a manifest needs.
    #[n(7)]
    pub admin_threshold: u8,
    /// When it was made, by the signer's clock.
    #[n(8)]
    pub issued: UnixSeconds,
}

/// One PIN-guarding realm.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Realm {
    /// Shamir index, from 1.
    #[n(0)]
    pub index: u8,
    /// Origin that serves it, as in `https://host`.
    #[n(1)]
    pub origin: String,
    /// X-Wing public key that requests are sealed to.
    #[n(2)]
    pub kem_key: Bytes,
    /// Public part of its share of the locator key (ristretto255 element, 32 bytes).
    #[n(3)]
    pub locator_share: Digest,
    /// Hash of the composite key that it signs with, where it vouches to other realms.
    #[n(4)]
    pub signing: Option<KeyHash>,
}

/// What only the root may change: realms, locator, floors. Signed by the root.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Deployment {
    /// Algorithms.
    #[n(0)]
    pub suite: Suite,
    /// Whose.
    #[n(1)]
    pub practice: PracticeId,
    /// Position in the chain.
    #[n(2)]
    pub number: u32,
    /// Root statement that signs it.
    #[n(3)]
    pub root_number: u32,
    /// Realms needed to evaluate.
    #[n(4)]
    pub threshold: u8,
    /// All realms, by index.
    #[n(5)]
    pub realms: Vec<Realm>,
    /// Public locator key (ristretto255 element, 32 bytes).
    #[n(6)]
    pub locator: Digest,
    /// Weakest PIN parameters that a client may accept.
    #[n(7)]
    pub pin_floor: PinParameters,
    /// When.
    #[n(8)]
    pub issued: UnixSeconds,
}

/// What a credential may do, as bits.
pub mod rights {
    /// Sign manifests and catalogs.
    pub const ADMIN: u32 = 1;
    /// Grant epoch keys.
    pub const GRANT: u32 = 2;
    /// Work on rekey jobs.
    pub const REKEY: u32 = 4;
    /// Identify patients for recovery.
    pub const RECOVER: u32 = 8;
    /// Change the state of appointments.
    pub const CALENDAR: u32 = 16;
}

/// One staff credential: a passkey with its own keys.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Credential {
    /// Whose passkey.
    #[n(0)]
    pub staff: StaffId,
    /// SHA-256 of the WebAuthn credential id.
    #[n(1)]
    pub credential: Digest,
    /// Composite public signing key.
    #[n(2)]
    pub signing_key: Bytes,
    /// X-Wing public key that grants are wrapped to.
    #[n(3)]
    pub kem_key: Bytes,
    /// [`rights`].
    #[n(4)]
    pub rights: u32,
    /// Scopes it may read.
    #[n(5)]
    pub scopes: Vec<ScopeId>,
}

/// A scope's current epoch.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Scope {
    /// Which.
    #[n(0)]
    pub id: ScopeId,
    /// Counts up at each rotation; from 1.
    #[n(1)]
    pub epoch: u32,
    /// X-Wing public key of this epoch.
    #[n(2)]
    pub kem_key: Bytes,
    /// Resources whose appointments go to this scope.
    #[n(3)]
    pub resources: Vec<ResourceId>,
}

/// The staff directory, signed by the admin threshold.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Manifest {
    /// Algorithms.
    #[n(0)]
    pub suite: Suite,
    /// Whose.
    #[n(1)]
    pub practice: PracticeId,
    /// Counts up by one; from 1.
    #[n(2)]
    pub number: u32,
    /// SHA-256 of the previous manifest's body; zeros for number 1.
    #[n(3)]
    pub previous: Digest,
    /// Root statement in force.
    #[n(4)]
    pub root_number: u32,
    /// SHA-256 of the deployment's body.
    #[n(5)]
    pub deployment: Digest,
    /// When.
    #[n(6)]
    pub issued: UnixSeconds,
    /// All credentials that may act.
    #[n(7)]
    pub credentials: Vec<Credential>,
    /// All scopes.
    #[n(8)]
    pub scopes: Vec<Scope>,
    /// SHA-256 of the client bundle that this manifest was made with; zeros in development.
    #[n(9)]
    pub bundle: Digest,
    /// SHA-256 of the body of the deployment before, while patients go from its realms to the new ones.
    #[n(10)]
    pub before: Option<Digest>,
}

/// Staff-signed timestamp: with one realm it takes the place of the cosigned checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Freshness {
    /// Algorithms.
    #[n(0)]
    pub suite: Suite,
    /// Whose.
    #[n(1)]
    pub practice: PracticeId,
    /// SHA-256 of the current manifest's body.
    #[n(2)]
    pub manifest: Digest,
    /// SHA-256 of the current catalog's body.
    #[n(3)]
    pub catalog: Digest,
    /// When.
    #[n(4)]
    pub at: UnixSeconds,
}

/// Everything a client needs to trust a practice, as served: `GET /v1/practices/{practice}/directory`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Directory {
    /// Root statements from the genesis on.
    #[n(0)]
    pub roots: Vec<Signed>,
    /// Current deployment.
    #[n(1)]
    pub deployment: Signed,
    /// Current manifest.
    #[n(2)]
    pub manifest: Signed,
    /// Current catalog.
    #[n(3)]
    pub catalog: Signed,
    /// Latest staff-signed timestamp.
    #[n(4)]
    pub freshness: Signed,
    /// The deployment that [`Manifest::before`] names.
    #[n(5)]
    pub before: Option<Signed>,
}

/// Body of a grant: an epoch seed wrapped to one staff key (PROTOCOL section 5).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Grant {
    /// Algorithms.
    #[n(0)]
    pub suite: Suite,
    /// Whose.
    #[n(1)]
    pub practice: PracticeId,
    /// Scope.
    #[n(2)]
    pub scope: ScopeId,
    /// Epoch.
    #[n(3)]
    pub epoch: u32,
    /// KEM key hash of the recipient.
    #[n(4)]
    pub recipient: KeyHash,
    /// Manifest in which the signer has `grant`.
    #[n(5)]
    pub manifest: u32,
    /// The 32-byte epoch seed; context [`GrantContext`].
    #[n(6)]
    pub wrap: Wrap,
}

/// Context of a grant's wrap.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct GrantContext {
    /// Whose.
    #[n(0)]
    pub practice: PracticeId,
    /// Scope.
    #[n(1)]
    pub scope: ScopeId,
    /// Epoch.
    #[n(2)]
    pub epoch: u32,
    /// Recipient.
    #[n(3)]
    pub recipient: KeyHash,
}

/// Context of what a staff passkey seals: staff seeds, root seed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct StaffContext {
    /// Whose.
    #[n(0)]
    pub practice: PracticeId,
    /// Staff member.
    #[n(1)]
    pub staff: StaffId,
    /// SHA-256 of the WebAuthn credential id.
    #[n(2)]
    pub credential: Digest,
}

/// Context of the two secrets in a [`RealmShare`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct LocatorShareContext {
    /// Whose locator.
    #[n(0)]
    pub practice: PracticeId,
    /// KEM key hash of the realm.
    #[n(1)]
    pub realm: KeyHash,
}

/// What a founder hands to one realm: two wraps to its key, with context [`LocatorShareContext`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct RealmShare {
    /// Its share of the locator key; namespace `locator-share`.
    #[n(0)]
    pub locator: Wrap,
    /// The secret from which all realms of the practice invent the same decoys; namespace `decoy-secret`.
    #[n(1)]
    pub decoy: Wrap,
}

/// What the server keeps for one credential and hands out after sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct StaffKeys {
    /// Staff member.
    #[n(0)]
    pub staff: StaffId,
    /// SHA-256 of the WebAuthn credential id.
    #[n(1)]
    pub credential: Digest,
    /// Seeds: 32 bytes X-Wing, 32 Ed25519, 32 ML-DSA, sealed under the PRF output; context [`StaffContext`].
    #[n(2)]
    pub staff_key: Sealed,
    /// The root's two 32-byte seeds, for those who may use them; context [`StaffContext`].
    #[n(3)]
    pub root_seed: Option<Sealed>,
    /// Grants to this credential.
    #[n(4)]
    pub grants: Vec<Signed>,
}
