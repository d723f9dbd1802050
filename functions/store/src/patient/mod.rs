//! A guard shard: the realm's state for the patients of one practice (PROTOCOL section 4).
mod attempt;
mod begin;
mod confirm;
mod put;
mod redeem;
mod schema;
mod vault;
mod voucher;

use crate::{
    driver::{Driver, StoreError, blob, number},
    schema::{exists, migrate},
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
    pub fn apply(&self, db: &impl Driver, now: UnixSeconds, command: &PatientCommand) -> Outcome {
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
                if !opens && !exists(db)? {
                    return Ok(PatientReply::Invalid);
                }
                migrate(db, schema::MIGRATIONS)?;
            }
            match command {
                PatientCommand::VoucherCount(c) => voucher::count(db, now, c),
                PatientCommand::VoucherPut(c) => voucher::put(db, now, c),
                PatientCommand::Redeem(c) => redeem::redeem(db, now, c),
                PatientCommand::Begin(c) => begin::begin(db, now, c),
                PatientCommand::Attempt(c) => attempt::attempt(db, now, c),
                PatientCommand::ConfirmLoad(c) => confirm::load(db, now, c),
                PatientCommand::ConfirmApply(c) => confirm::apply(db, now, c),
                PatientCommand::Put(c) => put::put(db, now, c),
                PatientCommand::VaultPut(c) => vault::put(db, c),
                PatientCommand::VaultGet(c) => vault::get(db, c),
            }
        });
        if !matches!(done, Ok(PatientReply::Invalid) | Err(_)) {
            self.ready.set(true);
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
         WHERE patient = ? AND registration = ? AND (status = 1 OR (status = 0 AND expires > ?))",
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
    let sql = "SELECT 1 FROM registrations WHERE patient = ? AND status = 1";
    Ok(!db.exec(sql, vec![blob(patient)])?.is_empty())
}

/// Consumes a ticket of this patient; whether it was good.
pub(crate) fn take_ticket(
    db: &impl Driver,
    now: UnixSeconds,
    patient: PatientId,
    ticket: &Digest,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM tickets WHERE ticket = ? AND patient = ? AND expires > ? RETURNING 1";
    Ok(!db.exec(sql, vec![blob(ticket), blob(patient), number(now.0)])?.is_empty())
}
