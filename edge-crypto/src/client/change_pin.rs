//! Changes the PIN: the root stays, so everything sealed stays readable.
use crate::{
    client::{
        Client, ClientError, Env, Practice, Session, Transport, device::DeviceMemory, realm,
        unlock::Credentials,
    },
    vault,
};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    suite::namespace,
    wire::realm::{Authorization, PutStatement},
};
use vestibule_suite::sha256;

impl<T: Transport, E: Env> Client<T, E> {
    /// Proves the old PIN, puts a registration of the same root under the new one, signed by the patient's key, and
    /// activates it. Until it is active on every realm, the old PIN works.
    pub async fn change_pin(
        &self,
        practice: &Practice,
        session: &mut Session,
        old: &str,
        new: &str,
        progress: &mut dyn FnMut(u32, u32),
    ) -> Result<(), ClientError> {
        // Under this device's own budget: strangers who burnt theirs cannot keep the patient from changing the PIN.
        let device = DeviceMemory::of(session);
        let current = self.unlock_device(practice, &device, old, progress).await?.session;
        let prepared = self.prepare(practice, current.patient, current.keys.root(), new, progress)?;
        for at in realm::realms(practice.id(), practice.directory.deployment()) {
            let statement = PutStatement {
                practice: practice.id(),
                patient: current.patient,
                old: current.registration,
                descriptor: sha256(&[prepared.registration.descriptor_bytes()]),
                nonce: Bytes(crate::random::id16(&mut self.env.rng()).to_vec()),
            };
            let signing = current.keys.signing();
            let signed = signing.sign(namespace::PUT, cbor::to_vec(&statement))?;
            let key = Bytes(signing.public_key().to_vec());
            let authorization = Authorization::PatientKey(key, signed);
            self.put_at(practice, &prepared, at.realm.index, authorization).await?;
        }
        let device = DeviceMemory::of(&current);
        let credentials = Credentials { device: Some(&device), fresh_put: true, ..Credentials::default() };
        let mut renewed = self.activate(practice, &prepared, &credentials).await?;
        // What this session has not stored yet must not get lost with it.
        let vault = vault::merge(&renewed.vault, &session.vault)?;
        renewed.dirty |= vault != renewed.vault;
        renewed.vault = vault;
        *session = renewed;
        Ok(())
    }
}
