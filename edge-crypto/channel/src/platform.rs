//! The platform secret: 32 bytes in the platform's secret store, from which a realm derives all its keys.
use crate::RealmSecret;
use alloc::vec::Vec;
use hmac::{Hmac, KeyInit, Mac};
use minicbor::Encode;
use sha2::Sha256;
use vestibule_core::{cbor, ids::Digest, suite::Suite, wire::envelope::Sealed};
use vestibule_sign::SigningKey;
use vestibule_suite::{CryptoRng, KemSecret, OpenError, Secret32, Zeroizing, derive, open, seal};

/// The realm's root of all keys. It is not in the database, so a stolen database opens nothing.
#[derive(Debug)]
pub struct PlatformSecret(Secret32);

impl PlatformSecret {
    /// Takes the secret from the platform's secret store.
    pub const fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Secret32::from_bytes(*bytes))
    }

    fn key(&self, purpose: &str, label: &str) -> Secret32 {
        derive(self.0.expose(), &(Suite::V1, "platform", purpose, label))
    }

    /// The realm's X-Wing key. Expanding takes a moment: keep it.
    pub fn realm(&self) -> RealmSecret {
        RealmSecret::new(KemSecret::from_seed(self.key("realm-kem", "")))
    }

    /// The realm's composite signing key. Expanding takes a moment, and it is needed seldom.
    pub fn signing(&self) -> SigningKey {
        let half = |label| self.key("realm-signing", label);
        SigningKey::from_seeds(&half("ed25519"), &half("ml-dsa"))
    }

    /// Seals bytes for storage under a key of `label`, which is also the namespace.
    pub fn seal(
        &self,
        rng: &mut (impl CryptoRng + ?Sized),
        label: &str,
        context: &impl Encode<()>,
        plaintext: &[u8],
    ) -> Sealed {
        seal(rng, &self.key("seal", label), label, context, plaintext)
    }

    /// Opens what [`Self::seal`] made for this label and context.
    pub fn open(
        &self,
        label: &str,
        context: &impl Encode<()>,
        sealed: &Sealed,
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        open(&self.key("seal", label), label, context, sealed)
    }

    /// HMAC-SHA-256 over the CBOR of `info` under a key of `label`: stateless tokens and challenges. Compare with
    /// [`Self::mac_matches`].
    pub fn mac(&self, label: &str, info: &impl Encode<()>) -> Digest {
        Digest(self.hmac(label, info).finalize().into_bytes().into())
    }

    /// Whether `tag` is [`Self::mac`] of the same, compared in constant time.
    pub fn mac_matches(&self, label: &str, info: &impl Encode<()>, tag: &Digest) -> bool {
        self.hmac(label, info).verify_slice(&tag.0).is_ok()
    }

    fn hmac(&self, label: &str, info: &impl Encode<()>) -> Hmac<Sha256> {
        // HMAC fills a key up to its block of 64 bytes with zeros; done here, since this constructor cannot fail.
        let mut block = Zeroizing::new([0; 64]);
        block[..32].copy_from_slice(self.key("mac", label).expose());
        let mut mac = Hmac::<Sha256>::new((&*block).into());
        mac.update(&cbor::to_vec(info));
        mac
    }

    /// 64 bytes that look random and are the same each time: coefficients by which a realm deals its share anew, so that the
    /// same order is answered with the same polynomial.
    pub fn coin(&self, label: &str, info: &impl Encode<()>) -> Zeroizing<[u8; 64]> {
        let key = self.key("coin", label);
        let half = |n: u8| derive(key.expose(), &(Suite::V1, "coin", label, n, info));
        let mut bytes = Zeroizing::new([0; 64]);
        bytes[..32].copy_from_slice(half(0).expose());
        bytes[32..].copy_from_slice(half(1).expose());
        bytes
    }

    /// 32 bytes that look random and are the same each time: decoys for unknown patients. Realms that share a decoy
    /// secret use it here, so that they invent the same descriptor.
    pub fn decoy(&self, label: &str, info: &impl Encode<()>) -> Secret32 {
        derive(self.key("decoy", label).expose(), &(Suite::V1, "decoy", label, info))
    }
}
