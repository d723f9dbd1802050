//! Our own formats: `edge-crypto/vectors/*.json`. Made once from fixed randomness, then never again: a change of a byte is a
//! change of a format. Each case is checked both ways: the inputs and the randomness give the very bytes, and the bytes open.
pub(crate) mod catalog;
pub(crate) mod directory;
pub(crate) mod keys;
pub(crate) mod locator;
pub(crate) mod offline;
pub(crate) mod pin;
pub(crate) mod platform;
pub(crate) mod realm;
pub(crate) mod registration;
pub(crate) mod reshare;
pub(crate) mod seal;
pub(crate) mod shamir;
pub(crate) mod signed;
pub(crate) mod wrap;

#[cfg(test)]
mod make;

/// The text of a file in `edge-crypto/vectors`.
macro_rules! own_vectors {
    ($name:literal) => {
        include_str!(concat!("../../../vectors/", $name, ".json"))
    };
}
pub(crate) use own_vectors;
