//! Properties of wraps, and X-Wing and HPKE against other implementations.
#![expect(clippy::unwrap_used, reason = "tests")]
mod common;

use common::TestRng;
use hpke::{
    Deserializable, OpModeR, OpModeS, Serializable, aead::ExportOnlyAead, kdf::HkdfSha256, kem::XWing,
};
use proptest::prelude::*;
use rand_core::Rng;
use vestibule_core::{
    cbor,
    ids::{AppointmentId, PracticeId},
    wire::{appointment::PatientWrapContext, envelope::Wrap},
};
use vestibule_suite::{
    KemSecret, OpenError, Secret32, check_public_key,
    hazmat::{decapsulate, encapsulate_deterministic},
    hpke_receiver, hpke_sender, key_hash_kem, unwrap_key, wrap,
};
use x_wing::{Decapsulate, Decapsulator, KeyExport};

const NS: &str = "wrap-patient";

fn context(version: u32) -> PatientWrapContext {
    PatientWrapContext { practice: PracticeId([1; 16]), appointment: AppointmentId([2; 16]), version }
}

fn recipient(rng: &mut TestRng) -> (KemSecret, Vec<u8>) {
    let secret = KemSecret::from_seed(Secret32::random(rng));
    let public = secret.public_key();
    (secret, public)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bit_of_a_wrap(seed: u64, bit: usize) {
        let mut rng = TestRng::new(seed);
        let (secret, public) = recipient(&mut rng);
        let dek = Secret32::random(&mut rng);
        let mut bytes = cbor::to_vec(&wrap(&mut rng, &public, NS, &context(1), &dek).unwrap());
        let received: Wrap = cbor::from_slice(&bytes).unwrap();
        prop_assert_eq!(unwrap_key(&secret, NS, &context(1), &received), Ok(dek));
        let at = bit % (bytes.len() * 8);
        bytes[at / 8] ^= 1 << (at % 8);
        // The highest bit of the X25519 part is the one that RFC 7748 masks. X-Wing hashes those 32 bytes, so it counts.
        let opened = cbor::from_slice::<Wrap>(&bytes).ok().and_then(|w| unwrap_key(&secret, NS, &context(1), &w).ok());
        prop_assert!(opened.is_none());
    }

    #[test]
    fn another_place_name_or_reader(seed: u64) {
        let mut rng = TestRng::new(seed);
        let (secret, public) = recipient(&mut rng);
        let (other, _) = recipient(&mut rng);
        let dek = Secret32::random(&mut rng);
        let made = wrap(&mut rng, &public, NS, &context(1), &dek).unwrap();
        prop_assert_eq!(unwrap_key(&secret, NS, &context(2), &made), Err(OpenError));
        prop_assert_eq!(unwrap_key(&secret, "wrap-scope", &context(1), &made), Err(OpenError));
        prop_assert_eq!(unwrap_key(&other, NS, &context(1), &made), Err(OpenError));
        // A wrap does not take another's sealed part, nor the other way round.
        let second = wrap(&mut rng, &public, NS, &context(1), &dek).unwrap();
        let mixed = Wrap { sealed: second.sealed, ..made };
        prop_assert_eq!(unwrap_key(&secret, NS, &context(1), &mixed), Err(OpenError));
    }

    #[test]
    fn xwing_agrees_with_the_x_wing_crate(seed: u64) {
        let mut rng = TestRng::new(seed);
        let (ours, public) = recipient(&mut rng);
        let theirs = x_wing::DecapsulationKey::from(*ours.seed().expose());
        let their_public = theirs.encapsulation_key().to_bytes();
        prop_assert_eq!(&their_public[..], &public[..]);
        let mut randomness = [0; 64];
        rng.fill_bytes(&mut randomness);
        let (enc, shared) = encapsulate_deterministic(&public, &randomness).unwrap();
        let (their_enc, their_shared) = theirs.encapsulation_key().encapsulate_deterministic(&randomness.into());
        prop_assert_eq!(&their_enc[..], &enc[..]);
        prop_assert_eq!(&their_shared[..], shared.expose());
        prop_assert_eq!(&theirs.decapsulate(&their_enc)[..], shared.expose());
        // Also for encapsulations that nobody made: implicit rejection is part of the format.
        let mut noise = enc;
        rng.fill_bytes(&mut noise);
        let their_noise = x_wing::Ciphertext::try_from(&noise[..]).unwrap();
        let shared = decapsulate(&ours, &noise).unwrap();
        prop_assert_eq!(&theirs.decapsulate(&their_noise)[..], shared.expose());
    }

    #[test]
    fn hpke_agrees_with_the_hpke_crate(seed: u64, info in prop::collection::vec(any::<u8>(), 0..100)) {
        let mut rng = TestRng::new(seed);
        let (ours, public) = recipient(&mut rng);
        let info = (1u8, NS, vestibule_core::bytes::Bytes(info));
        let info_bytes = cbor::to_vec(&info);
        let label = (1u8, NS, "key");

        // Their sender, our receiver.
        let their_public = <XWing as hpke::Kem>::PublicKey::from_bytes(&public).unwrap();
        let (enc, sender) = hpke::setup_sender_with_rng::<ExportOnlyAead, HkdfSha256, XWing>(
            &OpModeS::Base, &their_public, &info_bytes, &mut rng,
        ).unwrap();
        let mut theirs = [0; 32];
        sender.export(&cbor::to_vec(&label), &mut theirs).unwrap();
        let receiver = hpke_receiver(&ours, &enc.to_bytes(), &info).unwrap();
        prop_assert_eq!(receiver.export(&label), Secret32::from_bytes(theirs));

        // Our sender, their receiver.
        let (enc, sender) = hpke_sender(&mut rng, &public, &info).unwrap();
        let their_secret = <XWing as hpke::Kem>::PrivateKey::from_bytes(ours.seed().expose()).unwrap();
        let their_enc = <XWing as hpke::Kem>::EncappedKey::from_bytes(&enc).unwrap();
        let receiver = hpke::setup_receiver::<ExportOnlyAead, HkdfSha256, XWing>(
            &OpModeR::Base, &their_secret, &their_enc, &info_bytes,
        ).unwrap();
        receiver.export(&cbor::to_vec(&label), &mut theirs).unwrap();
        prop_assert_eq!(sender.export(&label), Secret32::from_bytes(theirs));
    }
}

#[test]
fn only_public_keys_are_wrapped_to() {
    let mut rng = TestRng::new(1);
    let (_, public) = recipient(&mut rng);
    let secret = Secret32::random(&mut rng);
    let mut refused = |key: &[u8]| {
        assert!(check_public_key(key).is_err());
        assert!(wrap(&mut rng, key, NS, &context(1), &secret).is_err());
    };
    refused(&[]);
    refused(&public[1..]);
    refused(&[&public[..], &[0]].concat());
    // A coefficient of q or more: the modulus check of FIPS 203.
    let mut not_reduced = public.clone();
    not_reduced[0] = 0xff;
    not_reduced[1] |= 0x0f;
    refused(&not_reduced);
    assert!(check_public_key(&public).is_ok());
}

#[test]
fn lengths_of_encapsulations() {
    let mut rng = TestRng::new(1);
    let (secret, public) = recipient(&mut rng);
    let dek = Secret32::random(&mut rng);
    let made = wrap(&mut rng, &public, NS, &context(1), &dek).unwrap();
    for len in [0, 1, 1119, 1121] {
        let mut other = made.clone();
        other.enc.0.resize(len, 0);
        assert_eq!(unwrap_key(&secret, NS, &context(1), &other), Err(OpenError));
    }
    // A sealed secret that is not of 32 bytes is not a key, even if its maker could seal it.
    let (enc, exporter) = hpke_sender(&mut rng, &public, &(1u8, NS, context(1))).unwrap();
    let key = exporter.export(&(1u8, NS, "key"));
    let sealed = vestibule_suite::seal(&mut rng, &key, NS, &context(1), &[0; 31]);
    let short = Wrap { enc: enc.into(), sealed, ..made };
    assert_eq!(unwrap_key(&secret, NS, &context(1), &short), Err(OpenError));
}

#[test]
fn debug_shows_no_secret() {
    let mut rng = TestRng::new(1);
    let (secret, public) = recipient(&mut rng);
    assert_eq!(format!("{secret:?}"), "KemSecret(..)");
    let (_, exporter) = hpke_sender(&mut rng, &public, &1u8).unwrap();
    assert_eq!(format!("{exporter:?}"), "Exporter(..)");
    assert_ne!(key_hash_kem(&public).0, [0; 32]);
}
