//! Every parser of untrusted bytes as a function that must never panic, each with the property that it must keep.
//!
//! `fuzz/` runs them under libFuzzer for as long as one likes; the test in `tests/smoke.rs` runs them in `cargo test`, on
//! values that [`climb`] finds by itself and on mutations of those.
pub mod climb;
mod targets;

pub use targets::{TARGETS, Target};

/// A small, fixed random sequence (xorshift64*): a run that failed fails again.
#[derive(Debug, Clone)]
pub struct Sequence(u64);

impl Sequence {
    /// A sequence of its own for each seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// The next number below `end`; 0 if `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap_or(0).checked_rem(end).unwrap_or(0)
    }

    /// Some bytes.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| u8::try_from(self.below(256)).unwrap_or(0)).collect()
    }

    /// One change as transmission, truncation or malice would make it.
    pub fn mutate(&mut self, input: &[u8]) -> Vec<u8> {
        let mut out = input.to_vec();
        let at = self.below(out.len());
        match self.below(7) {
            0 => out.truncate(at),
            1 => {
                let length = 1 + self.below(8);
                let more = self.bytes(length);
                out.extend(more);
            }
            2 => {
                let length = 1 + self.below(16);
                let more = self.bytes(length);
                out.splice(at..at, more);
            }
            3 => {
                let end = (at + 1 + self.below(16)).min(out.len());
                out.drain(at..end);
            }
            // Headers of CBOR: huge lengths, indefinite forms, deep nesting.
            4 => {
                const HEADERS: [&[u8]; 6] = [
                    &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
                    &[0x5a, 0xff, 0xff, 0xff, 0xff],
                    &[0x9f],
                    &[0x5f],
                    &[0x81; 64],
                    &[0xd8, 0x18],
                ];
                let header = HEADERS[self.below(HEADERS.len())];
                out.splice(at..at, header.iter().copied());
            }
            _ => {
                let bit = self.below(8);
                if let Some(byte) = out.get_mut(at) {
                    *byte ^= 1 << bit;
                }
            }
        }
        out
    }
}
