//! Hands a shared key to other realms without ever putting it together (PROTOCOL section 4, resharing): each of `t` holders
//! deals its share anew, with Feldman's commitments, and whoever gets a part of each combines them to a share of its own.
use crate::{
    group::{decode_element, encode_element},
    key::{Key, KeyShare, deal_with},
    threshold::{check_shares, lagrange},
};
use alloc::vec::Vec;
use curve25519_dalek::{RistrettoPoint, Scalar};
use vestibule_core::ids::Digest;

/// What one holder dealt.
#[derive(Debug)]
pub struct Dealt {
    /// Public parts of the coefficients, from the constant on: the first is the holder's public share.
    pub commitments: Vec<Digest>,
    /// A part for each new holder, by index from 1.
    pub parts: Vec<KeyShare>,
}

/// What one holder says it dealt: its index, and its commitments.
pub type Commitments<'a> = (u8, &'a [Digest]);

/// Deals a share anew, as the constant of a polynomial with these coefficients of x, x², ...: as many as the new threshold
/// less one. `None` if a part would be zero (probability 2^-252): other coefficients are needed.
pub fn redeal(share: &Key, coefficients: &[Key], count: u8) -> Option<Dealt> {
    let parts = deal_with(share, coefficients, count)?;
    let commitments = core::iter::once(share).chain(coefficients).map(Key::public).collect();
    Some(Dealt { commitments, parts })
}

/// Why dealings do not make a new sharing of the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReshareError {
    /// Not exactly as many dealings as the old threshold, or an index that is not one of the old ones, or twice.
    #[error("not one dealing of each of as many old holders as are needed")]
    Dealers,
    /// This old holder dealt something else than its share, or for another threshold, or its part does not fit what it
    /// committed to.
    #[error("what old holder {0} dealt does not hold")]
    Dealer(u8),
    /// Together they make no sharing of the key, though each holds: the old public shares did not belong to it.
    #[error("the dealings do not make shares of the key")]
    Key,
}

/// The commitments of exactly `old_threshold` of the old holders, each beginning with its public share, as elements.
fn decode(
    dealings: &[Commitments<'_>],
    old_publics: &[Digest],
    old_threshold: u8,
    threshold: u8,
) -> Result<Vec<(u8, Vec<RistrettoPoint>)>, ReshareError> {
    if dealings.len() != usize::from(old_threshold) || threshold == 0 {
        return Err(ReshareError::Dealers);
    }
    let mut decoded: Vec<(u8, Vec<RistrettoPoint>)> = Vec::with_capacity(dealings.len());
    for (dealer, commitments) in dealings {
        let public = usize::from(*dealer).checked_sub(1).and_then(|at| old_publics.get(at));
        let public = public.filter(|_| !decoded.iter().any(|(known, _)| known == dealer));
        let public = public.ok_or(ReshareError::Dealers)?;
        let fits = commitments.len() == usize::from(threshold) && commitments.first() == Some(public);
        let points = commitments.iter().map(decode_element).collect::<Option<Vec<_>>>();
        decoded.push((*dealer, points.filter(|_| fits).ok_or(ReshareError::Dealer(*dealer))?));
    }
    Ok(decoded)
}

/// The public part of what goes to the new holder `index`.
fn promised(commitments: &[RistrettoPoint], index: u8) -> RistrettoPoint {
    let x = Scalar::from(index);
    commitments.iter().rev().fold(RistrettoPoint::default(), |sum, c| sum * x + c)
}

/// The public shares of the new holders, by index from 1, from what `old_threshold` old holders committed to: checked to
/// begin with their public shares, and to make a sharing of the same public key.
pub fn new_publics(
    dealings: &[Commitments<'_>],
    old_publics: &[Digest],
    old_threshold: u8,
    threshold: u8,
    count: u8,
    public: &Digest,
) -> Result<Vec<Digest>, ReshareError> {
    let dealings = decode(dealings, old_publics, old_threshold, threshold)?;
    let dealers: Vec<u8> = dealings.iter().map(|(dealer, _)| *dealer).collect();
    let mut shares = Vec::with_capacity(count.into());
    for index in 1..=count {
        let mut sum = RistrettoPoint::default();
        for (dealer, commitments) in &dealings {
            let weight = lagrange(&dealers, *dealer, 0).ok_or(ReshareError::Dealers)?;
            sum += promised(commitments, index) * weight;
        }
        shares.push(encode_element(&sum));
    }
    check_shares(threshold, &shares, public).map_err(|_| ReshareError::Key)?;
    Ok(shares)
}

/// A new holder's share from the parts that it was dealt, in the order of `dealings`: each must fit what its dealer
/// committed to.
pub fn combine_parts(
    dealings: &[Commitments<'_>],
    parts: &[Key],
    old_publics: &[Digest],
    old_threshold: u8,
    threshold: u8,
    index: u8,
) -> Result<Key, ReshareError> {
    let dealings = decode(dealings, old_publics, old_threshold, threshold)?;
    if parts.len() != dealings.len() || index == 0 {
        return Err(ReshareError::Dealers);
    }
    let dealers: Vec<u8> = dealings.iter().map(|(dealer, _)| *dealer).collect();
    let mut sum = Scalar::ZERO;
    for ((dealer, commitments), part) in dealings.iter().zip(parts) {
        if RistrettoPoint::mul_base(&part.0) != promised(commitments, index) {
            return Err(ReshareError::Dealer(*dealer));
        }
        sum += part.0 * lagrange(&dealers, *dealer, 0).ok_or(ReshareError::Dealers)?;
    }
    if sum == Scalar::ZERO { Err(ReshareError::Key) } else { Ok(Key(sum)) }
}
