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

    /// `B xor m`: what realm `i` stores and releases, with its own mask m_i.
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
