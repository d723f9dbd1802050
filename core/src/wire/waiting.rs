//! The waiting list: PROTOCOL section 6, docs/SCHEDULING.md section "Waiting list".
use crate::{
    bytes::Bytes,
    day::Day,
    ids::{Digest, KeyHash, PracticeId, ResourceId, ScopeId, ServiceId, WaitingId},
    suite::Suite,
    time::UnixSeconds,
    wire::{
        appointment::{Answer, Contact, Place, ScopeWrap},
        envelope::{Sealed, Wrap},
        http::Hold,
        pow::Solution,
    },
};
use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};
use vestibule_cbor_derive::{Decode, Encode};

/// A kind of place that an entry waits for.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct Want {
    /// Whose appointment it may be: any of them.
    #[n(0)]
    pub resources: Vec<ResourceId>,
    /// Duration in minutes, as slots are asked for.
    #[n(1)]
    pub minutes: u32,
    /// Booking classes; left out for a service without classes.
    #[n(2)]
    pub classes: Option<Vec<u16>>,
}

/// What the server must know of an entry: everything that is in the clear.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Any of these kinds; 1 to [`crate::limits::MAX_WANTS`].
    #[n(0)]
    pub wants: Vec<Want>,
    /// On which weekdays of the practice: bit 0 Monday to bit 6 Sunday; not zero.
    #[n(1)]
    pub weekdays: u32,
    /// Last date that suits, in the practice's zone.
    #[n(2)]
    pub last: Day,
}

/// Context of an entry's body and proof: all that the server sees, so that it can change none of it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct WaitingContext {
    /// Whose list.
    #[n(0)]
    pub practice: PracticeId,
    /// Which entry.
    #[n(1)]
    pub entry: WaitingId,
    /// What it waits for.
    #[n(2)]
    pub terms: Terms,
}

/// Context of the patient's wrap of an entry's DEK.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct WaitingPatientContext {
    /// Whose list.
    #[n(0)]
    pub practice: PracticeId,
    /// Which entry.
    #[n(1)]
    pub entry: WaitingId,
}

/// Context of a scope's wrap of an entry's DEK.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct WaitingScopeContext {
    /// Whose list.
    #[n(0)]
    pub practice: PracticeId,
    /// Which entry.
    #[n(1)]
    pub entry: WaitingId,
    /// Scope.
    #[n(2)]
    pub scope: ScopeId,
    /// Epoch.
    #[n(3)]
    pub epoch: u32,
}

/// A sealed entry as the server stores it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct WaitingEnvelope {
    /// Algorithms.
    #[n(0)]
    pub suite: Suite,
    /// What the body is bound to.
    #[n(1)]
    pub context: WaitingContext,
    /// CBOR of a [`Wish`], sealed under the DEK and padded to at least [`crate::wire::appointment::BODY_FLOOR`].
    #[n(2)]
    pub body: Sealed,
    /// The DEK for the patient; context [`WaitingPatientContext`].
    #[n(3)]
    pub patient: Wrap,
    /// The DEK for the practice; context [`WaitingScopeContext`].
    #[n(4)]
    pub scope: ScopeWrap,
    /// CBOR of the [`crate::wire::appointment::Proof`] of the body, sealed under the DEK with the body's context.
    #[n(5)]
    pub proof: Sealed,
}

/// The signed body of an entry: all that a booking needs but its place.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Wish {
    /// Whose list.
    #[n(0)]
    pub practice: PracticeId,
    /// Which entry.
    #[n(1)]
    pub entry: WaitingId,
    /// What it waits for.
    #[n(2)]
    pub terms: Terms,
    /// By the patient's clock: advisory.
    #[n(3)]
    pub time: UnixSeconds,
    /// Manifest that the patient verified.
    #[n(4)]
    pub manifest: u32,
    /// Hash of the patient's composite signing key.
    #[n(5)]
    pub signer: KeyHash,
    /// Hash of the patient's X-Wing key.
    #[n(6)]
    pub kem: KeyHash,
    /// Service; the first of a visit in parts.
    #[n(7)]
    pub service: ServiceId,
    /// Further services of the same visit; left out where there are none.
    #[n(8)]
    pub also: Option<Vec<ServiceId>>,
    /// Name as shown to the patient.
    #[n(9)]
    pub service_name: String,
    /// Contact.
    #[n(10)]
    pub contact: Contact,
    /// Reason in the patient's words; may be empty.
    #[n(11)]
    pub reason: String,
    /// BCP 47 language the patient used.
    #[n(12)]
    pub locale: String,
    /// Answers to the services' questions.
    #[n(13)]
    pub answers: Option<Vec<Answer>>,
}

/// Where an entry stands, in the server's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "kebab-case")]
pub enum WaitingState {
    /// It waits, or has an open offer.
    #[n(1)]
    Waiting,
    /// Its offer was accepted, and the hold runs.
    #[n(2)]
    Accepted,
    /// It became an appointment.
    #[n(3)]
    Booked,
    /// The patient left.
    #[n(4)]
    Left,
    /// The practice took it off.
    #[n(5)]
    Removed,
    /// Its last date is over.
    #[n(6)]
    Over,
}

impl WaitingState {
    /// Whether it is still in the list, content and all.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Waiting | Self::Accepted)
    }
}

/// An open offer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(array)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// When and with whom.
    #[n(0)]
    pub place: Place,
    /// The classes that it was found for.
    #[n(1)]
    pub classes: Option<Vec<u16>>,
    /// When it was made.
    #[n(2)]
    pub made: UnixSeconds,
    /// When it ends, if nobody is quicker.
    #[n(3)]
    pub until: UnixSeconds,
    /// Whether a notice of it was mailed.
    #[n(4)]
    pub mailed: bool,
}

/// An entry as served to its patient and to staff. In bulk: a CBOR sequence, in order of the list.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct StoredWaiting {
    /// Which.
    #[n(0)]
    pub entry: WaitingId,
    /// Its place in the order: lower is earlier.
    #[n(1)]
    pub number: u64,
    /// In the server's words.
    #[n(2)]
    pub state: WaitingState,
    /// When it was added, by the server's clock.
    #[n(3)]
    pub since: UnixSeconds,
    /// CBOR of a [`WaitingEnvelope`]; empty once it is gone.
    #[n(4)]
    pub envelope: Bytes,
    /// Its open offer.
    #[n(5)]
    pub offer: Option<Offer>,
}

macro_rules! body {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $n:literal $field:ident: $ty:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
        #[cbor(array)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$fdoc])* #[n($n)] pub $field: $ty,)* }
    };
}

body!(
    /// `POST /v1/practices/{practice}/waiting`: joins the list. The same again is answered the same.
    WaitingJoin {
        /// Chosen by the client; taken once, for ever.
        0 entry: WaitingId,
        /// SHA-256 of the capability.
        1 capability_hash: Digest,
        /// CBOR of a [`WaitingEnvelope`], whose context has the terms.
        2 envelope: Bytes,
        /// Proof of work; purpose `wait`, subject the entry's id.
        3 work: Solution,
    }
);
body!(
    /// `POST .../waiting/{entry}/acceptance`: makes the offered place the patient's own hold.
    WaitingAccept {
        /// The entry's capability.
        0 capability: Digest,
        /// The hold, for the place and the classes of the offer.
        1 hold: Hold,
    }
);
body!(
    /// `POST .../waiting/{entry}/acts`.
    WaitingAct {
        /// The capability.
        0 capability: Digest,
        /// What to do.
        1 what: WaitingDeed,
    }
);
body!(
    /// `POST .../calendar/waiting`: a page of the list.
    WaitingQuery {
        /// Only entries after this number; 0 for the first page.
        0 after: u64,
    }
);
body!(
    /// `POST .../calendar/waiting/{entry}/mail`: where to, for this one message.
    WaitingMail {
        /// The offered start: a notice of another offer is not sent.
        0 place: Place,
        /// Address from the sealed entry.
        1 email: String,
        /// Language from the sealed entry.
        2 locale: String,
    }
);

/// What a patient does with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "kebab-case")]
pub enum WaitingDeed {
    /// Leaves the list.
    #[n(1)]
    Leave,
    /// Lets the open offer pass and stays in the list.
    #[n(2)]
    Pass,
}
