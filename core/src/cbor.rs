//! Deterministic CBOR (RFC 8949 section 4.2.1) for everything that is signed or sealed.
use alloc::vec::Vec;
use minicbor::{Decode, Encode};

/// The bytes are not the deterministic encoding of the expected type. Coarse on purpose: peer data gets no oracle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the deterministic encoding of the expected type")]
pub struct Malformed;

/// Encodes a value. Our types write only definite lengths and shortest integers, which is the deterministic form.
pub fn to_vec<T: Encode<()>>(value: &T) -> Vec<u8> {
    // A Vec as sink cannot fail, and no Encode of ours returns an error of its own.
    minicbor::to_vec(value).unwrap_or_default()
}

/// Decodes exactly one value: no trailing bytes, and only the encoding that [`to_vec`] would have written.
pub fn from_slice<'b, T: Decode<'b, ()> + Encode<()>>(bytes: &'b [u8]) -> Result<T, Malformed> {
    let value = minicbor::decode::<T>(bytes).map_err(|_| Malformed)?;
    if to_vec(&value) == bytes { Ok(value) } else { Err(Malformed) }
}
