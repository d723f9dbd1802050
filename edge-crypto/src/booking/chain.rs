//! The chain of statements on one appointment: opened and linked first, their signatures verified afterwards.
use crate::booking::OpenError;
use vestibule_core::{
    cbor,
    ids::Digest,
    limits, states,
    suite::namespace,
    wire::{
        appointment::{Action, Booking, Place, State, Statement, StatementContext},
        entry::EntryKind,
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
    /// The state that they leave.
    pub(super) state: State,
    /// Where the appointment is after all moves.
    pub(super) place: Place,
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
    let mut chain = Chain {
        statements: Vec::new(),
        signed: Vec::new(),
        heads: vec![body_head],
        state: if booking.request == Some(true) { State::Requested } else { State::Booked },
        place: booking.place,
    };
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
            || statement.action.moves() != statement.place.is_some()
        {
            return Err(OpenError::ChainBroken);
        }
        // What the practice entered itself has no patient; a block nobody attends.
        if let Some(entry) = &booking.entry {
            let attends = matches!(statement.action, Action::Attended | Action::NoShow);
            if statement.action.by_patient() {
                return Err(OpenError::StatementSignature);
            }
            if entry.kind == EntryKind::Block && attends {
                return Err(OpenError::ChainBroken);
            }
        }
        // Nothing follows a cancellation, and nobody confirms what stands already: the rules of the states.
        chain.state = states::after(chain.state, statement.action).ok_or(OpenError::ChainBroken)?;
        chain.place = statement.place.unwrap_or(chain.place);
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
        self.statements.iter().any(|s| s.action.by_patient())
    }

    /// Verifies that each statement is signed by who may make it. `patient` is the key that signed the booking.
    pub(super) fn verify(
        &self,
        patient: Option<&VerifyingKey>,
        practice_keys: &[VerifyingKey],
    ) -> Result<(), OpenError> {
        for (claimed, signed) in self.statements.iter().zip(&self.signed) {
            let keys = if claimed.action.by_patient() {
                patient.map(core::slice::from_ref).unwrap_or_default()
            } else {
                practice_keys
            };
            let _: Verified<Statement> =
                verify(signed, namespace::ACTION, keys, 1).map_err(|_| OpenError::StatementSignature)?;
        }
        Ok(())
    }
}
