//! A realm's side: evaluate a blinded element with a proof, or an input that the server knows.
use crate::{
    client::{InvalidInput, Output, finalize},
    dleq,
    group::{decode_element, encode_element, hash_to_group},
    key::Key,
};
use curve25519_dalek::{Scalar, traits::IsIdentity};
use rand_core::CryptoRng;
use vestibule_core::ids::Digest;

/// The blinded element is not canonical, or is the identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid blinded element")]
pub struct InvalidElement;

/// Evaluates a blinded element: the evaluated element and the proof under `key.public()`.
pub fn evaluate(
    rng: &mut (impl CryptoRng + ?Sized),
    key: &Key,
    blinded: &Digest,
) -> Result<(Digest, [u8; dleq::PROOF_BYTES]), InvalidElement> {
    evaluate_with(key, blinded, &Scalar::random(rng))
}

pub(crate) fn evaluate_with(
    key: &Key,
    blinded: &Digest,
    random: &Scalar,
) -> Result<(Digest, [u8; dleq::PROOF_BYTES]), InvalidElement> {
    let element = encode_element(&(decode_element(blinded).ok_or(InvalidElement)? * key.0));
    let proof = dleq::prove(&key.0, &key.public(), blinded, &element, random).ok_or(InvalidElement)?;
    Ok((element, proof))
}

/// `Evaluate` (RFC 9497 section 3.3.1): the output for an input that the key's holder knows, without blinding.
pub fn evaluate_direct(key: &Key, input: &[u8]) -> Result<Output, InvalidInput> {
    let element = hash_to_group(input);
    if element.is_identity() {
        return Err(InvalidInput);
    }
    finalize(input, &(element * key.0)).ok_or(InvalidInput)
}
