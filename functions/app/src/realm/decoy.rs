//! What a patient without a registration looks like: derived from the platform secret, the same each time, with keys as
//! real as any. Always made, whether or not it is used, so that known and unknown patients cost the same work.
use super::{INDEX, Realm, secrets, secrets::Secrets};
use crate::{error::Fault, port::Platform};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{PatientId, RegistrationId},
    suite::{PinParameters, Suite},
    wire::realm::Descriptor,
};
use vestibule_oprf::Key;

/// A registration that nobody made.
pub(crate) struct Decoy {
    pub(crate) registration: RegistrationId,
    key: Key,
    secrets: Secrets,
    patient: PatientId,
}

impl Decoy {
    pub(crate) fn of<P: Platform>(realm: &Realm<'_, P>, patient: PatientId) -> Result<Self, Fault> {
        let whose = (realm.practice, patient);
        let derive = |label: &str| *realm.keys.platform.decoy(label, &whose).expose();
        let mut registration = [0; 16];
        registration.copy_from_slice(&derive("registration")[..16]);
        let mut scalar = derive("oprf-share");
        // Below 2^252, so a canonical scalar.
        scalar[31] &= 0x0f;
        let key = Key::from_bytes(&scalar).map_err(|_| Fault::new("a decoy key is zero"))?;
        let secrets = Secrets {
            index: INDEX,
            oprf_share: scalar,
            unlock_key: derive("unlock-key"),
            masked_share: derive("masked-share"),
        };
        Ok(Self { registration: RegistrationId(registration), key, secrets, patient })
    }

    /// Its descriptor: one realm of one, as every real one here.
    pub(crate) fn descriptor<P: Platform>(&self, realm: &Realm<'_, P>) -> Bytes {
        let public = self.key.public();
        cbor::to_vec(&Descriptor {
            suite: Suite::V1,
            practice: realm.practice,
            patient: self.patient,
            registration: self.registration,
            threshold: 1,
            realms: vec![realm.keys.realm.key_hash()],
            parameters: PinParameters::Argon2id64MiB10,
            public,
            shares: vec![public],
        })
        .into()
    }

    /// Its secrets, sealed like real ones.
    pub(crate) fn sealed<P: Platform>(&self, realm: &Realm<'_, P>) -> Bytes {
        let place = (realm.practice, self.patient, self.registration);
        secrets::seal(realm.platform, realm.keys, &place, &self.secrets)
    }
}
