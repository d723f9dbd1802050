//! What a realm derives from its platform secret. Only the realm itself needs it, but its stored bytes outlive a release.
use super::own_vectors;
use crate::{
    rng::Replay,
    vector::{Hex, Raw, count, tests},
};
use serde::{Deserialize, Serialize};
use vestibule_channel::PlatformSecret;
use vestibule_core::{cbor, ids::Digest};

/// One label's keys at work.
#[derive(Serialize, Deserialize)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) platform_secret: Hex,
    pub(crate) label: String,
    /// CBOR.
    pub(crate) context: Hex,
    pub(crate) plaintext: Hex,
    pub(crate) salt: Hex,
    /// CBOR of the `Sealed`.
    pub(crate) sealed: Hex,
    /// HMAC over the context.
    pub(crate) mac: Hex,
    /// Decoy bytes for the context.
    pub(crate) decoy: Hex,
}

impl Case {
    #[cfg(test)]
    pub(crate) fn make(name: &'static str, label: &str, context: Vec<u8>, plaintext: Vec<u8>) -> Self {
        let mut rng = crate::rng::Recorder::new(name);
        let secret = *vestibule_suite::Secret32::random(&mut rng).expose();
        let platform = PlatformSecret::from_bytes(&secret);
        rng.given.clear();
        let raw = Raw(context);
        let sealed = platform.seal(&mut rng, label, &raw, &plaintext);
        Self {
            name: name.into(),
            platform_secret: secret.into(),
            label: label.into(),
            mac: platform.mac(label, &raw).into(),
            decoy: platform.decoy(label, &raw).expose().into(),
            context: Hex(raw.0),
            plaintext: Hex(plaintext),
            salt: Hex(rng.given),
            sealed: cbor::to_vec(&sealed).into(),
        }
    }
}

pub(crate) fn check() -> u32 {
    let cases: Vec<Case> = tests(own_vectors!("platform"));
    for case in &cases {
        let platform = PlatformSecret::from_bytes(&case.platform_secret.array());
        let context = Raw(case.context.0.clone());
        let mut rng = Replay::new(&case.salt);
        let sealed = platform.seal(&mut rng, &case.label, &context, &case.plaintext);
        rng.finish();
        assert_eq!(Hex(cbor::to_vec(&sealed)), case.sealed, "{}", case.name);
        let received = cbor::from_slice(&case.sealed).unwrap();
        assert_eq!(*platform.open(&case.label, &context, &received).unwrap(), case.plaintext.0);
        assert!(platform.mac_matches(&case.label, &context, &Digest(case.mac.array())));
        assert_eq!(Hex::from(platform.decoy(&case.label, &context).expose()), case.decoy);
    }
    count(&cases)
}
