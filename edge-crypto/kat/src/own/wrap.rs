//! `wrap` and `unwrap_key`.
use super::own_vectors;
use crate::{
    rng::Replay,
    vector::{Hex, Raw, count, tests},
};
use serde::{Deserialize, Serialize};
use vestibule_core::{cbor, wire::envelope::Wrap};
use vestibule_suite::{KemSecret, Secret32, hpke_receiver, key_hash_kem, unwrap_key, wrap};

/// One wrap, with what lies between.
#[derive(Serialize, Deserialize)]
pub(crate) struct Case {
    pub(crate) name: String,
    /// X-Wing seed of the recipient.
    pub(crate) seed: Hex,
    pub(crate) public_key: Hex,
    pub(crate) key_hash: Hex,
    pub(crate) namespace: String,
    /// CBOR of the context.
    pub(crate) context: Hex,
    pub(crate) secret: Hex,
    /// 32 bytes for ML-KEM, 32 for X25519, 32 of salt.
    pub(crate) randomness: Hex,
    /// CBOR `[suite, namespace, "key"]`.
    pub(crate) exporter_context: Hex,
    /// What HPKE exports under it: the key of the seal.
    pub(crate) exported: Hex,
    /// CBOR of the `Wrap`.
    pub(crate) wrap: Hex,
}

impl Case {
    #[cfg(test)]
    pub(crate) fn make(name: &'static str, namespace: &str, context: Vec<u8>) -> Self {
        let mut rng = crate::rng::Recorder::new(name);
        let recipient = KemSecret::from_seed(Secret32::random(&mut rng));
        let secret = Secret32::random(&mut rng);
        rng.given.clear();
        let public_key = recipient.public_key();
        let wrap = wrap(&mut rng, &public_key, namespace, &Raw(context.clone()), &secret).unwrap();
        let mut case = Self {
            name: name.into(),
            seed: recipient.seed().expose().into(),
            key_hash: key_hash_kem(&public_key).into(),
            public_key: Hex(public_key),
            namespace: namespace.into(),
            context: Hex(context),
            secret: secret.expose().into(),
            randomness: Hex(rng.given),
            exporter_context: cbor::to_vec(&(1u8, namespace, "key")).into(),
            exported: Hex::default(),
            wrap: cbor::to_vec(&wrap).into(),
        };
        case.exported = case.export(&recipient, &wrap.enc);
        case
    }

    fn export(&self, recipient: &KemSecret, enc: &[u8]) -> Hex {
        let info = (1u8, self.namespace.as_str(), Raw(self.context.0.clone()));
        let exporter = hpke_receiver(recipient, enc, &info).unwrap();
        exporter.export(&Raw(self.exporter_context.0.clone())).expose().into()
    }
}

pub(crate) fn check() -> u32 {
    let cases: Vec<Case> = tests(own_vectors!("wrap"));
    for case in &cases {
        let recipient = KemSecret::from_seed(Secret32::from_bytes(case.seed.array()));
        assert_eq!(Hex(recipient.public_key()), case.public_key);
        assert_eq!(Hex::from(key_hash_kem(&case.public_key)), case.key_hash);
        let (context, secret) = (Raw(case.context.0.clone()), Secret32::from_bytes(case.secret.array()));
        let mut rng = Replay::new(&case.randomness);
        let made = wrap(&mut rng, &case.public_key, &case.namespace, &context, &secret).unwrap();
        rng.finish();
        assert_eq!(Hex(cbor::to_vec(&made)), case.wrap, "{}", case.name);
        let received: Wrap = cbor::from_slice(&case.wrap).unwrap();
        assert_eq!(case.export(&recipient, &received.enc), case.exported);
        assert_eq!(unwrap_key(&recipient, &case.namespace, &context, &received).unwrap(), secret);
    }
    count(&cases)
}
