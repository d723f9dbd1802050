//! Puts a registration signed by the patient's key at every realm, and brings realms up to date that missed one: while root
//! and PIN are known (rule R4.19).
use crate::{
    client::{
        Client, ClientError, Env, Practice, Session, Transport,
        device::DeviceMemory,
        enrol::Prepared,
        realm,
        standing::Standing,
        unlock::{Candidate, Credentials},
    },
    patient::PatientKeys,
    registration::Plan,
    vault,
};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{PatientId, RegistrationId},
    suite::namespace,
    wire::{
        envelope::Signed,
        realm::{Authorization, PutStatement, Refusal},
        reshare::{Introduce, IntroduceStatement, Introduced},
    },
};
use vestibule_suite::{Secret32, key_hash_kem, sha256};

/// Who puts, and what.
pub(super) struct SignedPut<'a> {
    /// Whose registration.
    pub(super) patient: PatientId,
    /// The patient's keys, of the root that stays.
    pub(super) keys: &'a PatientKeys,
    /// What the realms hold now.
    pub(super) standing: &'a Standing,
    /// What they are to hold.
    pub(super) prepared: &'a Prepared,
    /// What realms that know the patient say to those that do not.
    pub(super) introduced: &'a [Introduced],
}

impl<T: Transport, E: Env> Client<T, E> {
    /// Puts at these realms, whichever of them take it: how many did. An error only if those are fewer than `needed`.
    pub(super) async fn put_signed(
        &self,
        practice: &Practice,
        put: &SignedPut<'_>,
        realms: &[u8],
        needed: usize,
    ) -> Result<usize, ClientError> {
        let (mut accepted, mut refused, mut failure) = (0, 0, None);
        for index in realms {
            match self.put_signed_at(practice, put, *index).await {
                Ok(()) => accepted += 1,
                Err(error) => {
                    refused += 1;
                    failure = Some(error);
                }
            }
            // Where all are needed, the first that refuses ends it: another device is ahead, in the same order.
            if refused + needed > realms.len() {
                break;
            }
        }
        if accepted >= needed { Ok(accepted) } else { Err(failure.unwrap_or(ClientError::RealmsDisagree)) }
    }

    async fn put_signed_at(
        &self,
        practice: &Practice,
        put: &SignedPut<'_>,
        index: u8,
    ) -> Result<(), ClientError> {
        let old = put.standing.active(index).ok_or(ClientError::RealmsDisagree)?;
        let (key, signed) = self.sign_put(practice, put, old)?;
        match self.put_at(practice, put.prepared, index, Authorization::PatientKey(key, signed)).await {
            // It does not know the key: it never had the patient.
            Err(ClientError::Refused(Refusal::Unauthorized)) if !put.introduced.is_empty() => {
                let (key, signed) = self.sign_put(practice, put, old)?;
                let allowed = Authorization::Introduced(key, signed, put.introduced.to_vec());
                self.put_at(practice, put.prepared, index, allowed).await
            }
            other => other,
        }
    }

    fn sign_put(
        &self,
        practice: &Practice,
        put: &SignedPut<'_>,
        old: RegistrationId,
    ) -> Result<(Bytes, Signed), ClientError> {
        let statement = PutStatement {
            practice: practice.id(),
            patient: put.patient,
            old,
            descriptor: sha256(&[put.prepared.registration.descriptor_bytes()]),
            nonce: Bytes(crate::random::id16(&mut self.env.rng()).to_vec()),
        };
        let signing = put.keys.signing();
        let signed = signing.sign(namespace::PUT, cbor::to_vec(&statement))?;
        Ok((Bytes(signing.public_key().to_vec()), signed))
    }

    /// Has realms by which the patient is unlocked say so to those that do not know the patient: as many as are needed, or
    /// none.
    pub(super) async fn introductions(
        &self,
        practice: &Practice,
        session: &Session,
    ) -> Result<Vec<Introduced>, ClientError> {
        let practice = &*practice.of(session.deployment);
        let deployment = practice.directory.deployment();
        let needed = usize::from(deployment.threshold);
        let signing = session.keys.signing();
        let mut introduced = Vec::with_capacity(needed);
        for at in realm::realms(practice.id(), deployment) {
            let statement = IntroduceStatement {
                practice: practice.id(),
                patient: session.patient,
                realm: key_hash_kem(&at.realm.kem_key),
            };
            let statement = signing.sign(namespace::INTRODUCE, cbor::to_vec(&statement))?;
            let introduce = Introduce { key: Bytes(signing.public_key().to_vec()), statement };
            // One that lags or is down: another one says it.
            introduced.extend(self.realm_introduce(&at, introduce).await.ok());
            if introduced.len() == needed {
                return Ok(introduced);
            }
        }
        Ok(Vec::new())
    }

    /// After a right PIN: gives realms that hold something else than the registration that opened a fresh one of the same root
    /// and PIN, together with all the others. Does nothing where all are alike, or where none of those that differ takes it.
    /// Leaves in `behind` who is still not up to date; that is never a reason not to let the patient in.
    pub(super) async fn settle(
        &self,
        practice: &Practice,
        candidate: &Candidate,
        session: &mut Session,
        digits: &str,
        progress: &mut dyn FnMut(u32, u32),
    ) -> Vec<u8> {
        // Asked again: who only waited for a right PIN has had it now.
        let standing = self.standing(practice, session.patient).await;
        let behind = standing.behind(candidate);
        if behind.is_empty() {
            return behind;
        }
        match self.renew(practice, &standing, &behind, session, digits, progress).await {
            Ok(renewed) => self.standing(practice, session.patient).await.behind(&renewed),
            // The patient is in: the next unlock tries again, and until then they are shown as behind.
            Err(_) => behind,
        }
    }

    /// After a right PIN by the deployment before: gives the realms of the new one a registration of the same root and PIN,
    /// and goes on with it. Where that fails the patient is in all the same, and the next unlock tries again: until the new
    /// registration is active, the old one stays. The indices of the new realms that are behind are given back.
    pub(super) async fn go_over(
        &self,
        practice: &Practice,
        session: &mut Session,
        digits: &str,
        progress: &mut dyn FnMut(u32, u32),
    ) -> Vec<u8> {
        let deployment = practice.directory.deployment();
        let all: Vec<u8> = deployment.realms.iter().map(|realm| realm.index).collect();
        let standing = self.standing(practice, session.patient).await;
        let Ok(introduced) = self.introductions(practice, session).await else { return all };
        let root = session.keys.root();
        let Ok(prepared) = self.prepare(practice, session.patient, root, digits, progress) else {
            return all;
        };
        let put = SignedPut {
            patient: session.patient,
            keys: &session.keys,
            standing: &standing,
            prepared: &prepared,
            introduced: &introduced,
        };
        if self.put_signed(practice, &put, &all, deployment.threshold.into()).await.is_err() {
            return all;
        }
        match self.adopt(practice, &prepared, session).await {
            Ok(renewed) => self.standing(practice, session.patient).await.behind(&renewed),
            Err(_) => all,
        }
    }

    async fn renew(
        &self,
        practice: &Practice,
        standing: &Standing,
        behind: &[u8],
        session: &mut Session,
        digits: &str,
        progress: &mut dyn FnMut(u32, u32),
    ) -> Result<Candidate, ClientError> {
        let deployment = practice.directory.deployment();
        let all: Vec<u8> = deployment.realms.iter().map(|realm| realm.index).collect();
        let introduced = self.introductions(practice, session).await?;
        let threshold = usize::from(deployment.threshold);
        // Where all realms are needed, in the order of their indices, as they are activated: of two devices one then stops at
        // the first. Else those that need it first: if none of them takes it, nothing has changed anywhere.
        let (first, needed) = if all.len() == threshold {
            (all.clone(), threshold)
        } else {
            (self.willing(practice, standing, behind, session, &introduced).await?, 1)
        };
        let prepared = self.prepare(practice, session.patient, session.keys.root(), digits, progress)?;
        let put = SignedPut {
            patient: session.patient,
            keys: &session.keys,
            standing,
            prepared: &prepared,
            introduced: &introduced,
        };
        let accepted = self.put_signed(practice, &put, &first, needed).await?;
        let others: Vec<u8> = all.iter().filter(|index| !first.contains(index)).copied().collect();
        self.put_signed(practice, &put, &others, threshold.saturating_sub(accepted)).await?;
        self.adopt(practice, &prepared, session).await
    }

    /// Which of these realms take a put of this patient at all: one that was never enrolled at does not know the key. Asked
    /// with a registration under a PIN that nobody knows, another one at each, so that no second realm ever agrees to it:
    /// hashing the PIN anew for every unlock, for a realm that will refuse, would double its time.
    async fn willing(
        &self,
        practice: &Practice,
        standing: &Standing,
        behind: &[u8],
        session: &Session,
        introduced: &[Introduced],
    ) -> Result<Vec<u8>, ClientError> {
        let (mut willing, mut failure) = (Vec::new(), ClientError::RealmsDisagree);
        for index in behind {
            let hashed = Secret32::random(&mut self.env.rng());
            let registration =
                Plan::new(&mut self.env.rng(), practice.directory.deployment(), session.patient)
                    .and_then(|plan| plan.register(session.keys.root(), &hashed))
                    .map_err(|_| ClientError::Descriptor)?;
            let prepared = Prepared { registration, hashed };
            let put = SignedPut {
                patient: session.patient,
                keys: &session.keys,
                standing,
                prepared: &prepared,
                introduced,
            };
            match self.put_signed_at(practice, &put, *index).await {
                Ok(()) => willing.push(*index),
                Err(error) => failure = error,
            }
        }
        if willing.is_empty() { Err(failure) } else { Ok(willing) }
    }

    /// Activates what was just put, and goes on with it; what the session has not stored yet does not get lost.
    pub(super) async fn adopt(
        &self,
        practice: &Practice,
        prepared: &Prepared,
        session: &mut Session,
    ) -> Result<Candidate, ClientError> {
        let device = DeviceMemory::of(session);
        let credentials = Credentials { device: Some(&device), everywhere: true, ..Credentials::default() };
        let candidate = Candidate::of(prepared);
        let mut renewed = self.attempt(practice, &candidate, &prepared.hashed, &credentials).await?.session;
        let merged = vault::merge(&renewed.vault, &session.vault)?;
        renewed.dirty |= session.dirty || merged != renewed.vault;
        renewed.vault = merged;
        *session = renewed;
        Ok(candidate)
    }
}
