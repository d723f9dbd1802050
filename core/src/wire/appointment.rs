//! Appointments: PROTOCOL sections 3 and 6.
use crate::{
    bytes::Bytes,
    ids::{AppointmentId, Digest, KeyHash, PracticeId, ResourceId, ScopeId, ServiceId},
    suite::Suite,
    time::{Cell, UnixSeconds},
    wire::{
        entry::{Entry, Series},
        envelope::{Sealed, Signature, Wrap},
    },
};
use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};
use vestibule_cbor_derive::{Decode, Encode};

/// Where an appointment stands: what the server sees of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The resource whose cells it claims.
    #[n(0)]
    pub resource: ResourceId,
    /// First cell.
    #[n(1)]
    pub start: Cell,
    /// Number of cells, from 1.
    #[n(2)]
    pub cells: u32,
}

/// Context of an appointment's body: change any field and it does not open.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct AppointmentContext {
    /// Whose calendar.
    #[n(0)]
    pub practice: PracticeId,
    /// Which appointment.
    #[n(1)]
    pub appointment: AppointmentId,
    /// Version of the body, from 1.
    #[n(2)]
    pub version: u32,
    /// When and with whom.
    #[n(3)]
    pub place: Place,
}

/// Context of the patient's wrap of a DEK. It names no recipient.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct PatientWrapContext {
    /// Whose calendar.
    #[n(0)]
    pub practice: PracticeId,
    /// Which appointment.
    #[n(1)]
    pub appointment: AppointmentId,
    /// Version of the body.
    #[n(2)]
    pub version: u32,
}

/// Context of a scope's wrap of a DEK, and of the cache hint beside it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ScopeWrapContext {
    /// Whose calendar.
    #[n(0)]
    pub practice: PracticeId,
    /// Which appointment.
    #[n(1)]
    pub appointment: AppointmentId,
    /// Version of the body.
    #[n(2)]
    pub version: u32,
    /// Scope.
    #[n(3)]
    pub scope: ScopeId,
    /// Epoch.
    #[n(4)]
    pub epoch: u32,
}

/// A DEK wrapped to a scope's epoch key.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ScopeWrap {
    /// Scope.
    #[n(0)]
    pub scope: ScopeId,
    /// Epoch.
    #[n(1)]
    pub epoch: u32,
    /// The DEK; context [`ScopeWrapContext`].
    #[n(2)]
    pub wrap: Wrap,
}

/// A sealed appointment as the server stores it. Opaque to the server but for its shape.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Envelope {
    /// Algorithms.
    #[n(0)]
    pub suite: Suite,
    /// What the body is bound to, in the clear so that a swap can be named before it fails to open.
    #[n(1)]
    pub context: AppointmentContext,
    /// CBOR of a [`Booking`], sealed under the DEK and padded to at least [`BODY_FLOOR`].
    #[n(2)]
    pub body: Sealed,
    /// The DEK for the patient; context [`PatientWrapContext`]. Absent exactly for what the practice entered itself: it has
    /// no patient who reads it (rule R6.15).
    #[n(3)]
    pub patient: Option<Wrap>,
    /// The DEK for the practice.
    #[n(4)]
    pub scope: ScopeWrap,
    /// CBOR of the [`Proof`] of the body, sealed under the DEK with the same context.
    #[n(5)]
    pub proof: Sealed,
}

/// A sealed body has at least this many bytes of padded plaintext, so that its length tells nothing of a usual reason.
pub const BODY_FLOOR: usize = 1024;

/// Who signed a booking, or an entry of the practice: three quarters of its bytes, apart from the body so that the body can be shown before they are
/// checked, and need not be fetched again once they were.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Proof {
    /// Composite public signing key of the patient, or for an entry of the credential; its hash is the body's `signer`.
    #[n(0)]
    pub signing_key: Bytes,
    /// X-Wing public key of the patient; its hash is the body's `kem`. Empty for an entry.
    #[n(1)]
    pub kem_key: Bytes,
    /// Over the body's bytes, namespace `booking`; for an entry `entry`.
    #[n(2)]
    pub signature: Signature,
}

/// Who comes, how to reach them: sealed, never in the clear.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Full name.
    #[n(0)]
    pub name: String,
    /// E-mail address as typed.
    #[n(1)]
    pub email: String,
    /// Phone number; may be empty.
    #[n(2)]
    pub phone: String,
    /// Date of birth as `YYYY-MM-DD`; may be empty.
    #[n(3)]
    pub birth_date: String,
}

/// The patient's answer to a question of the service.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The question as shown, so that a later catalog does not change what was answered.
    #[n(0)]
    pub question: String,
    /// As typed or chosen.
    #[n(1)]
    pub answer: String,
}

/// The signed body of an appointment: as it was booked. What changes later is in statements. It names the patient's keys, under which later statements verify.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Booking {
    /// Whose calendar.
    #[n(0)]
    pub practice: PracticeId,
    /// Which appointment.
    #[n(1)]
    pub appointment: AppointmentId,
    /// 1.
    #[n(2)]
    pub seq: u32,
    /// Zeros.
    #[n(3)]
    pub previous: Digest,
    /// When and with whom.
    #[n(4)]
    pub place: Place,
    /// By the patient's clock: advisory.
    #[n(5)]
    pub time: UnixSeconds,
    /// Manifest that the patient verified.
    #[n(6)]
    pub manifest: u32,
    /// Hash of the patient's composite signing key.
    #[n(7)]
    pub signer: KeyHash,
    /// Hash of the patient's X-Wing key; zeros for an entry.
    #[n(8)]
    pub kem: KeyHash,
    /// Service.
    #[n(9)]
    pub service: ServiceId,
    /// Service name as shown to the patient.
    #[n(10)]
    pub service_name: String,
    /// Contact.
    #[n(11)]
    pub contact: Contact,
    /// Reason in the patient's words; may be empty.
    #[n(12)]
    pub reason: String,
    /// BCP 47 language the patient used.
    #[n(13)]
    pub locale: String,
    /// `true`: a request, which the practice confirms or declines. Else it stands at once, and this is left out.
    #[n(14)]
    pub request: Option<bool>,
    /// Answers to the service's questions, in their order; left out where there are none.
    #[n(15)]
    pub answers: Option<Vec<Answer>>,
    /// Further services of the same visit, in their order after `service` (rule S13); left out where there are none. `service_name` names
    /// all.
    #[n(16)]
    pub also: Option<Vec<ServiceId>>,
    /// What the practice entered itself: then `signer` is a credential of the manifest, and there is no patient. Left out of
    /// every booking of a patient.
    #[n(17)]
    pub entry: Option<Entry>,
    /// The series that it is one of, if the patient booked one (rule S18). Left out of everything else.
    #[n(18)]
    pub series: Option<Series>,
}

/// What a later statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// The patient cancels.
    #[n(1)]
    CancelledByPatient,
    /// The practice cancels.
    #[n(2)]
    CancelledByPractice,
    /// The patient moves it to the statement's place.
    #[n(3)]
    MovedByPatient,
    /// The practice moves it to the statement's place.
    #[n(4)]
    MovedByPractice,
    /// The practice confirms a request.
    #[n(5)]
    Confirmed,
    /// The practice declines a request.
    #[n(6)]
    Declined,
    /// The patient came.
    #[n(7)]
    Attended,
    /// The patient did not come.
    #[n(8)]
    NoShow,
    /// The patient says, before the start, that they will come (FHIR: participant status `accepted`).
    #[n(9)]
    Accepted,
}

/// Signed body of a later statement on an appointment.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Statement {
    /// Whose calendar.
    #[n(0)]
    pub practice: PracticeId,
    /// Which appointment.
    #[n(1)]
    pub appointment: AppointmentId,
    /// Position in the appointment's chain; the booking is 1.
    #[n(2)]
    pub seq: u32,
    /// SHA-256 of the CBOR of the sealed body or statement before.
    #[n(3)]
    pub previous: Digest,
    /// What happens.
    #[n(4)]
    pub action: Action,
    /// By the author's clock: advisory.
    #[n(5)]
    pub time: UnixSeconds,
    /// Manifest that the author knew.
    #[n(6)]
    pub manifest: u32,
    /// A few words to the other side; may be empty.
    #[n(7)]
    pub note: String,
    /// Where a moved appointment is from now on; left out by every other action.
    #[n(8)]
    pub place: Option<Place>,
}

/// Context of a sealed statement (CBOR of a `Signed` [`Statement`] under the DEK).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct StatementContext {
    /// Whose calendar.
    #[n(0)]
    pub practice: PracticeId,
    /// Which appointment.
    #[n(1)]
    pub appointment: AppointmentId,
    /// Position in the chain.
    #[n(2)]
    pub seq: u32,
}

/// What the server says of an appointment's state. Believed only with the signed statement that explains it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Booked, or confirmed: it stands.
    #[n(1)]
    Booked,
    /// Cancelled; its cells are free again.
    #[n(2)]
    Cancelled,
    /// Asked for; the practice has not answered yet.
    #[n(3)]
    Requested,
    /// The practice declined; its cells are free again.
    #[n(4)]
    Declined,
    /// The patient came.
    #[n(5)]
    Attended,
    /// The patient did not come.
    #[n(6)]
    NoShow,
}

/// An appointment as served to those who may read it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct StoredAppointment {
    /// Which.
    #[n(0)]
    pub appointment: AppointmentId,
    /// When and with whom, as the server's calendar has it.
    #[n(1)]
    pub place: Place,
    /// State, as the server has it.
    #[n(2)]
    pub state: State,
    /// CBOR of an [`Envelope`].
    #[n(3)]
    pub envelope: Bytes,
    /// CBOR of one [`Sealed`] each, in order of seq, from 2.
    #[n(4)]
    pub statements: Vec<Bytes>,
    /// CBOR of a [`Sealed`] DEK under the epoch's cache key, for staff only; a hint.
    #[n(5)]
    pub cache: Option<Bytes>,
}

/// A line of the calendar of which the asker has said that it has the newest content.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Listed {
    /// Which.
    #[n(0)]
    pub appointment: AppointmentId,
    /// When and with whom, as the server's calendar has it.
    #[n(1)]
    pub place: Place,
    /// State, as the server has it.
    #[n(2)]
    pub state: State,
    /// SHA-256 of the CBOR of the newest sealed body or statement.
    #[n(3)]
    pub head: Digest,
}

/// A line of the calendar as served to staff. In bulk: a CBOR sequence (RFC 8742) of these.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum CalendarItem {
    /// The whole appointment.
    #[n(1)]
    Full(#[n(0)] StoredAppointment),
    /// Unchanged since the asker opened it.
    #[n(2)]
    Known(#[n(0)] Listed),
}

impl CalendarItem {
    /// Which, and where the server says it stands.
    pub const fn place(&self) -> (AppointmentId, Place) {
        match self {
            Self::Full(stored) => (stored.appointment, stored.place),
            Self::Known(listed) => (listed.appointment, listed.place),
        }
    }
}
