//! The chain of statements on one appointment: opened and linked first, their signatures verified afterwards.
use crate::booking::OpenError;
use vestibule_core::{
    cbor,
    ids::Digest,
    limits,
    suite::namespace,
    wire::{
        appointment::{Action, Booking, State, Statement, StatementContext},
        envelope::{Sealed, Signed},
    },
};
use vestibule_suite::{self as suite, Secret32, sha256};
use vestibule_verify::{Verified, VerifyingKey, verify};

/// A chain whose links fit; who signed them is not verified yet.
#[derive(Debug)]
pub(super) struct Chain {
    /// Statements from seq 2 on.
    pub(super) statements: Vec<Statement>,
    /// What was signed, in the same order.
    signed: Vec<Signed>,
    /// SHA-256 of each sealed link, the booking's body first.
    pub(super) heads: Vec<Digest>,
}

/// Opens every statement: each under its own position, for this appointment, linked to the one before.
pub(super) fn open(
    booking: &Booking,
    body_head: Digest,
    dek: &Secret32,
    links: &[Sealed],
) -> Result<Chain, OpenError> {
    if links.len() > limits::MAX_STATEMENTS {
        return Err(OpenError::Malformed);
    }
    let mut chain = Chain { statements: Vec::new(), signed: Vec::new(), heads: vec![body_head] };
    let mut previous = body_head;
    for (seq, link) in (2u32..).zip(links) {
        let context = StatementContext { practice: booking.practice, appointment: booking.appointment, seq };
        let plain = suite::open(dek, namespace::STATEMENT, &context, link)
            .map_err(|_| OpenError::StatementDoesNotOpen)?;
        let signed: Signed = cbor::from_slice(&plain).map_err(|_| OpenError::Malformed)?;
        let statement: Statement = cbor::from_slice(&signed.body).map_err(|_| OpenError::Malformed)?;
        if statement.practice != booking.practice || statement.appointment != booking.appointment {
            return Err(OpenError::WrongAppointment);
        }
        if statement.seq != seq
            || statement.previous != previous
            || state(&chain.statements) == State::Cancelled
        {
            // Nothing follows a cancellation: its cells may be someone else's by now.
            return Err(OpenError::ChainBroken);
        }
        previous = sha256(&[&cbor::to_vec(link)]);
        chain.heads.push(previous);
        chain.statements.push(statement);
        chain.signed.push(signed);
    }
    Ok(chain)
}

impl Chain {
    /// Whether the patient signed any of the statements.
    pub(super) fn needs_patient(&self) -> bool {
        self.statements.iter().any(|s| s.action == Action::CancelledByPatient)
    }

    /// Verifies that each statement is signed by who may make it. `patient` is the key that signed the booking.
    pub(super) fn verify(
        &self,
        patient: Option<&VerifyingKey>,
        practice_keys: &[VerifyingKey],
    ) -> Result<(), OpenError> {
        for (claimed, signed) in self.statements.iter().zip(&self.signed) {
            let keys = match claimed.action {
                Action::CancelledByPatient => patient.map(core::slice::from_ref).unwrap_or_default(),
                Action::CancelledByPractice => practice_keys,
            };
            let _: Verified<Statement> =
                verify(signed, namespace::ACTION, keys, 1).map_err(|_| OpenError::StatementSignature)?;
        }
        Ok(())
    }
}

/// The state that a list of statements leaves.
pub(super) fn state(statements: &[Statement]) -> State {
    match statements.last().map(|s| s.action) {
        None => State::Booked,
        Some(Action::CancelledByPatient | Action::CancelledByPractice) => State::Cancelled,
    }
}
