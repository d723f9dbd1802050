//! The Shamir line of a root.
use super::own_vectors;
use crate::vector::{Hex, count, tests};
use serde::{Deserialize, Serialize};
use vestibule_core::ids::Digest;
use vestibule_edge_crypto::shamir::{ShareA, ShareB, ShareC};
use vestibule_suite::Secret32;

/// One line, and B under one mask.
#[derive(Serialize, Deserialize)]
pub(crate) struct Case {
    /// f(0).
    pub(crate) root: Hex,
    /// f(1).
    pub(crate) a: Hex,
    /// f(2).
    pub(crate) b: Hex,
    /// f(3).
    pub(crate) c: Hex,
    pub(crate) mask: Hex,
    /// B xor mask.
    pub(crate) masked: Hex,
}

impl Case {
    pub(crate) fn from(root: &Secret32, a: &Secret32, mask: &Secret32) -> Self {
        let share_a = ShareA::from_secret(a.clone());
        let b = ShareB::of(root, &share_a);
        Self {
            root: root.expose().into(),
            a: a.expose().into(),
            // B leaves its type only masked; a mask of zeros shows it.
            b: b.mask(&Secret32::from_bytes([0; 32])).into(),
            c: ShareC::of(root, &share_a).secret().expose().into(),
            mask: mask.expose().into(),
            masked: b.mask(mask).into(),
        }
    }
}

pub(crate) fn check() -> u32 {
    let cases: Vec<Case> = tests(own_vectors!("shamir"));
    for case in &cases {
        let secret = |hex: &Hex| Secret32::from_bytes(hex.array());
        let now = Case::from(&secret(&case.root), &secret(&case.a), &secret(&case.mask));
        assert_eq!((now.b, now.c, now.masked), (case.b.clone(), case.c.clone(), case.masked.clone()));
        let a = ShareA::from_secret(secret(&case.a));
        let b = ShareB::unmask(&Digest(case.masked.array()), &secret(&case.mask));
        assert_eq!(a.root_with_b(&b), secret(&case.root));
        assert_eq!(a.root_with_c(&ShareC::from_secret(secret(&case.c))), secret(&case.root));
    }
    count(&cases)
}
