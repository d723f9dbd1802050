//! `seal` and `open`: PROTOCOL section 2.
use crate::{CryptoRng, Secret32, hash_cbor, hazmat, pad};
use alloc::{string::ToString, vec::Vec};
use minicbor::Encode;
use subtle::ConstantTimeEq;
use vestibule_core::{bytes::Bytes, cbor, ids::Digest, suite::Suite, wire::envelope::Sealed};
use zeroize::{Zeroize, Zeroizing};

/// A sealed object does not open: wrong key, place, namespace or suite, or altered bytes. One error for all, so that
/// whoever supplies the bytes learns nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the object does not open here")]
pub struct OpenError;

/// What HKDF gives for one sealing.
#[derive(Zeroize, zeroize::ZeroizeOnDrop)]
pub(crate) struct Keys {
    pub(crate) encryption: [u8; 32],
    pub(crate) nonce: [u8; 12],
    pub(crate) commit: [u8; 32],
}

impl Keys {
    pub(crate) fn derive(key: &Secret32, salt: &Digest, namespace: &str, context: &impl Encode<()>) -> Self {
        let mut okm = Zeroizing::new([0; 76]);
        let info = cbor::to_vec(&(Suite::V1, namespace, hash_cbor(context)));
        hazmat::hkdf_sha256(&salt.0, key.expose(), &info, &mut okm[..]);
        let mut keys = Self { encryption: [0; 32], nonce: [0; 12], commit: [0; 32] };
        keys.encryption.copy_from_slice(&okm[..32]);
        keys.nonce.copy_from_slice(&okm[32..44]);
        keys.commit.copy_from_slice(&okm[44..]);
        keys
    }
}

fn aad(namespace: &str, context: &impl Encode<()>) -> Vec<u8> {
    cbor::to_vec(&(Suite::V1, namespace, context))
}

/// Seals `plaintext` under `key`, bound to `namespace` and `context`, and commits to the key.
/// The key and nonce are derived for this one sealing from a random salt, so a key may seal any number of objects.
pub fn seal(
    rng: &mut (impl CryptoRng + ?Sized),
    key: &Secret32,
    namespace: &str,
    context: &impl Encode<()>,
    plaintext: &[u8],
) -> Sealed {
    seal_at_least(rng, key, namespace, context, plaintext, 0)
}

/// As [`seal`], but padded at least to the first bucket of `floor` bytes: for answers that must not differ in size.
pub fn seal_at_least(
    rng: &mut (impl CryptoRng + ?Sized),
    key: &Secret32,
    namespace: &str,
    context: &impl Encode<()>,
    plaintext: &[u8],
    floor: usize,
) -> Sealed {
    let mut salt = Digest([0; 32]);
    rng.fill_bytes(&mut salt.0);
    let keys = Keys::derive(key, &salt, namespace, context);
    let mut buffer = pad(plaintext, floor, 16);
    if hazmat::aes256gcm_seal(&keys.encryption, &keys.nonce, &aad(namespace, context), &mut buffer).is_none()
    {
        // Above 64 GiB only, which no memory here holds. Never let the plaintext leave instead.
        buffer.zeroize();
    }
    Sealed {
        suite: Suite::V1,
        namespace: namespace.to_string(),
        salt,
        commit: Digest(keys.commit),
        ciphertext: Bytes(buffer),
    }
}

/// Opens what [`seal`] made for the same key, namespace and context. The commitment is compared in constant time first,
/// then the tag; then the padding must be exact.
pub fn open(
    key: &Secret32,
    namespace: &str,
    context: &impl Encode<()>,
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    if sealed.namespace != namespace {
        return Err(OpenError);
    }
    let keys = Keys::derive(key, &sealed.salt, namespace, context);
    if !bool::from(keys.commit.ct_eq(&sealed.commit.0)) {
        return Err(OpenError);
    }
    let mut buffer = Zeroizing::new(sealed.ciphertext.0.clone());
    hazmat::aes256gcm_open(&keys.encryption, &keys.nonce, &aad(namespace, context), &mut buffer)
        .ok_or(OpenError)?;
    crate::unpad(buffer).ok_or(OpenError)
}
