//! The client's side: blind an input, verify and combine the realms' answers.
use crate::{
    dleq,
    group::{decode_element, encode_element, hash_to_group, length},
    threshold::interpolate,
};
use alloc::vec::Vec;
use core::fmt;
use curve25519_dalek::{RistrettoPoint, Scalar, traits::IsIdentity};
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha512};
use vestibule_core::{ids::Digest, wire::realm::Evaluated};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The OPRF's output: 64 bytes, known only to whoever knows the input. Wiped on drop.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Output(pub(crate) [u8; 64]);

impl Output {
    /// The bytes, as input of a key derivation.
    pub fn expose(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Output(..)")
    }
}

/// What the client keeps until the answers are there. Wiped on drop.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct BlindState {
    input: Vec<u8>,
    blind: Scalar,
    #[zeroize(skip)]
    blinded: Digest,
}

impl BlindState {
    /// The blind, a canonical scalar. Together with the input and the realms' answers it shows anyone what the output is
    /// ([`reblind`]); alone it says nothing.
    pub fn expose_blind(&self) -> Digest {
        Digest(self.blind.to_bytes())
    }
}

impl fmt::Debug for BlindState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlindState(..)")
    }
}

/// The input is longer than 65,535 bytes, or hashes to the identity (probability 2^-252).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("input cannot be evaluated")]
pub struct InvalidInput;

/// Blinds an input. The first part, a ristretto255 element, goes to the realms and says nothing about the input.
pub fn blind(
    rng: &mut (impl CryptoRng + ?Sized),
    input: &[u8],
) -> Result<(Digest, BlindState), InvalidInput> {
    let scalar = loop {
        let scalar = Scalar::random(rng);
        if scalar != Scalar::ZERO {
            break scalar;
        }
    };
    blind_with(scalar, input)
}

/// Blinds an input as someone else did, to check what came of it: with the answers and their proofs
/// [`verify_and_combine`] then gives the same output.
pub fn reblind(blind: &Digest, input: &[u8]) -> Result<BlindState, InvalidInput> {
    let blind: Option<Scalar> = Scalar::from_canonical_bytes(blind.0).into();
    let blind = blind.filter(|scalar| *scalar != Scalar::ZERO).ok_or(InvalidInput)?;
    blind_with(blind, input).map(|(_, state)| state)
}

pub(crate) fn blind_with(blind: Scalar, input: &[u8]) -> Result<(Digest, BlindState), InvalidInput> {
    length(input).ok_or(InvalidInput)?;
    let element = hash_to_group(input);
    if element.is_identity() {
        return Err(InvalidInput);
    }
    let blinded = encode_element(&(element * blind));
    Ok((blinded, BlindState { input: input.to_vec(), blind, blinded }))
}

/// Why the realms' answers give no output. Numbers are the index of the realm that lied or erred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CombineError {
    /// Fewer answers than the threshold, or a threshold of zero.
    #[error("fewer answers than the threshold")]
    TooFew,
    /// An index is zero or named twice.
    #[error("index {0} is zero or repeated")]
    Index(u8),
    /// The public share in the directory is not an element, or is the identity.
    #[error("public share of realm {0} is invalid")]
    PublicShare(u8),
    /// The answer is not an element, or is the identity.
    #[error("answer of realm {0} is not a valid element")]
    Element(u8),
    /// The answer was not made with the key behind the realm's public share.
    #[error("proof of realm {0} does not hold")]
    Proof(u8),
    /// The public shares of these realms do not interpolate to the public key.
    #[error("public shares do not belong to the public key")]
    GroupKey,
}

/// Verifies every answer against its realm's public share, combines the first `threshold` of them, and unblinds.
///
/// All answers must hold, those beyond the threshold too: the error names the realm, so that the caller can tell the
/// user and try again without it.
pub fn verify_and_combine(
    state: &BlindState,
    threshold: u8,
    answers: &[(u8, Digest, Evaluated)],
    group_public: &Digest,
) -> Result<Output, CombineError> {
    let needed = usize::from(threshold);
    if needed == 0 || answers.len() < needed {
        return Err(CombineError::TooFew);
    }
    let mut publics: Vec<(u8, RistrettoPoint)> = Vec::with_capacity(answers.len());
    let mut elements = Vec::with_capacity(answers.len());
    for (index, public, answer) in answers {
        let index = *index;
        if index == 0 || publics.iter().any(|(seen, _)| *seen == index) {
            return Err(CombineError::Index(index));
        }
        publics.push((index, decode_element(public).ok_or(CombineError::PublicShare(index))?));
        elements.push((index, decode_element(&answer.element).ok_or(CombineError::Element(index))?));
        dleq::verify(public, &state.blinded, &answer.element, &answer.proof)
            .ok_or(CombineError::Proof(index))?;
    }
    let public = interpolate(&publics[..needed], 0).ok_or(CombineError::GroupKey)?;
    if public.is_identity() || encode_element(&public) != *group_public {
        return Err(CombineError::GroupKey);
    }
    let evaluated = interpolate(&elements[..needed], 0).ok_or(CombineError::GroupKey)?;
    finalize(&state.input, &(evaluated * state.blind.invert())).ok_or(CombineError::GroupKey)
}

/// The last hash of `Finalize` (RFC 9497 section 3.3.1).
pub(crate) fn finalize(input: &[u8], element: &RistrettoPoint) -> Option<Output> {
    let output = Sha512::new()
        .chain_update(length(input)?)
        .chain_update(input)
        .chain_update([0, 32])
        .chain_update(encode_element(element).0)
        .chain_update(b"Finalize")
        .finalize();
    Some(Output(output.into()))
}
