//! What the tests of this crate share.
use core::convert::Infallible;
use rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest as _, Sha256};

/// A repeatable generator: SHA-256 of seed and counter.
pub(crate) struct TestRng(u64, u64);

/// A generator that gives the same bytes for the same seed.
pub(crate) fn rng(seed: u64) -> TestRng {
    TestRng(seed, 0)
}

impl TryRng for TestRng {
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
    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        for chunk in dst.chunks_mut(32) {
            self.1 += 1;
            let block = Sha256::new()
                .chain_update(self.0.to_le_bytes())
                .chain_update(self.1.to_le_bytes())
                .finalize();
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for TestRng {}
