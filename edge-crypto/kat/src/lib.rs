//! Known answers, from standards and our own, as plain functions: the same code runs as native tests (`cargo test`) and
//! inside WASM (`run.test.mjs`, in Node), so that a compiler or a target cannot change an answer unseen.
//!
//! A case that fails panics: natively a failed test, in WASM a trap.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test: a panic is the answer"
)]

pub mod own;
mod public;
pub mod rng;
mod vector;
#[cfg(target_family = "wasm")]
pub mod wasm;

pub use vector::{Hex, Raw, hex, unhex};

/// A group of cases: its name, and what runs it and returns the number of cases that held.
pub type Group = (&'static str, fn() -> u32);

/// All groups.
pub const GROUPS: &[Group] = &[
    ("RFC 5869 HKDF", public::hkdf::rfc5869),
    ("Wycheproof HKDF-SHA-256", public::hkdf::wycheproof),
    ("Wycheproof HMAC-SHA-256", public::hmac::wycheproof),
    ("NIST CAVP AES-256-GCM", public::gcm::nist),
    ("Wycheproof AES-256-GCM", public::gcm::wycheproof),
    ("Wycheproof X25519", public::x25519::wycheproof),
    ("ACVP ML-KEM-768 key generation", public::ml_kem::acvp_keygen),
    ("Wycheproof ML-KEM-768 decapsulation", public::ml_kem::wycheproof_decaps),
    ("ACVP ML-KEM-768 encapsulation", public::ml_kem::acvp_encaps),
    ("Wycheproof ML-KEM-768 encapsulation", public::ml_kem::wycheproof_encaps),
    ("X-Wing draft", public::xwing::draft),
    ("RFC 9180 key schedule, export only", public::hpke::rfc9180),
    ("Wycheproof Ed25519, strict", public::ed25519::wycheproof),
    ("Ed25519 keys of small order", public::ed25519::small_order_keys),
    ("ACVP ML-DSA-65 key generation", public::ml_dsa::acvp_keygen),
    ("ACVP ML-DSA-65 verification", public::ml_dsa::acvp_sigver),
    ("Wycheproof ML-DSA-65 verification", public::ml_dsa::wycheproof_verify),
    ("Wycheproof ML-DSA-65 signing", public::ml_dsa::wycheproof_sign),
    ("RFC 9106 Argon2id", public::argon2id::rfc9106),
    ("Argon2id against the argon2 crate", public::argon2id::differential),
    ("RFC 9497 VOPRF", public::voprf::rfc9497),
    ("own: keys", own::keys::check),
    ("own: seal", own::seal::check),
    ("own: wrap", own::wrap::check),
    ("own: signed", own::signed::check),
    ("own: realm messages", own::realm::check),
    ("own: realm messages, witness and other realms", own::realm::check_more),
    ("own: resharing", own::reshare::check),
    ("own: platform secret", own::platform::check),
    ("own: catalog", own::catalog::check),
    ("own: directory", own::directory::check),
    ("own: locator", own::locator::check),
    ("own: hashed PIN", own::pin::check),
    ("own: Shamir line", own::shamir::check),
    ("own: registration", own::registration::check),
    ("own: offline", own::offline::check),
];

/// Runs all groups; the number of cases that held.
pub fn run_all() -> u32 {
    GROUPS.iter().map(|(_, run)| run()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_known_answers() {
        for (name, run) in GROUPS {
            let cases = run();
            assert!(cases > 0, "{name}: no case");
            println!("{name}: {cases}");
        }
    }
}
