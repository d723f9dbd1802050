//! x: the PIN, hashed at a price.
use crate::pin::{PinError, shape};
use vestibule_argon2id::Params;
use vestibule_core::{
    suite::{DOMAIN, PinParameters, Suite},
    wire::realm::Descriptor,
};
use vestibule_suite::{Secret32, hash_cbor};

/// x = Argon2id(PIN, H(CBOR `["vestibule", suite, "pin", practice, patient, registration]`)), 32 bytes: the OPRF's input.
///
/// Takes any PIN of the right form, since rules for choosing one may have changed since this one was chosen.
/// `progress(done, total)` is called in small steps.
pub fn hash(
    pin: &str,
    descriptor: &Descriptor,
    progress: &mut dyn FnMut(u32, u32),
) -> Result<Secret32, PinError> {
    let Descriptor { practice, patient, registration, parameters, .. } = descriptor;
    let salt = hash_cbor(&(DOMAIN, Suite::V1, "pin", practice, patient, registration));
    argon2id(shape(pin)?, &salt.0, *parameters, progress)
}

/// Argon2id at the price of `parameters`, 32 bytes.
pub(crate) fn argon2id(
    password: &[u8],
    salt: &[u8],
    parameters: PinParameters,
    progress: &mut dyn FnMut(u32, u32),
) -> Result<Secret32, PinError> {
    let params = match parameters {
        PinParameters::Argon2id64MiB10 => Params { memory_kib: 65_536, passes: 10 },
    };
    let mut out = zeroize::Zeroizing::new([0; 32]);
    // Parameters and lengths are constants in range, so memory is what can be missing.
    vestibule_argon2id::hash(password, salt, &params, &mut out[..], progress)
        .map_err(|_| PinError::Memory)?;
    Ok(Secret32::from_bytes(*out))
}
