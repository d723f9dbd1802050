//! The compression function G in plain 64-bit arithmetic.
#![expect(clippy::inline_always, reason = "called 16 times for each KiB of a hash over 640 MiB")]
use crate::fill::{self, BLOCK_BYTES};

/// 128 words.
#[derive(Clone, Copy)]
pub(crate) struct Block([u64; BLOCK_BYTES / 8]);

impl fill::Block for Block {
    const ZERO: Self = Self([0; BLOCK_BYTES / 8]);

    fn from_bytes(bytes: &[u8; BLOCK_BYTES]) -> Self {
        let mut block = Self::ZERO;
        for (word, chunk) in block.0.iter_mut().zip(bytes.as_chunks().0) {
            *word = u64::from_le_bytes(*chunk);
        }
        block
    }

    fn to_bytes(self) -> [u8; BLOCK_BYTES] {
        let mut bytes = [0; BLOCK_BYTES];
        for (chunk, word) in bytes.as_chunks_mut().0.iter_mut().zip(self.0) {
            *chunk = word.to_le_bytes();
        }
        bytes
    }

    #[inline]
    fn word(&self, index: usize) -> u64 {
        self.0[index]
    }

    #[inline]
    fn compress<const XOR: bool>(scratch: &mut Self, previous: &Self, reference: &Self, next: &mut Self) {
        for row in 0..8 {
            let mut v = [0; 16];
            for (i, v) in v.iter_mut().enumerate() {
                let at = 16 * row + i;
                *v = previous.0[at] ^ reference.0[at];
                next.0[at] = if XOR { next.0[at] ^ *v } else { *v };
            }
            permute(&mut v);
            scratch.0[16 * row..][..16].copy_from_slice(&v);
        }
        for column in 0..8 {
            let at = |i: usize| 2 * column + 16 * (i / 2) + i % 2;
            let mut v = [0; 16];
            for (i, v) in v.iter_mut().enumerate() {
                *v = scratch.0[at(i)];
            }
            permute(&mut v);
            for (i, v) in v.iter().enumerate() {
                next.0[at(i)] ^= v;
            }
        }
    }
}

/// P: the `BLAKE2b` round with multiplications (RFC 9106 section 3.6).
#[inline(always)]
fn permute(v: &mut [u64; 16]) {
    for [a, b, c, d] in [
        [0, 4, 8, 12],
        [1, 5, 9, 13],
        [2, 6, 10, 14],
        [3, 7, 11, 15],
        [0, 5, 10, 15],
        [1, 6, 11, 12],
        [2, 7, 8, 13],
        [3, 4, 9, 14],
    ] {
        v[a] = mix(v[a], v[b]);
        v[d] = (v[d] ^ v[a]).rotate_right(32);
        v[c] = mix(v[c], v[d]);
        v[b] = (v[b] ^ v[c]).rotate_right(24);
        v[a] = mix(v[a], v[b]);
        v[d] = (v[d] ^ v[a]).rotate_right(16);
        v[c] = mix(v[c], v[d]);
        v[b] = (v[b] ^ v[c]).rotate_right(63);
    }
}

/// `x + y + 2 * low(x) * low(y)`.
#[inline(always)]
fn mix(x: u64, y: u64) -> u64 {
    const LOW: u64 = 0xffff_ffff;
    x.wrapping_add(y).wrapping_add(2u64.wrapping_mul((x & LOW).wrapping_mul(y & LOW)))
}
