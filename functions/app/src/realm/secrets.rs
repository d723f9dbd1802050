//! What a realm keeps sealed under its platform secret: a stolen database opens nothing (PROTOCOL section 4).
use crate::{config::Keys, error::Fault, port::Platform};
use minicbor::{Decode, Encode, encode};
use vestibule_channel::{DecoySecret, Secret32};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{Digest, PatientId, PracticeId, RegistrationId},
    wire::envelope::Sealed,
};
use vestibule_oprf::Key;
use zeroize::Zeroizing;

const GUARD: &str = "guard-secrets";
const MEMBER: &str = "realm-member";

/// Secrets of one registration.
#[derive(Encode, Decode, zeroize::ZeroizeOnDrop)]
#[cbor(array)]
pub(crate) struct Secrets {
    /// This realm's index in the descriptor.
    #[n(0)]
    pub(crate) index: u8,
    /// `k_i`.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub(crate) oprf_share: [u8; 32],
    /// `u_i`.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub(crate) unlock_key: [u8; 32],
    /// `B xor m_i`.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub(crate) masked_share: [u8; 32],
}

/// What they are bound to: moved to another row, they do not open.
type Place = (PracticeId, PatientId, RegistrationId);

fn put<P: Platform>(
    platform: &P,
    keys: &Keys,
    label: &str,
    context: &impl encode::Encode<()>,
    plaintext: &[u8],
) -> Bytes {
    cbor::to_vec(&keys.platform.seal(&mut platform.rng(), label, context, plaintext)).into()
}

fn get(
    keys: &Keys,
    label: &str,
    context: &impl encode::Encode<()>,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let corrupt = || Fault::new("stored secrets do not open");
    let sealed: Sealed = cbor::from_slice(sealed).map_err(|_| corrupt())?;
    keys.platform.open(label, context, &sealed).map_err(|_| corrupt())
}

/// Seals a registration's secrets to their place.
pub(crate) fn seal<P: Platform>(platform: &P, keys: &Keys, place: &Place, secrets: &Secrets) -> Bytes {
    put(platform, keys, GUARD, place, &Zeroizing::new(cbor::to_vec(secrets)))
}

/// Opens them.
pub(crate) fn open(keys: &Keys, place: &Place, sealed: &[u8]) -> Result<Secrets, Fault> {
    let plaintext = get(keys, GUARD, place, sealed)?;
    cbor::from_slice(&plaintext).map_err(|_| Fault::new("stored secrets do not decode"))
}

/// What the founder of a practice handed to this realm: 32 bytes of locator share, 32 of decoy secret.
pub(crate) struct MemberSecrets {
    pub(crate) locator: Key,
    pub(crate) decoy: Secret32,
}

impl MemberSecrets {
    /// What decoys are invented from.
    pub(crate) fn decoys(&self) -> DecoySecret {
        DecoySecret::from_secret(&self.decoy)
    }
}

/// Seals both to the practice and the deployment that names this realm.
pub(crate) fn seal_member<P: Platform>(
    platform: &P,
    keys: &Keys,
    place: &(PracticeId, Digest),
    locator: &Key,
    decoy: &Secret32,
) -> Bytes {
    let both = Zeroizing::new([*locator.expose(), *decoy.expose()].concat());
    put(platform, keys, MEMBER, place, &both)
}

/// Opens them.
pub(crate) fn open_member(
    keys: &Keys,
    place: &(PracticeId, Digest),
    sealed: &[u8],
) -> Result<MemberSecrets, Fault> {
    let corrupt = || Fault::new("a practice's stored share is corrupt");
    let both = get(keys, MEMBER, place, sealed)?;
    let (locator, decoy) = both.split_first_chunk::<32>().ok_or_else(corrupt)?;
    let decoy = Secret32::from_bytes(decoy.try_into().map_err(|_| corrupt())?);
    let locator = Key::from_bytes(locator).map_err(|_| corrupt())?;
    Ok(MemberSecrets { locator, decoy })
}
