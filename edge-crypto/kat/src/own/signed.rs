//! Signed bodies.
use super::own_vectors;
use crate::vector::{Hex, Raw, count, tests};
use serde::{Deserialize, Serialize};
use vestibule_core::{cbor, wire::envelope::Signed};
use vestibule_edge_crypto::sign::{SigningKey, sign_all};
use vestibule_suite::Secret32;
use vestibule_verify::{Verified, VerifyingKey, signed_message, verify};

/// A body signed by one or more keys.
#[derive(Serialize, Deserialize)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) signers: Vec<Signer>,
    pub(crate) namespace: String,
    /// CBOR.
    pub(crate) body: Hex,
    /// CBOR of the `Signed`.
    pub(crate) signed: Hex,
}

/// A signer.
#[derive(Serialize, Deserialize)]
pub(crate) struct Signer {
    pub(crate) ed25519_seed: Hex,
    pub(crate) ml_dsa_seed: Hex,
    pub(crate) public_key: Hex,
    pub(crate) key_hash: Hex,
    /// CBOR `["vestibule", suite, namespace, key hash, SHA-512(body)]`: what both algorithms sign.
    pub(crate) message: Hex,
}

impl Signer {
    fn key(&self) -> SigningKey {
        let seed = |hex: &Hex| Secret32::from_bytes(hex.array());
        SigningKey::from_seeds(&seed(&self.ed25519_seed), &seed(&self.ml_dsa_seed))
    }
}

impl Case {
    #[cfg(test)]
    pub(crate) fn make(name: &'static str, signers: usize, namespace: &str, body: Vec<u8>) -> Self {
        let mut rng = crate::rng::Recorder::new(name);
        let mut secret = || Secret32::random(&mut rng);
        let signers: Vec<_> = (0..signers)
            .map(|_| {
                let (ed25519, ml_dsa) = (secret(), secret());
                let key = SigningKey::from_seeds(&ed25519, &ml_dsa);
                Signer {
                    ed25519_seed: ed25519.expose().into(),
                    ml_dsa_seed: ml_dsa.expose().into(),
                    public_key: key.public_key().into(),
                    key_hash: key.key_hash().into(),
                    message: signed_message(namespace, key.key_hash(), &body).into(),
                }
            })
            .collect();
        let keys: Vec<_> = signers.iter().map(Signer::key).collect();
        let signed = sign_all(&keys.iter().collect::<Vec<_>>(), namespace, body.clone()).unwrap();
        Self {
            name: name.into(),
            signers,
            namespace: namespace.into(),
            body: Hex(body),
            signed: cbor::to_vec(&signed).into(),
        }
    }
}

/// Any CBOR item: the body of a vector need not be one of our types.
#[derive(Debug, PartialEq)]
struct Any(Raw);

impl minicbor::Encode<()> for Any {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        ctx: &mut (),
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        self.0.encode(e, ctx)
    }
}

impl<'b> minicbor::Decode<'b, ()> for Any {
    fn decode(d: &mut minicbor::Decoder<'b>, (): &mut ()) -> Result<Self, minicbor::decode::Error> {
        let start = d.position();
        d.skip()?;
        Ok(Self(Raw(d.input()[start..d.position()].to_vec())))
    }
}

pub(crate) fn check() -> u32 {
    let cases: Vec<Case> = tests(own_vectors!("signed"));
    for case in &cases {
        let keys: Vec<_> = case.signers.iter().map(Signer::key).collect();
        for (signer, key) in case.signers.iter().zip(&keys) {
            assert_eq!(Hex::from(key.public_key()), signer.public_key);
            assert_eq!(Hex::from(key.key_hash()), signer.key_hash);
            assert_eq!(Hex(signed_message(&case.namespace, key.key_hash(), &case.body)), signer.message);
        }
        let made = sign_all(&keys.iter().collect::<Vec<_>>(), &case.namespace, case.body.0.clone()).unwrap();
        assert_eq!(Hex(cbor::to_vec(&made)), case.signed, "{}", case.name);
        let received: Signed = cbor::from_slice(&case.signed).unwrap();
        let admitted: Vec<_> =
            case.signers.iter().map(|s| VerifyingKey::from_bytes(&s.public_key).unwrap()).collect();
        let verified: Verified<Any> = verify(&received, &case.namespace, &admitted, admitted.len()).unwrap();
        assert_eq!(verified.0.0, case.body.0);
    }
    count(&cases)
}
