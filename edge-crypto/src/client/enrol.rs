//! Sets a first PIN, or a new one after a mailed code (PROTOCOL section 4, "put").
use crate::{
    client::{
        Client, ClientError, Env, Located, Practice, Session, Transport, realm,
        unlock::{Candidate, Credentials},
    },
    keys::PatientRoot,
    registration::{Plan, Registration},
};
use vestibule_core::{
    ids::Digest,
    wire::{
        pow::Purpose,
        realm::{Authorization, Put, Redeem, VoucherRequest},
    },
};
use vestibule_suite::Secret32;

/// A registration that was computed while the patient typed on; not sent yet. Secrets are wiped on drop.
#[derive(Debug)]
pub struct Prepared {
    pub(crate) registration: Registration,
    /// The hashed PIN: the unlock that follows the put need not hash again.
    pub(crate) hashed: Secret32,
}

/// What redeeming a mailed code gives.
#[derive(Debug, Clone)]
pub struct Tickets {
    /// A single-use ticket for each realm, by index.
    pub tickets: Vec<(u8, Digest)>,
    /// Whether a PIN is set already: enrolling replaces it, and with it the way to the old appointments.
    pub registered: bool,
}

impl<T: Transport, E: Env> Client<T, E> {
    /// Makes a new patient root and a registration for it. Argon2id runs here, so call it while the patient types on.
    pub fn prepare_enrolment(
        &self,
        practice: &Practice,
        located: &Located,
        digits: &str,
        progress: &mut dyn FnMut(u32, u32),
    ) -> Result<Prepared, ClientError> {
        let root = PatientRoot::generate(&mut self.env.rng());
        self.prepare(practice, located.patient, &root, digits, progress)
    }

    /// A registration of a PIN for a root.
    pub(crate) fn prepare(
        &self,
        practice: &Practice,
        patient: vestibule_core::ids::PatientId,
        root: &PatientRoot,
        digits: &str,
        progress: &mut dyn FnMut(u32, u32),
    ) -> Result<Prepared, ClientError> {
        let plan = Plan::new(&mut self.env.rng(), practice.directory.deployment(), patient)
            .map_err(|_| ClientError::Descriptor)?;
        let hashed = plan.hash_pin(digits, progress)?;
        let registration = plan.register(root, &hashed).map_err(|_| ClientError::Descriptor)?;
        Ok(Prepared { registration, hashed })
    }

    /// Has every realm mail a code to the address that was located.
    pub async fn request_code(
        &self,
        practice: &Practice,
        located: &Located,
        locale: &str,
    ) -> Result<(), ClientError> {
        for at in realm::realms(practice.id(), practice.directory.deployment()) {
            let work = self.work_at(&at, Purpose::Voucher, located.patient.0).await?;
            let request = VoucherRequest {
                patient: located.patient,
                email: located.email.clone(),
                locale: locale.to_owned(),
                work,
                located: located.proof.clone(),
            };
            self.realm_voucher(&at, request).await?;
        }
        Ok(())
    }

    /// Turns mailed codes into tickets: one code for each realm, in the order of their indices.
    pub async fn redeem(
        &self,
        practice: &Practice,
        located: &Located,
        codes: &[&str],
    ) -> Result<Tickets, ClientError> {
        let mut tickets = Tickets { tickets: Vec::new(), registered: false };
        for (at, code) in realm::realms(practice.id(), practice.directory.deployment()).iter().zip(codes) {
            let redeem = Redeem { patient: located.patient, code: code.trim().to_owned() };
            let redeemed = self.realm_redeem(at, redeem).await?;
            tickets.tickets.push((at.realm.index, redeemed.ticket));
            tickets.registered |= redeemed.registered;
        }
        Ok(tickets)
    }

    /// Stores the prepared registration at every realm, then activates it by a right unlock. If it stops between the two,
    /// the registration stays pending, and unlocking with the PIN within the hour completes it.
    pub async fn enrol(
        &self,
        practice: &Practice,
        prepared: &Prepared,
        tickets: &Tickets,
    ) -> Result<Session, ClientError> {
        for (realm, ticket) in &tickets.tickets {
            self.put_at(practice, prepared, *realm, Authorization::Ticket(*ticket)).await?;
        }
        let credentials = Credentials {
            tickets: &tickets.tickets,
            fresh_root: true,
            fresh_put: true,
            ..Credentials::default()
        };
        self.activate(practice, prepared, &credentials).await
    }

    /// Puts a registration at one realm.
    pub async fn put_at(
        &self,
        practice: &Practice,
        prepared: &Prepared,
        index: u8,
        authorization: Authorization,
    ) -> Result<(), ClientError> {
        let at = realm::realms(practice.id(), practice.directory.deployment())
            .into_iter()
            .find(|at| at.realm.index == index)
            .ok_or(ClientError::Descriptor)?;
        let put: Put = prepared.registration.put(index, authorization).ok_or(ClientError::Descriptor)?;
        self.realm_put(&at, put).await
    }

    /// The first right unlock of a registration that was just put.
    pub(crate) async fn activate(
        &self,
        practice: &Practice,
        prepared: &Prepared,
        credentials: &Credentials<'_>,
    ) -> Result<Session, ClientError> {
        let candidate = Candidate {
            bytes: prepared.registration.descriptor_bytes().to_vec(),
            descriptor: prepared.registration.descriptor().clone(),
        };
        let unlocked = self.attempt(practice, &candidate, &prepared.hashed, credentials).await?;
        Ok(unlocked.session)
    }
}
