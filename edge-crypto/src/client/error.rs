//! Why a flow stopped.
use crate::{
    booking::{OpenError, SealError},
    client::{TransportError, problem::Problem},
    directory::FoundingError,
    pin::PinError,
    sign::SignError,
    staff::{GrantError, StaffKeyError},
    vault::VaultError,
};
use vestibule_core::wire::realm::Refusal;
use vestibule_verify::directory::DirectoryError;

/// Everything that can stop a flow, each with a stable code ([`ClientError::code`]).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// Nothing came back.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The server said what was wrong.
    #[error("the server answered with a problem: {}", .0.kind.title())]
    Problem(Problem),
    /// The server's answer is not what the route gives.
    #[error("the server's answer is not understood")]
    Answer,
    /// A realm refused.
    #[error("the realm refused: {0:?}")]
    Refused(Refusal),
    /// The answer of the realm with this index does not open, or its proof does not hold. 0: their public shares do not belong
    /// together.
    #[error("the answer of realm {0} is not authentic")]
    RealmUnproven(u8),
    /// Fewer realms than needed agree on one descriptor.
    #[error("the realms do not agree")]
    RealmsDisagree,
    /// A descriptor names other realms, another patient or weaker parameters than the signed deployment.
    #[error("the registration's descriptor is not acceptable")]
    Descriptor,
    /// The PIN was right, but the rebuilt root has another key than the realms claim.
    #[error("the rebuilt key is not the registered one")]
    RootMismatch,
    /// The directory of the practice does not hold.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The practice's timestamp is older than 30 days: nothing new is sealed to its keys.
    #[error("the practice's directory is too old")]
    DirectoryStale,
    /// The vault does not hold.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Another device kept writing the vault.
    #[error("the vault kept changing")]
    VaultBusy,
    /// An appointment does not hold.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The PIN breaks a rule, or cannot be hashed.
    #[error(transparent)]
    Pin(#[from] PinError),
    /// The text is no e-mail address.
    #[error("not an e-mail address")]
    Email,
    /// Not enough memory for Argon2id.
    #[error("not enough memory")]
    Memory,
    /// The server asks for more work than a client does.
    #[error("the server asks for too much work")]
    TooMuchWork,
    /// Service, resource and time do not go together.
    #[error("this service is not offered like that")]
    NotOffered,
    /// The offer of the waiting list was taken by somebody else, or has ended.
    #[error("the offer is gone")]
    OfferGone,
    /// What was asked for does not follow on the appointment's state.
    #[error("the state of the appointment does not allow this")]
    StateForbids,
    /// The details are longer than an envelope may be.
    #[error("too much text")]
    TooLong,
    /// A question of the service that must be answered is not.
    #[error("a question is not answered")]
    Unanswered,
    /// The id is not in the patient's vault.
    #[error("no such appointment")]
    UnknownAppointment,
    /// The server stored something else than what was sent.
    #[error("the server stored something else")]
    StoredDiffers,
    /// A device blob does not open: another browser's, or altered.
    #[error("this device's memory does not open")]
    DeviceMemory,
    /// A booking could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Signing failed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// A staff key does not open or is unknown.
    #[error(transparent)]
    StaffKey(#[from] StaffKeyError),
    /// An epoch grant does not hold.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The founding wizard's input makes no practice.
    #[error(transparent)]
    Founding(#[from] FoundingError),
    /// What the realm with this index dealt does not hold: found by this client (0), or said by the new realm with the other
    /// index. 0 deals where the realms handed over different secrets.
    #[error("what realm {0} dealt does not hold")]
    Misdealt(u8, u8),
    /// A realm describes itself by other keys than those whose fingerprint was compared.
    #[error("the realm has other keys than those that were compared")]
    RealmChanged,
    /// Patients still go over from the deployment before.
    #[error("patients still go over from the realms before")]
    StillMoving,
    /// Steps were called out of order, as before unlocking.
    #[error("not ready for this step")]
    NotReady,
}

impl ClientError {
    /// Stable code: one for each cause, kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Transport(_) => "network",
            Self::Problem(problem) => problem.kind.slug(),
            Self::Answer => "answer",
            Self::Refused(refusal) => refusal_code(refusal),
            Self::RealmUnproven(_) => "realm-unproven",
            Self::RealmsDisagree => "realms-disagree",
            Self::Descriptor => "descriptor",
            Self::RootMismatch => "root-mismatch",
            Self::Directory(error) => directory_code(*error),
            Self::DirectoryStale => "directory-stale",
            Self::Vault(error) => error.code(),
            Self::VaultBusy => "vault-busy",
            Self::Open(error) => error.code(),
            Self::Pin(error) => error.code(),
            Self::Email => "email",
            Self::Memory => "out-of-memory",
            Self::TooMuchWork => "too-much-work",
            Self::NotOffered => "not-offered",
            Self::OfferGone => "offer-gone",
            Self::StateForbids => "state-forbids",
            Self::TooLong => "too-long",
            Self::Unanswered => "unanswered",
            Self::UnknownAppointment => "unknown-appointment",
            Self::StoredDiffers => "stored-differs",
            Self::DeviceMemory => "device-memory",
            Self::Seal(error) => error.code(),
            Self::Sign(_) => "sign-failed",
            Self::StaffKey(error) => error.code(),
            Self::Grant(error) => error.code(),
            Self::Founding(error) => error.code(),
            Self::Misdealt(..) => "misdealt",
            Self::RealmChanged => "realm-changed",
            Self::StillMoving => "still-moving",
            Self::NotReady => "not-ready",
        }
    }

    /// Seconds to wait before another try, where waiting helps.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Problem(problem) => problem.retry_after,
            // The largest number stands for "waiting does not help".
            Self::Refused(Refusal::Locked(s) | Refusal::Busy(s)) if *s < u64::MAX => Some(*s),
            _ => None,
        }
    }
}

fn refusal_code(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Locked(_) => "locked",
        Refusal::Wrong => "wrong-pin",
        Refusal::Voucher => "wrong-code",
        Refusal::Unauthorized => "realm-unauthorized",
        Refusal::Conflict => "vault-conflict",
        Refusal::Work => "work-required",
        Refusal::Busy(_) => "busy",
        Refusal::Invalid => "realm-invalid",
        Refusal::Misdealt(_) => "misdealt",
    }
}

fn directory_code(error: DirectoryError) -> &'static str {
    match error {
        DirectoryError::WrongPractice => "directory-wrong-practice",
        DirectoryError::GenesisMismatch => "genesis-mismatch",
        DirectoryError::RootChain => "root-chain",
        DirectoryError::DeploymentUnsigned => "deployment-unsigned",
        DirectoryError::ManifestUnsigned => "manifest-unsigned",
        DirectoryError::ManifestOlder => "manifest-older",
        DirectoryError::ManifestFork => "manifest-fork",
        DirectoryError::ManifestMismatch => "manifest-mismatch",
        DirectoryError::CatalogUnsigned => "catalog-unsigned",
        DirectoryError::CatalogOlder => "catalog-older",
        DirectoryError::CatalogInvalid(_) => "catalog-invalid",
        DirectoryError::FreshnessUnsigned => "freshness-unsigned",
        DirectoryError::FreshnessMismatch => "freshness-mismatch",
        DirectoryError::Malformed => "directory-malformed",
        DirectoryError::UnknownSuite => "unknown-suite",
    }
}
