//! ML-KEM-768 (FIPS 203).
use super::public_vectors;
use crate::vector::{Hex, Verdict, count, tests};
use ml_kem::{
    B32, KeyExport,
    array::Array,
    kem::Decapsulate,
    ml_kem_768::{DecapsulationKey, EncapsulationKey},
};
use serde::Deserialize;
use vestibule_suite::hazmat::ml_kem_decapsulate;

fn keygen(d: &[u8], z: &[u8]) -> DecapsulationKey {
    let seed: [u8; 64] = [d, z].concat().try_into().unwrap();
    DecapsulationKey::from_seed(Array(seed))
}

fn encapsulation_key(bytes: &[u8]) -> Option<EncapsulationKey> {
    EncapsulationKey::new(bytes.try_into().ok()?).ok()
}

#[derive(Deserialize)]
struct KeyGen {
    id: u32,
    d: Hex,
    z: Hex,
    ek: Hex,
}

pub(crate) fn acvp_keygen() -> u32 {
    let cases: Vec<KeyGen> = tests(public_vectors!("acvp_mlkem_768_keygen"));
    for case in &cases {
        let ek = keygen(&case.d, &case.z).encapsulation_key().to_bytes();
        assert_eq!(Hex::from(ek), case.ek, "{}", case.id);
    }
    count(&cases)
}

#[derive(Deserialize)]
struct Decaps {
    id: u32,
    result: Verdict,
    seed: Hex,
    ek: Option<Hex>,
    c: Hex,
    #[serde(rename = "K")]
    k: Option<Hex>,
}

pub(crate) fn wycheproof_decaps() -> u32 {
    let cases: Vec<Decaps> = tests(public_vectors!("wycheproof_mlkem_768"));
    for case in &cases {
        let shared = (|| {
            let seed: [u8; 64] = case.seed.0.clone().try_into().ok()?;
            let dk = DecapsulationKey::from_seed(Array(seed));
            if let Some(ek) = &case.ek {
                assert_eq!(&Hex::from(dk.encapsulation_key().to_bytes()), ek, "{}", case.id);
            }
            let shared = Hex::from(dk.decapsulate(case.c.as_ref().try_into().ok()?));
            assert_eq!(Hex::from(ml_kem_decapsulate(&seed, case.c.as_ref())?), shared, "{}", case.id);
            Some(shared)
        })();
        match case.result {
            Verdict::Valid => assert_eq!(shared, case.k, "{}", case.id),
            _ => assert_eq!(shared, None, "{}", case.id),
        }
    }
    count(&cases)
}

#[derive(Deserialize)]
struct Encaps {
    id: u32,
    result: Verdict,
    m: Hex,
    ek: Hex,
    c: Hex,
    #[serde(rename = "K")]
    k: Hex,
}

/// The same, without a verdict: all are valid.
#[derive(Deserialize)]
struct AcvpEncaps {
    id: u32,
    m: Hex,
    ek: Hex,
    c: Hex,
    #[serde(rename = "K")]
    k: Hex,
}

pub(crate) fn acvp_encaps() -> u32 {
    let cases: Vec<AcvpEncaps> = tests(public_vectors!("acvp_mlkem_768_encaps"));
    for case in &cases {
        let ek = encapsulation_key(&case.ek).unwrap();
        let (c, shared) = ek.encapsulate_deterministic(&B32::from(case.m.array::<32>()));
        assert_eq!((Hex::from(c), Hex::from(shared)), (case.c.clone(), case.k.clone()), "{}", case.id);
    }
    count(&cases)
}

pub(crate) fn wycheproof_encaps() -> u32 {
    let cases: Vec<Encaps> = tests(public_vectors!("wycheproof_mlkem_768_encaps"));
    for case in &cases {
        let result = encapsulation_key(&case.ek)
            .map(|ek| ek.encapsulate_deterministic(&B32::from(case.m.array::<32>())));
        match case.result {
            Verdict::Valid => {
                let (c, shared) = result.unwrap();
                assert_eq!(
                    (Hex::from(c), Hex::from(shared)),
                    (case.c.clone(), case.k.clone()),
                    "{}",
                    case.id
                );
            }
            _ => assert!(result.is_none(), "{}", case.id),
        }
    }
    count(&cases)
}
