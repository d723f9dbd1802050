//! Both halves count, each signer once, each namespace for itself.
use crate::{
    VerifyError, VerifyingKey,
    testing::{TestKey, sign_all},
    verify,
};
use alloc::{vec, vec::Vec};
use vestibule_core::{
    bytes::Bytes,
    suite::Suite,
    wire::envelope::{SIGNATURE_BYTES, Signature, Signed},
};
use vestibule_suite::sha256;

type Body = (Suite, u32);
const BODY: Body = (Suite::V1, 7);
const NS: &str = "manifest";

fn parse(key: &TestKey) -> VerifyingKey {
    VerifyingKey::from_bytes(&key.public).unwrap()
}

fn check(signed: &Signed, keys: &[&TestKey], threshold: usize) -> Result<Body, VerifyError> {
    let keys: Vec<_> = keys.iter().map(|key| parse(key)).collect();
    verify::<Body>(signed, NS, &keys, threshold).map(crate::Verified::into_inner)
}

fn with_signature(signed: &Signed, signature: Vec<u8>) -> Signed {
    let signer = signed.signatures[0].signer;
    Signed { signatures: vec![Signature { signer, signature: Bytes(signature) }], ..signed.clone() }
}

#[test]
fn a_good_signature_holds() {
    let key = TestKey::new(1);
    let signed = key.sign(NS, &BODY);
    assert_eq!(signed.signatures[0].signature.len(), SIGNATURE_BYTES);
    let verified = verify::<Body>(&signed, NS, &[parse(&key)], 1).unwrap();
    assert_eq!(*verified, BODY);
    assert_eq!(verified.digest(), sha256(&[&signed.body]));
    assert_eq!(parse(&key).hash(), key.hash());
}

#[test]
fn each_half_alone_is_refused() {
    let (key, other) = (TestKey::new(1), TestKey::new(2));
    let signed = key.sign(NS, &BODY);
    let (ed25519, ml_dsa) = key.halves(NS, &signed.body);
    let (foreign_ed25519, foreign_ml_dsa) = other.halves(NS, &signed.body);
    // Halves that hold for another body: what a break of one algorithm alone could not give for this one.
    let (old_ed25519, old_ml_dsa) = key.halves(NS, b"another body");
    for (name, halves) in [
        ("foreign Ed25519", [&foreign_ed25519, &ml_dsa]),
        ("foreign ML-DSA", [&ed25519, &foreign_ml_dsa]),
        ("Ed25519 of another body", [&old_ed25519, &ml_dsa]),
        ("ML-DSA of another body", [&ed25519, &old_ml_dsa]),
        ("no Ed25519", [&vec![0; 64], &ml_dsa]),
        ("no ML-DSA", [&ed25519, &vec![0; 3309]]),
    ] {
        let signed = with_signature(&signed, [&halves[0][..], halves[1]].concat());
        assert_eq!(check(&signed, &[&key], 1), Err(VerifyError::BadSignature), "{name}");
    }
    let good = with_signature(&signed, [ed25519, ml_dsa].concat());
    assert_eq!(check(&good, &[&key], 1), Ok(BODY));
}

#[test]
fn halves_of_two_keys_make_no_key() {
    // A server joins the Ed25519 half of one admitted key with the ML-DSA half of another: a key of another name.
    let (one, two) = (TestKey::new(1), TestKey::new(2));
    let joined = [&one.public[..32], &two.public[32..]].concat();
    let joined = VerifyingKey::from_bytes(&joined).unwrap();
    assert!(joined.hash() != one.hash() && joined.hash() != two.hash());
    let signed = one.sign(NS, &BODY);
    assert_eq!(verify::<Body>(&signed, NS, &[joined], 1).unwrap_err(), VerifyError::WrongSigner);
}

#[test]
fn every_bit_of_a_signature_counts() {
    let key = TestKey::new(1);
    let signed = key.sign(NS, &BODY);
    let good = signed.signatures[0].signature.0.clone();
    // Every byte of Ed25519, and of ML-DSA the commitment hash, parts of z and the hints at the end.
    let places = (0..64)
        .chain(64..112)
        .chain((112..SIGNATURE_BYTES).step_by(97))
        .chain(SIGNATURE_BYTES - 61..SIGNATURE_BYTES);
    for at in places {
        let mut bad = good.clone();
        bad[at] ^= 1;
        assert_eq!(check(&with_signature(&signed, bad), &[&key], 1), Err(VerifyError::BadSignature), "{at}");
    }
}

#[test]
fn lengths_of_signatures() {
    let key = TestKey::new(1);
    let signed = key.sign(NS, &BODY);
    for len in [0, 63, 64, SIGNATURE_BYTES - 1, SIGNATURE_BYTES + 1] {
        let mut signature = signed.signatures[0].signature.0.clone();
        signature.resize(len, 0);
        assert_eq!(check(&with_signature(&signed, signature), &[&key], 1), Err(VerifyError::BadSignature));
    }
}

#[test]
fn another_namespace_or_body() {
    let key = TestKey::new(1);
    let signed = key.sign("catalog", &BODY);
    assert_eq!(check(&signed, &[&key], 1), Err(VerifyError::WrongNamespace));
    // Renamed by the server.
    let renamed = Signed { namespace: NS.into(), ..signed };
    assert_eq!(check(&renamed, &[&key], 1), Err(VerifyError::BadSignature));
    let mut altered = key.sign(NS, &BODY);
    altered.body.0[2] ^= 1;
    assert_eq!(check(&altered, &[&key], 1), Err(VerifyError::BadSignature));
}

#[test]
fn thresholds_count_distinct_admitted_signers() {
    let [a, b, c, stranger] = [1, 2, 3, 4].map(TestKey::new);
    let admitted = [&a, &b, &c];
    let by = |keys: &[&TestKey]| sign_all(keys, NS, &BODY);
    assert_eq!(check(&by(&[&a, &b]), &admitted, 2), Ok(BODY));
    assert_eq!(check(&by(&[&c, &a, &b]), &admitted, 2), Ok(BODY));
    assert_eq!(check(&by(&[&a]), &admitted, 2), Err(VerifyError::TooFew));
    assert_eq!(check(&by(&[]), &admitted, 0), Err(VerifyError::TooFew));
    assert_eq!(check(&by(&[&a, &a]), &admitted, 2), Err(VerifyError::WrongSigner));
    assert_eq!(check(&by(&[&a, &stranger]), &admitted, 2), Err(VerifyError::WrongSigner));
    assert_eq!(check(&by(&[&a]), &[], 1), Err(VerifyError::WrongSigner));
    // One good signature does not carry a bad one.
    let mut one_bad = by(&[&a, &b]);
    one_bad.signatures[1].signature.0[0] ^= 1;
    assert_eq!(check(&one_bad, &admitted, 1), Err(VerifyError::BadSignature));
    // A stranger's signature under an admitted name.
    let mut renamed = by(&[&stranger]);
    renamed.signatures[0].signer = a.hash();
    assert_eq!(check(&renamed, &admitted, 1), Err(VerifyError::BadSignature));
}

#[test]
fn bodies_are_read_strictly_and_only_after_the_signature() {
    let key = TestKey::new(1);
    let sign_bytes = |body: &[u8]| Signed {
        suite: Suite::V1,
        namespace: NS.into(),
        body: Bytes(body.to_vec()),
        signatures: vec![key.signature(NS, body)],
    };
    assert_eq!(check(&sign_bytes(&[0x82, 0x01, 0x07]), &[&key], 1), Ok(BODY));
    assert_eq!(check(&sign_bytes(&[0x82, 0x01, 0x18, 0x07]), &[&key], 1), Err(VerifyError::Malformed));
    assert_eq!(check(&sign_bytes(&[0x82, 0x02, 0x07]), &[&key], 1), Err(VerifyError::UnknownSuite));
    let mut unsigned = sign_bytes(&[0x82, 0x02, 0x07]);
    unsigned.signatures[0].signature.0[0] ^= 1;
    assert_eq!(check(&unsigned, &[&key], 1), Err(VerifyError::BadSignature));
}

#[test]
fn keys_that_are_none() {
    let key = TestKey::new(1);
    assert!(VerifyingKey::from_bytes(&key.public[1..]).is_err());
    assert!(VerifyingKey::from_bytes(&[&key.public[..], &[0]].concat()).is_err());
    // Small order and points written in two ways: `vestibule-kat` has the list.
    let mut identity = key.public.clone();
    identity[..32].fill(0);
    identity[0] = 1;
    assert!(VerifyingKey::from_bytes(&identity).is_err());
}
