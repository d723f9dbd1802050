//! A key of the OPRF, and its shares.
use crate::group::encode_element;
use alloc::vec::Vec;
use core::fmt;
use curve25519_dalek::{RistrettoPoint, Scalar};
use rand_core::CryptoRng;
use vestibule_core::ids::Digest;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A key, or one realm's share of it: a scalar that is not zero. Wiped on drop.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Key(pub(crate) Scalar);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// The bytes are no key: not a canonical scalar, or zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a canonical scalar other than zero")]
pub struct InvalidKey;

impl Key {
    /// A random key.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        loop {
            let scalar = Scalar::random(rng);
            if scalar != Scalar::ZERO {
                return Self(scalar);
            }
        }
    }

    /// Reads a key from its 32-byte little-endian form.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, InvalidKey> {
        Option::from(Scalar::from_canonical_bytes(*bytes))
            .filter(|scalar| *scalar != Scalar::ZERO)
            .map(Self)
            .ok_or(InvalidKey)
    }

    /// A key from 64 bytes that nobody can tell from random: taken modulo the group's order, so that every key is as likely.
    /// Zero has a probability of 2^-252 and is refused.
    pub fn from_uniform_bytes(bytes: &[u8; 64]) -> Result<Self, InvalidKey> {
        let scalar = Scalar::from_bytes_mod_order_wide(bytes);
        if scalar == Scalar::ZERO { Err(InvalidKey) } else { Ok(Self(scalar)) }
    }

    /// The 32-byte little-endian form: for storage under a platform secret, or to hand a realm its share.
    pub fn expose(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public key, a ristretto255 element.
    pub fn public(&self) -> Digest {
        encode_element(&RistrettoPoint::mul_base(&self.0))
    }
}

/// One realm's share of a key.
#[derive(Debug, Clone)]
pub struct KeyShare {
    /// Index of the realm, from 1: the x coordinate.
    pub index: u8,
    /// The share.
    pub key: Key,
}

/// `threshold` is zero or more than `count`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("threshold must be at least 1 and at most the number of shares")]
pub struct InvalidThreshold;

/// Splits a key into `count` shares of which any `threshold` evaluate together (Shamir over the scalar field).
pub fn deal(
    rng: &mut (impl CryptoRng + ?Sized),
    key: &Key,
    threshold: u8,
    count: u8,
) -> Result<Vec<KeyShare>, InvalidThreshold> {
    if threshold == 0 || threshold > count {
        return Err(InvalidThreshold);
    }
    loop {
        let coefficients: Vec<Key> = (1..threshold).map(|_| Key(Scalar::random(rng))).collect();
        // A share of zero would be refused by its realm; it comes up with a probability of 2^-252.
        if let Some(shares) = deal_with(key, &coefficients, count) {
            return Ok(shares);
        }
    }
}

/// [`deal`] with given coefficients of x, x², ...: as many as the threshold less one. `None` if a share is zero.
pub fn deal_with(key: &Key, coefficients: &[Key], count: u8) -> Option<Vec<KeyShare>> {
    (1..=count)
        .map(|index| {
            let x = Scalar::from(index);
            let high = coefficients.iter().rev().fold(Scalar::ZERO, |sum, c| (sum + c.0) * x);
            let key = Key(high + key.0);
            (key.0 != Scalar::ZERO).then_some(KeyShare { index, key })
        })
        .collect()
}
