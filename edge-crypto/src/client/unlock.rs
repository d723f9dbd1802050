//! Unlocks a patient: begin, one counted evaluation, confirm, rebuild the root (PROTOCOL section 4).
use crate::{
    client::{
        Client, ClientError, DeviceToken, Env, Practice, Session, Transport,
        call::Boxed,
        device::DeviceMemory,
        enrol::Prepared,
        quorum::Quorum,
        realm::{self, RealmAt},
        released::Checks,
        vault::open_vaults,
    },
    pin,
    registration::Unlocking,
    vault::VaultError,
};
use vestibule_core::{
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
    /// Indices of realms that hold another registration and could not be brought up to date, to show.
    pub behind: Vec<u8>,
}

/// What one attempt shows besides the PIN, for each realm.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Credentials<'a> {
    /// A known device.
    pub(crate) device: Option<&'a DeviceMemory>,
    /// Tickets by realm index: one more try, and the activation of a put.
    pub(crate) tickets: &'a [(u8, Digest)],
    /// The root was just made: a vault that it does not open is what the patient had before, and is replaced.
    pub(crate) fresh_root: bool,
    /// Not all realms have the registration active yet: every one that has it is asked, not only as many as are needed.
    pub(crate) everywhere: bool,
    /// Indices of realms that gave no answer to `begin`: asked last, or a slow one would be waited for again and again.
    pub(crate) silent: &'a [u8],
    /// The deployment whose realms are asked: a token goes to no realm of another.
    pub(crate) deployment: Option<Digest>,
}

impl Credentials<'_> {
    fn token(&self, realm: u8) -> Option<Digest> {
        let device = self.device.filter(|device| Some(device.deployment) == self.deployment)?;
        device.devices.iter().find(|d| d.realm == realm).map(|d| d.token)
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

impl Candidate {
    /// One that this client made itself.
    pub(super) fn of(prepared: &Prepared) -> Self {
        let registration = &prepared.registration;
        Self {
            bytes: registration.descriptor_bytes().to_vec(),
            descriptor: registration.descriptor().clone(),
        }
    }
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
        let before = practice.before();
        let tried = self.try_candidates(practice, patient, digits, credentials, progress).await;
        let (mut unlocked, candidate) = match (tried, &before) {
            (Err(first), Some(before)) => {
                // Not there, or not with this PIN: perhaps the patient has not gone over yet.
                match self.try_candidates(before, patient, digits, credentials, progress).await {
                    Err(ClientError::RealmsDisagree) => return Err(first),
                    other => other?,
                }
            }
            (tried, _) => tried?,
        };
        let seen = credentials.device.and_then(|d| d.seen.as_ref());
        let session = &mut unlocked.session;
        let key = session.keys.signing().key_hash();
        if seen.is_some_and(|seen| !seen.is_in(&session.vault, key, self.env.now())) {
            return Err(VaultError::RolledBack.into());
        }
        if session.deployment != practice.directory.deployment().digest() {
            unlocked.behind = self.go_over(practice, session, digits, progress).await;
        } else if let Some(candidate) = candidate {
            unlocked.behind = self.settle(practice, &candidate, session, digits, progress).await;
        }
        Ok(unlocked)
    }

    /// Unlocks with the first registration that the PIN opens; that one too if not all realms hold it alike.
    async fn try_candidates(
        &self,
        practice: &Practice,
        patient: PatientId,
        digits: &str,
        credentials: &Credentials<'_>,
        progress: &mut dyn FnMut(u32, u32),
    ) -> Result<(Unlocked, Option<Candidate>), ClientError> {
        let standing = self.standing(practice, patient).await;
        let silent = standing.silent(practice);
        let mut wrong = ClientError::RealmsDisagree;
        for candidate in standing.candidates(practice, patient)? {
            let hashed = pin::hash(digits, &candidate.descriptor, progress)?;
            let everywhere = !standing.behind(&candidate).is_empty();
            let credentials = Credentials { everywhere, silent: &silent, ..*credentials };
            match self.attempt(practice, &candidate, &hashed, &credentials).await {
                Ok(unlocked) => return Ok((unlocked, everywhere.then_some(candidate))),
                // A pending registration, left over from a PIN change that never got through, has another PIN.
                Err(error @ ClientError::Refused(Refusal::Wrong | Refusal::Invalid)) => wrong = error,
                Err(error) => return Err(error),
            }
        }
        Err(wrong)
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
        let deployment = practice.directory.deployment().digest();
        let credentials = &Credentials { deployment: Some(deployment), ..*credentials };
        let realms = realm::realms(practice.id(), practice.directory.deployment());
        let (mut realms, silent): (Vec<_>, Vec<_>) =
            realms.into_iter().partition(|at| !credentials.silent.contains(&at.realm.index));
        realms.extend(silent);
        let evaluated = self.evaluate(&realms, descriptor, hashed, credentials).await?;
        let unlocking = Unlocking::new(&evaluated.output, &candidate.bytes);
        let known = credentials.device.filter(|d| d.registration == descriptor.registration);
        let mode = if known.is_some() { Mode::KnownDevice } else { Mode::NewDevice };
        let threshold = usize::from(descriptor.threshold);
        // All are noted before one is proven, so that a right PIN later refunds them at every realm.
        let noted: Vec<_> = evaluated
            .handles
            .iter()
            .map(|(at, handle)| {
                let place = (descriptor.registration, at.realm.index);
                (at, place, self.attempts.handles(place, *handle, self.env.now()))
            })
            .collect();
        let (mut confirmed, mut failure) = (Vec::new(), None);
        for (at, place, handles) in noted {
            let mac = unlocking.confirm_mac(at.realm.index, &handles, mode);
            let confirm = Confirm { patient: descriptor.patient, handles, mac, mode };
            match self.realm_confirm(at, confirm).await {
                Ok(answer) => {
                    self.attempts.forget(place);
                    confirmed.push((at.clone(), answer));
                }
                Err(error) => failure = Some(error),
            }
            // Where all are needed, none is activated behind one that another device has just given a newer registration.
            if failure.is_some() && realms.len() == threshold {
                break;
            }
        }
        let right = !confirmed.is_empty();
        let checks = Checks {
            practice,
            patient: descriptor.patient,
            unlocking: &unlocking,
            known,
            fresh_root: credentials.fresh_root,
        };
        let held = checks.sort(confirmed, &self.troubles);
        let (Some(opened), true) = (held.opened, held.answers.len() >= threshold) else {
            // One says that the PIN is right, and there are more to ask than those that went away or lied.
            if right && evaluated.handles.len() < realms.len() && !credentials.everywhere {
                let credentials = Credentials { everywhere: true, ..*credentials };
                return self.attempt(practice, candidate, hashed, &credentials).await;
            }
            return Err(held.failure.or(failure).unwrap_or(ClientError::RealmsDisagree));
        };
        let keys = opened.keys;
        let confirmed = held.answers;
        let failed_attempts = confirmed.iter().map(|(_, c)| c.failed_attempts).max().unwrap_or(0);
        let answers: Vec<_> = confirmed.iter().map(|(at, c)| (at.realm.index, c)).collect();
        let (vault, heads, dirty) =
            open_vaults(practice, descriptor.patient, &keys, &answers, credentials.fresh_root)?;
        let devices = answers.iter().map(|&(realm, c)| DeviceToken { realm, token: c.device }).collect();
        let session = Session {
            patient: descriptor.patient,
            keys,
            registration: descriptor.registration,
            deployment,
            share_c: opened.share_c,
            devices,
            vault,
            heads,
            dirty,
        };
        Ok(Unlocked { session, failed_attempts, behind: Vec::new() })
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
            wanted: if credentials.everywhere { realms.len() } else { 0 },
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
