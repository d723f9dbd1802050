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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use vestibule_core::ids::{Digest, PatientId, PracticeId, RegistrationId};

    fn descriptor() -> Descriptor {
        Descriptor {
            suite: Suite::V1,
            practice: PracticeId([1; 16]),
            patient: PatientId([2; 16]),
            registration: RegistrationId([3; 16]),
            threshold: 1,
            realms: vec![],
            parameters: PinParameters::Argon2id64MiB10,
            public: Digest([0; 32]),
            shares: vec![],
        }
    }

    /// The salt is written out here, byte by byte, as PROTOCOL gives it.
    #[test]
    fn the_salt_names_practice_patient_and_registration() {
        let mut salt = b"\x86\x69vestibule\x01\x63pin".to_vec();
        for byte in 1..=3 {
            salt.push(0x50);
            salt.extend([byte; 16]);
        }
        let mut expected = [0; 32];
        let params = Params { memory_kib: 65_536, passes: 10 };
        let salt = vestibule_suite::sha256(&[&salt]);
        vestibule_argon2id::hash(b"493817", &salt.0, &params, &mut expected, &mut |_, _| ()).unwrap();
        let hashed = hash("493817", &descriptor(), &mut |_, _| ()).unwrap();
        assert_eq!(hashed.expose(), &expected);
    }

    #[test]
    fn a_pin_of_wrong_form_is_not_hashed() {
        let hash = |pin| hash(pin, &descriptor(), &mut |_, _| unreachable!("hashing began"));
        assert_eq!(hash("49381").unwrap_err(), PinError::Length);
        assert_eq!(hash("49381x").unwrap_err(), PinError::Digits);
    }
}
