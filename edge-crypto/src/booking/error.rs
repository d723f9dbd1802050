//! Why an appointment is not shown.

/// One variant for each lie that a server can tell, or each thing that can be broken (rule R6.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// What was served is not an envelope, a statement or a signed body.
    #[error("not the form of an appointment")]
    Malformed,
    /// It belongs to another practice.
    #[error("this is an appointment of another practice")]
    WrongPractice,
    /// Another appointment was served under this id.
    #[error("this is another appointment")]
    WrongAppointment,
    /// It was booked for another time or resource than the one it is served for.
    #[error("this appointment is for another time or resource")]
    WrongPlace,
    /// The body has a version that does not exist.
    #[error("this version of the appointment does not exist")]
    WrongVersion,
    /// It is not this patient's: the wrap does not open, or the signed key is another.
    #[error("this is another patient's appointment")]
    WrongPatient,
    /// It was sealed to a scope that the manifest does not have for this resource.
    #[error("sealed to an unknown scope")]
    UnknownScope,
    /// It was sealed to an epoch that this reader has no grant for.
    #[error("sealed to an unknown epoch")]
    UnknownEpoch,
    /// It was sealed to an epoch after that epoch had ended: a removed reader may read it.
    #[error("sealed to an epoch that had ended")]
    SealedAfterEpochEnd,
    /// Another note or task was served under this id.
    #[error("this is another note or task")]
    WrongMemo,
    /// A note or task that was removed is shown as if it stood.
    #[error("it was removed, and is shown again")]
    Revived,
    /// The ciphertext does not open in its place: altered, or moved from elsewhere.
    #[error("the content does not open")]
    DoesNotOpen,
    /// The proof of the body does not open in its place.
    #[error("the proof of who booked does not open")]
    ProofDoesNotOpen,
    /// The proof has other keys than the body names.
    #[error("the proof is of other keys than the booking names")]
    OtherKeys,
    /// The patient's signature does not hold.
    #[error("the patient's signature does not hold")]
    BadSignature,
    /// It says that the practice entered it, and it has a patient, or no key of the practice that may signed it.
    #[error("said to be the practice's own entry, and not signed by the practice")]
    NotByPractice,
    /// It says that a patient booked it, and it has no patient, or a key of the practice signed it.
    #[error("said to be a patient's booking, and not signed by a patient")]
    NotByPatient,
    /// A later statement does not open, or is not for this place in the chain.
    #[error("a later statement does not open")]
    StatementDoesNotOpen,
    /// A later statement is signed by nobody who may make it.
    #[error("a later statement is signed by nobody who may make it")]
    StatementSignature,
    /// The statements are not an unbroken chain.
    #[error("the chain of statements is broken")]
    ChainBroken,
    /// The server shows an older state than one seen before.
    #[error("an older version than one seen before")]
    RolledBack,
    /// Another history than the one seen before.
    #[error("another history than the one seen before")]
    Forked,
    /// The server claims a state that no signed statement explains.
    #[error("no signed statement explains this state")]
    StateUnexplained,
    /// The server says that this device has the newest content, and it has not.
    #[error("the server keeps back the content")]
    ContentWithheld,
    /// Seen before, and not served any more.
    #[error("an appointment seen before is missing")]
    Missing,
}

impl OpenError {
    /// Stable code for pages and tests.
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "appointment-malformed",
            Self::WrongPractice => "wrong-practice",
            Self::WrongAppointment => "wrong-appointment",
            Self::WrongPlace => "wrong-place",
            Self::WrongVersion => "wrong-version",
            Self::WrongPatient => "wrong-patient",
            Self::UnknownScope => "unknown-scope",
            Self::UnknownEpoch => "unknown-epoch",
            Self::SealedAfterEpochEnd => "sealed-after-epoch-end",
            Self::WrongMemo => "wrong-memo",
            Self::Revived => "revived",
            Self::DoesNotOpen => "does-not-open",
            Self::ProofDoesNotOpen => "proof-does-not-open",
            Self::OtherKeys => "other-keys",
            Self::BadSignature => "bad-signature",
            Self::NotByPractice => "not-by-practice",
            Self::NotByPatient => "not-by-patient",
            Self::StatementDoesNotOpen => "statement-does-not-open",
            Self::StatementSignature => "statement-signature",
            Self::ChainBroken => "chain-broken",
            Self::RolledBack => "rolled-back",
            Self::Forked => "forked",
            Self::StateUnexplained => "state-unexplained",
            Self::ContentWithheld => "content-withheld",
            Self::Missing => "missing",
        }
    }
}
