//! HPKE (RFC 9180) in base mode with an export-only AEAD: the key schedule and `Export`.
use crate::{
    CryptoRng, KemSecret, Secret32,
    hazmat::{self, expand},
    kem::{InvalidKey, decapsulate, encapsulate_deterministic},
    seal::OpenError,
};
use alloc::vec::Vec;
use hkdf::Hkdf;
use minicbor::Encode;
use sha2::Sha256;
use vestibule_core::cbor;
use zeroize::Zeroizing;

/// `suite_id` of HPKE: KEM X-Wing 0x647A, KDF HKDF-SHA256 0x0001, AEAD export-only 0xFFFF.
pub const SUITE_XWING_EXPORT_ONLY: [u8; 10] = *b"HPKE\x64\x7a\x00\x01\xff\xff";
/// `suite_id` with DHKEM(X25519, HKDF-SHA256) 0x0020: only for the vectors of RFC 9180, which has none for X-Wing.
pub const SUITE_X25519_EXPORT_ONLY: [u8; 10] = *b"HPKE\x00\x20\x00\x01\xff\xff";

/// `KeySchedule` of RFC 9180 section 5.1 for one `suite_id`, base mode.
pub struct KeySchedule {
    /// See [`SUITE_XWING_EXPORT_ONLY`].
    pub suite_id: [u8; 10],
}

impl KeySchedule {
    fn labeled_extract(&self, salt: &[u8], label: &[u8], ikm: &[u8]) -> ([u8; 32], Hkdf<Sha256>) {
        let labeled = Zeroizing::new([b"HPKE-v1", &self.suite_id[..], label, ikm].concat());
        let (prk, hkdf) = Hkdf::<Sha256>::extract(Some(salt), &labeled);
        (prk.into(), hkdf)
    }

    fn labeled_expand(&self, hkdf: &Hkdf<Sha256>, label: &[u8], info: &[u8], okm: &mut [u8]) {
        let length = u16::try_from(okm.len()).unwrap_or(u16::MAX).to_be_bytes();
        expand(hkdf, &[&length, &b"HPKE-v1"[..], &self.suite_id, label, info].concat(), okm);
    }

    /// The exporter of the context that base mode sets up from a KEM's shared secret and `info`.
    pub fn exporter(self, shared_secret: &[u8; 32], info: &[u8]) -> Exporter {
        let (psk_id_hash, _) = self.labeled_extract(&[], b"psk_id_hash", &[]);
        let (info_hash, _) = self.labeled_extract(&[], b"info_hash", info);
        // mode_base is 0.
        let context = [&[0], &psk_id_hash[..], &info_hash].concat();
        let (_, secret) = self.labeled_extract(shared_secret, b"secret", &[]);
        let mut exporter_secret = Zeroizing::new([0; 32]);
        self.labeled_expand(&secret, b"exp", &context, &mut exporter_secret[..]);
        Exporter { schedule: self, secret: Secret32::from_bytes(*exporter_secret) }
    }
}

/// An HPKE context that can only export secrets.
pub struct Exporter {
    schedule: KeySchedule,
    secret: Secret32,
}

impl core::fmt::Debug for Exporter {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Exporter(..)")
    }
}

impl Exporter {
    /// `Export` of RFC 9180 section 5.3, 32 bytes; the exporter context is the CBOR of `context`.
    pub fn export(&self, context: &impl Encode<()>) -> Secret32 {
        let mut out = Zeroizing::new([0; 32]);
        self.export_raw(&cbor::to_vec(context), &mut out[..]);
        Secret32::from_bytes(*out)
    }

    /// `Export` with a raw exporter context and any length up to 8,160 bytes.
    #[doc(hidden)]
    pub fn export_raw(&self, context: &[u8], out: &mut [u8]) {
        // exporter_secret is a pseudorandom key already; from_prk fails only below 32 bytes.
        if let Ok(hkdf) = Hkdf::<Sha256>::from_prk(self.secret.expose()) {
            self.schedule.labeled_expand(&hkdf, b"sec", context, out);
        }
    }
}

/// `SetupBaseS`: encapsulates to an X-Wing public key. Returns the encapsulation and the exporter.
pub fn hpke_sender(
    rng: &mut (impl CryptoRng + ?Sized),
    public_key: &[u8],
    info: &impl Encode<()>,
) -> Result<(Vec<u8>, Exporter), InvalidKey> {
    let mut randomness = Zeroizing::new([0; 64]);
    rng.fill_bytes(&mut randomness[..]);
    let (enc, shared) = encapsulate_deterministic(public_key, &randomness)?;
    let schedule = KeySchedule { suite_id: hazmat::SUITE_XWING_EXPORT_ONLY };
    Ok((enc, schedule.exporter(shared.expose(), &cbor::to_vec(info))))
}

/// `SetupBaseR`: the exporter from an encapsulation. A wrong encapsulation of right length gives an unpredictable
/// exporter, so what it opens fails.
pub fn hpke_receiver(secret: &KemSecret, enc: &[u8], info: &impl Encode<()>) -> Result<Exporter, OpenError> {
    let shared = decapsulate(secret, enc).ok_or(OpenError)?;
    let schedule = KeySchedule { suite_id: hazmat::SUITE_XWING_EXPORT_ONLY };
    Ok(schedule.exporter(shared.expose(), &cbor::to_vec(info)))
}
