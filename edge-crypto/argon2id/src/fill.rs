//! Argon2id itself (RFC 9106 section 3.2), over any form of block.
//!
//! Lanes are filled one after the other; the suite uses one, the RFC's test vector four.
use crate::{
    Error, Params,
    blake::{blake2b, long_hash},
};
use alloc::vec::Vec;
use zeroize::Zeroizing;

/// Bytes of a block.
pub(crate) const BLOCK_BYTES: usize = 1024;
/// Slices of a pass: lanes may refer to each other's finished slices.
const SLICES: usize = 4;
/// Progress is reported so many times in each slice.
const STEPS: usize = 4;
/// Reports in each pass.
const STEPS_IN_PASS: u32 = 16;
const _: () = assert!(STEPS_IN_PASS as usize == SLICES * STEPS);
/// Addresses in one block of them.
const ADDRESSES: usize = BLOCK_BYTES / 8;
/// Argon2 version 1.3.
const VERSION: u32 = 0x13;
/// The type number of Argon2id.
const ARGON2ID: u32 = 2;

/// A block of 1 KiB, in the form that its compression function likes.
pub(crate) trait Block: Copy {
    /// All zeros.
    const ZERO: Self;
    /// From little-endian words.
    fn from_bytes(bytes: &[u8; BLOCK_BYTES]) -> Self;
    /// To little-endian words.
    fn to_bytes(self) -> [u8; BLOCK_BYTES];
    /// Word number `index` of 128.
    fn word(&self, index: usize) -> u64;
    /// `next = G(previous, reference)`, xored into what was there if `XOR`. `scratch` is working space.
    fn compress<const XOR: bool>(scratch: &mut Self, previous: &Self, reference: &Self, next: &mut Self);
}

/// What is hashed.
pub(crate) struct Inputs<'a> {
    /// Message P.
    pub(crate) password: &'a [u8],
    /// Nonce S.
    pub(crate) salt: &'a [u8],
    /// Secret K; the suite uses none.
    pub(crate) secret: &'a [u8],
    /// Associated data X; the suite uses none.
    pub(crate) data: &'a [u8],
}

/// Memory that is wiped when it goes, whichever way.
struct Memory<B: Block>(Vec<B>);

impl<B: Block> Memory<B> {
    fn new(blocks: usize) -> Result<Self, Error> {
        let mut memory = Vec::new();
        memory.try_reserve_exact(blocks).map_err(|_| Error::OutOfMemory)?;
        memory.resize(blocks, B::ZERO);
        Ok(Self(memory))
    }
}

impl<B: Block> Drop for Memory<B> {
    fn drop(&mut self) {
        self.0.fill(B::ZERO);
        zeroize::optimization_barrier(self.0.as_slice());
    }
}

/// Argon2id with `lanes` lanes, which are filled one after the other.
pub(crate) fn hash<B: Block>(
    inputs: &Inputs,
    params: Params,
    lanes: u32,
    out: &mut [u8],
    progress: &mut dyn FnMut(u32, u32),
) -> Result<(), Error> {
    if lanes == 0 || params.passes == 0 || params.memory_kib / 8 < lanes || out.len() < 4 {
        return Err(Error::Parameters);
    }
    let total = params.passes.checked_mul(STEPS_IN_PASS).ok_or(Error::Parameters)?;
    let h0 = initial_hash(inputs, params, lanes, out.len()).ok_or(Error::Parameters)?;
    let segment = params.memory_kib as usize / (SLICES * lanes as usize);
    let layout = Layout { segment, lane: segment * SLICES, lanes: lanes as usize, passes: params.passes };

    progress(0, total);
    // One block more, at the end: the working space of the compression, wiped with the rest.
    let mut memory = Memory::<B>::new(layout.lane * layout.lanes + 1)?;
    let (scratch, blocks) = memory.0.split_last_mut().ok_or(Error::Internal)?;
    first_blocks(&h0, blocks, layout.lane).ok_or(Error::Internal)?;
    let mut done = 0;
    for pass in 0..params.passes {
        for slice in 0..SLICES {
            // Lanes do not look into each other's current slice, so they may advance step by step.
            for step in 0..STEPS {
                let cells = (segment * step / STEPS)..(segment * (step + 1) / STEPS);
                for lane in 0..layout.lanes {
                    layout
                        .fill(blocks, scratch, Position { pass, slice, lane }, cells.clone())
                        .ok_or(Error::Internal)?;
                }
                done += 1;
                progress(done, total);
            }
        }
    }

    let mut last = Zeroizing::new([0; BLOCK_BYTES]);
    for lane in blocks.chunks_exact(layout.lane) {
        let block = Zeroizing::new(lane.last().ok_or(Error::Internal)?.to_bytes());
        last.iter_mut().zip(block.iter()).for_each(|(sum, byte)| *sum ^= byte);
    }
    long_hash([last.as_ref(), &[], &[]], out).ok_or(Error::Parameters)
}

/// H0: everything that is hashed, and the parameters. `None` if a length does not fit 32 bits.
fn initial_hash(inputs: &Inputs, params: Params, lanes: u32, out: usize) -> Option<Zeroizing<[u8; 64]>> {
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).ok().map(u32::to_le_bytes);
    let mut h0 = Zeroizing::new([0; 64]);
    let parts: [&[u8]; 14] = [
        &lanes.to_le_bytes(),
        &u32::try_from(out).ok()?.to_le_bytes(),
        &params.memory_kib.to_le_bytes(),
        &params.passes.to_le_bytes(),
        &VERSION.to_le_bytes(),
        &ARGON2ID.to_le_bytes(),
        &length(inputs.password)?,
        inputs.password,
        &length(inputs.salt)?,
        inputs.salt,
        &length(inputs.secret)?,
        inputs.secret,
        &length(inputs.data)?,
        inputs.data,
    ];
    blake2b(&parts, h0.as_mut())?;
    Some(h0)
}

/// The first two blocks of every lane.
fn first_blocks<B: Block>(h0: &[u8; 64], blocks: &mut [B], lane_length: usize) -> Option<()> {
    let mut bytes = Zeroizing::new([0; BLOCK_BYTES]);
    for (lane, blocks) in (0u32..).zip(blocks.chunks_exact_mut(lane_length)) {
        for (column, block) in (0u32..).zip(blocks.iter_mut().take(2)) {
            long_hash([h0, &column.to_le_bytes(), &lane.to_le_bytes()], bytes.as_mut())?;
            *block = B::from_bytes(&bytes);
        }
    }
    Some(())
}

/// How the memory is divided, in blocks.
struct Layout {
    /// Blocks of a lane in one slice.
    segment: usize,
    /// Blocks of a lane.
    lane: usize,
    /// Lanes.
    lanes: usize,
    /// Passes.
    passes: u32,
}

/// Where the filling is.
#[derive(Clone, Copy)]
struct Position {
    pass: u32,
    slice: usize,
    lane: usize,
}

impl Layout {
    /// Fills the given cells of one lane's segment. `None` would mean that an index left the memory.
    fn fill<B: Block>(
        &self,
        blocks: &mut [B],
        scratch: &mut B,
        at: Position,
        cells: core::ops::Range<usize>,
    ) -> Option<()> {
        let independent = at.pass == 0 && at.slice < 2;
        let mut addresses = B::ZERO;
        let mut have = None;
        let base = at.lane * self.lane;
        for cell in cells {
            if at.pass == 0 && at.slice == 0 && cell < 2 {
                continue;
            }
            let column = at.slice * self.segment + cell;
            let current = base + column;
            let previous = if column == 0 { base + self.lane - 1 } else { current - 1 };
            let random = if independent {
                if have != Some(cell / ADDRESSES) {
                    addresses = self.addresses(scratch, at, cell / ADDRESSES);
                    have = Some(cell / ADDRESSES);
                }
                addresses.word(cell % ADDRESSES)
            } else {
                blocks.get(previous)?.word(0)
            };
            let reference = self.reference(at, cell, random);
            let [previous, reference, next] = blocks.get_disjoint_mut([previous, reference, current]).ok()?;
            if at.pass == 0 {
                B::compress::<false>(scratch, previous, reference, next);
            } else {
                B::compress::<true>(scratch, previous, reference, next);
            }
        }
        Some(())
    }

    /// The index of the block to mix in (RFC 9106 section 3.4.2): any finished one but the previous, later ones likelier.
    fn reference(&self, at: Position, cell: usize, random: u64) -> usize {
        let lane = if at.pass == 0 && at.slice == 0 { at.lane } else { (random >> 32) as usize % self.lanes };
        let finished = if at.pass == 0 { at.slice * self.segment } else { self.lane - self.segment };
        let area = if lane == at.lane { finished + cell - 1 } else { finished - usize::from(cell == 0) };
        let x = random & 0xffff_ffff;
        let x = (x * x) >> 32;
        let back = ((area as u64 * x) >> 32) as usize;
        let start = if at.pass == 0 || at.slice == SLICES - 1 { 0 } else { (at.slice + 1) * self.segment };
        let column = start + area - 1 - back;
        lane * self.lane + if column >= self.lane { column - self.lane } else { column }
    }

    /// Block number `index` of the addresses that do not depend on the password (RFC 9106 section 3.4.1.2).
    fn addresses<B: Block>(&self, scratch: &mut B, at: Position, index: usize) -> B {
        let words = [
            u64::from(at.pass),
            at.lane as u64,
            at.slice as u64,
            (self.lane * self.lanes) as u64,
            u64::from(self.passes),
            u64::from(ARGON2ID),
            index as u64 + 1,
        ];
        let mut bytes = [0; BLOCK_BYTES];
        for (chunk, word) in bytes.chunks_exact_mut(8).zip(words) {
            chunk.copy_from_slice(&word.to_le_bytes());
        }
        let (mut half, mut block) = (B::ZERO, B::ZERO);
        B::compress::<false>(scratch, &B::ZERO, &B::from_bytes(&bytes), &mut half);
        B::compress::<false>(scratch, &B::ZERO, &half, &mut block);
        block
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portable;

    fn run(
        params: Params,
        lanes: u32,
        length: usize,
        progress: &mut dyn FnMut(u32, u32),
    ) -> Result<(), Error> {
        let inputs = Inputs { password: b"12345678", salt: &[1; 16], secret: &[], data: &[] };
        hash::<portable::Block>(&inputs, params, lanes, &mut alloc::vec![0; length], progress)
    }

    /// A progress bar needs fine steps that rise one by one to the end: 160 for a PIN, 48 for a locator.
    #[test]
    fn progress_is_fine_and_complete() {
        for (passes, steps) in [(10, 160), (3, 48)] {
            let mut seen = Vec::new();
            let result =
                run(Params { memory_kib: 64, passes }, 1, 32, &mut |done, total| seen.push((done, total)));
            assert_eq!(result, Ok(()));
            assert_eq!(seen, (0..=steps).map(|done| (done, steps)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn out_of_range_is_refused() {
        let ok = Params { memory_kib: 64, passes: 1 };
        for (params, lanes, length) in [
            (Params { memory_kib: 7, ..ok }, 1, 32),
            (Params { memory_kib: 15, ..ok }, 2, 32),
            (Params { passes: 0, ..ok }, 1, 32),
            (Params { passes: u32::MAX, ..ok }, 1, 32),
            (ok, 0, 32),
            (ok, 1, 3),
        ] {
            assert_eq!(run(params, lanes, length, &mut |_, _| ()), Err(Error::Parameters));
        }
        let short_salt = crate::hash(b"12345678", &[0; 7], &ok, &mut [0; 32], &mut |_, _| ());
        assert_eq!(short_salt, Err(Error::Parameters));
        assert_eq!(crate::hash(b"", &[0; 8], &ok, &mut [0; 3], &mut |_, _| ()), Err(Error::Parameters));
    }
}
