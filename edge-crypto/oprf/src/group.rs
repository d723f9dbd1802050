//! ristretto255 with SHA-512 as RFC 9497 section 4.1 uses it: encodings, hash to group, hash to scalar.
use curve25519_dalek::{RistrettoPoint, Scalar, ristretto::CompressedRistretto, traits::IsIdentity};
use sha2::{Digest as _, Sha512};
use vestibule_core::ids::Digest;

/// `"OPRFV1-" || I2OSP(modeVOPRF, 1) || "-" || identifier` (RFC 9497 section 3.1).
pub(crate) const CONTEXT: &[u8] = b"OPRFV1-\x01-ristretto255-SHA512";

/// An element as received: canonical and not the identity (RFC 9497 section 4.1, `DeserializeElement`).
pub(crate) fn decode_element(bytes: &Digest) -> Option<RistrettoPoint> {
    CompressedRistretto(bytes.0).decompress().filter(|point| !point.is_identity())
}

/// `SerializeElement`.
pub(crate) fn encode_element(point: &RistrettoPoint) -> Digest {
    Digest(point.compress().to_bytes())
}

/// `HashToGroup`; the identity comes out with a probability of 2^-252 and is left to the caller.
pub(crate) fn hash_to_group(input: &[u8]) -> RistrettoPoint {
    RistrettoPoint::from_uniform_bytes(&expand_message(&[input], b"HashToGroup-"))
}

/// `HashToScalar` with its default tag, over the concatenation of `parts`.
pub(crate) fn hash_to_scalar(parts: &[&[u8]]) -> Scalar {
    Scalar::from_bytes_mod_order_wide(&expand_message(parts, b"HashToScalar-"))
}

/// Length of a domain separation tag made of `purpose` bytes and [`CONTEXT`].
pub(crate) const fn tag_length(purpose: usize) -> u8 {
    let [.., high, low] = (purpose + CONTEXT.len()).to_be_bytes();
    assert!(high == 0);
    low
}

/// `expand_message_xmd` of RFC 9380 section 5.3.1 with SHA-512 and 64 bytes out: one block, so one round. The tag is
/// `purpose` and [`CONTEXT`].
fn expand_message<const N: usize>(message: &[&[u8]], purpose: &[u8; N]) -> [u8; 64] {
    const BLOCK: [u8; 128] = [0; 128];
    const LENGTH: [u8; 2] = [0, 64];
    let tag_length = const { [tag_length(N)] };
    let close = |hash: Sha512| -> [u8; 64] {
        hash.chain_update(purpose).chain_update(CONTEXT).chain_update(tag_length).finalize().into()
    };

    let mut b0 = Sha512::new_with_prefix(BLOCK);
    for part in message {
        b0.update(part);
    }
    let b0 = close(b0.chain_update(LENGTH).chain_update([0]));
    close(Sha512::new_with_prefix(b0).chain_update([1]))
}

/// `I2OSP(len(bytes), 2) || bytes`, as two parts for a hash.
pub(crate) fn length(bytes: &[u8]) -> Option<[u8; 2]> {
    u16::try_from(bytes.len()).ok().map(u16::to_be_bytes)
}
