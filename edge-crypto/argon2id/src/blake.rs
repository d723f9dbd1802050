//! `BLAKE2b` with any output length, and the variable-length hash H' of RFC 9106 section 3.3.
use blake2::{
    Blake2bVarCore,
    digest::{
        array::Array,
        block_api::{UpdateCore, VariableOutputCore},
        block_buffer::LazyBuffer,
    },
};
use zeroize::{Zeroize as _, Zeroizing};

/// `BLAKE2b` of the concatenation of `parts`; fills `out`, 1 to 64 bytes. `None` for any other length.
pub(crate) fn blake2b(parts: &[&[u8]], out: &mut [u8]) -> Option<()> {
    let mut core = Blake2bVarCore::new(out.len()).ok()?;
    let mut buffer = LazyBuffer::new(&[]);
    for part in parts {
        buffer.digest_blocks(part, |blocks| core.update_blocks(blocks));
    }
    let mut full = Array::default();
    core.finalize_variable_core(&mut buffer, &mut full);
    out.copy_from_slice(full.get(..out.len())?);
    full.zeroize();
    Some(())
}

/// H' over the concatenation of `parts`; fills `out`, 1 byte or more.
pub(crate) fn long_hash(parts: [&[u8]; 3], out: &mut [u8]) -> Option<()> {
    let length = u32::try_from(out.len()).ok()?.to_le_bytes();
    let [first, second, third] = parts;
    let parts = [length.as_slice(), first, second, third];
    if out.len() <= 64 {
        return blake2b(&parts, out);
    }
    let mut v = Zeroizing::new([0; 64]);
    blake2b(&parts, v.as_mut())?;
    let mut rest = out;
    loop {
        let (chunk, tail) = rest.split_at_mut(32);
        chunk.copy_from_slice(&v[..32]);
        if tail.len() <= 64 {
            return blake2b(&[v.as_ref()], tail);
        }
        let previous = v.clone();
        blake2b(&[previous.as_ref()], v.as_mut())?;
        rest = tail;
    }
}
