//! What follows from the OPRF's output y and H(D).
use crate::shamir::ShareA;
use vestibule_core::{ids::Digest, suite::Suite};
use vestibule_oprf::Output;
use vestibule_suite::{Secret32, derive};

/// A = derive(y, `[suite, "share-a", 0, H(D)]`).
pub(super) fn share_a(y: &Output, digest: Digest) -> ShareA {
    ShareA::from_secret(derive(y.expose(), &(Suite::V1, "share-a", 0u8, digest)))
}

/// `u_i` = derive(y, `[suite, "unlock", i, H(D)]`).
pub(super) fn unlock_key(y: &Output, index: u8, digest: Digest) -> Secret32 {
    derive(y.expose(), &(Suite::V1, "unlock", index, digest))
}

/// `m_i` = derive(y, `[suite, "mask", i, H(D)]`).
pub(super) fn mask(y: &Output, index: u8, digest: Digest) -> Secret32 {
    derive(y.expose(), &(Suite::V1, "mask", index, digest))
}
