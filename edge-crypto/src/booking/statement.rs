//! Seals the next statement on an appointment.
use crate::{
    booking::Opened,
    sign::{SignError, SigningKey},
};
use vestibule_core::{
    cbor,
    ids::Digest,
    suite::namespace,
    time::UnixSeconds,
    wire::appointment::{Action, Place, Statement, StatementContext},
};
use vestibule_suite::{self as suite, CryptoRng, sha256};

/// A statement ready to be sent.
#[derive(Debug)]
pub struct NextStatement {
    /// CBOR of the sealed statement.
    pub sealed: Vec<u8>,
    /// Its position.
    pub seq: u32,
    /// Its SHA-256: the new head.
    pub head: Digest,
    /// What it says.
    pub statement: Statement,
}

/// What is to be said.
#[derive(Debug, Clone)]
pub struct Act {
    /// What happens.
    pub action: Action,
    /// Where to, for a move.
    pub place: Option<Place>,
    /// A few words to the other side; may be empty.
    pub note: String,
}

/// Signs and seals what happens next to an opened appointment.
pub fn seal_statement(
    rng: &mut impl CryptoRng,
    opened: &Opened,
    signer: &SigningKey,
    act: Act,
    manifest: u32,
    now: UnixSeconds,
) -> Result<NextStatement, SignError> {
    let seq = opened.seq.saturating_add(1);
    let (practice, appointment) = (opened.booking.practice, opened.booking.appointment);
    let Act { action, place, note } = act;
    let previous = opened.head;
    let statement =
        Statement { practice, appointment, seq, previous, action, time: now, manifest, note, place };
    let signed = signer.sign(namespace::ACTION, cbor::to_vec(&statement))?;
    let context = StatementContext { practice, appointment, seq };
    let sealed =
        cbor::to_vec(&suite::seal(rng, &opened.dek, namespace::STATEMENT, &context, &cbor::to_vec(&signed)));
    let head = sha256(&[&sealed]);
    Ok(NextStatement { sealed, seq, head, statement })
}
