//! What each realm says it holds of a patient, and which registrations enough of them agree on (rule R4.9).
use crate::{
    client::{Client, ClientError, Env, Practice, Transport, realm, unlock::Candidate},
    registration::{self, DescriptorError},
};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{PatientId, RegistrationId},
    wire::realm::{Begun, Descriptor},
};

/// The realms' answers to `begin`.
#[derive(Debug)]
pub(super) struct Standing {
    /// By index of the realm: those that answered.
    answered: Vec<(u8, Begun)>,
    /// Why the last of the others did not.
    failure: Option<ClientError>,
}

impl Standing {
    /// The descriptors to try, a pending one first: its first right unlock activates it.
    pub(super) fn candidates(
        &self,
        practice: &Practice,
        patient: PatientId,
    ) -> Result<Vec<Candidate>, ClientError> {
        let deployment = practice.directory.deployment();
        let threshold = usize::from(deployment.threshold);
        if self.answered.len() < threshold {
            return Err(self.failure.clone().unwrap_or(ClientError::RealmsDisagree));
        }
        // A put that stopped half-way is active on one realm and still pending on another: both vote for it.
        let votes = |bytes: &Bytes| {
            let has = |b: &Begun| b.active == *bytes || b.pending.as_ref() == Some(bytes);
            self.answered.iter().filter(|(_, begun)| has(begun)).count()
        };
        let pending = self.answered.iter().filter_map(|(_, b)| b.pending.as_ref());
        let active = self.answered.iter().map(|(_, b)| &b.active);
        let mut agreed: Vec<Candidate> = Vec::new();
        for bytes in pending.chain(active) {
            if votes(bytes) >= threshold && !agreed.iter().any(|c| c.bytes == bytes[..]) {
                match registration::check(bytes, deployment, patient) {
                    Ok(descriptor) => agreed.push(Candidate { bytes: bytes.to_vec(), descriptor }),
                    // Of the other deployment, while patients go over.
                    Err(DescriptorError::Realms) if practice.directory.before().is_some() => {}
                    Err(_) => return Err(ClientError::Descriptor),
                }
            }
        }
        if agreed.is_empty() { Err(ClientError::RealmsDisagree) } else { Ok(agreed) }
    }

    /// Realms that hold something else than this registration, active, with nothing waiting. A realm that did not answer is
    /// not among them: what it holds is not known.
    pub(super) fn behind(&self, candidate: &Candidate) -> Vec<u8> {
        let settled = |b: &Begun| b.active[..] == candidate.bytes && b.pending.is_none();
        self.answered.iter().filter(|(_, begun)| !settled(begun)).map(|(index, _)| *index).collect()
    }

    /// Indices of the realms that did not answer.
    pub(super) fn silent(&self, practice: &Practice) -> Vec<u8> {
        let realms = practice.directory.deployment().realms.iter().map(|realm| realm.index);
        realms.filter(|index| !self.answered.iter().any(|(answered, _)| answered == index)).collect()
    }

    /// The registration that a realm says is active, which a put there has to replace.
    pub(super) fn active(&self, realm: u8) -> Option<RegistrationId> {
        let (_, begun) = self.answered.iter().find(|(index, _)| *index == realm)?;
        Some(cbor::from_slice::<Descriptor>(&begun.active).ok()?.registration)
    }
}

impl<T: Transport, E: Env> Client<T, E> {
    /// Asks every realm what it holds.
    pub(super) async fn standing(&self, practice: &Practice, patient: PatientId) -> Standing {
        let mut standing = Standing { answered: Vec::new(), failure: None };
        for at in realm::realms(practice.id(), practice.directory.deployment()) {
            match self.begin_at(&at, patient).await {
                Ok(begun) => standing.answered.push((at.realm.index, begun)),
                Err(error) => standing.failure = Some(error),
            }
        }
        standing
    }
}
