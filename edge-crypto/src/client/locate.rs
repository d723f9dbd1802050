//! From an e-mail address to a PatientID (PROTOCOL section 4).
use crate::client::{
    Client, ClientError, Env, Practice, Transport,
    call::Boxed,
    quorum::Quorum,
    realm::{self, RealmAt},
};
use vestibule_core::{
    ids::{Digest, PatientId},
    wire::{
        pow::Purpose,
        realm::{Evaluated, Locate, LocatorProof},
    },
};
use vestibule_oprf::{blind, locator};
use vestibule_suite::sha256;

/// A patient who has typed an address.
#[derive(Debug, Clone)]
pub struct Located {
    /// The patient's id at this practice.
    pub patient: PatientId,
    /// The address as typed: needed again to mail a code.
    pub email: String,
    /// Shows a realm that the two belong together.
    pub proof: LocatorProof,
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
        let deployment = practice.directory.deployment();
        let publics: Vec<_> = deployment.realms.iter().map(|realm| realm.locator_share).collect();
        let quorum = Quorum {
            realms: &realm::realms(practice.id(), deployment),
            threshold: deployment.threshold,
            wanted: 0,
            publics: &publics,
            group: &deployment.locator,
            troubles: &self.troubles,
        };
        let agreed = quorum.ask(&state, &|at| self.locate_at(at, blinded)).await?;
        let answers = agreed.answers.into_iter();
        let proof = LocatorProof {
            blind: state.expose_blind(),
            answers: answers.map(|(at, e)| (at.realm.index, e.element, e.proof)).collect(),
        };
        Ok(Located { patient: locator::patient_id(&agreed.output), email: email.to_owned(), proof })
    }

    fn locate_at(&self, at: RealmAt, blinded: Digest) -> Boxed<'_, Evaluated> {
        Box::pin(async move {
            let mut subject = [0; 16];
            subject.copy_from_slice(&sha256(&[&blinded.0]).0[..16]);
            let work = self.work_at(&at, Purpose::Locate, subject).await?;
            self.realm_locate(&at, Locate { blinded, work }).await
        })
    }
}
