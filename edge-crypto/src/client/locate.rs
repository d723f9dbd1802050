//! From an e-mail address to a PatientID (PROTOCOL section 4).
use crate::client::{Client, ClientError, Env, Practice, Transport, realm};
use vestibule_core::{
    ids::PatientId,
    wire::{pow::Purpose, realm::Locate},
};
use vestibule_oprf::{blind, locator, verify_and_combine};
use vestibule_suite::sha256;

/// A patient who has typed an address.
#[derive(Debug, Clone)]
pub struct Located {
    /// The patient's id at this practice.
    pub patient: PatientId,
    /// The address as typed: needed again to mail a code.
    pub email: String,
}

impl<T: Transport, E: Env> Client<T, E> {
    /// Hashes the address, has `threshold` realms evaluate it blindly, and checks their proofs against the root-signed
    /// deployment.
    pub async fn locate(
        &self,
        practice: &Practice,
        email: &str,
        progress: &mut dyn FnMut(u32, u32),
    ) -> Result<Located, ClientError> {
        let address = locator::normalise_email(email).map_err(|_| ClientError::Email)?;
        let input = locator::input(&address, &practice.id(), progress).map_err(|_| ClientError::Memory)?;
        let (blinded, state) = blind(&mut self.env.rng(), &input[..]).map_err(|_| ClientError::Email)?;
        let mut subject = [0; 16];
        subject.copy_from_slice(&sha256(&[&blinded.0]).0[..16]);
        let deployment = practice.directory.deployment();
        let mut answers = Vec::new();
        for at in realm::realms(practice.id(), deployment).iter().take(deployment.threshold.into()) {
            let work = self.work(practice.id(), Purpose::Locate, subject).await?;
            let evaluated = self.realm_locate(at, Locate { blinded, work }).await?;
            answers.push((at.realm.index, at.realm.locator_share, evaluated));
        }
        let output = verify_and_combine(&state, deployment.threshold, &answers, &deployment.locator)
            .map_err(|_| ClientError::RealmUnproven)?;
        Ok(Located { patient: locator::patient_id(&output), email: email.to_owned() })
    }
}
