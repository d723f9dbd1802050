//! A guard shard: the realm's state for the patients of one practice (PROTOCOL section 4).
mod attempt;
mod begin;
mod confirm;
mod forget;
mod put;
mod redeem;
mod schema;
mod vault;
mod voucher;
mod witness;

use crate::{
    driver::{Driver, StoreError, blob, number},
    own::Own,
    schema::{Kind, open},
};
use std::cell::Cell;
use vestibule_app::actor::patient::{PatientCommand, PatientReply};
use vestibule_core::{
    ids::{Digest, PatientId, RegistrationId},
    time::UnixSeconds,
};

/// A guard shard in front of its database. Keeps only whether the schema is there.
#[derive(Debug, Default)]
pub struct PatientActor {
    ready: Cell<bool>,
}

pub(crate) type Outcome = Result<PatientReply, StoreError>;

impl PatientActor {
    /// Applies one command in one transaction. What it counts stays counted when it then refuses.
    ///
    /// The caller makes sure that the practice exists before it sends anything that writes for strangers.
    /// `key` tells the shard from the other actors in the same database; empty where it has one of its own.
    pub fn apply(&self, db: &impl Driver, key: &[u8], now: UnixSeconds, command: &PatientCommand) -> Outcome {
        let done = db.transaction(|| {
            if !self.ready.get() {
                let opens = matches!(
                    command,
                    PatientCommand::VoucherCount(_)
                        | PatientCommand::VoucherPut(_)
                        | PatientCommand::Redeem(_)
                        | PatientCommand::Begin(_)
                        | PatientCommand::Attempt(_)
                );
                if !open(db, Kind::Patient, key, schema::MIGRATIONS, opens)? {
                    return Ok(PatientReply::Invalid);
                }
            }
            let db = &Own::new(db, key);
            match command {
                PatientCommand::VoucherCount(c) => voucher::count(db, now, c),
                PatientCommand::VoucherPut(c) => voucher::put(db, now, c),
                PatientCommand::Redeem(c) => redeem::redeem(db, now, c),
                PatientCommand::Begin(c) => begin::begin(db, now, c),
                PatientCommand::Attempt(c) => attempt::attempt(db, now, c),
                PatientCommand::ConfirmLoad(c) => confirm::load(db, now, c),
                PatientCommand::ConfirmApply(c) => confirm::apply(db, now, c),
                PatientCommand::Put(c) => put::put(db, now, c),
                PatientCommand::Known(c) => put::known(db, c),
                PatientCommand::VaultPut(c) => vault::put(db, c),
                PatientCommand::VaultGet(c) => vault::get(db, c),
                PatientCommand::Witness(c) => witness::witness(db, now, c),
                PatientCommand::Registered => forget::registered(db),
                PatientCommand::Forget(c) => forget::forget(db, c),
            }
        });
        match done {
            Ok(PatientReply::Erased) => self.ready.set(false),
            Ok(PatientReply::Invalid) | Err(_) => {}
            Ok(_) => self.ready.set(true),
        }
        done
    }
}

/// A registration that can be evaluated under.
pub(crate) struct Registration {
    pub(crate) active: bool,
    pub(crate) sealed: Vec<u8>,
    /// The ticket behind its put, as long as the one try that it opens is left.
    pub(crate) try_ticket: Option<Digest>,
}

/// The patient's registration of this id, active or pending and not lapsed.
pub(crate) fn registration(
    db: &impl Driver,
    now: UnixSeconds,
    patient: PatientId,
    id: RegistrationId,
) -> Result<Option<Registration>, StoreError> {
    let rows = db.exec(
        "SELECT status, secrets, try_ticket FROM registrations
         WHERE actor = ?1 AND patient = ?2 AND registration = ?3 AND (status = 1 OR (status = 0 AND expires > ?4))",
        vec![blob(patient), blob(id), number(now.0)],
    )?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some(Registration {
        active: row.number::<u8>(0)? == 1,
        sealed: row.blob(1)?.to_vec(),
        try_ticket: row
            .maybe_blob(2)?
            .map(Digest::try_from)
            .transpose()
            .map_err(|_| StoreError("ticket".into()))?,
    }))
}

/// Whether the patient has an active registration.
pub(crate) fn registered(db: &impl Driver, patient: PatientId) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM registrations WHERE actor = ?1 AND patient = ?2 AND status = 1";
    Ok(!db.exec(sql, vec![blob(patient)])?.is_empty())
}

/// Consumes a ticket of this patient; whether it was good.
pub(crate) fn take_ticket(
    db: &impl Driver,
    now: UnixSeconds,
    patient: PatientId,
    ticket: &Digest,
) -> Result<bool, StoreError> {
    let sql =
        "DELETE FROM tickets WHERE actor = ?1 AND ticket = ?2 AND patient = ?3 AND expires > ?4 RETURNING 1";
    Ok(!db.exec(sql, vec![blob(ticket), blob(patient), number(now.0)])?.is_empty())
}
