//! Unlocks a patient: begin, one counted evaluation, confirm, rebuild the root (PROTOCOL section 4).
use crate::{
    client::{
        Client, ClientError, DeviceToken, Env, Practice, Session, Transport,
        call::Boxed,
        device::DeviceMemory,
        quorum::Quorum,
        realm::{self, RealmAt},
        vault::open_vaults,
    },
    pin,
    registration::{self, Unlocking},
    vault::VaultError,
};
use vestibule_core::{
    bytes::Bytes,
    ids::{Digest, PatientId},
    wire::realm::{Confirm, Descriptor, Evaluate, Mode, Refusal},
};
use vestibule_oprf::blind;
use vestibule_suite::Secret32;

/// What a right PIN gives.
#[derive(Debug)]
pub struct Unlocked {
    /// The unlocked patient.
    pub session: Session,
    /// Wrong attempts by strangers since the last right PIN, to show.
    pub failed_attempts: u32,
}

/// What one attempt shows besides the PIN, for each realm.
#[derive(Debug, Default)]
pub(crate) struct Credentials<'a> {
    /// A known device.
    pub(crate) device: Option<&'a DeviceMemory>,
    /// Tickets by realm index: one more try, and the activation of a put.
    pub(crate) tickets: &'a [(u8, Digest)],
    /// The root was just made: a vault that it does not open is what the patient had before, and is replaced.
    pub(crate) fresh_root: bool,
    /// The registration was just put: every realm that has it is to activate it, not only as many as are needed.
    pub(crate) fresh_put: bool,
}

impl Credentials<'_> {
    fn token(&self, realm: u8) -> Option<Digest> {
        self.device?.devices.iter().find(|d| d.realm == realm).map(|d| d.token)
    }
    fn ticket(&self, realm: u8) -> Option<Digest> {
        self.tickets.iter().find(|(index, _)| *index == realm).map(|(_, ticket)| *ticket)
    }
}

/// A descriptor that enough realms returned byte-equal, and that passed the checks of rule R4.9.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// As received: H(D) is SHA-256 of these.
    pub bytes: Vec<u8>,
    /// Decoded.
    pub descriptor: Descriptor,
}

impl<T: Transport, E: Env> Client<T, E> {
    /// Unlocks on a device that the patient has not used before: shares A and B.
    pub async fn unlock(
        &self,
        practice: &Practice,
        patient: PatientId,
        digits: &str,
        tickets: &[(u8, Digest)],
        progress: &mut dyn FnMut(u32, u32),
    ) -> Result<Unlocked, ClientError> {
        let credentials = Credentials { tickets, ..Credentials::default() };
        self.unlock_with(practice, patient, digits, &credentials, progress).await
    }

    /// Unlocks on a known device: shares A and C, under the device's own budget. If the PIN was changed elsewhere, C is
    /// stale and B is asked for instead.
    pub async fn unlock_device(
        &self,
        practice: &Practice,
        device: &DeviceMemory,
        digits: &str,
        progress: &mut dyn FnMut(u32, u32),
    ) -> Result<Unlocked, ClientError> {
        let credentials = Credentials { device: Some(device), ..Credentials::default() };
        self.unlock_with(practice, device.patient, digits, &credentials, progress).await
    }

    async fn unlock_with(
        &self,
        practice: &Practice,
        patient: PatientId,
        digits: &str,
        credentials: &Credentials<'_>,
        progress: &mut dyn FnMut(u32, u32),
    ) -> Result<Unlocked, ClientError> {
        let unlocked = self.try_candidates(practice, patient, digits, credentials, progress).await?;
        let seen = credentials.device.and_then(|d| d.seen.as_ref());
        let session = &unlocked.session;
        let key = session.keys.signing().key_hash();
        if seen.is_some_and(|seen| !seen.is_in(&session.vault, key, self.env.now())) {
            return Err(VaultError::RolledBack.into());
        }
        Ok(unlocked)
    }

    async fn try_candidates(
        &self,
        practice: &Practice,
        patient: PatientId,
        digits: &str,
        credentials: &Credentials<'_>,
        progress: &mut dyn FnMut(u32, u32),
    ) -> Result<Unlocked, ClientError> {
        let candidates = self.candidates(practice, patient).await?;
        let mut wrong = ClientError::RealmsDisagree;
        for candidate in &candidates {
            let hashed = pin::hash(digits, &candidate.descriptor, progress)?;
            match self.attempt(practice, candidate, &hashed, credentials).await {
                // A pending registration, left over from a PIN change that never got through, has another PIN.
                Err(error @ ClientError::Refused(Refusal::Wrong | Refusal::Invalid)) => wrong = error,
                other => return other,
            }
        }
        Err(wrong)
    }

    /// The descriptors to try, a pending one first: its first right unlock activates it.
    pub async fn candidates(
        &self,
        practice: &Practice,
        patient: PatientId,
    ) -> Result<Vec<Candidate>, ClientError> {
        let deployment = practice.directory.deployment();
        let (mut answered, mut failure) = (Vec::new(), None);
        for at in realm::realms(practice.id(), deployment) {
            match self.begin_at(&at, patient).await {
                Ok(begun) => answered.push(begun),
                Err(error) => failure = Some(error),
            }
        }
        let threshold = usize::from(deployment.threshold);
        if answered.len() < threshold {
            return Err(failure.unwrap_or(ClientError::RealmsDisagree));
        }
        // A put that stopped half-way is active on one realm and still pending on another: both vote for it.
        let votes = |bytes: &Bytes| {
            answered.iter().filter(|b| b.active == *bytes || b.pending.as_ref() == Some(bytes)).count()
        };
        let pending = answered.iter().filter_map(|b| b.pending.as_ref());
        let active = answered.iter().map(|b| &b.active);
        let mut agreed: Vec<Candidate> = Vec::new();
        for bytes in pending.chain(active) {
            if votes(bytes) >= threshold && !agreed.iter().any(|c| c.bytes == bytes[..]) {
                let descriptor =
                    registration::check(bytes, deployment, patient).map_err(|_| ClientError::Descriptor)?;
                agreed.push(Candidate { bytes: bytes.to_vec(), descriptor });
            }
        }
        if agreed.is_empty() { Err(ClientError::RealmsDisagree) } else { Ok(agreed) }
    }

    /// One counted attempt at one registration, with an already hashed PIN.
    pub(crate) fn attempt<'a>(
        &'a self,
        practice: &'a Practice,
        candidate: &'a Candidate,
        hashed: &'a Secret32,
        credentials: &'a Credentials<'_>,
    ) -> Boxed<'a, Unlocked> {
        Box::pin(self.attempt_unboxed(practice, candidate, hashed, credentials))
    }

    async fn attempt_unboxed(
        &self,
        practice: &Practice,
        candidate: &Candidate,
        hashed: &Secret32,
        credentials: &Credentials<'_>,
    ) -> Result<Unlocked, ClientError> {
        let descriptor = &candidate.descriptor;
        let realms = realm::realms(practice.id(), practice.directory.deployment());
        let evaluated = self.evaluate(&realms, descriptor, hashed, credentials).await?;
        let unlocking = Unlocking::new(&evaluated.output, &candidate.bytes);
        let known = credentials.device.filter(|d| d.registration == descriptor.registration);
        let mode = if known.is_some() { Mode::KnownDevice } else { Mode::NewDevice };
        let (mut confirmed, mut failure) = (Vec::new(), None);
        for (at, handle) in &evaluated.handles {
            let earlier = (descriptor.registration, at.realm.index);
            let handles = self.attempts.handles(earlier, *handle, self.env.now());
            let mac = unlocking.confirm_mac(at.realm.index, &handles, mode);
            let confirm = Confirm { patient: descriptor.patient, handles, mac, mode };
            match self.realm_confirm(at, confirm).await {
                Ok(answer) => {
                    self.attempts.forget(earlier);
                    confirmed.push((at, answer));
                }
                Err(error) => failure = Some(error),
            }
        }
        if confirmed.len() < usize::from(descriptor.threshold) {
            return Err(failure.unwrap_or(ClientError::RealmsDisagree));
        }
        let (_, first) = confirmed.first().ok_or(ClientError::RealmsDisagree)?;
        if confirmed.iter().any(|(_, c)| c.key_hash != first.key_hash) {
            return Err(ClientError::RealmsDisagree);
        }
        let candidate = if let Some(device) = known {
            unlocking.root_with_c(&device.share_c)
        } else {
            let released: Vec<_> =
                confirmed.iter().filter_map(|(at, c)| Some((at.realm.index, c.masked_share?))).collect();
            unlocking.root_with_b(&released).map_err(|_| ClientError::RealmsDisagree)?
        };
        let opened = candidate.verify(first.key_hash).ok_or(ClientError::RootMismatch)?;
        let keys = opened.keys;
        let failed_attempts = confirmed.iter().map(|(_, c)| c.failed_attempts).max().unwrap_or(0);
        let answers: Vec<_> = confirmed.iter().map(|(at, c)| (at.realm.index, c)).collect();
        let (vault, heads, dirty) =
            open_vaults(practice, descriptor.patient, &keys, &answers, credentials.fresh_root)?;
        let devices = answers.iter().map(|&(realm, c)| DeviceToken { realm, token: c.device }).collect();
        let session = Session {
            patient: descriptor.patient,
            keys,
            registration: descriptor.registration,
            share_c: opened.share_c,
            devices,
            vault,
            heads,
            dirty,
        };
        Ok(Unlocked { session, failed_attempts })
    }

    /// Has the realms evaluate the hashed PIN, and combines what they proved.
    async fn evaluate(
        &self,
        realms: &[RealmAt],
        descriptor: &Descriptor,
        hashed: &Secret32,
        credentials: &Credentials<'_>,
    ) -> Result<Evaluation, ClientError> {
        let (blinded, state) =
            blind(&mut self.env.rng(), hashed.expose()).map_err(|_| ClientError::Descriptor)?;
        let quorum = Quorum {
            realms,
            threshold: descriptor.threshold,
            wanted: if credentials.fresh_put { realms.len() } else { 0 },
            publics: &descriptor.shares,
            group: &descriptor.public,
            troubles: &self.troubles,
        };
        let agreed = quorum
            .ask(&state, &|at| {
                let evaluate = Evaluate {
                    patient: descriptor.patient,
                    registration: descriptor.registration,
                    blinded,
                    device: credentials.token(at.realm.index),
                    ticket: credentials.ticket(at.realm.index),
                };
                Box::pin(async move { self.realm_evaluate(&at, evaluate).await })
            })
            .await?;
        let handles = agreed.answers.into_iter().map(|(at, evaluated)| (at, evaluated.handle)).collect();
        Ok(Evaluation { output: agreed.output, handles })
    }
}

struct Evaluation {
    output: vestibule_oprf::Output,
    handles: Vec<(RealmAt, Digest)>,
}
