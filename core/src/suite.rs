//! The suite and the namespaces: PROTOCOL section 1. Every sealed or signed byte string names both.
use vestibule_cbor_derive::{Decode, Encode};

/// A set of algorithms. One value today; an unknown one is refused while decoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode, serde::Serialize, serde::Deserialize)]
#[cbor(index_only)]
pub enum Suite {
    /// X-Wing, HPKE base mode, AES-256-GCM, HKDF-SHA-256, Argon2id, ristretto255-SHA512 VOPRF, Ed25519 + ML-DSA-65.
    #[n(1)]
    V1,
}

/// Parameters of the PIN hash, by id, so that they can be raised; a client refuses ids below the signed floor.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Encode,
    Decode,
    serde::Serialize,
    serde::Deserialize,
)]
#[cbor(index_only)]
pub enum PinParameters {
    /// Argon2id v1.3, m = 64 MiB, t = 10, p = 1, 32 bytes out.
    #[n(1)]
    Argon2id64MiB10,
}

/// The first element of everything that is hashed or signed, so that no other protocol's bytes collide with ours.
pub const DOMAIN: &str = "vestibule";

/// Namespaces: what a key or a signature is for. Never reuse one for a second purpose.
pub mod namespace {
    /// Hash of the code that a class of bookings asks for.
    pub const CLASS_CODE: &str = "class-code";
    /// Body of an appointment, sealed under its DEK.
    pub const APPOINTMENT: &str = "appointment";
    /// Keys and signature of an appointment's body, sealed under its DEK.
    pub const PROOF: &str = "proof";
    /// A later signed statement on an appointment, sealed under its DEK.
    pub const STATEMENT: &str = "statement";
    /// A DEK wrapped to the patient.
    pub const WRAP_PATIENT: &str = "wrap-patient";
    /// A DEK wrapped to a scope's epoch key.
    pub const WRAP_SCOPE: &str = "wrap-scope";
    /// The symmetric hint beside the scope wrap.
    pub const CACHE: &str = "cache";
    /// Body of an entry of the waiting list, sealed under its DEK.
    pub const WAITING: &str = "waiting";
    /// Keys and signature of such a body, sealed under its DEK.
    pub const WAITING_PROOF: &str = "waiting-proof";
    /// The DEK of such an entry, wrapped to the patient.
    pub const WAITING_PATIENT: &str = "waiting-patient";
    /// The DEK of such an entry, wrapped to a scope's epoch key.
    pub const WAITING_SCOPE: &str = "waiting-scope";
    /// The signed body of an entry of the waiting list.
    pub const WISH: &str = "wish";
    /// The signed body of a note or task of the practice.
    pub const MEMO: &str = "memo";
    /// Such a body, sealed under its DEK.
    pub const MEMO_BODY: &str = "memo-body";
    /// Its signature, sealed under its DEK.
    pub const MEMO_PROOF: &str = "memo-proof";
    /// Its DEK, wrapped to a scope's epoch key.
    pub const MEMO_SCOPE: &str = "memo-scope";
    /// Hashes that link the versions of a note or task.
    pub const MEMO_HEAD: &str = "memo-head";
    /// The patient's private index.
    pub const VAULT: &str = "vault";
    /// A staff member's seeds under the WebAuthn PRF output.
    pub const STAFF_KEY: &str = "staff-key";
    /// The practice's root seed under the WebAuthn PRF output.
    pub const ROOT_SEED: &str = "root-seed";
    /// What a staff client remembers on its device, against rollback.
    pub const STAFF_MEMORY: &str = "staff-memory";
    /// What a staff client keeps of verified appointments on its device.
    pub const CALENDAR_MEMORY: &str = "calendar-memory";
    /// Share C on a known device.
    pub const DEVICE_SHARE: &str = "device-share";
    /// Share A for use without a network on a trusted device.
    pub const OFFLINE_SHARE: &str = "offline-share";
    /// Appointments kept on a device under a passcode.
    pub const LOCAL_APPOINTMENTS: &str = "local-appointments";
    /// Appointments kept on a device under the patient's root.
    pub const KEPT_APPOINTMENTS: &str = "kept-appointments";
    /// A root statement.
    pub const ROOT: &str = "root";
    /// Realms, locator and floors: signed by the root.
    pub const DEPLOYMENT: &str = "deployment";
    /// The staff directory.
    pub const MANIFEST: &str = "manifest";
    /// Services, hours, resources.
    pub const CATALOG: &str = "catalog";
    /// The staff-signed timestamp over the manifest (one realm).
    pub const FRESHNESS: &str = "freshness";
    /// An epoch key granted to a staff key.
    pub const GRANT: &str = "grant";
    /// The signed body of an appointment.
    pub const BOOKING: &str = "booking";
    /// The signed body of an appointment that the practice entered itself.
    pub const ENTRY: &str = "entry";
    /// Ids of the appointments of a series.
    pub const SERIES: &str = "series";
    /// The signed body of a later action on an appointment.
    pub const ACTION: &str = "action";
    /// A put authorised by the current patient key.
    pub const PUT: &str = "put";
    /// A sealed request to a realm.
    pub const REALM_REQUEST: &str = "realm-request";
    /// A realm's sealed answer.
    pub const REALM_REPLY: &str = "realm-reply";
    /// A realm's share of the locator key, wrapped to the realm by the founder.
    pub const LOCATOR_SHARE: &str = "locator-share";
    /// The secret that a practice's realms invent decoys from, wrapped to each by the founder.
    pub const DECOY_SECRET: &str = "decoy-secret";
    /// The root's order to deal the locator key anew.
    pub const RESHARING: &str = "resharing";
    /// A part of a share of the locator key, wrapped by one realm to another.
    pub const LOCATOR_PART: &str = "locator-part";
    /// The decoy secret, wrapped by one realm to another.
    pub const DECOY_PART: &str = "decoy-part";
    /// A patient asks a realm to introduce it to another.
    pub const INTRODUCE: &str = "introduce";
    /// A realm says how many attempts it has counted; and what such a statement answers.
    pub const WITNESS: &str = "witness";
    /// A realm introduces a patient to another.
    pub const INTRODUCTION: &str = "introduction";
}
