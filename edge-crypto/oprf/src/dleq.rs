//! The proof that an evaluation used the key behind a public share: RFC 9497 section 2.2, for one element.
use crate::group::{CONTEXT, decode_element, encode_element, hash_to_scalar, tag_length};
use curve25519_dalek::{RistrettoPoint, Scalar, constants::RISTRETTO_BASEPOINT_POINT};
use sha2::{Digest as _, Sha512};
use vestibule_core::ids::Digest;

/// Length of a proof: scalar c, then scalar s.
pub const PROOF_BYTES: usize = 64;

/// Length prefix of a serialized element or scalar: `I2OSP(32, 2)`.
const L32: &[u8] = &[0, 32];
/// With [`CONTEXT`] the tag of the composites' seed.
const SEED: &[u8] = b"Seed-";
/// Its length prefix.
const SEED_TAG_LENGTH: [u8; 2] = [0, tag_length(SEED.len())];
/// Length prefix of a SHA-512 output: `I2OSP(64, 2)`.
const L64: &[u8] = &[0, 64];

/// `GenerateProof` with the random scalar given: `z = key * m` under `public = key * G`.
pub(crate) fn prove(
    key: &Scalar,
    public: &Digest,
    blinded: &Digest,
    evaluated: &Digest,
    random: &Scalar,
) -> Option<[u8; PROOF_BYTES]> {
    let weight = composite_weight(public, blinded, evaluated);
    let m = decode_element(blinded)? * weight;
    let z = m * key;
    let t2 = RistrettoPoint::mul_base(random);
    let t3 = m * random;
    let c = challenge(public, &m, &z, &t2, &t3);
    let s = random - c * key;
    let mut proof = [0; PROOF_BYTES];
    proof[..32].copy_from_slice(c.as_bytes());
    proof[32..].copy_from_slice(s.as_bytes());
    Some(proof)
}

/// `VerifyProof`. Everything here is public to whoever made the proof, so the time may vary.
pub(crate) fn verify(public: &Digest, blinded: &Digest, evaluated: &Digest, proof: &[u8]) -> Option<()> {
    let (c, s) = proof.split_at_checked(32)?;
    let c = Option::from(Scalar::from_canonical_bytes(c.try_into().ok()?))?;
    let s: Scalar = Option::from(Scalar::from_canonical_bytes(s.try_into().ok()?))?;
    let weight = composite_weight(public, blinded, evaluated);
    let m = decode_element(blinded)? * weight;
    let z = decode_element(evaluated)? * weight;
    let t2 = RISTRETTO_BASEPOINT_POINT * s + decode_element(public)? * c;
    let t3 = m * s + z * c;
    (challenge(public, &m, &z, &t2, &t3) == c).then_some(())
}

/// The weight `d_0` of `ComputeComposites` for a batch of one.
fn composite_weight(public: &Digest, blinded: &Digest, evaluated: &Digest) -> Scalar {
    let seed = Sha512::new()
        .chain_update(L32)
        .chain_update(public.0)
        .chain_update(SEED_TAG_LENGTH)
        .chain_update(SEED)
        .chain_update(CONTEXT)
        .finalize();
    hash_to_scalar(&[L64, &seed, &[0, 0], L32, &blinded.0, L32, &evaluated.0, b"Composite"])
}

fn challenge(
    public: &Digest,
    m: &RistrettoPoint,
    z: &RistrettoPoint,
    t2: &RistrettoPoint,
    t3: &RistrettoPoint,
) -> Scalar {
    let [a0, a1, a2, a3] = [m, z, t2, t3].map(|point| encode_element(point).0);
    hash_to_scalar(&[L32, &public.0, L32, &a0, L32, &a1, L32, &a2, L32, &a3, b"Challenge"])
}
