//! Commands of a guard shard: registrations, attempts, vouchers, vaults. All secrets in here are sealed or hashed
//! by the platform secret before they travel.
use super::message;
use minicbor::{Decode, Encode};
use vestibule_core::{
    bytes::Bytes,
    ids::{Digest, KeyHash, PatientId, RegistrationId},
    time::UnixSeconds,
};

message! {
    /// Count a voucher to be mailed; each proof of work once.
    VoucherCount {
        /// Whom it is for.
        0 patient: PatientId,
        /// MAC of the solved challenge.
        1 work: Digest,
        /// When the challenge ends.
        2 expires: UnixSeconds,
    }
    /// A mailed code; it replaces the one before.
    VoucherPut {
        /// Whom it is for.
        0 patient: PatientId,
        /// MAC of the code under the platform secret.
        1 code: Digest,
        /// When it ends.
        2 expires: UnixSeconds,
    }
    /// One counted guess at the code.
    Redeem {
        /// Whose.
        0 patient: PatientId,
        /// MAC of the guess.
        1 code: Digest,
        /// SHA-256 of the ticket to give out.
        2 ticket: Digest,
    }
    /// Read the descriptors.
    Begin {
        /// Whose.
        0 patient: PatientId,
        /// Answered as active for a patient without a registration.
        1 decoy: Bytes,
    }
    /// The descriptors.
    Begun {
        /// CBOR of a `Descriptor`.
        0 active: Bytes,
        /// CBOR of a `Descriptor`.
        1 pending: Option<Bytes>,
    }
    /// Count an attempt before it is evaluated.
    Attempt {
        /// Whose PIN.
        0 patient: PatientId,
        /// Under which registration.
        1 registration: RegistrationId,
        /// SHA-256 of the handle to give out.
        2 handle: Digest,
        /// SHA-256 of the shown device token.
        3 device: Option<Digest>,
        /// SHA-256 of the shown ticket.
        4 ticket: Option<Digest>,
        /// The registration of a patient without one.
        5 decoy: RegistrationId,
        /// Its sealed secrets.
        6 decoy_secrets: Bytes,
    }
    /// A registration's secrets, sealed under the platform secret.
    Secrets {
        /// Of which registration.
        0 registration: RegistrationId,
        /// CBOR of a `Sealed`.
        1 sealed: Bytes,
    }
    /// Read what a proof is checked against.
    ConfirmLoad {
        /// Whose.
        0 patient: PatientId,
        /// SHA-256 of each handle.
        1 handles: Vec<Digest>,
        /// The registration of a patient without one.
        2 decoy: RegistrationId,
        /// Its sealed secrets.
        3 decoy_secrets: Bytes,
    }
    /// The proof was right: refund, activate, release.
    ConfirmApply {
        /// Whose.
        0 patient: PatientId,
        /// SHA-256 of each handle.
        1 handles: Vec<Digest>,
        /// The registration that the proof was checked against.
        2 registration: RegistrationId,
        /// SHA-256 of the device token to give out.
        3 device: Digest,
    }
    /// What a right PIN releases, besides the share.
    Confirmed {
        /// Hash of the patient's signing key.
        0 key_hash: KeyHash,
        /// SHA-256 of the vault, zeros if there is none.
        1 vault_head: Digest,
        /// The vault, empty if there is none.
        2 vault: Bytes,
        /// Strangers' attempts since the last right PIN.
        3 failed_attempts: u32,
    }
    /// Store a pending registration.
    Put {
        /// Whose.
        0 patient: PatientId,
        /// New, never used before.
        1 registration: RegistrationId,
        /// CBOR of the `Descriptor`.
        2 descriptor: Bytes,
        /// Hash of the patient's signing key.
        3 key_hash: KeyHash,
        /// Sealed secrets.
        4 secrets: Bytes,
        /// What allows it.
        5 permit: Permit,
        /// SHA-256 of the body of the deployment that it is made for.
        6 deployment: Digest,
    }
    /// Drop registrations, with all that belongs to them.
    Forget {
        /// Except those of the deployment with this SHA-256. None: nothing of the shard stays.
        0 except: Option<Digest>,
    }
    /// Whether the patient's active registration is of this key.
    Known {
        /// Whose.
        0 patient: PatientId,
        /// Hash of the patient's signing key.
        1 key_hash: KeyHash,
    }
    /// Replace the vault.
    VaultPut {
        /// Whose.
        0 patient: PatientId,
        /// SHA-256 of the device token.
        1 device: Digest,
        /// SHA-256 of the vault to replace, zeros if there is none.
        2 expected: Digest,
        /// SHA-256 of the new one.
        3 head: Digest,
        /// CBOR of a `Sealed`.
        4 vault: Bytes,
    }
    /// What a realm said of a shard, its signature verified.
    Mark {
        /// Hash of the realm's signing key.
        0 realm: KeyHash,
        /// Attempts counted.
        1 number: u64,
        /// Mark of the last.
        2 mark: Digest,
        /// CBOR of a `Witnessed`.
        3 checkpoint: Bytes,
        /// CBOR of a `Shown` that proves that it was set back.
        4 evidence: Option<Bytes>,
    }
    /// Take in what realms said, and say what was counted.
    Witness {
        /// Whose device asks.
        0 patient: PatientId,
        /// SHA-256 of the device token.
        1 device: Digest,
        /// What this realm signed itself once.
        2 own: Option<Mark>,
        /// Random: the mark of a shard that was set back.
        3 fresh: Digest,
        /// What the others signed.
        4 seen: Vec<Mark>,
    }
    /// What was counted.
    Witnessed {
        /// Attempts.
        0 number: u64,
        /// Mark of the last.
        1 mark: Digest,
        /// CBOR of a `Witnessed` of each other realm: the newest.
        2 kept: Vec<Bytes>,
        /// Numbers and marks that were told, this one included.
        3 released: Vec<(u64, Digest)>,
    }
    /// Read the vault.
    VaultGet {
        /// Whose.
        0 patient: PatientId,
        /// SHA-256 of the device token.
        1 device: Digest,
    }
}

/// A verified authorisation of a put.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Permit {
    /// SHA-256 of a ticket; consumed.
    #[n(0)]
    Ticket(#[n(0)] Digest),
    /// A signature of this key over a statement that replaces this registration, with this nonce.
    #[n(1)]
    Signed(#[n(0)] KeyHash, #[n(1)] RegistrationId, #[n(2)] Bytes),
    /// The same where no registration of another key is active, by a key that other realms introduced, with this nonce.
    #[n(2)]
    Introduced(#[n(0)] KeyHash, #[n(1)] Bytes),
}

/// All commands.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum PatientCommand {
    /// See [`VoucherCount`].
    #[n(0)]
    VoucherCount(#[n(0)] VoucherCount),
    /// See [`VoucherPut`].
    #[n(1)]
    VoucherPut(#[n(0)] VoucherPut),
    /// See [`Redeem`].
    #[n(2)]
    Redeem(#[n(0)] Redeem),
    /// See [`Begin`].
    #[n(3)]
    Begin(#[n(0)] Begin),
    /// See [`Attempt`].
    #[n(4)]
    Attempt(#[n(0)] Attempt),
    /// See [`ConfirmLoad`].
    #[n(5)]
    ConfirmLoad(#[n(0)] ConfirmLoad),
    /// See [`ConfirmApply`].
    #[n(6)]
    ConfirmApply(#[n(0)] ConfirmApply),
    /// See [`Put`].
    #[n(7)]
    Put(#[n(0)] Put),
    /// See [`VaultPut`].
    #[n(8)]
    VaultPut(#[n(0)] VaultPut),
    /// See [`VaultGet`].
    #[n(9)]
    VaultGet(#[n(0)] VaultGet),
    /// See [`Known`].
    #[n(11)]
    Known(#[n(0)] Known),
    /// See [`Witness`].
    #[n(12)]
    Witness(#[n(0)] Witness),
    /// How many patients have a PIN, by deployment.
    #[n(13)]
    Registered,
    /// See [`Forget`].
    #[n(14)]
    Forget(#[n(0)] Forget),
}

/// All answers.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum PatientReply {
    /// Done.
    #[n(0)]
    Done,
    /// Well-formed, but it makes no sense here.
    #[n(1)]
    Invalid,
    /// Too many: wait so many seconds.
    #[n(2)]
    Locked(#[n(0)] u64),
    /// Not authorised.
    #[n(3)]
    Unauthorized,
    /// The handle or the code is wrong, used or expired.
    #[n(4)]
    Wrong,
    /// The vault changed meanwhile.
    #[n(5)]
    Conflict,
    /// The ticket was stored; whether a PIN is set.
    #[n(6)]
    Redeemed(#[n(0)] bool),
    /// See [`Begun`].
    #[n(7)]
    Begun(#[n(0)] Begun),
    /// See [`Secrets`].
    #[n(8)]
    Secrets(#[n(0)] Secrets),
    /// See [`Confirmed`].
    #[n(9)]
    Confirmed(#[n(0)] Confirmed),
    /// The vault, empty if there is none.
    #[n(10)]
    Vault(#[n(0)] Bytes),
    /// The proof of work was used before.
    #[n(11)]
    WorkUsed,
    /// See [`Witnessed`].
    #[n(12)]
    Witnessed(#[n(0)] Witnessed),
    /// Active registrations by SHA-256 of the deployment's body.
    #[n(13)]
    Registered(#[n(0)] Vec<(Digest, u64)>),
    /// The shard is empty: its database may go.
    #[n(14)]
    Erased,
}
