//! The compression function G with 128-bit vectors.
//!
//! Left to itself the compiler turns the 32-bit multiplication of G into `i64x2.mul`, for which V8 needs many
//! instructions. Here one shuffle gathers the low words of two vectors, and `extmul` multiplies them.
//! Loading, xoring and the row round are one loop, so that a block is read and written once.
#![expect(clippy::inline_always, reason = "vectors must stay in registers: a call would spill all eight")]
use crate::fill::{self, BLOCK_BYTES};
use core::arch::wasm32::{
    i32x4_shuffle, i64x2_add, i64x2_shl, i64x2_shuffle, u64x2, u64x2_extmul_high_u32x4,
    u64x2_extmul_low_u32x4, u64x2_extract_lane, u64x2_shr, v128, v128_or, v128_xor,
};

/// 64 vectors of two words.
#[derive(Clone, Copy)]
pub(crate) struct Block([v128; BLOCK_BYTES / 16]);

impl fill::Block for Block {
    const ZERO: Self = Self([u64x2(0, 0); BLOCK_BYTES / 16]);

    fn from_bytes(bytes: &[u8; BLOCK_BYTES]) -> Self {
        let mut block = Self::ZERO;
        for (pair, chunk) in block.0.iter_mut().zip(bytes.as_chunks::<8>().0.as_chunks().0) {
            let [low, high] = chunk.map(u64::from_le_bytes);
            *pair = u64x2(low, high);
        }
        block
    }

    fn to_bytes(self) -> [u8; BLOCK_BYTES] {
        let mut bytes = [0; BLOCK_BYTES];
        for (chunk, pair) in bytes.as_chunks_mut::<8>().0.as_chunks_mut().0.iter_mut().zip(self.0) {
            *chunk = [u64x2_extract_lane::<0>(pair), u64x2_extract_lane::<1>(pair)].map(u64::to_le_bytes);
        }
        bytes
    }

    #[inline]
    fn word(&self, index: usize) -> u64 {
        let pair = self.0[index / 2];
        if index.is_multiple_of(2) { u64x2_extract_lane::<0>(pair) } else { u64x2_extract_lane::<1>(pair) }
    }

    #[inline]
    fn compress<const XOR: bool>(scratch: &mut Self, previous: &Self, reference: &Self, next: &mut Self) {
        for row in 0..8 {
            let v = core::array::from_fn(|i| {
                let at = 8 * row + i;
                let x = v128_xor(previous.0[at], reference.0[at]);
                next.0[at] = if XOR { v128_xor(next.0[at], x) } else { x };
                x
            });
            let v = permute(v);
            for (i, v) in v.into_iter().enumerate() {
                scratch.0[8 * row + i] = v;
            }
        }
        for column in 0..8 {
            let v = permute(core::array::from_fn(|i| scratch.0[column + 8 * i]));
            for (i, v) in v.into_iter().enumerate() {
                let at = column + 8 * i;
                next.0[at] = v128_xor(next.0[at], v);
            }
        }
    }
}

/// P: the rows a, b, c, d of four words in two vectors each.
#[inline(always)]
fn permute(v: [v128; 8]) -> [v128; 8] {
    let [a0, a1, b0, b1, c0, c1, d0, d1] = half(v);
    // Turn the diagonals into columns and back.
    let [a0, a1, b0, b1, c0, c1, d0, d1] = half([
        a0,
        a1,
        i64x2_shuffle::<1, 2>(b0, b1),
        i64x2_shuffle::<1, 2>(b1, b0),
        c1,
        c0,
        i64x2_shuffle::<1, 2>(d1, d0),
        i64x2_shuffle::<1, 2>(d0, d1),
    ]);
    [
        a0,
        a1,
        i64x2_shuffle::<1, 2>(b1, b0),
        i64x2_shuffle::<1, 2>(b0, b1),
        c1,
        c0,
        i64x2_shuffle::<1, 2>(d0, d1),
        i64x2_shuffle::<1, 2>(d1, d0),
    ]
}

/// The quarter round on all four columns.
#[inline(always)]
fn half([a0, a1, b0, b1, c0, c1, d0, d1]: [v128; 8]) -> [v128; 8] {
    let (a0, a1) = mix(a0, a1, b0, b1);
    let (d0, d1) = (rotate_32(v128_xor(d0, a0)), rotate_32(v128_xor(d1, a1)));
    let (c0, c1) = mix(c0, c1, d0, d1);
    let (b0, b1) = (rotate::<24, 40>(v128_xor(b0, c0)), rotate::<24, 40>(v128_xor(b1, c1)));
    let (a0, a1) = mix(a0, a1, b0, b1);
    let (d0, d1) = (rotate::<16, 48>(v128_xor(d0, a0)), rotate::<16, 48>(v128_xor(d1, a1)));
    let (c0, c1) = mix(c0, c1, d0, d1);
    let (b0, b1) = (rotate_63(v128_xor(b0, c0)), rotate_63(v128_xor(b1, c1)));
    [a0, a1, b0, b1, c0, c1, d0, d1]
}

/// `x + y + 2 * low(x) * low(y)` in all four words.
#[inline(always)]
fn mix(x0: v128, x1: v128, y0: v128, y1: v128) -> (v128, v128) {
    let x = i32x4_shuffle::<0, 2, 4, 6>(x0, x1);
    let y = i32x4_shuffle::<0, 2, 4, 6>(y0, y1);
    let (m0, m1) = (u64x2_extmul_low_u32x4(x, y), u64x2_extmul_high_u32x4(x, y));
    (i64x2_add(i64x2_add(x0, y0), i64x2_add(m0, m0)), i64x2_add(i64x2_add(x1, y1), i64x2_add(m1, m1)))
}

#[inline(always)]
fn rotate_32(x: v128) -> v128 {
    i32x4_shuffle::<1, 0, 3, 2>(x, x)
}

/// Right by `R`, which is left by `L`.
#[inline(always)]
fn rotate<const R: u32, const L: u32>(x: v128) -> v128 {
    v128_or(u64x2_shr(x, R), i64x2_shl(x, L))
}

/// Right by 63 is left by 1, and that is an addition.
#[inline(always)]
fn rotate_63(x: v128) -> v128 {
    v128_or(i64x2_add(x, x), u64x2_shr(x, 63))
}
