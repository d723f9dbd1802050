//! A known device: share C and the realms' tokens, sealed under a secret that only this browser profile can derive
//! (rule R4.15). With A, which needs the PIN and a counted guess, C gives the root.
use crate::{
    client::{Client, ClientError, DeviceToken, Env, Session, Transport},
    shamir::ShareC,
};
use vestibule_cbor_derive::{Decode, Encode};
use vestibule_core::{
    cbor,
    ids::{Digest, PatientId, PracticeId, RegistrationId},
    suite::namespace,
    wire::envelope::Sealed,
};
use vestibule_suite::{self as suite, Secret32};

/// What a device blob holds.
#[derive(Debug)]
pub struct DeviceMemory {
    /// Whose device.
    pub patient: PatientId,
    /// Registration that `share_c` belongs to; after a PIN change elsewhere it is stale.
    pub registration: RegistrationId,
    /// f(3) of the registration's Shamir line.
    pub share_c: ShareC,
    /// Tokens by realm.
    pub devices: Vec<DeviceToken>,
}

/// Context of a device blob.
#[derive(Debug, Encode, Decode)]
#[cbor(array)]
struct DeviceContext {
    /// Whose patient.
    #[n(0)]
    practice: PracticeId,
}

/// Plaintext of a device blob.
#[derive(Encode, Decode)]
#[cbor(array)]
struct Plain {
    #[n(0)]
    patient: PatientId,
    #[n(1)]
    registration: RegistrationId,
    /// Share C.
    #[n(2)]
    share_c: Digest,
    /// Realm index and token.
    #[n(3)]
    devices: Vec<(u8, Digest)>,
}

impl Drop for Plain {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.share_c.0);
    }
}

impl DeviceMemory {
    /// What an unlocked session would leave on its device.
    pub fn of(session: &Session) -> Self {
        Self {
            patient: session.patient,
            registration: session.registration,
            share_c: session.share_c.clone(),
            devices: session.devices.clone(),
        }
    }

    /// Opens a blob. `device_secret` is what the page derived with a `WebCrypto` key that cannot be exported.
    pub fn open(practice: PracticeId, blob: &[u8], device_secret: &Secret32) -> Result<Self, ClientError> {
        let sealed: Sealed = cbor::from_slice(blob).map_err(|_| ClientError::DeviceMemory)?;
        let bytes = suite::open(device_secret, namespace::DEVICE_SHARE, &DeviceContext { practice }, &sealed)
            .map_err(|_| ClientError::DeviceMemory)?;
        let plain: Plain = cbor::from_slice(&bytes).map_err(|_| ClientError::DeviceMemory)?;
        Ok(Self {
            patient: plain.patient,
            registration: plain.registration,
            share_c: ShareC::from_secret(Secret32::from_bytes(plain.share_c.0)),
            devices: plain.devices.iter().map(|&(realm, token)| DeviceToken { realm, token }).collect(),
        })
    }
}

impl<T: Transport, E: Env> Client<T, E> {
    /// Seals what this device needs to unlock as a known one.
    pub fn device_blob(&self, practice: PracticeId, session: &Session, device_secret: &Secret32) -> Vec<u8> {
        let plain = Plain {
            patient: session.patient,
            registration: session.registration,
            share_c: Digest(*session.share_c.secret().expose()),
            devices: session.devices.iter().map(|d| (d.realm, d.token)).collect(),
        };
        let bytes = suite::Zeroizing::new(cbor::to_vec(&plain));
        let context = DeviceContext { practice };
        cbor::to_vec(&suite::seal(
            &mut self.env.rng(),
            device_secret,
            namespace::DEVICE_SHARE,
            &context,
            &bytes,
        ))
    }
}
