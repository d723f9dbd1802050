//! Argon2id v1.3 (RFC 9106), as the suite uses it: one lane, no secret, no associated data.
//!
//! | target | who fills the memory | progress |
//! |---|---|---|
//! | native | the `argon2` crate | start and end |
//! | WASM with simd128 | `simd`, whose multiplications V8 can do in one instruction | 16 steps a pass |
//! | other WASM | `portable` | 16 steps a pass |
//!
//! The `argon2` crate offers no hook between its passes, and a page that waits half a second wants to show how far it is:
//! hence `portable` beside it. All three are held against each other in the tests, natively and in WASM. Whoever fills
//! it, the memory is wiped before it is given back.
#![no_std]
extern crate alloc;

#[cfg(any(test, feature = "kat", target_family = "wasm"))]
mod blake;
#[cfg(any(test, feature = "kat", target_family = "wasm"))]
mod fill;
#[cfg(any(test, feature = "kat"))]
pub mod kat;
#[cfg(not(target_family = "wasm"))]
mod native;
#[cfg(any(test, feature = "kat", all(target_family = "wasm", not(target_feature = "simd128"))))]
mod portable;
#[cfg(all(target_family = "wasm", target_feature = "simd128"))]
mod simd;

/// Cost of one hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Params {
    /// Memory in KiB, 8 or more.
    pub memory_kib: u32,
    /// Passes over the memory, 1 or more.
    pub passes: u32,
}

/// Why nothing was hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Parameters or lengths are outside RFC 9106 section 3.1, or the salt is shorter than 8 bytes.
    #[error("argon2id parameters or lengths out of range")]
    Parameters,
    /// The memory could not be allocated.
    #[error("not enough memory for argon2id")]
    OutOfMemory,
    /// A fault of this crate: an index left the memory.
    #[error("internal fault of argon2id")]
    Internal,
}

/// Fills `out` (4 bytes or more) with Argon2id v1.3 of `password` and `salt` (8 bytes or more).
///
/// `progress(done, total)` is called as the work goes on, with `done` rising from 0 to `total`.
pub fn hash(
    password: &[u8],
    salt: &[u8],
    params: &Params,
    out: &mut [u8],
    progress: &mut dyn FnMut(u32, u32),
) -> Result<(), Error> {
    if salt.len() < 8 {
        return Err(Error::Parameters);
    }
    #[cfg(not(target_family = "wasm"))]
    return native::hash(password, salt, *params, out, progress);
    #[cfg(target_family = "wasm")]
    {
        #[cfg(target_feature = "simd128")]
        type Block = simd::Block;
        #[cfg(not(target_feature = "simd128"))]
        type Block = portable::Block;
        let inputs = fill::Inputs { password, salt, secret: &[], data: &[] };
        fill::hash::<Block>(&inputs, *params, 1, out, progress)
    }
}
