//! Realm messages: PROTOCOL section 4. Each request and answer travels sealed under an encapsulation to the
//! realm's key; padding (section 2) makes answers for known and unknown patients the same size.
use crate::{
    bytes::Bytes,
    ids::{Digest, KeyHash, PatientId, PracticeId, RegistrationId},
    suite::{PinParameters, Suite},
    time::UnixSeconds,
    wire::{
        envelope::{Sealed, Signed},
        pow::Solution,
        reshare::{Dealt, Ended, Introduce, Introduced, Reshare, Succession},
        witness::{Standing, Witness},
    },
};
use alloc::{string::String, vec::Vec};
use vestibule_cbor_derive::{Decode, Encode};

/// A sealed request as posted: `POST /v1/realm`, `application/cbor`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SealedRequest {
    /// Algorithms.
    #[n(0)]
    pub suite: Suite,
    /// KEM key hash of the realm.
    #[n(1)]
    pub realm: KeyHash,
    /// X-Wing encapsulation.
    #[n(2)]
    pub enc: Bytes,
    /// CBOR of a [`RealmRequest`]; context [`RequestContext`].
    #[n(3)]
    pub sealed: Sealed,
}

/// Context of a sealed realm request.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct RequestContext {
    /// KEM key hash of the realm.
    #[n(0)]
    pub realm: KeyHash,
}

/// Context of a sealed realm answer ([`Sealed`] CBOR of a [`RealmReply`]).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ReplyContext {
    /// KEM key hash of the realm.
    #[n(0)]
    pub realm: KeyHash,
    /// SHA-256 of the CBOR of the [`SealedRequest`] that it answers.
    #[n(1)]
    pub request: Digest,
}

/// A request to a realm.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct RealmRequest {
    /// Which practice's patients.
    #[n(0)]
    pub practice: PracticeId,
    /// What to do.
    #[n(1)]
    pub op: RealmOp,
    /// SHA-256 of the body of the deployment by which the realm is asked: it may serve two while patients go from one to the
    /// other. Absent: the newest.
    #[n(2)]
    pub deployment: Option<Digest>,
}

/// The operations of a realm.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum RealmOp {
    /// Evaluate the practice's locator key.
    #[n(0)]
    Locate(#[n(0)] Locate),
    /// Mail a six-digit code.
    #[n(1)]
    Voucher(#[n(0)] VoucherRequest),
    /// Turn the code into a ticket.
    #[n(2)]
    Redeem(#[n(0)] Redeem),
    /// Read the descriptors.
    #[n(3)]
    Begin(#[n(0)] Begin),
    /// One counted PIN evaluation.
    #[n(4)]
    Evaluate(#[n(0)] Evaluate),
    /// Prove that the PIN was right.
    #[n(5)]
    Confirm(#[n(0)] Confirm),
    /// Store a pending registration.
    #[n(6)]
    Put(#[n(0)] Put),
    /// Replace the vault.
    #[n(7)]
    VaultPut(#[n(0)] VaultPut),
    /// Read the vault with a device token.
    #[n(8)]
    VaultGet(#[n(0)] VaultGet),
    /// Guard a practice's PINs from now on.
    #[n(9)]
    Join(#[n(0)] Join),
    /// Say what was counted, and what other realms said.
    #[n(10)]
    Witness(#[n(0)] Witness),
    /// Deal your share of the locator key anew, to other realms.
    #[n(11)]
    Reshare(#[n(0)] Reshare),
    /// Sign that this key is the patient's, for a realm that does not know the patient yet.
    #[n(12)]
    Introduce(#[n(0)] Introduce),
    /// Drop what is left of a deployment that nobody goes over from any more.
    #[n(13)]
    Ended(#[n(0)] Ended),
}

/// See [`RealmOp::Locate`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Locate {
    /// ristretto255 element.
    #[n(0)]
    pub blinded: Digest,
    /// Proof of work; purpose `locate`.
    #[n(1)]
    pub work: Solution,
}

/// See [`RealmOp::Voucher`]. The realm checks that the PatientID belongs to the address before it mails anything, so a code
/// for one patient cannot be sent to another's address.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct VoucherRequest {
    /// Whom the code is for.
    #[n(0)]
    pub patient: PatientId,
    /// The address as typed.
    #[n(1)]
    pub email: String,
    /// BCP 47 language of the message.
    #[n(2)]
    pub locale: String,
    /// Proof of work; purpose `voucher`.
    #[n(3)]
    pub work: Solution,
    /// How the PatientID was found from the address.
    #[n(4)]
    pub located: LocatorProof,
}

/// Shows a realm that an address belongs to a PatientID, without any realm being able to find that out alone: the blind of
/// a locator evaluation, and what `threshold` realms answered to it, each with its proof.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct LocatorProof {
    /// The blind, a 32-byte scalar.
    #[n(0)]
    pub blind: Digest,
    /// By index of the realm: the evaluated element and its DLEQ proof.
    #[n(1)]
    pub answers: Vec<(u8, Digest, Bytes)>,
}

/// See [`RealmOp::Join`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Join {
    /// Root statements, from the genesis on.
    #[n(0)]
    pub roots: Vec<Signed>,
    /// The deployment that names this realm, signed by the root in force.
    #[n(1)]
    pub deployment: Signed,
    /// CBOR of a [`super::directory::RealmShare`] for this realm.
    #[n(2)]
    pub share: Bytes,
    /// Proof of work; purpose `found`, subject practice id.
    #[n(3)]
    pub work: Solution,
    /// Founding code, where the realm asks for one; else empty.
    #[n(4)]
    pub code: String,
    /// Where the realms of a deployment before dealt the share, instead of the founder; [`Self::share`] is empty then.
    #[n(5)]
    pub succession: Option<Succession>,
}

/// See [`RealmOp::Redeem`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Redeem {
    /// Whom the code is for.
    #[n(0)]
    pub patient: PatientId,
    /// Six digits.
    #[n(1)]
    pub code: String,
}

/// See [`RealmOp::Begin`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Begin {
    /// Whose PIN.
    #[n(0)]
    pub patient: PatientId,
}

/// See [`RealmOp::Evaluate`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Evaluate {
    /// Whose PIN.
    #[n(0)]
    pub patient: PatientId,
    /// Registration to evaluate under.
    #[n(1)]
    pub registration: RegistrationId,
    /// ristretto255 element.
    #[n(2)]
    pub blinded: Digest,
    /// Device token, 32 bytes, if this device has one: its own budget.
    #[n(3)]
    pub device: Option<Digest>,
    /// A redeemed voucher's ticket: opens one more try. Consumed.
    #[n(4)]
    pub ticket: Option<Digest>,
}

/// See [`RealmOp::Confirm`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Confirm {
    /// Whose PIN.
    #[n(0)]
    pub patient: PatientId,
    /// The handles of all attempts that this proof refunds, 1 to 4, newest first. All of one registration.
    #[n(1)]
    pub handles: Vec<Digest>,
    /// HMAC-SHA-256(`u_i`, CBOR `[suite, "confirm", realm index, handles, mode]`).
    #[n(2)]
    pub mac: Digest,
    /// What to release.
    #[n(3)]
    pub mode: Mode,
}

/// What a confirmed attempt releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Mode {
    /// A new device: the masked share B too.
    #[n(1)]
    NewDevice,
    /// A device with share C: no share.
    #[n(2)]
    KnownDevice,
}

/// Descriptor D of a registration (PROTOCOL section 4). Travels and is stored as bytes; H(D) is SHA-256 of them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Descriptor {
    /// Algorithms.
    #[n(0)]
    pub suite: Suite,
    /// Whose patient.
    #[n(1)]
    pub practice: PracticeId,
    /// Patient.
    #[n(2)]
    pub patient: PatientId,
    /// 16 random bytes.
    #[n(3)]
    pub registration: RegistrationId,
    /// Realms needed.
    #[n(4)]
    pub threshold: u8,
    /// KEM key hashes of the realms, by index from 1.
    #[n(5)]
    pub realms: Vec<KeyHash>,
    /// PIN hash parameters.
    #[n(6)]
    pub parameters: PinParameters,
    /// K, ristretto255 element.
    #[n(7)]
    pub public: Digest,
    /// `K_i` by index, ristretto255 elements.
    #[n(8)]
    pub shares: Vec<Digest>,
}

/// See [`RealmOp::Put`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Put {
    /// CBOR of a [`Descriptor`].
    #[n(0)]
    pub descriptor: Bytes,
    /// Hash of the patient's composite signing key.
    #[n(1)]
    pub key_hash: KeyHash,
    /// `k_i`, 32-byte scalar.
    #[n(2)]
    pub oprf_share: Digest,
    /// `u_i`, 32 bytes.
    #[n(3)]
    pub unlock_key: Digest,
    /// `B xor m_i`, 32 bytes.
    #[n(4)]
    pub masked_share: Digest,
    /// Who allows it.
    #[n(5)]
    pub authorization: Authorization,
}

/// What allows a put.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Authorization {
    /// A ticket from a redeemed voucher for this patient. Consumed.
    #[n(0)]
    Ticket(#[n(0)] Digest),
    /// The current patient key signs a [`PutStatement`]: (signing key, signed statement).
    #[n(1)]
    PatientKey(#[n(0)] Bytes, #[n(1)] Signed),
    /// The same, at a realm that does not know the key, with introductions by as many realms as are needed for a PIN.
    #[n(2)]
    Introduced(#[n(0)] Bytes, #[n(1)] Signed, #[n(2)] Vec<Introduced>),
}

/// Signed by the current patient key to change the PIN.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct PutStatement {
    /// Whose patient.
    #[n(0)]
    pub practice: PracticeId,
    /// Patient.
    #[n(1)]
    pub patient: PatientId,
    /// Registration that it replaces: must be the active one.
    #[n(2)]
    pub old: RegistrationId,
    /// H(D) of the new one.
    #[n(3)]
    pub descriptor: Digest,
    /// 16 random bytes; each is accepted once.
    #[n(4)]
    pub nonce: Bytes,
}

/// See [`RealmOp::VaultPut`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct VaultPut {
    /// Whose vault.
    #[n(0)]
    pub patient: PatientId,
    /// Device token from a confirmed unlock.
    #[n(1)]
    pub device: Digest,
    /// SHA-256 of the vault bytes that this replaces; zeros if there was none.
    #[n(2)]
    pub expected: Digest,
    /// CBOR of the new [`Sealed`] vault.
    #[n(3)]
    pub vault: Bytes,
}

/// See [`RealmOp::VaultGet`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct VaultGet {
    /// Whose vault.
    #[n(0)]
    pub patient: PatientId,
    /// Device token.
    #[n(1)]
    pub device: Digest,
}

/// A realm's answer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum RealmReply {
    /// Not done, and why.
    #[n(0)]
    Refused(#[n(0)] Refusal),
    /// To [`RealmOp::Locate`] and [`RealmOp::Evaluate`].
    #[n(1)]
    Evaluated(#[n(0)] Evaluated),
    /// To [`RealmOp::Voucher`]: the same whether or not anything will be mailed.
    #[n(2)]
    VoucherAccepted,
    /// To [`RealmOp::Redeem`].
    #[n(3)]
    Redeemed(#[n(0)] Redeemed),
    /// To [`RealmOp::Begin`].
    #[n(4)]
    Begun(#[n(0)] Begun),
    /// To [`RealmOp::Confirm`].
    #[n(5)]
    Confirmed(#[n(0)] Confirmed),
    /// To [`RealmOp::Put`], [`RealmOp::VaultPut`], [`RealmOp::Join`] and [`RealmOp::Ended`].
    #[n(6)]
    Stored,
    /// To [`RealmOp::VaultGet`]: CBOR of the [`Sealed`] vault, empty if there is none.
    #[n(7)]
    Vault(#[n(0)] Bytes),
    /// To [`RealmOp::Witness`].
    #[n(10)]
    Witnessed(#[n(0)] Standing),
    /// To [`RealmOp::Reshare`].
    #[n(11)]
    Dealt(#[n(0)] Dealt),
    /// To [`RealmOp::Introduce`].
    #[n(12)]
    Introduced(#[n(0)] Introduced),
}

/// Why a realm refused.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Refusal {
    /// Too many attempts: try again after so many seconds (`u64::MAX`: only a voucher or the patient key helps).
    #[n(0)]
    Locked(#[n(0)] u64),
    /// The PIN was wrong, or the handle unknown, used or expired: one answer for all.
    #[n(1)]
    Wrong,
    /// The code was wrong, used or expired.
    #[n(2)]
    Voucher,
    /// Not authorised.
    #[n(3)]
    Unauthorized,
    /// The vault changed meanwhile: read it again.
    #[n(4)]
    Conflict,
    /// Proof of work missing, wrong or expired.
    #[n(5)]
    Work,
    /// Too many requests from this network or for this practice: try again after so many seconds.
    #[n(6)]
    Busy(#[n(0)] u64),
    /// The request is well-formed but makes no sense (wrong index, identity element, unknown practice or registration).
    #[n(7)]
    Invalid,
    /// What this realm of the deployment before dealt does not hold; 0 where the realms handed over different decoy secrets
    /// and nobody knows which is the right one.
    #[n(11)]
    Misdealt(#[n(0)] u8),
}

/// A verifiable OPRF evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Evaluated {
    /// ristretto255 element.
    #[n(0)]
    pub element: Digest,
    /// DLEQ proof: c then s, 64 bytes (RFC 9497 section 2.2).
    #[n(1)]
    pub proof: Bytes,
    /// Secret attempt handle (zeros for the locator).
    #[n(2)]
    pub handle: Digest,
}

/// A redeemed voucher.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Redeemed {
    /// Single use: a put or one more try.
    #[n(0)]
    pub ticket: Digest,
    /// Whether a PIN is already set: told only to who can read the mailbox.
    #[n(1)]
    pub registered: bool,
}

/// Descriptors. An unknown patient gets a decoy as active.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Begun {
    /// CBOR of the active [`Descriptor`].
    #[n(0)]
    pub active: Bytes,
    /// CBOR of the pending one.
    #[n(1)]
    pub pending: Option<Bytes>,
}

/// What a right PIN releases.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Confirmed {
    /// Hash of the patient's composite signing key.
    #[n(0)]
    pub key_hash: KeyHash,
    /// SHA-256 of the vault's bytes, zeros if there is none.
    #[n(1)]
    pub vault_head: Digest,
    /// CBOR of the [`Sealed`] vault, empty if there is none.
    #[n(2)]
    pub vault: Bytes,
    /// This device's token, 32 bytes.
    #[n(3)]
    pub device: Digest,
    /// `B xor m_i`; only for [`Mode::NewDevice`].
    #[n(4)]
    pub masked_share: Option<Digest>,
    /// Attempts by strangers since the last right PIN, to show.
    #[n(5)]
    pub failed_attempts: u32,
}

/// Context of the sealed vault.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct VaultContext {
    /// Whose patient.
    #[n(0)]
    pub practice: PracticeId,
    /// Patient.
    #[n(1)]
    pub patient: PatientId,
}

/// The vault's plaintext: entries merge as a set union with tombstones.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Vault {
    /// Pinned genesis.
    #[n(0)]
    pub genesis: crate::ids::Fingerprint,
    /// Highest manifest number seen.
    #[n(1)]
    pub manifest: u32,
    /// SHA-256 of that manifest's body: two hashes with one number stop everything.
    #[n(2)]
    pub manifest_hash: Digest,
    /// Highest catalog number seen.
    #[n(3)]
    pub catalog: u32,
    /// Appointments, sorted by id.
    #[n(4)]
    pub entries: Vec<VaultEntry>,
    /// Entries of the waiting list, sorted by id; left out by who never waited.
    #[n(5)]
    pub waiting: Option<Vec<VaultWaiting>>,
}

/// One entry of the waiting list in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct VaultWaiting {
    /// Which. Its capability is HKDF(root, [suite, "waiting-cap", id]).
    #[n(0)]
    pub entry: crate::ids::WaitingId,
    /// SHA-256 of its envelope; zeros until it is known to be stored.
    #[n(1)]
    pub head: Digest,
    /// It is no more: a tombstone.
    #[n(2)]
    pub removed: bool,
    /// When it was made.
    #[n(3)]
    pub at: UnixSeconds,
}

/// One appointment in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct VaultEntry {
    /// Which. Its capability is HKDF(root, [suite, "cap", id]).
    #[n(0)]
    pub appointment: crate::ids::AppointmentId,
    /// When and with whom it was asked for.
    #[n(1)]
    pub place: crate::wire::appointment::Place,
    /// Highest seq seen; 0 until the booking is known to be stored.
    #[n(2)]
    pub seq: u32,
    /// SHA-256 of the sealed bytes at `seq`; zeros for 0.
    #[n(3)]
    pub head: Digest,
    /// Removed by the patient: a tombstone.
    #[n(4)]
    pub removed: bool,
    /// When the entry was made.
    #[n(5)]
    pub at: UnixSeconds,
}
