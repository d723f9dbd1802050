//! The chain of signed statements on one appointment.
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

/// A checked chain.
pub(super) struct Chain {
    /// Statements from seq 2 on.
    pub(super) statements: Vec<Statement>,
    /// SHA-256 of each sealed link, the booking's body first.
    pub(super) heads: Vec<Digest>,
}

/// Opens every statement: each under its own position, signed by who may make it, linked to the one before.
pub(super) fn open(
    booking: &Booking,
    body_head: Digest,
    dek: &Secret32,
    sealed: &[Sealed],
    practice_keys: &[VerifyingKey],
) -> Result<Chain, OpenError> {
    if sealed.len() > limits::MAX_STATEMENTS {
        return Err(OpenError::Malformed);
    }
    let mut chain = Chain { statements: Vec::new(), heads: vec![body_head] };
    let mut previous = body_head;
    for (seq, link) in (2u32..).zip(sealed) {
        let statement = open_one(booking, dek, seq, link, practice_keys)?;
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
    }
    Ok(chain)
}

fn open_one(
    booking: &Booking,
    dek: &Secret32,
    seq: u32,
    link: &Sealed,
    practice_keys: &[VerifyingKey],
) -> Result<Statement, OpenError> {
    let context = StatementContext { practice: booking.practice, appointment: booking.appointment, seq };
    let plain = suite::open(dek, namespace::STATEMENT, &context, link)
        .map_err(|_| OpenError::StatementDoesNotOpen)?;
    let signed: Signed = cbor::from_slice(&plain).map_err(|_| OpenError::Malformed)?;
    let claimed: Statement = cbor::from_slice(&signed.body).map_err(|_| OpenError::Malformed)?;
    let patient;
    let keys = match claimed.action {
        Action::CancelledByPatient => {
            patient =
                VerifyingKey::from_bytes(&booking.signing_key).map_err(|_| OpenError::StatementSignature)?;
            core::slice::from_ref(&patient)
        }
        Action::CancelledByPractice => practice_keys,
    };
    let statement: Verified<Statement> =
        verify(&signed, namespace::ACTION, keys, 1).map_err(|_| OpenError::StatementSignature)?;
    if statement.practice != booking.practice || statement.appointment != booking.appointment {
        return Err(OpenError::WrongAppointment);
    }
    Ok(statement.into_inner())
}

/// The state that a list of statements leaves.
pub(super) fn state(statements: &[Statement]) -> State {
    match statements.last().map(|s| s.action) {
        None => State::Booked,
        Some(Action::CancelledByPatient | Action::CancelledByPractice) => State::Cancelled,
    }
}
