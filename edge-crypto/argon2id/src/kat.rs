//! Checks that can run inside WASM too: the RFC's vector, and the `argon2` crate as peer.
use crate::{Error, Params, fill, fill::Inputs};
use alloc::{format, string::String, vec, vec::Vec};

/// Every fill that this target has: [`crate::hash`]'s inner function, over each form of block.
const FILLS: &[Fill] = &[
    fill::hash::<crate::portable::Block>,
    #[cfg(all(target_family = "wasm", target_feature = "simd128"))]
    fill::hash::<crate::simd::Block>,
];

type Fill = fn(&Inputs, Params, u32, &mut [u8], &mut dyn FnMut(u32, u32)) -> Result<(), Error>;

/// The vector of RFC 9106 section 5.3 (four lanes, secret and associated data), by every fill of this target: what each
/// computed, to be compared with [`RFC9106_TAG`].
pub fn rfc9106() -> Result<Vec<[u8; 32]>, Error> {
    let inputs = Inputs { password: &[1; 32], salt: &[2; 16], secret: &[3; 8], data: &[4; 12] };
    let params = Params { memory_kib: 32, passes: 3 };
    let tag = |fill: &Fill| {
        let mut out = [0; 32];
        fill(&inputs, params, 4, &mut out, &mut |_, _| ()).map(|()| out)
    };
    FILLS.iter().map(tag).collect()
}

/// The tag of RFC 9106 section 5.3.
pub const RFC9106_TAG: [u8; 32] = [
    0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c, 0x08, 0xc0, 0x37, 0xa3, 0x4a, 0x8b, 0x53, 0xc9, 0xd0,
    0x1e, 0xf0, 0x45, 0x2d, 0x75, 0xb6, 0x5e, 0xb5, 0x25, 0x20, 0xe9, 0x6b, 0x01, 0xe6, 0x59,
];

/// Compares [`crate::hash`] and every fill of this target with the `argon2` crate over many parameters; the number of
/// comparisons, or the first difference.
pub fn differential() -> Result<usize, String> {
    let mut compared = 0;
    for memory_kib in [8u32, 9, 15, 16, 31, 32, 33, 64, 100, 255, 512, 513, 1024, 2048, 4099] {
        for passes in [1u8, 2, 3, 5] {
            for length in [4, 31, 32, 33, 64, 65, 96, 127, 128, 200] {
                let password: Vec<u8> = (0..37).map(|i| i ^ 0x5a).take(memory_kib as usize % 38).collect();
                let salt = vec![passes; 8 + length % 25];
                let params = Params { memory_kib, passes: passes.into() };
                compare(&password, &salt, &params, length)?;
                compared += 1;
            }
        }
    }
    Ok(compared)
}

/// Compares one hash; the difference, if there is one.
pub fn compare(password: &[u8], salt: &[u8], params: &Params, length: usize) -> Result<(), String> {
    let mut peer = vec![0; length];
    argon2::Params::new(params.memory_kib, params.passes, 1, Some(length))
        .map(|p| argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, p))
        .and_then(|argon2| argon2.hash_password_into(password, salt, &mut peer))
        .map_err(|e| format!("peer: {e}"))?;
    let mut public = vec![0; length];
    crate::hash(password, salt, params, &mut public, &mut |_, _| ()).map_err(|e| format!("hash: {e}"))?;
    let mut all = vec![public];
    for fill in FILLS {
        let mut own = vec![0; length];
        let inputs = Inputs { password, salt, secret: &[], data: &[] };
        fill(&inputs, *params, 1, &mut own, &mut |_, _| ()).map_err(|e| format!("fill: {e}"))?;
        all.push(own);
    }
    if all.iter().all(|own| *own == peer) {
        Ok(())
    } else {
        Err(format!("{params:?}, {length} bytes: {peer:02x?}, {all:02x?}"))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rfc9106_vector() {
        assert_eq!(rfc9106(), Ok(vec![RFC9106_TAG]));
    }

    #[test]
    fn agrees_with_the_argon2_crate() {
        assert_eq!(differential(), Ok(600));
    }

    /// Lanes, secret and associated data are not reachable from outside; the peer must agree on them all the same,
    /// since the RFC's vector rests on them.
    #[test]
    fn agrees_on_lanes_and_secrets() {
        for (memory_kib, passes, lanes) in [(16, 1, 2), (33, 2, 3), (64, 3, 4), (100, 1, 7), (257, 4, 2)] {
            let (password, salt, secret) = (&[9; 20], &[8; 16], &[7; 5]);
            let mut peer = [0; 40];
            let params = argon2::Params::new(memory_kib, passes, lanes, Some(40)).unwrap();
            argon2::Argon2::new_with_secret(
                secret,
                argon2::Algorithm::Argon2id,
                argon2::Version::V0x13,
                params,
            )
            .unwrap()
            .hash_password_into(password, salt, &mut peer)
            .unwrap();
            let mut own = [0; 40];
            let inputs = Inputs { password, salt, secret, data: &[] };
            let params = Params { memory_kib, passes };
            fill::hash::<crate::portable::Block>(&inputs, params, lanes, &mut own, &mut |_, _| ()).unwrap();
            assert_eq!(peer, own, "{memory_kib} KiB, {passes} passes, {lanes} lanes");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]
        #[test]
        fn agrees_on_random_inputs(
            password in proptest::collection::vec(any::<u8>(), 0..300),
            salt in proptest::collection::vec(any::<u8>(), 8..100),
            memory_kib in 8..600u32,
            passes in 1..4u32,
            length in 4..200usize,
        ) {
            prop_assert_eq!(compare(&password, &salt, &Params { memory_kib, passes }, length), Ok(()));
        }
    }
}
