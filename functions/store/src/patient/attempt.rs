//! Count an attempt, before anything is evaluated.
use super::{Outcome, registered, registration, take_ticket, witness};
use crate::driver::{Driver, StoreError, blob, maybe_blob, number};
use vestibule_app::actor::patient::{Attempt, PatientReply, Secrets};
use vestibule_core::{
    guard::{Budget, Facts, HOUR, admit},
    ids::Digest,
    time::UnixSeconds,
};

/// Counts in the same rows for a known and an unknown patient, and hands out the sealed secrets only with the count
/// written: the answer leaves the actor after the transaction is durable.
pub(super) fn attempt(db: &impl Driver, now: UnixSeconds, command: &Attempt) -> Outcome {
    let known = registration(db, now, command.patient, command.registration)?;
    // Asked for known patients too, so that both cost the same.
    let registered = registered(db, command.patient)?;
    let decoy = command.registration == command.decoy && !registered;
    if known.is_none() && !decoy {
        return Ok(PatientReply::Invalid);
    }
    let own_try = command.ticket.is_some() && known.as_ref().is_some_and(|r| r.try_ticket == command.ticket);
    let shown = match &command.ticket {
        Some(ticket) if !own_try => take_ticket(db, now, command.patient, ticket)?,
        _ => false,
    };
    let facts = facts(db, now, command, own_try || shown)?;
    let budget = match admit(&facts, now) {
        Ok(budget) => budget,
        Err(wait) => return Ok(PatientReply::Locked(wait)),
    };
    if budget == Budget::Ticket && own_try {
        db.exec(
            "UPDATE registrations SET try_ticket = NULL WHERE actor = ?1 AND patient = ?2 AND registration = ?3",
            vec![blob(command.patient), blob(command.registration)],
        )?;
    }
    let device = command.device.filter(|_| budget == Budget::Device);
    db.exec(
        "INSERT INTO attempts (actor, handle, patient, registration, budget, device, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        vec![
            blob(command.handle),
            blob(command.patient),
            blob(command.registration),
            number(stored(budget)),
            maybe_blob(device),
            number(now.0),
        ],
    )?;
    let sealed = known.map_or_else(|| command.decoy_secrets.clone(), |r| r.sealed.into());
    witness::count(db, &command.handle)?;
    Ok(PatientReply::Secrets(Secrets { registration: command.registration, sealed }))
}

const fn stored(budget: Budget) -> u64 {
    match budget {
        Budget::Stranger => 0,
        Budget::Device => 1,
        Budget::Ticket => 2,
    }
}

fn facts(db: &impl Driver, now: UnixSeconds, command: &Attempt, ticket: bool) -> Result<Facts, StoreError> {
    let since = now.0.saturating_sub(HOUR);
    let rows = db.exec(
        "SELECT
            coalesce(sum(budget = 0 AND cleared = 0 AND at > ?2), 0),
            coalesce(min(CASE WHEN budget = 0 AND cleared = 0 AND at > ?3 THEN at END), 0),
            coalesce(sum(budget = 0 AND cleared = 0), 0),
            coalesce(sum(registration = ?4), 0)
         FROM attempts WHERE actor = ?1 AND patient = ?5",
        vec![number(since), number(since), blob(command.registration), blob(command.patient)],
    )?;
    let row = rows.first().ok_or_else(|| StoreError("no row".into()))?;
    let device = match &command.device {
        Some(token) => device_attempts(db, command, token)?,
        None => None,
    };
    Ok(Facts {
        hour: row.number(0)?,
        oldest: Some(UnixSeconds(row.number(1)?)),
        strangers: row.number(2)?,
        registration: row.number(3)?,
        device,
        ticket,
        set_back: witness::set_back(db)?,
    })
}

/// Unrefunded attempts of a token, if it is one of this patient's.
fn device_attempts(db: &impl Driver, command: &Attempt, token: &Digest) -> Result<Option<u32>, StoreError> {
    let rows = db.exec(
        "SELECT (SELECT count(*) FROM attempts WHERE actor = ?1 AND patient = ?2 AND device = ?3)
         FROM devices WHERE actor = ?1 AND token = ?4 AND patient = ?5",
        vec![blob(command.patient), blob(token), blob(token), blob(command.patient)],
    )?;
    rows.first().map(|r| r.number(0)).transpose()
}
