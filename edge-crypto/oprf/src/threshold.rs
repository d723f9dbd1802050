//! Lagrange interpolation in the exponent, and the check that public shares belong to one key.
use crate::group::decode_element;
use alloc::vec::Vec;
use curve25519_dalek::{RistrettoPoint, Scalar};
use vestibule_core::ids::Digest;

/// Lagrange coefficient of `index` among `indices`, evaluated at `at`. `None` if an index is zero or repeated.
pub(crate) fn lagrange(indices: &[u8], index: u8, at: u8) -> Option<Scalar> {
    let x = Scalar::from(index);
    let at = Scalar::from(at);
    let (mut numerator, mut denominator, mut own) = (Scalar::ONE, Scalar::ONE, 0);
    for &other in indices {
        if other == 0 {
            return None;
        }
        if other == index {
            own += 1;
            continue;
        }
        let other = Scalar::from(other);
        numerator *= at - other;
        denominator *= x - other;
    }
    (own == 1).then(|| numerator * denominator.invert())
}

/// The value at `at` of the polynomial in the exponent through `points`.
pub(crate) fn interpolate(points: &[(u8, RistrettoPoint)], at: u8) -> Option<RistrettoPoint> {
    let indices: Vec<u8> = points.iter().map(|(index, _)| *index).collect();
    let mut sum = RistrettoPoint::default();
    for (index, point) in points {
        sum += point * lagrange(&indices, *index, at)?;
    }
    Some(sum)
}

/// The public shares do not belong to the public key with this threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InconsistentShares {
    /// The threshold is zero, or there are fewer shares than it asks for, or more than 255.
    #[error("threshold and number of public shares do not fit")]
    Threshold,
    /// The public key, or the share with this index, is not an element, or is the identity.
    #[error("public share {0} is not a valid element (0 is the public key)")]
    Element(u8),
    /// The public key (0), or the share with this index, is not on the polynomial of the first shares.
    #[error("public share {0} does not belong to the others (0 is the public key)")]
    Mismatch(u8),
}

/// Checks that `shares`, by index from 1, and `public` lie on one polynomial of degree `threshold - 1`: then every
/// `threshold` of them evaluate to the same output.
pub fn check_shares(threshold: u8, shares: &[Digest], public: &Digest) -> Result<(), InconsistentShares> {
    let needed = usize::from(threshold);
    if needed == 0 || shares.len() < needed || shares.len() > usize::from(u8::MAX) {
        return Err(InconsistentShares::Threshold);
    }
    let public = decode_element(public).ok_or(InconsistentShares::Element(0))?;
    let points = (1..=u8::MAX)
        .zip(shares)
        .map(|(index, share)| Ok((index, decode_element(share).ok_or(InconsistentShares::Element(index))?)))
        .collect::<Result<Vec<_>, _>>()?;
    let (basis, rest) = points.split_at(needed);
    for (index, point) in rest.iter().chain(&[(0, public)]) {
        if interpolate(basis, *index).as_ref() != Some(point) {
            return Err(InconsistentShares::Mismatch(*index));
        }
    }
    Ok(())
}
