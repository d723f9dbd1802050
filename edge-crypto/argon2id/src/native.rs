//! Off the browser: the `argon2` crate, which uses AVX2 where there is some.
use crate::{Error, Params};
use alloc::vec::Vec;
use argon2::{Algorithm, Argon2, Block, Version};

pub(crate) fn hash(
    password: &[u8],
    salt: &[u8],
    params: Params,
    out: &mut [u8],
    progress: &mut dyn FnMut(u32, u32),
) -> Result<(), Error> {
    let params = argon2::Params::new(params.memory_kib, params.passes, 1, Some(out.len()))
        .map_err(|_| Error::Parameters)?;
    progress(0, 1);
    let mut memory: Vec<Block> = Vec::new();
    memory.try_reserve_exact(params.block_count()).map_err(|_| Error::OutOfMemory)?;
    memory.resize(params.block_count(), Block::new());
    let result = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into_with_memory(
        password,
        salt,
        out,
        &mut memory,
    );
    // The crate leaves its memory as it is; the barrier keeps the wiping from being optimised away.
    memory.fill(Block::new());
    zeroize::optimization_barrier(memory.as_slice());
    result.map_err(|_| Error::Parameters)?;
    progress(1, 1);
    Ok(())
}
