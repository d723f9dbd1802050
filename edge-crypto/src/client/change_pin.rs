//! Changes the PIN: the root stays, so everything sealed stays readable.
use crate::{
    client::{
        Client, ClientError, Env, Practice, Session, Transport, device::DeviceMemory, settle::SignedPut,
    },
    vault,
};

impl<T: Transport, E: Env> Client<T, E> {
    /// Proves the old PIN, puts a registration of the same root under the new one, signed by the patient's key, and
    /// activates it. Until it is active on enough realms, the old PIN works; a realm that is down meanwhile is brought up to
    /// date by a later unlock.
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
        let mut current = self.unlock_device(practice, &device, old, progress).await?.session;
        let practice = &*practice.of(current.deployment);
        // What this session has not stored yet must not get lost with it.
        let merged = vault::merge(&current.vault, &session.vault)?;
        current.dirty |= merged != current.vault;
        current.vault = merged;
        let prepared = self.prepare(practice, current.patient, current.keys.root(), new, progress)?;
        let standing = self.standing(practice, current.patient).await;
        let put = SignedPut {
            patient: current.patient,
            keys: &current.keys,
            standing: &standing,
            prepared: &prepared,
            introduced: &[],
        };
        let deployment = practice.directory.deployment();
        let realms: Vec<u8> = deployment.realms.iter().map(|realm| realm.index).collect();
        self.put_signed(practice, &put, &realms, deployment.threshold.into()).await?;
        self.adopt(practice, &prepared, &mut current).await?;
        *session = current;
        Ok(())
    }
}
