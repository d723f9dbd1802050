//! Random ids.
use vestibule_suite::CryptoRng;

/// 16 random bytes: an id that nobody can guess or collide with.
pub(crate) fn id16(rng: &mut impl CryptoRng) -> [u8; 16] {
    let mut id = [0; 16];
    rng.fill_bytes(&mut id);
    id
}
