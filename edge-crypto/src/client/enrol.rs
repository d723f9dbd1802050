//! Sets a first PIN, or a new one after a mailed code (PROTOCOL section 4, "put").
use crate::{
    client::{
        Client, ClientError, Env, Located, Practice, Session, Transport,
        call::Boxed,
        realm::{self, RealmAt},
        unlock::{Candidate, Credentials},
    },
    keys::PatientRoot,
    registration::{Plan, Registration},
};
use vestibule_core::{
    ids::Digest,
    wire::{
        pow::Purpose,
        realm::{Authorization, Put, Redeem, Refusal, VoucherRequest},
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
#[derive(Debug, Clone, Default)]
pub struct Tickets {
    /// A single-use ticket for each realm, by index.
    pub tickets: Vec<(u8, Digest)>,
    /// Whether a PIN is set already: enrolling replaces it, and with it the way to the old appointments.
    pub registered: bool,
}

impl Tickets {
    /// The ticket of the realm with this index.
    pub fn of(&self, realm: u8) -> Option<Digest> {
        self.tickets.iter().find(|(index, _)| *index == realm).map(|(_, ticket)| *ticket)
    }
}

/// Goes on with as many realms as the practice's root asks for; with fewer, the last failure is the outcome.
pub(super) fn enough(
    practice: &Practice,
    count: usize,
    failure: Option<ClientError>,
) -> Result<(), ClientError> {
    let threshold = usize::from(practice.directory.deployment().threshold);
    if count >= threshold { Ok(()) } else { Err(failure.unwrap_or(ClientError::NotReady)) }
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

    /// Has every realm mail a code to the address that was located. Gives the indices of those that will: at least as many as
    /// are needed.
    pub async fn request_code(
        &self,
        practice: &Practice,
        located: &Located,
        locale: &str,
    ) -> Result<Vec<u8>, ClientError> {
        let (mut mailing, mut failure) = (Vec::new(), None);
        for at in realm::realms(practice.id(), practice.directory.deployment()) {
            match self.voucher_at(&at, located, locale).await {
                Ok(()) => mailing.push(at.realm.index),
                Err(error) => failure = Some(error),
            }
        }
        enough(practice, mailing.len(), failure)?;
        Ok(mailing)
    }

    fn voucher_at<'a>(&'a self, at: &'a RealmAt, located: &'a Located, locale: &'a str) -> Boxed<'a, ()> {
        Box::pin(async move {
            let request = VoucherRequest {
                patient: located.patient,
                email: located.email.clone(),
                locale: locale.to_owned(),
                work: self.work_at(at, Purpose::Voucher, located.patient.0).await?,
                located: located.proof.clone(),
            };
            self.realm_voucher(at, request).await
        })
    }

    /// Turns mailed codes into tickets: one code for each realm, in the order of their indices.
    pub async fn redeem(
        &self,
        practice: &Practice,
        located: &Located,
        codes: &[&str],
    ) -> Result<Tickets, ClientError> {
        let mut tickets = Tickets::default();
        self.redeem_into(practice, located, codes, &mut tickets).await?;
        Ok(tickets)
    }

    /// The same, where an empty text stands for a realm whose code is not there. A code works once: a ticket that is there
    /// already is kept, and what this adds stays, if another realm refuses its code.
    pub async fn redeem_into(
        &self,
        practice: &Practice,
        located: &Located,
        codes: &[&str],
        tickets: &mut Tickets,
    ) -> Result<(), ClientError> {
        let (mut refused, mut failure) = (None, None);
        for (at, code) in realm::realms(practice.id(), practice.directory.deployment()).iter().zip(codes) {
            if code.trim().is_empty() || tickets.of(at.realm.index).is_some() {
                continue;
            }
            let redeem = Redeem { patient: located.patient, code: code.trim().to_owned() };
            match self.realm_redeem(at, redeem).await {
                Ok(redeemed) => {
                    tickets.tickets.push((at.realm.index, redeemed.ticket));
                    tickets.registered |= redeemed.registered;
                }
                Err(error @ ClientError::Refused(_)) => refused = Some(error),
                Err(error) => failure = Some(error),
            }
        }
        refused.map_or(Ok(()), Err)?;
        enough(practice, tickets.tickets.len(), failure)
    }

    /// Stores the prepared registration at every realm that there is a ticket of, then activates it by a right unlock. If it
    /// stops between the two, the registration stays pending, and unlocking with the PIN within the hour completes it. May be
    /// repeated.
    pub async fn enrol(
        &self,
        practice: &Practice,
        prepared: &Prepared,
        tickets: &Tickets,
    ) -> Result<Session, ClientError> {
        let (mut stored, mut failure) = (0, None);
        for (realm, ticket) in &tickets.tickets {
            match self.put_at(practice, prepared, *realm, Authorization::Ticket(*ticket)).await {
                // Stored before, by a call whose answer got lost: the unlock tells.
                Ok(()) | Err(ClientError::Refused(Refusal::Invalid)) => stored += 1,
                Err(error) => failure = Some(error),
            }
        }
        enough(practice, stored, failure)?;
        let credentials = Credentials {
            tickets: &tickets.tickets,
            fresh_root: true,
            everywhere: true,
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
        let candidate = Candidate::of(prepared);
        let unlocked = self.attempt(practice, &candidate, &prepared.hashed, credentials).await?;
        Ok(unlocked.session)
    }
}
