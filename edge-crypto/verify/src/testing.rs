//! A signer for tests: a second one beside `edge-crypto`'s, so that both ends are not one mistake.
use alloc::{boxed::Box, string::ToString, vec, vec::Vec};
use ed25519_dalek::Signer;
use ml_dsa::{ExpandedSigningKey, KeyExport, MlDsa65};
use sha2::{Digest, Sha512};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::KeyHash,
    suite::Suite,
    wire::envelope::{Signature, Signed},
};
use vestibule_suite::sha256;

/// A composite key from a one-byte seed.
pub(crate) struct TestKey {
    ed25519: ed25519_dalek::SigningKey,
    ml_dsa: Box<ExpandedSigningKey<MlDsa65>>,
    pub(crate) public: Vec<u8>,
}

impl TestKey {
    pub(crate) fn new(seed: u8) -> Self {
        let ed25519 = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]);
        let ml_dsa = Box::new(ExpandedSigningKey::from_seed(&[seed; 32].into()));
        let public = [&ed25519.verifying_key().as_bytes()[..], &ml_dsa.verifying_key().to_bytes()].concat();
        Self { ed25519, ml_dsa, public }
    }

    /// Spelled out in bytes: CBOR array of `[suite, "signing-key", key]`.
    pub(crate) fn hash(&self) -> KeyHash {
        KeyHash(sha256(&[&[0x83, 0x01, 0x6b], b"signing-key", &[0x59, 0x07, 0xc0], &self.public]).0)
    }

    /// The two halves of a signature.
    pub(crate) fn halves(&self, namespace: &str, body: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let text = |text: &str| [&[0x60 + u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
        let message = [
            &[0x85][..],
            &text("vestibule"),
            &[0x01],
            &text(namespace),
            &[0x58, 0x20],
            &self.hash().0,
            &[0x58, 0x40],
            &Sha512::digest(body),
        ]
        .concat();
        let ml_dsa = self.ml_dsa.sign_deterministic(&message, &[]).unwrap().encode();
        (self.ed25519.sign(&message).to_bytes().to_vec(), ml_dsa.to_vec())
    }

    pub(crate) fn signature(&self, namespace: &str, body: &[u8]) -> Signature {
        let (ed25519, ml_dsa) = self.halves(namespace, body);
        Signature { signer: self.hash(), signature: Bytes([ed25519, ml_dsa].concat()) }
    }

    pub(crate) fn sign(&self, namespace: &str, body: &impl minicbor::Encode<()>) -> Signed {
        sign_all(&[self], namespace, body)
    }
}

pub(crate) fn sign_all(keys: &[&TestKey], namespace: &str, body: &impl minicbor::Encode<()>) -> Signed {
    let body = cbor::to_vec(body);
    let mut signatures = vec![];
    for key in keys {
        signatures.push(key.signature(namespace, &body));
    }
    Signed { suite: Suite::V1, namespace: namespace.to_string(), body: Bytes(body), signatures }
}
