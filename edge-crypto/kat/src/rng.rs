//! Randomness for tests: fixed, or replayed.
use core::convert::Infallible;
use rand_core::{TryCryptoRng, TryRng};
use vestibule_suite::sha256;

/// Gives out a list of bytes once, and panics when asked for more: with it, an operation gives a vector's very bytes, and
/// [`Replay::finish`] proves that it used all of them.
pub struct Replay<'a>(&'a [u8]);

impl<'a> Replay<'a> {
    /// Will give out `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Panics unless all was used.
    pub fn finish(self) {
        assert!(self.0.is_empty(), "{} random bytes are left", self.0.len());
    }
}

/// SHA-256 in counter mode over a label, and a record of what was given out: made the vectors once.
pub struct Recorder {
    label: &'static str,
    counter: u32,
    /// All bytes given out so far.
    pub given: Vec<u8>,
}

impl Recorder {
    /// A stream of its own for each label.
    pub const fn new(label: &'static str) -> Self {
        Self { label, counter: 0, given: Vec::new() }
    }
}

impl TryRng for Replay<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("nothing of ours asks for numbers")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("nothing of ours asks for numbers")
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        let (now, later) = self.0.split_at_checked(out.len()).expect("enough random bytes");
        out.copy_from_slice(now);
        self.0 = later;
        Ok(())
    }
}

impl TryRng for Recorder {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for chunk in out.chunks_mut(32) {
            let block = sha256(&[self.label.as_bytes(), &self.counter.to_be_bytes()]);
            chunk.copy_from_slice(&block.0[..chunk.len()]);
            self.counter += 1;
        }
        self.given.extend_from_slice(out);
        Ok(())
    }
}

impl TryCryptoRng for Replay<'_> {}
impl TryCryptoRng for Recorder {}
