//! A 32-byte secret.
use core::fmt;
use rand_core::CryptoRng;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// 32 secret bytes: a key, a seed or a share. Wiped on drop, redacted in `Debug`, compared in constant time.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret32([u8; 32]);

impl Secret32 {
    /// Takes over 32 secret bytes. The caller wipes its own copy, if it keeps one.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Takes over a secret from a slice of exactly 32 bytes.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// 32 fresh random bytes.
    pub fn random(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut secret = Self([0; 32]);
        rng.fill_bytes(&mut secret.0);
        secret
    }

    /// The bytes. Use it only to feed another primitive, and say why at the call if that is not plain.
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Secret32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret32(..)")
    }
}

impl ConstantTimeEq for Secret32 {
    fn ct_eq(&self, other: &Self) -> subtle::Choice {
        self.0.ct_eq(&other.0)
    }
}

impl PartialEq for Secret32 {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for Secret32 {}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(std::format!("{:?}", Secret32::from_bytes([0x41; 32])), "Secret32(..)");
    }

    #[test]
    fn compares_all_bytes() {
        for i in 0..32 {
            let mut other = [7; 32];
            other[i] ^= 0x80;
            assert_ne!(Secret32::from_bytes([7; 32]), Secret32::from_bytes(other));
        }
        assert_eq!(Secret32::from_bytes([7; 32]), Secret32::from_bytes([7; 32]));
    }

    #[test]
    fn a_slice_must_have_32_bytes() {
        assert!(Secret32::from_slice(&[0; 31]).is_none());
        assert!(Secret32::from_slice(&[0; 33]).is_none());
        assert_eq!(Secret32::from_slice(&[3; 32]), Some(Secret32::from_bytes([3; 32])));
    }
}
