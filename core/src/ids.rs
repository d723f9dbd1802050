//! Identifiers. All are random or derived 128-bit values; none carries meaning.
use crate::bytes::{from_base32, from_base64url, to_base32, to_base64url};
use crate::fixed_bytes;

fixed_bytes!(
    /// A practice: the first 16 bytes of the genesis fingerprint, so the id certifies itself.
    PracticeId, 16, to_base32, from_base32
);
fixed_bytes!(
    /// The genesis fingerprint: first 20 bytes of SHA-256 over `["vestibule", suite, "genesis", body]`, where `body` is the
    /// CBOR byte string of root statement 0 (PROTOCOL section 5). It travels on paper and in `#fragment`s.
    Fingerprint, 20, to_base32, from_base32
);
fixed_bytes!(
    /// A patient of one practice, as the threshold VOPRF maps the e-mail address (PROTOCOL section 4).
    PatientId, 16, to_base32, from_base32
);
fixed_bytes!(
    /// An appointment: 16 random bytes chosen by the booking client.
    AppointmentId, 16, to_base32, from_base32
);
fixed_bytes!(
    /// An entry of a practice's waiting list: 16 random bytes chosen by the patient's client.
    WaitingId, 16, to_base32, from_base32
);
fixed_bytes!(
    /// A note or task of the practice: 16 random bytes chosen by the client of the staff member who writes it.
    MemoId, 16, to_base32, from_base32
);
fixed_bytes!(
    /// A resource with a calendar of its own: practitioner, room or device.
    ResourceId, 16, to_base32, from_base32
);
fixed_bytes!(
    /// A service of the catalog. Servers see it only inside the catalog, never with an appointment.
    ServiceId, 16, to_base32, from_base32
);
fixed_bytes!(
    /// A scope: the group of appointments that one epoch key opens.
    ScopeId, 16, to_base32, from_base32
);
fixed_bytes!(
    /// A member of the practice's staff; also the WebAuthn user handle.
    StaffId, 16, to_base32, from_base32
);
fixed_bytes!(
    /// A registration of a PIN (`reg` in PROTOCOL section 4).
    RegistrationId, 16, to_base32, from_base32
);
fixed_bytes!(
    /// What an operator publishes of a realm, and who has it guard PINs compares: the first 20 bytes of SHA-256 over CBOR
    /// `[suite, "realm-fingerprint", KEM key hash, signing key hash or null]`.
    RealmFingerprint, 20, to_base32, from_base32
);
fixed_bytes!(
    /// SHA-256 of a public key: `[suite, "signing-key" or "kem-key", key]` in CBOR.
    KeyHash, 32, to_base64url, from_base64url
);
fixed_bytes!(
    /// A SHA-256 digest.
    Digest, 32, to_base64url, from_base64url
);

impl Fingerprint {
    /// The practice that this fingerprint names.
    pub fn practice(&self) -> PracticeId {
        let mut id = [0; 16];
        id.copy_from_slice(&self.0[..16]);
        PracticeId(id)
    }
}
