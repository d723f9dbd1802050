//! Handing the locator key to other realms, and patients to other realms with it: PROTOCOL section 4, resharing.
use crate::{
    bytes::Bytes,
    ids::{Digest, KeyHash, PatientId, PracticeId},
    suite::Suite,
    time::UnixSeconds,
    wire::{envelope::Signed, pow::Solution},
};
use alloc::vec::Vec;
use vestibule_cbor_derive::{Decode, Encode};

/// What the practice's root orders of the realms of a deployment: deal your shares anew, to these. It names no time, so the
/// same change is the same order, however often it is begun again.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Resharing {
    /// Algorithms.
    #[n(0)]
    pub suite: Suite,
    /// Whose.
    #[n(1)]
    pub practice: PracticeId,
    /// SHA-256 of the body of the deployment whose realms are to deal.
    #[n(2)]
    pub from: Digest,
    /// How many of the new realms must work together.
    #[n(3)]
    pub threshold: u8,
    /// X-Wing public keys of the new realms, by index from 1; those that stay are among them.
    #[n(4)]
    pub realms: Vec<Bytes>,
}

/// See [`super::realm::RealmOp::Reshare`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Reshare {
    /// Root statements, from the genesis on.
    #[n(0)]
    pub roots: Vec<Signed>,
    /// A [`Resharing`], signed by the root in force.
    #[n(1)]
    pub order: Signed,
    /// Proof of work; purpose `found`, subject practice id.
    #[n(2)]
    pub work: Solution,
}

/// What a realm dealt: its polynomial is the same for the same order.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Dealt {
    /// Public parts of its coefficients (ristretto255 elements), from the constant on: the first is its public share.
    #[n(0)]
    pub commitments: Vec<Digest>,
    /// CBOR of a [`super::directory::RealmShare`] with context [`PartContext`] for each new realm, by index from 1: its part
    /// of the share, and the practice's decoy secret.
    #[n(1)]
    pub parts: Vec<Bytes>,
}

/// Context of the two secrets that one realm hands to another.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct PartContext {
    /// Whose locator.
    #[n(0)]
    pub practice: PracticeId,
    /// SHA-256 of the order's body.
    #[n(1)]
    pub order: Digest,
    /// Index of the realm that deals, in the deployment before.
    #[n(2)]
    pub dealer: u8,
    /// Index of the realm that it is for, in the order.
    #[n(3)]
    pub index: u8,
    /// KEM key hash of the realm that it is for.
    #[n(4)]
    pub realm: KeyHash,
}

/// One realm's dealing, as it is shown to one new realm.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Dealing {
    /// Index of the realm that dealt, in the deployment before.
    #[n(0)]
    pub dealer: u8,
    /// See [`Dealt::commitments`].
    #[n(1)]
    pub commitments: Vec<Digest>,
    /// The one of [`Dealt::parts`] that is for this realm.
    #[n(2)]
    pub part: Bytes,
}

/// With [`super::realm::Join`]: how a deployment came of the one before it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Succession {
    /// The deployment before, signed by the root in force.
    #[n(0)]
    pub before: Signed,
    /// The [`Resharing`] by which its realms dealt.
    #[n(1)]
    pub order: Signed,
    /// As many as the deployment before needs realms, of different ones: the same for every new realm.
    #[n(2)]
    pub dealings: Vec<Dealing>,
}

/// See [`super::realm::RealmOp::Ended`]. What the practice published is evidence enough: a manifest that names this deployment,
/// and none before it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Ended {
    /// Root statements, from the genesis on.
    #[n(0)]
    pub roots: Vec<Signed>,
    /// The deployment in force, signed by the root.
    #[n(1)]
    pub deployment: Signed,
    /// The manifest that names it, signed by the admins.
    #[n(2)]
    pub manifest: Signed,
    /// Proof of work; purpose `found`, subject practice id.
    #[n(3)]
    pub work: Solution,
}

/// See [`super::realm::RealmOp::Introduce`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Introduce {
    /// The patient's composite signing key.
    #[n(0)]
    pub key: Bytes,
    /// An [`IntroduceStatement`], signed by it.
    #[n(1)]
    pub statement: Signed,
}

/// Signed by the patient's key: a realm that knows it is to tell another one so.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct IntroduceStatement {
    /// Whose patient.
    #[n(0)]
    pub practice: PracticeId,
    /// Patient.
    #[n(1)]
    pub patient: PatientId,
    /// KEM key hash of the realm that is asked.
    #[n(2)]
    pub realm: KeyHash,
}

/// Signed by a realm: this key is the patient's here, by an active registration. It names no registration: what is put with
/// it is bound by the patient's own signature, so that one introduction serves for every realm that lacks the patient.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Introduction {
    /// Algorithms.
    #[n(0)]
    pub suite: Suite,
    /// Whose patient.
    #[n(1)]
    pub practice: PracticeId,
    /// Patient.
    #[n(2)]
    pub patient: PatientId,
    /// Hash of the patient's composite signing key.
    #[n(3)]
    pub key_hash: KeyHash,
    /// When, by the realm's clock.
    #[n(4)]
    pub at: UnixSeconds,
}

/// An introduction, with the key that it is verified with.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Introduced {
    /// The realm's composite signing key: its hash stands in the root-signed deployment.
    #[n(0)]
    pub key: Bytes,
    /// An [`Introduction`].
    #[n(1)]
    pub statement: Signed,
}
