//! Commands of the practice actor about its waiting list.
use super::{
    message,
    practice::{Count, Hold},
};
use minicbor::{Decode, Encode};
use vestibule_core::{
    bytes::Bytes,
    ids::{Digest, WaitingId},
    time::UnixSeconds,
    wire::{
        appointment::Place,
        waiting::{Terms, WaitingDeed},
    },
};

message! {
    /// Join the list.
    WaitingJoin {
        /// Taken once, for ever.
        0 entry: WaitingId,
        /// SHA-256 of the capability.
        1 capability: Digest,
        /// What the envelope says it waits for.
        2 terms: Terms,
        /// CBOR of a `WaitingEnvelope`.
        3 envelope: Bytes,
        /// Of the network.
        4 count: Count,
    }
    /// An own entry.
    WaitingRead {
        /// Which.
        0 entry: WaitingId,
        /// SHA-256 of the shown capability.
        1 capability: Digest,
    }
    /// Make an offered place a hold.
    WaitingAccept {
        /// Which entry.
        0 entry: WaitingId,
        /// SHA-256 of its shown capability.
        1 capability: Digest,
        /// The hold.
        2 hold: Hold,
    }
    /// Leave the list, or let an offer pass.
    WaitingAct {
        /// Which entry.
        0 entry: WaitingId,
        /// SHA-256 of its shown capability.
        1 capability: Digest,
        /// What.
        2 what: WaitingDeed,
    }
    /// A page of the list, for staff.
    WaitingList {
        /// SHA-256 of the bearer token.
        0 session: Digest,
        /// Only entries after this number.
        1 after: u64,
    }
    /// Take an entry off the list, as staff.
    WaitingRemove {
        /// SHA-256 of the bearer token.
        0 session: Digest,
        /// Which.
        1 entry: WaitingId,
    }
    /// Note that the notice of an open offer is mailed, or that it could not be.
    WaitingMail {
        /// SHA-256 of the bearer token.
        0 session: Digest,
        /// Which entry.
        1 entry: WaitingId,
        /// The offered place.
        2 place: Place,
        /// `false` takes the note back.
        3 mailed: bool,
    }
}

/// All of them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum WaitingCommand {
    /// See [`WaitingJoin`].
    #[n(0)]
    Join(#[n(0)] WaitingJoin),
    /// See [`WaitingRead`].
    #[n(1)]
    Read(#[n(0)] WaitingRead),
    /// See [`WaitingAccept`].
    #[n(2)]
    Accept(#[n(0)] WaitingAccept),
    /// See [`WaitingAct`].
    #[n(3)]
    Act(#[n(0)] WaitingAct),
    /// See [`WaitingList`].
    #[n(4)]
    List(#[n(0)] WaitingList),
    /// See [`WaitingRemove`].
    #[n(5)]
    Remove(#[n(0)] WaitingRemove),
    /// See [`WaitingMail`].
    #[n(6)]
    Mail(#[n(0)] WaitingMail),
}

/// When offered places are to be looked at again, if nobody was told yet.
pub type Due = Option<UnixSeconds>;
