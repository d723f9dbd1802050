//! What a realm keeps sealed under its platform secret: a stolen database opens nothing (PROTOCOL section 4).
use crate::{config::Keys, error::Fault, port::Platform};
use minicbor::{Decode, Encode};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{Digest, PatientId, PracticeId, RegistrationId},
    wire::envelope::Sealed,
};
use vestibule_oprf::Key;

const GUARD: &str = "guard-secrets";
const LOCATOR: &str = "locator-share";

/// Secrets of one registration.
#[derive(Encode, Decode, zeroize::ZeroizeOnDrop)]
#[cbor(array)]
pub(crate) struct Secrets {
    /// This realm's index in the descriptor.
    #[n(0)]
    pub(crate) index: u8,
    /// `k_i`.
    #[n(1)]
    pub(crate) oprf_share: [u8; 32],
    /// `u_i`.
    #[n(2)]
    pub(crate) unlock_key: [u8; 32],
    /// `B xor m_i`.
    #[n(3)]
    pub(crate) masked_share: [u8; 32],
}

/// What they are bound to: moved to another row, they do not open.
type Place = (PracticeId, PatientId, RegistrationId);

/// Seals a registration's secrets to their place.
pub(crate) fn seal<P: Platform>(platform: &P, keys: &Keys, place: &Place, secrets: &Secrets) -> Bytes {
    let plaintext = zeroize::Zeroizing::new(cbor::to_vec(secrets));
    cbor::to_vec(&keys.platform.seal(&mut platform.rng(), GUARD, place, &plaintext)).into()
}

/// Opens them.
pub(crate) fn open(keys: &Keys, place: &Place, sealed: &[u8]) -> Result<Secrets, Fault> {
    let corrupt = || Fault::new("stored secrets do not open");
    let sealed: Sealed = cbor::from_slice(sealed).map_err(|_| corrupt())?;
    let plaintext = keys.platform.open(GUARD, place, &sealed).map_err(|_| corrupt())?;
    cbor::from_slice(&plaintext).map_err(|_| corrupt())
}

/// Seals the practice's locator share.
pub(crate) fn seal_locator<P: Platform>(platform: &P, keys: &Keys, practice: PracticeId, key: &Key) -> Bytes {
    let share = key.expose();
    cbor::to_vec(&keys.platform.seal(&mut platform.rng(), LOCATOR, &(practice,), share.as_slice())).into()
}

/// Opens it.
pub(crate) fn open_locator(keys: &Keys, practice: PracticeId, sealed: &[u8]) -> Result<Key, Fault> {
    let corrupt = || Fault::new("the stored locator share does not open");
    let sealed: Sealed = cbor::from_slice(sealed).map_err(|_| corrupt())?;
    let share = keys.platform.open(LOCATOR, &(practice,), &sealed).map_err(|_| corrupt())?;
    let share = Digest::try_from(share.as_slice()).map_err(|_| corrupt())?;
    Key::from_bytes(&share.0).map_err(|_| corrupt())
}
