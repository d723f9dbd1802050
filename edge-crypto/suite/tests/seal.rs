//! Properties of sealing: everything is bound, nothing but the bucket shows.
#![expect(clippy::unwrap_used, reason = "tests")]
mod common;

use common::TestRng;
use proptest::prelude::*;
use vestibule_core::{
    cbor,
    ids::{PatientId, PracticeId},
    wire::{envelope::Sealed, realm::VaultContext},
};
use vestibule_suite::{Secret32, open, padded_len, seal, seal_at_least};

const NS: &str = "vault";

fn context(practice: u8, patient: u8) -> VaultContext {
    VaultContext { practice: PracticeId([practice; 16]), patient: PatientId([patient; 16]) }
}

fn flip(bytes: &mut [u8], bit: usize) {
    let at = bit % (bytes.len() * 8);
    bytes[at / 8] ^= 1 << (at % 8);
}

proptest! {
    #[test]
    fn opens_to_what_was_sealed(seed: u64, plaintext in prop::collection::vec(any::<u8>(), 0..3000)) {
        let mut rng = TestRng::new(seed);
        let key = Secret32::random(&mut rng);
        let sealed = seal(&mut rng, &key, NS, &context(1, 2), &plaintext);
        let received: Sealed = cbor::from_slice(&cbor::to_vec(&sealed)).unwrap();
        let opened = open(&key, NS, &context(1, 2), &received).unwrap();
        prop_assert_eq!(&*opened, &plaintext);
    }

    #[test]
    fn any_bit_of_the_bytes(seed: u64, len in 0usize..1200, bit: usize) {
        let mut rng = TestRng::new(seed);
        let key = Secret32::random(&mut rng);
        let mut bytes = cbor::to_vec(&seal(&mut rng, &key, NS, &context(1, 2), &vec![7; len]));
        flip(&mut bytes, bit);
        // Either the bytes are no Sealed any more, or it does not open.
        let opened = cbor::from_slice::<Sealed>(&bytes).ok().and_then(|s| open(&key, NS, &context(1, 2), &s).ok());
        prop_assert!(opened.is_none());
    }

    #[test]
    fn any_bit_of_the_key(seed: u64, bit in 0usize..256) {
        let mut rng = TestRng::new(seed);
        let key = Secret32::random(&mut rng);
        let sealed = seal(&mut rng, &key, NS, &context(1, 2), b"text");
        let mut other = *key.expose();
        flip(&mut other, bit);
        prop_assert!(open(&Secret32::from_bytes(other), NS, &context(1, 2), &sealed).is_err());
    }

    #[test]
    fn any_bit_of_the_context(seed: u64, bit in 0usize..256) {
        let mut rng = TestRng::new(seed);
        let key = Secret32::random(&mut rng);
        let sealed = seal(&mut rng, &key, NS, &context(1, 2), b"text");
        let mut ids = [[1; 16], [2; 16]].concat();
        flip(&mut ids, bit);
        let elsewhere = VaultContext {
            practice: PracticeId::try_from(&ids[..16]).unwrap(),
            patient: PatientId::try_from(&ids[16..]).unwrap(),
        };
        prop_assert!(open(&key, NS, &elsewhere, &sealed).is_err());
    }

    #[test]
    fn another_namespace(seed: u64, other in "[a-z-]{0,12}") {
        prop_assume!(other != NS);
        let mut rng = TestRng::new(seed);
        let key = Secret32::random(&mut rng);
        let mut sealed = seal(&mut rng, &key, NS, &context(1, 2), b"text");
        prop_assert!(open(&key, &other, &context(1, 2), &sealed).is_err());
        // Not even if the server renames it: the namespace is in the key derivation.
        sealed.namespace.clone_from(&other);
        prop_assert!(open(&key, &other, &context(1, 2), &sealed).is_err());
    }

    #[test]
    fn sizes_show_the_bucket_only(seed: u64, a in 0usize..5000, b in 0usize..5000, floor in 0usize..2000) {
        let mut rng = TestRng::new(seed);
        let key = Secret32::random(&mut rng);
        let mut size = |len: usize| {
            let sealed = seal_at_least(&mut rng, &key, NS, &context(1, 2), &vec![7; len], floor);
            cbor::to_vec(&sealed).len()
        };
        let bucket = |len: usize| padded_len(len.max(floor.saturating_sub(1)));
        prop_assert_eq!(size(a) == size(b), bucket(a) == bucket(b));
    }

    #[test]
    fn two_seals_share_nothing(seed: u64) {
        let mut rng = TestRng::new(seed);
        let key = Secret32::random(&mut rng);
        let mut once = || seal(&mut rng, &key, NS, &context(1, 2), b"the same text");
        let (a, b) = (once(), once());
        prop_assert_ne!(a.salt, b.salt);
        prop_assert_ne!(a.commit, b.commit);
        prop_assert_ne!(a.ciphertext, b.ciphertext);
    }

    #[test]
    fn strict_cbor(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        // Whatever decodes is the one encoding of what it decodes to.
        if let Ok(sealed) = cbor::from_slice::<Sealed>(&bytes) {
            prop_assert_eq!(cbor::to_vec(&sealed), bytes);
        }
    }
}

#[test]
fn other_encodings_of_a_sealed_are_refused() {
    let mut rng = TestRng::new(1);
    let key = Secret32::random(&mut rng);
    let bytes = cbor::to_vec(&seal(&mut rng, &key, NS, &context(1, 2), b"text"));
    assert_eq!(bytes[..2], [0x85, 0x01]);
    let refused = |bytes: Vec<u8>, why: &str| assert!(cbor::from_slice::<Sealed>(&bytes).is_err(), "{why}");
    let with = |head: &[u8]| [head, &bytes[2..]].concat();
    refused(with(&[0x85, 0x18, 0x01]), "the suite in two bytes");
    refused(with(&[0x85, 0x02]), "an unknown suite");
    refused(with(&[0x98, 0x05, 0x01]), "the array's length in two bytes");
    refused([with(&[0x9f, 0x01]), vec![0xff]].concat(), "an array of indefinite length");
    refused([bytes.clone(), vec![0]].concat(), "a byte after the end");
    refused([with(&[0x86, 0x01]), vec![0xf6]].concat(), "one element too many");
    refused([&[0xc1][..], &bytes].concat(), "a tag");
    for len in 0..bytes.len() {
        refused(bytes[..len].to_vec(), "cut off");
    }
    assert!(cbor::from_slice::<Sealed>(&bytes).is_ok());
}
