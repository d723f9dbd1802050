//! ML-KEM-768 decapsulation (FIPS 203), by one of two implementations.
//!
//! RustCrypto's samples the matrix anew each time. libcrux keeps it with the unpacked key, which takes a fifth of the time in
//! a browser: worth its size to a practice that opens thousands of wraps, not to a patient who opens a few.
use alloc::boxed::Box;
use ml_kem::{KeyExport, array::Array, ml_kem_768 as rustcrypto};

/// Bytes of an encapsulation key.
pub(crate) const KEY: usize = 1184;
/// Bytes of an encapsulation.
pub(crate) const ENC: usize = 1088;

/// An expanded decapsulation key; wiped on drop.
pub(crate) struct Decapsulator {
    key: Box<rustcrypto::DecapsulationKey>,
    #[cfg(feature = "libcrux")]
    unpacked: unpacked::KeyPair,
}

impl Decapsulator {
    /// Expands the 64-byte seed d ‖ z.
    pub(crate) fn from_seed(seed: &[u8; 64]) -> Self {
        Self {
            key: Box::new(rustcrypto::DecapsulationKey::from_seed(Array(*seed))),
            #[cfg(feature = "libcrux")]
            unpacked: unpacked::KeyPair::from_seed(seed),
        }
    }

    /// The encapsulation key.
    pub(crate) fn public_key(&self) -> [u8; KEY] {
        self.key.encapsulation_key().to_bytes().0
    }

    /// The shared secret; an unpredictable one for what was not encapsulated to this key.
    pub(crate) fn decapsulate(&self, enc: &[u8; ENC]) -> [u8; 32] {
        #[cfg(feature = "libcrux")]
        let shared = self.unpacked.decapsulate(enc);
        #[cfg(not(feature = "libcrux"))]
        let shared = self.by_rustcrypto(enc);
        shared
    }

    #[cfg(any(test, not(feature = "libcrux")))]
    fn by_rustcrypto(&self, enc: &[u8; ENC]) -> [u8; 32] {
        ml_kem::kem::Decapsulate::decapsulate(&*self.key, &Array(*enc)).0
    }
}

#[cfg(feature = "libcrux")]
mod unpacked {
    use super::ENC;
    use alloc::boxed::Box;
    use libcrux_ml_kem::mlkem768::portable::unpacked::{
        MlKem768KeyPairUnpacked, decapsulate, generate_key_pair_mut, init_key_pair,
    };

    pub(super) struct KeyPair(Box<MlKem768KeyPairUnpacked>);

    impl KeyPair {
        pub(super) fn from_seed(seed: &[u8; 64]) -> Self {
            let mut pair = Box::new(init_key_pair());
            generate_key_pair_mut(*seed, &mut pair);
            Self(pair)
        }

        pub(super) fn decapsulate(&self, enc: &[u8; ENC]) -> [u8; 32] {
            decapsulate(&self.0, &(*enc).into())
        }
    }

    impl Drop for KeyPair {
        /// libcrux does not wipe; an empty key is written over this one, in a way that the compiler must keep.
        fn drop(&mut self) {
            *self.0 = init_key_pair();
            zeroize::optimization_barrier(&*self.0);
        }
    }
}

#[cfg(all(test, feature = "libcrux"))]
mod tests {
    use super::*;
    use crate::sha256;

    #[test]
    fn two_implementations_agree_on_good_and_damaged_encapsulations() {
        for n in 0..50u8 {
            let (mut seed, m) = ([0; 64], sha256(&[b"m", &[n]]).0);
            for (half, label) in seed.chunks_exact_mut(32).zip([b"d", b"z"]) {
                half.copy_from_slice(&sha256(&[label, &[n]]).0);
            }
            let secret = Decapsulator::from_seed(&seed);
            let (enc, shared) = secret.key.encapsulation_key().encapsulate_deterministic(&m.into());
            let mut enc = enc.0;
            assert_eq!(secret.decapsulate(&enc), shared.0);
            assert_eq!(secret.by_rustcrypto(&enc), shared.0);
            enc[usize::from(m[0]) * 4] ^= 1 | m[1];
            assert_ne!(secret.decapsulate(&enc), shared.0);
            assert_eq!(secret.decapsulate(&enc), secret.by_rustcrypto(&enc));
        }
    }
}
