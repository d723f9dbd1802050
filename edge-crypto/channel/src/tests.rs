//! A message reaches one realm, its answer one request; sizes and refusals tell nothing.
use crate::{
    ChannelError as E, OpenedShare, PlatformSecret, RealmSecret, parse_request, seal_request, seal_to_realm,
};
use alloc::{format, vec, vec::Vec};
use core::convert::Infallible;
use proptest::prelude::*;
use rand_core::{TryCryptoRng, TryRng};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{Digest, KeyHash, PatientId, PracticeId},
    time::UnixSeconds,
    wire::{
        pow::Solution,
        realm::{
            Begin, Begun, Confirmed, Evaluated, Locate, RealmOp, RealmReply, RealmRequest, Redeemed, Refusal,
            SealedRequest,
        },
    },
};
use vestibule_suite::{OpenError, Secret32, sha256};

/// SHA-256 in counter mode.
struct TestRng(u64, u64);

impl TryRng for TestRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes).map(|()| u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes).map(|()| u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for chunk in out.chunks_mut(32) {
            let block = sha256(&[&self.0.to_le_bytes(), &self.1.to_le_bytes()]);
            chunk.copy_from_slice(&block.0[..chunk.len()]);
            self.1 += 1;
        }
        Ok(())
    }
}

impl TryCryptoRng for TestRng {}

fn realm(seed: u8) -> RealmSecret {
    PlatformSecret::from_bytes(&[seed; 32]).realm()
}

fn begin(patient: u8) -> RealmRequest {
    RealmRequest {
        practice: PracticeId([1; 16]),
        op: RealmOp::Begin(Begin { patient: PatientId([patient; 16]) }),
        deployment: None,
    }
}

/// Every answer that a stranger can get, as large as it gets with three realms.
fn answers() -> Vec<RealmReply> {
    let descriptor = Bytes(vec![5; 400]);
    vec![
        RealmReply::Refused(Refusal::Wrong),
        RealmReply::Refused(Refusal::Locked(u64::MAX)),
        RealmReply::Refused(Refusal::Busy(3_600)),
        RealmReply::Evaluated(Evaluated {
            element: Digest([1; 32]),
            proof: Bytes(vec![2; 64]),
            handle: Digest([3; 32]),
        }),
        RealmReply::VoucherAccepted,
        RealmReply::Redeemed(Redeemed { ticket: Digest([4; 32]), registered: true }),
        RealmReply::Begun(Begun { active: descriptor.clone(), pending: None }),
        RealmReply::Begun(Begun { active: descriptor.clone(), pending: Some(descriptor) }),
        RealmReply::Stored,
        RealmReply::Confirmed(Confirmed {
            key_hash: KeyHash([1; 32]),
            vault_head: Digest([0; 32]),
            vault: Bytes(Vec::new()),
            device: Digest([2; 32]),
            masked_share: Some(Digest([3; 32])),
            failed_attempts: u32::MAX,
        }),
    ]
}

#[test]
fn there_and_back() {
    let (mut rng, realm) = (TestRng(1, 0), realm(1));
    let (body, pending) = seal_request(&mut rng, realm.public_key(), &begin(2)).unwrap();
    let (request, reply_key) = realm.open(&body).unwrap();
    assert_eq!(request, begin(2));
    for answer in answers() {
        let sealed = reply_key.seal(&mut rng, &answer);
        assert_eq!(pending.open(&sealed).unwrap(), answer);
    }
    assert_eq!(format!("{pending:?} {reply_key:?}").matches("Secret32(..)").count(), 2);
    assert!(!format!("{realm:?}").contains("seed"));
}

#[test]
fn answers_have_one_size() {
    let (mut rng, realm) = (TestRng(1, 0), realm(1));
    let (body, _) = seal_request(&mut rng, realm.public_key(), &begin(2)).unwrap();
    let (_, key) = realm.open(&body).unwrap();
    let sizes: Vec<usize> = answers().iter().map(|answer| key.seal(&mut rng, answer).len()).collect();
    assert_eq!(sizes, vec![sizes[0]; sizes.len()]);
}

#[test]
fn requests_for_two_patients_differ_in_random_bytes_only() {
    let (mut rng, realm) = (TestRng(1, 0), realm(1));
    let mut size = |patient| seal_request(&mut rng, realm.public_key(), &begin(patient)).unwrap().0.len();
    assert_eq!(size(1), size(2));
}

#[test]
fn only_the_realm_that_is_named() {
    let (mut rng, ours, other) = (TestRng(1, 0), realm(1), realm(2));
    let (body, _) = seal_request(&mut rng, ours.public_key(), &begin(2)).unwrap();
    assert_eq!(other.open(&body).unwrap_err(), E::WrongRealm);
    // Readdressed by the network: named as the other realm, but sealed to ours.
    let mut message: SealedRequest = cbor::from_slice(&body).unwrap();
    message.realm = other.key_hash();
    assert_eq!(other.open(&cbor::to_vec(&message)).unwrap_err(), E::Unopenable);
    assert_eq!(seal_request(&mut rng, &[0; 32], &begin(2)).unwrap_err(), E::InvalidKey);
}

#[test]
fn an_answer_fits_its_request_only() {
    let (mut rng, realm) = (TestRng(1, 0), realm(1));
    let (first, first_pending) = seal_request(&mut rng, realm.public_key(), &begin(2)).unwrap();
    let (second, second_pending) = seal_request(&mut rng, realm.public_key(), &begin(2)).unwrap();
    let (_, first_key) = realm.open(&first).unwrap();
    let (_, second_key) = realm.open(&second).unwrap();
    let answer = first_key.seal(&mut rng, &RealmReply::Stored);
    assert!(first_pending.open(&answer).is_ok());
    // Replayed for a later request of the same content.
    assert_eq!(second_pending.open(&answer).unwrap_err(), E::Unopenable);
    let answer = second_key.seal(&mut rng, &RealmReply::Stored);
    assert_eq!(first_pending.open(&answer).unwrap_err(), E::Unopenable);
    // A request sent back as an answer.
    let message: SealedRequest = cbor::from_slice(&first).unwrap();
    assert_eq!(first_pending.open(&cbor::to_vec(&message.sealed)).unwrap_err(), E::Unopenable);
    assert_eq!(first_pending.open(&[]).unwrap_err(), E::Malformed);
}

#[test]
fn plaintexts_are_read_strictly() {
    let bytes = cbor::to_vec(&begin(2));
    assert_eq!(parse_request(&bytes), Ok(begin(2)));
    for len in 0..bytes.len() {
        assert_eq!(parse_request(&bytes[..len]), Err(E::Malformed));
    }
    assert_eq!(parse_request(&[&bytes[..], &[0]].concat()), Err(E::Malformed));
    let work =
        Solution { expires: UnixSeconds(1), mac: Digest([0; 32]), nonces: vec![], salt: Digest([0; 32]) };
    let locate = RealmOp::Locate(Locate { blinded: Digest([0; 32]), work });
    let bytes = cbor::to_vec(&RealmRequest { practice: PracticeId([1; 16]), op: locate, deployment: None });
    assert!(parse_request(&bytes).is_ok());
    // An operation that this version does not know.
    let mut unknown = bytes;
    let op = 1 + 1 + 16 + 1;
    assert_eq!(unknown[op], 0);
    unknown[op] = 23;
    assert_eq!(parse_request(&unknown), Err(E::Malformed));
}

#[test]
fn realm_shares() {
    let (mut rng, ours, other) = (TestRng(1, 0), realm(1), realm(2));
    let (practice, elsewhere) = (PracticeId([1; 16]), PracticeId([2; 16]));
    let (locator, decoy) = (Secret32::random(&mut rng), Secret32::random(&mut rng));
    let bytes = seal_to_realm(&mut rng, ours.public_key(), practice, &locator, &decoy).unwrap();
    let share = OpenedShare { locator: locator.clone(), decoy: decoy.clone() };
    assert_eq!(ours.open_from_client(practice, &bytes), Ok(share));
    assert_eq!(ours.open_from_client(elsewhere, &bytes), Err(E::Unopenable));
    assert_eq!(other.open_from_client(practice, &bytes), Err(E::Unopenable));
    assert_eq!(ours.open_from_client(practice, &bytes[1..]), Err(E::Malformed));
    assert_eq!(seal_to_realm(&mut rng, b"no key", practice, &locator, &decoy), Err(E::InvalidKey));
}

#[test]
fn platform_keys_are_apart() {
    let mut rng = TestRng(1, 0);
    let (platform, other) = (PlatformSecret::from_bytes(&[1; 32]), PlatformSecret::from_bytes(&[2; 32]));
    let sealed = platform.seal(&mut rng, "guard", &7u8, b"share");
    assert_eq!(platform.open("guard", &7u8, &sealed).as_deref().map(Vec::as_slice), Ok(&b"share"[..]));
    assert_eq!(platform.open("guard", &8u8, &sealed), Err(OpenError));
    assert_eq!(platform.open("mail", &7u8, &sealed), Err(OpenError));
    assert_eq!(other.open("guard", &7u8, &sealed), Err(OpenError));

    let tag = platform.mac("token", &7u8);
    assert!(platform.mac_matches("token", &7u8, &tag));
    assert!(!platform.mac_matches("token", &8u8, &tag));
    assert!(!platform.mac_matches("work", &7u8, &tag));
    assert!(!other.mac_matches("token", &7u8, &tag));

    let decoy = platform.decoy("descriptor", &7u8);
    assert_eq!(decoy, platform.decoy("descriptor", &7u8));
    assert_ne!(decoy, platform.decoy("descriptor", &8u8));
    assert_ne!(decoy, platform.decoy("share", &7u8));
    assert_ne!(decoy, other.decoy("descriptor", &7u8));
    assert_ne!(*decoy.expose(), platform.mac("descriptor", &7u8).0);
    assert_eq!(format!("{platform:?}"), "PlatformSecret(Secret32(..))");
    assert_ne!(platform.realm().key_hash(), other.realm().key_hash());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bit_of_a_request(seed: u64, bit: usize) {
        let (mut rng, realm) = (TestRng(seed, 0), realm(1));
        let (mut body, _) = seal_request(&mut rng, realm.public_key(), &begin(2)).unwrap();
        let at = bit % (body.len() * 8);
        body[at / 8] ^= 1 << (at % 8);
        prop_assert!(realm.open(&body).is_err());
    }

    #[test]
    fn any_bit_of_an_answer(seed: u64, bit: usize) {
        let (mut rng, realm) = (TestRng(seed, 0), realm(1));
        let (body, pending) = seal_request(&mut rng, realm.public_key(), &begin(2)).unwrap();
        let (_, key) = realm.open(&body).unwrap();
        let mut answer = key.seal(&mut rng, &RealmReply::Stored);
        let at = bit % (answer.len() * 8);
        answer[at / 8] ^= 1 << (at % 8);
        prop_assert!(pending.open(&answer).is_err());
    }

    #[test]
    fn noise_is_refused(noise in prop::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(realm(1).open(&noise).is_err());
    }
}
