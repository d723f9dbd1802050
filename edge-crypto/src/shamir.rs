//! The Shamir line of a patient's root: PROTOCOL section 4.
//!
//! Over GF(2^8) with the polynomial 0x11B, byte by byte: f(0) is the root, f(1) is share A (derived from the PIN's OPRF
//! output, stored nowhere), f(2) is share B (at the realms, masked), f(3) is share C (on the patient's devices). Any two
//! of A, B, C give the line; one of them says nothing about the root, whatever else is known of the other two points.
use vestibule_core::ids::Digest;
use vestibule_suite::Secret32;
use vsss_rs::Gf256;

const ROOT: Gf256 = Gf256(0);
const A: Gf256 = Gf256(1);
const B: Gf256 = Gf256(2);
const C: Gf256 = Gf256(3);

/// f(1): follows from the right PIN and t realms' evaluations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareA(Secret32);

/// f(2): leaves this module only masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareB(Secret32);

/// f(3): what a known device keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareC(Secret32);

impl ShareA {
    /// Takes a derived or stored share.
    pub const fn from_secret(share: Secret32) -> Self {
        Self(share)
    }

    /// f(1) of the line through root and C.
    pub fn of(root: &Secret32, c: &ShareC) -> Self {
        Self(line((ROOT, root), (C, &c.0), A))
    }

    /// The bytes: only to be sealed for use without a network.
    pub const fn secret(&self) -> &Secret32 {
        &self.0
    }

    /// The root, with share B.
    pub fn root_with_b(&self, b: &ShareB) -> Secret32 {
        line((A, &self.0), (B, &b.0), ROOT)
    }

    /// The root, with share C.
    pub fn root_with_c(&self, c: &ShareC) -> Secret32 {
        line((A, &self.0), (C, &c.0), ROOT)
    }
}

impl ShareB {
    /// f(2) of the line through root and A.
    pub fn of(root: &Secret32, a: &ShareA) -> Self {
        Self(line((ROOT, root), (A, &a.0), B))
    }

    /// `B xor m`: what realm `i` stores and releases, with its own mask `m_i`.
    pub fn mask(&self, mask: &Secret32) -> Digest {
        Digest(xor(self.0.expose(), mask.expose()))
    }

    /// Inverse of [`Self::mask`].
    pub fn unmask(masked: &Digest, mask: &Secret32) -> Self {
        Self(Secret32::from_bytes(xor(&masked.0, mask.expose())))
    }
}

impl ShareC {
    /// f(3) of the line through root and A.
    pub fn of(root: &Secret32, a: &ShareA) -> Self {
        Self(line((ROOT, root), (A, &a.0), C))
    }

    /// Takes a stored share.
    pub const fn from_secret(share: Secret32) -> Self {
        Self(share)
    }

    /// The bytes: only to be sealed on the device.
    pub const fn secret(&self) -> &Secret32 {
        &self.0
    }
}

/// The value at `at` of the line through two points. The x are public and differ; the y are secret, and the field's
/// multiplication takes no branch or index from them.
fn line((x1, y1): (Gf256, &Secret32), (x2, y2): (Gf256, &Secret32), at: Gf256) -> Secret32 {
    let run = x1 - x2;
    let (weight1, weight2) = ((at - x2) / run, (at - x1) / run);
    let mut value = [0; 32];
    for ((out, y1), y2) in value.iter_mut().zip(y1.expose()).zip(y2.expose()) {
        *out = (Gf256(*y1) * weight1 + Gf256(*y2) * weight2).0;
    }
    Secret32::from_bytes(value)
}

fn xor(a: &[u8; 32], b: &[u8; 32]) -> [u8; 32] {
    core::array::from_fn(|i| a[i] ^ b[i])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Multiplication by the schoolbook: shift and reduce by 0x11B.
    fn multiply(mut a: u16, mut b: u16) -> u8 {
        let mut product = 0;
        while b > 0 {
            if b & 1 == 1 {
                product ^= a;
            }
            a <<= 1;
            if a & 0x100 != 0 {
                a ^= 0x11b;
            }
            b >>= 1;
        }
        product.to_le_bytes()[0]
    }

    #[test]
    fn the_field_is_the_one_of_the_protocol() {
        for a in 0..=255u8 {
            for b in 0..=255u8 {
                assert_eq!((Gf256(a) * Gf256(b)).0, multiply(a.into(), b.into()));
            }
        }
        // FIPS 197 section 4.2: {57} x {83} = {c1}.
        assert_eq!((Gf256(0x57) * Gf256(0x83)).0, 0xc1);
    }

    fn secret() -> impl Strategy<Value = Secret32> {
        any::<[u8; 32]>().prop_map(Secret32::from_bytes)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_two_shares_give_root_and_line(root in secret(), a in secret()) {
            let a = ShareA(a);
            let (b, c) = (ShareB::of(&root, &a), ShareC::of(&root, &a));
            prop_assert_eq!(&a.root_with_b(&b), &root);
            prop_assert_eq!(&a.root_with_c(&c), &root);
            prop_assert_eq!(&line((B, &b.0), (C, &c.0), ROOT), &root);
            prop_assert_eq!(line((C, &c.0), (B, &b.0), A), a.0);
        }

        /// f(x) = root + (A - root) x, with the schoolbook's multiplication.
        #[test]
        fn the_line_is_the_one_of_the_protocol(root in secret(), a in secret()) {
            let at = |x: u16| -> [u8; 32] {
                core::array::from_fn(|i| {
                    let (root, a) = (root.expose()[i], a.expose()[i]);
                    root ^ multiply((root ^ a).into(), x)
                })
            };
            let a = ShareA(a.clone());
            let (b, c) = (ShareB::of(&root, &a), ShareC::of(&root, &a));
            prop_assert_eq!(b.0.expose(), &at(2));
            prop_assert_eq!(c.0.expose(), &at(3));
        }

        /// One share fits every root: with B (or C) alone, each root has exactly one A that explains it.
        #[test]
        fn one_share_says_nothing(root in secret(), a in secret(), other in secret()) {
            let b = ShareB::of(&root, &ShareA(a.clone()));
            let explains = ShareA(line((ROOT, &other), (B, &b.0), A));
            prop_assert_eq!(&ShareB::of(&other, &explains), &b);
            let c = ShareC::of(&root, &ShareA(a));
            let explains = ShareA(line((ROOT, &other), (C, &c.0), A));
            prop_assert_eq!(&ShareC::of(&other, &explains), &c);
        }

        #[test]
        fn a_mask_comes_off_again(b in secret(), mask in secret(), other in secret()) {
            let masked = ShareB(b.clone()).mask(&mask);
            prop_assert_eq!(&ShareB::unmask(&masked, &mask).0, &b);
            prop_assert_eq!(ShareB::unmask(&masked, &other).0 == b, mask == other);
        }
    }
}
