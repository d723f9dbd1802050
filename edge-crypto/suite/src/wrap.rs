//! A 32-byte secret wrapped to an X-Wing key: PROTOCOL sections 1 and 3.
use crate::{
    CryptoRng, Exporter, KemSecret, OpenError, Secret32, hpke_receiver, hpke_sender, kem::InvalidKey, open,
    seal,
};
use minicbor::Encode;
use vestibule_core::{bytes::Bytes, suite::Suite, wire::envelope::Wrap};

fn wrap_key(exporter: &Exporter, namespace: &str) -> Secret32 {
    exporter.export(&(Suite::V1, namespace, "key"))
}

/// Wraps `secret` to `public_key`, bound to `namespace` and `context`.
pub fn wrap(
    rng: &mut (impl CryptoRng + ?Sized),
    public_key: &[u8],
    namespace: &str,
    context: &impl Encode<()>,
    secret: &Secret32,
) -> Result<Wrap, InvalidKey> {
    let (enc, exporter) = hpke_sender(rng, public_key, &(Suite::V1, namespace, context))?;
    let sealed = seal(rng, &wrap_key(&exporter, namespace), namespace, context, secret.expose());
    Ok(Wrap { suite: Suite::V1, enc: Bytes(enc), sealed })
}

/// Unwraps what [`wrap`] made for this key, namespace and context.
pub fn unwrap_key(
    secret: &KemSecret,
    namespace: &str,
    context: &impl Encode<()>,
    wrap: &Wrap,
) -> Result<Secret32, OpenError> {
    let exporter = hpke_receiver(secret, &wrap.enc, &(Suite::V1, namespace, context))?;
    let opened = open(&wrap_key(&exporter, namespace), namespace, context, &wrap.sealed)?;
    Secret32::from_slice(&opened).ok_or(OpenError)
}
