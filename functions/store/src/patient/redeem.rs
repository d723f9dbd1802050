//! One counted guess at a mailed code.
use super::{Outcome, registered};
use crate::driver::{Driver, blob, number};
use vestibule_app::actor::patient::{PatientReply, Redeem};
use vestibule_core::{limits, time::UnixSeconds};

/// The guess is counted in the same statement that finds the code; a right one consumes it and leaves a ticket.
pub(super) fn redeem(db: &impl Driver, now: UnixSeconds, command: &Redeem) -> Outcome {
    db.exec("DELETE FROM tickets WHERE actor = ?1 AND expires <= ?2", vec![number(now.0)])?;
    let rows = db.exec(
        "UPDATE vouchers SET guesses = guesses + 1 WHERE actor = ?1 AND patient = ?2 AND expires > ?3 AND guesses < ?4
         RETURNING code = ?5",
        vec![
            blob(command.patient),
            number(now.0),
            number(limits::VOUCHER_GUESSES.into()),
            // MACs under the platform secret are compared: how long that takes tells nothing about the code.
            blob(command.code),
        ],
    )?;
    if rows.first().map_or(Ok(0u8), |r| r.number(0))? == 0 {
        return Ok(PatientReply::Wrong);
    }
    db.exec("DELETE FROM vouchers WHERE actor = ?1 AND patient = ?2", vec![blob(command.patient)])?;
    db.exec(
        "INSERT INTO tickets VALUES (?1, ?2, ?3, ?4)",
        vec![blob(command.ticket), blob(command.patient), number(now.plus(limits::TICKET_SECONDS).0)],
    )?;
    Ok(PatientReply::Redeemed(registered(db, command.patient)?))
}
