//! Opening without a network, on a device that the patient trusts: PROTOCOL section 4.
//!
//! With a passkey: share A and the registered key hash are sealed under HKDF(PRF output || Argon2id(PIN)); with share C of
//! the same device they give the root. A thief of the device has to get past the passkey before any PIN can be
//! tested. Without PRF nothing that leads to the root is kept: a separate, longer passcode opens the appointments that were
//! saved on the device, and no more. It can be searched by whoever has the device's storage, so it protects less, and the
//! page says so.
use crate::{
    keys::PatientRoot,
    pin::{self, PinError},
    registration::{CandidateRoot, Opened},
    shamir::{ShareA, ShareC},
};
use vestibule_cbor_derive::{Decode, Encode};
use vestibule_core::{
    cbor,
    ids::{Digest, KeyHash, PatientId, PracticeId, RegistrationId},
    suite::{DOMAIN, PinParameters, Suite, namespace},
    wire::envelope::Sealed,
};
use vestibule_suite::{CryptoRng, Secret32, Zeroizing, derive, hash_cbor, open, seal};

/// Fewest characters of a passcode.
pub const MIN_PASSCODE: usize = 12;

/// Whose offline share it is; also the sealing's context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct OfflineContext {
    /// Whose patient.
    #[n(0)]
    pub practice: PracticeId,
    /// Patient.
    #[n(1)]
    pub patient: PatientId,
    /// Registration that A and C belong to.
    #[n(2)]
    pub registration: RegistrationId,
}

/// Why nothing was opened without a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OfflineError {
    /// The PIN has no valid form, or there is not enough memory to hash it.
    #[error(transparent)]
    Pin(#[from] PinError),
    /// Wrong PIN, wrong passkey, or not what was sealed for this patient: one answer for all.
    #[error("does not open")]
    DoesNotOpen,
    /// It opens, but A and C do not give the registered key: C is of another registration.
    #[error("the rebuilt key is not the registered one")]
    RootMismatch,
    /// The passcode is shorter than [`MIN_PASSCODE`] characters, or repeats a few of them.
    #[error("this passcode is too short or too simple")]
    Passcode,
}

impl OfflineError {
    /// Stable code: one for each cause that the page tells apart.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pin(error) => error.code(),
            Self::DoesNotOpen => "offline-wrong",
            Self::RootMismatch => "offline-stale",
            Self::Passcode => "passcode-weak",
        }
    }
}

/// Plaintext of an offline share.
#[derive(Encode, Decode)]
#[cbor(array)]
struct OfflineShare {
    /// A: a secret, wiped on drop.
    #[n(0)]
    share_a: Digest,
    #[n(1)]
    key_hash: KeyHash,
}

impl Drop for OfflineShare {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.share_a.0);
    }
}

/// derive(PRF output || Argon2id(PIN, H(CBOR `["vestibule", suite, "offline-pin", context]`)), `[suite, "offline", context]`).
fn offline_key(
    prf: &Secret32,
    pin: &str,
    context: &OfflineContext,
    progress: &mut dyn FnMut(u32, u32),
) -> Result<Secret32, PinError> {
    let salt = hash_cbor(&(DOMAIN, Suite::V1, "offline-pin", context));
    let hashed = pin::argon2id(pin::shape(pin)?, &salt.0, PinParameters::Argon2id64MiB10, progress)?;
    let mut both = Zeroizing::new([0; 64]);
    both[..32].copy_from_slice(prf.expose());
    both[32..].copy_from_slice(hashed.expose());
    Ok(derive(&both[..], &(Suite::V1, "offline", context)))
}

/// Seals share A for use without a network. `prf` is the passkey's PRF output; the PIN has just been proven right.
pub fn seal_share(
    rng: &mut (impl CryptoRng + ?Sized),
    prf: &Secret32,
    pin: &str,
    context: &OfflineContext,
    opened: &Opened,
    progress: &mut dyn FnMut(u32, u32),
) -> Result<Sealed, OfflineError> {
    let key = offline_key(prf, pin, context, progress)?;
    let share_a = Digest(*opened.share_a.secret().expose());
    let plain = OfflineShare { share_a, key_hash: opened.keys.signing().key_hash() };
    let bytes = Zeroizing::new(cbor::to_vec(&plain));
    Ok(seal(rng, &key, namespace::OFFLINE_SHARE, context, &bytes))
}

/// Opens the patient without a network, from the sealed share A and the device's share C.
pub fn open_share(
    prf: &Secret32,
    pin: &str,
    context: &OfflineContext,
    sealed: &Sealed,
    c: &ShareC,
    progress: &mut dyn FnMut(u32, u32),
) -> Result<Opened, OfflineError> {
    let key = offline_key(prf, pin, context, progress)?;
    let bytes =
        open(&key, namespace::OFFLINE_SHARE, context, sealed).map_err(|_| OfflineError::DoesNotOpen)?;
    let plain: OfflineShare = cbor::from_slice(&bytes).map_err(|_| OfflineError::DoesNotOpen)?;
    let a = ShareA::from_secret(Secret32::from_bytes(plain.share_a.0));
    CandidateRoot::new(a, c).verify(plain.key_hash).ok_or(OfflineError::RootMismatch)
}

/// Seals what the page wants to show without a network to whoever opens the patient with [`open_share`].
pub fn seal_kept(
    rng: &mut (impl CryptoRng + ?Sized),
    root: &PatientRoot,
    context: &OfflineContext,
    appointments: &[u8],
) -> Sealed {
    seal(rng, &root.kept_key(), namespace::KEPT_APPOINTMENTS, context, appointments)
}

/// Inverse of [`seal_kept`].
pub fn open_kept(
    root: &PatientRoot,
    context: &OfflineContext,
    kept: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, OfflineError> {
    open(&root.kept_key(), namespace::KEPT_APPOINTMENTS, context, kept).map_err(|_| OfflineError::DoesNotOpen)
}

/// Appointments kept on a device under a passcode, as stored: `[suite, salt, sealed]`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct LocalAppointments {
    /// Algorithms.
    #[n(0)]
    pub suite: Suite,
    /// 32 random bytes: salt of the passcode's hash.
    #[n(1)]
    pub salt: Digest,
    /// The caller's bytes; context [`OfflineContext`].
    #[n(2)]
    pub sealed: Sealed,
}

/// derive(Argon2id(passcode, salt), `[suite, "passcode", context]`): not on any way to the root.
fn passcode_key(
    passcode: &str,
    salt: Digest,
    context: &OfflineContext,
    progress: &mut dyn FnMut(u32, u32),
) -> Result<Secret32, OfflineError> {
    let hashed = pin::argon2id(passcode.as_bytes(), &salt.0, PinParameters::Argon2id64MiB10, progress)?;
    Ok(derive(hashed.expose(), &(Suite::V1, "passcode", context)))
}

/// Seals what the page wants to show without a network, under a passcode that the patient chose for that.
pub fn seal_appointments(
    rng: &mut (impl CryptoRng + ?Sized),
    passcode: &str,
    context: &OfflineContext,
    appointments: &[u8],
    progress: &mut dyn FnMut(u32, u32),
) -> Result<LocalAppointments, OfflineError> {
    let mut characters: Vec<char> = passcode.chars().collect();
    let length = characters.len();
    characters.sort_unstable();
    characters.dedup();
    if length < MIN_PASSCODE || characters.len() < MIN_PASSCODE / 2 {
        return Err(OfflineError::Passcode);
    }
    let mut salt = Digest([0; 32]);
    rng.fill_bytes(&mut salt.0);
    let key = passcode_key(passcode, salt, context, progress)?;
    let sealed = seal(rng, &key, namespace::LOCAL_APPOINTMENTS, context, appointments);
    Ok(LocalAppointments { suite: Suite::V1, salt, sealed })
}

/// Inverse of [`seal_appointments`].
pub fn open_appointments(
    passcode: &str,
    context: &OfflineContext,
    local: &LocalAppointments,
    progress: &mut dyn FnMut(u32, u32),
) -> Result<Zeroizing<Vec<u8>>, OfflineError> {
    let key = passcode_key(passcode, local.salt, context, progress)?;
    open(&key, namespace::LOCAL_APPOINTMENTS, context, &local.sealed).map_err(|_| OfflineError::DoesNotOpen)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::testing::rng;

    const CONTEXT: OfflineContext = OfflineContext {
        practice: PracticeId([1; 16]),
        patient: PatientId([2; 16]),
        registration: RegistrationId([3; 16]),
    };

    fn opened(rng: &mut impl CryptoRng) -> (PatientRoot, Opened) {
        let root = PatientRoot::generate(rng);
        let a = ShareA::from_secret(Secret32::random(rng));
        let c = ShareC::of(root.secret(), &a);
        let key_hash = root.signing_key().key_hash();
        let opened = CandidateRoot::new(a, &c).verify(key_hash).unwrap();
        (root, opened)
    }

    #[test]
    fn the_right_pin_with_the_right_passkey_opens_and_nothing_else() {
        let rng = &mut rng(51);
        let (root, patient) = opened(rng);
        let prf = Secret32::random(rng);
        let sealed = seal_share(rng, &prf, "493817", &CONTEXT, &patient, &mut |_, _| ()).unwrap();
        let open = |prf, pin, context, c| open_share(prf, pin, context, &sealed, c, &mut |_, _| ());
        let c = &patient.share_c;
        assert_eq!(open(&prf, "493817", &CONTEXT, c).unwrap().keys.root(), &root);
        assert_eq!(open(&prf, "493818", &CONTEXT, c).unwrap_err(), OfflineError::DoesNotOpen);
        let other = Secret32::random(rng);
        assert_eq!(open(&other, "493817", &CONTEXT, c).unwrap_err(), OfflineError::DoesNotOpen);
        let moved = OfflineContext { registration: RegistrationId([4; 16]), ..CONTEXT };
        assert_eq!(open(&prf, "493817", &moved, c).unwrap_err(), OfflineError::DoesNotOpen);
        let stale = ShareC::from_secret(other.clone());
        assert_eq!(open(&prf, "493817", &CONTEXT, &stale).unwrap_err(), OfflineError::RootMismatch);
        assert_eq!(open(&prf, "4938", &CONTEXT, c).unwrap_err(), PinError::Length.into());
    }

    #[test]
    fn what_is_kept_opens_for_this_patient_and_registration_only() {
        let rng = &mut rng(53);
        let (root, patient) = opened(rng);
        // The session has root and C; A follows.
        assert_eq!(ShareA::of(root.secret(), &patient.share_c), patient.share_a);
        let kept = seal_kept(rng, &root, &CONTEXT, b"appointments");
        assert_eq!(&open_kept(&root, &CONTEXT, &kept).unwrap()[..], b"appointments");
        let moved = OfflineContext { registration: RegistrationId([4; 16]), ..CONTEXT };
        assert_eq!(open_kept(&root, &moved, &kept).unwrap_err(), OfflineError::DoesNotOpen);
        let (other, _) = opened(rng);
        assert_eq!(open_kept(&other, &CONTEXT, &kept).unwrap_err(), OfflineError::DoesNotOpen);
    }

    #[test]
    fn the_passcode_opens_the_kept_appointments_only() {
        let rng = &mut rng(52);
        let (_, patient) = opened(rng);
        let passcode = "gelbe Brille 7 am Tor";
        let local = seal_appointments(rng, passcode, &CONTEXT, b"appointments", &mut |_, _| ()).unwrap();
        let stored = cbor::to_vec(&local);
        let local: LocalAppointments = cbor::from_slice(&stored).unwrap();
        let open = |passcode, context| open_appointments(passcode, context, &local, &mut |_, _| ());
        assert_eq!(&open(passcode, &CONTEXT).unwrap()[..], b"appointments");
        assert_eq!(open("gelbe Brille 8 am Tor", &CONTEXT).unwrap_err(), OfflineError::DoesNotOpen);
        let moved = OfflineContext { patient: PatientId([9; 16]), ..CONTEXT };
        assert_eq!(open(passcode, &moved).unwrap_err(), OfflineError::DoesNotOpen);
        // Nothing of the way to the root is in it.
        for secret in [patient.share_a.secret(), patient.share_c.secret(), patient.keys.root().secret()] {
            assert!(!stored.windows(32).any(|window| window == secret.expose()));
        }
    }

    #[test]
    fn short_and_simple_passcodes_are_refused() {
        let rng = &mut rng(53);
        for passcode in ["", "493817", "elf Zeichen", "ababababababab", "111111111111111"] {
            let sealed =
                seal_appointments(rng, passcode, &CONTEXT, b"", &mut |_, _| unreachable!("hashing began"));
            assert_eq!(sealed.unwrap_err(), OfflineError::Passcode, "{passcode}");
        }
    }
}
