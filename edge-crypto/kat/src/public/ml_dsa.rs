//! ML-DSA-65 (FIPS 204).
use super::public_vectors;
use crate::vector::{Hex, Verdict, count, tests};
use ml_dsa::{EncodedSignature, ExpandedSigningKey, KeyExport, MlDsa65, Signature, VerifyingKey};
use serde::Deserialize;

fn signing_key(seed: &Hex) -> ExpandedSigningKey<MlDsa65> {
    ExpandedSigningKey::from_seed(&seed.array().into())
}

/// As `vestibule_verify` does it, but with a context, which we leave empty and the vectors do not.
fn holds(public_key: &[u8], message: &[u8], context: &[u8], signature: &[u8]) -> bool {
    let Ok(public_key) = public_key.try_into() else { return false };
    let Ok(signature) = <&EncodedSignature<MlDsa65>>::try_from(signature) else { return false };
    let Some(signature) = Signature::<MlDsa65>::decode(signature) else { return false };
    VerifyingKey::<MlDsa65>::decode(public_key).verify_with_context(message, context, &signature)
}

#[derive(Deserialize)]
struct KeyGen {
    id: u32,
    seed: Hex,
    pk: Hex,
}

pub(crate) fn acvp_keygen() -> u32 {
    let cases: Vec<KeyGen> = tests(public_vectors!("acvp_mldsa_65_keygen"));
    for case in &cases {
        assert_eq!(Hex::from(signing_key(&case.seed).verifying_key().to_bytes()), case.pk, "{}", case.id);
    }
    count(&cases)
}

#[derive(Deserialize)]
struct Verify {
    id: u32,
    result: Verdict,
    #[serde(alias = "publicKey")]
    pk: Hex,
    msg: Hex,
    #[serde(default)]
    ctx: Hex,
    sig: Hex,
}

fn verify(cases: &[Verify]) -> u32 {
    for case in cases {
        let holds = holds(&case.pk, &case.msg, &case.ctx, &case.sig);
        assert_eq!(holds, case.result == Verdict::Valid, "{}", case.id);
    }
    count(cases)
}

pub(crate) fn acvp_sigver() -> u32 {
    verify(&tests::<Verify>(public_vectors!("acvp_mldsa_65_sigver")))
}

pub(crate) fn wycheproof_verify() -> u32 {
    verify(&tests::<Verify>(public_vectors!("wycheproof_mldsa_65_verify")))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sign {
    id: u32,
    private_seed: Hex,
    msg: Hex,
    #[serde(default)]
    ctx: Hex,
    sig: Hex,
}

pub(crate) fn wycheproof_sign() -> u32 {
    let cases: Vec<Sign> = tests(public_vectors!("wycheproof_mldsa_65_sign"));
    for case in &cases {
        let signature = signing_key(&case.private_seed).sign_deterministic(&case.msg, &case.ctx).unwrap();
        assert_eq!(Hex::from(signature.encode()), case.sig, "{}", case.id);
    }
    count(&cases)
}
