//! What opening as patient and as staff have in common: the order of the checks, which decides the name of a lie.
use crate::booking::{OpenError, VERSION, chain};
use vestibule_core::{
    cbor,
    ids::{Digest, PracticeId},
    suite::namespace,
    wire::{
        appointment::{Booking, Envelope, Place, State, Statement, StoredAppointment},
        envelope::{Sealed, Signed},
    },
};
use vestibule_suite::{self as suite, Secret32, sha256};
use vestibule_verify::{Verified, VerifyingKey, verify};

/// An appointment of which everything was checked.
#[derive(Debug)]
pub struct Opened {
    /// What the patient signed.
    pub booking: Booking,
    /// What was signed later, in order.
    pub statements: Vec<Statement>,
    /// The state that the statements explain.
    pub state: State,
    /// Position of the newest statement; 1 if there is only the booking.
    pub seq: u32,
    /// SHA-256 of the CBOR of the newest sealed body or statement.
    pub head: Digest,
    /// Key of this appointment, to seal the next statement.
    pub(crate) dek: Secret32,
}

/// Decodes an envelope and compares what it says in the clear with where it was served.
pub(super) fn check_place(
    stored: &StoredAppointment,
    practice: PracticeId,
    place: &Place,
) -> Result<Envelope, OpenError> {
    let envelope: Envelope = cbor::from_slice(&stored.envelope).map_err(|_| OpenError::Malformed)?;
    let context = &envelope.context;
    if context.practice != practice {
        return Err(OpenError::WrongPractice);
    }
    if context.appointment != stored.appointment {
        return Err(OpenError::WrongAppointment);
    }
    if context.version != VERSION {
        return Err(OpenError::WrongVersion);
    }
    if context.place != *place || stored.place != *place {
        return Err(OpenError::WrongPlace);
    }
    Ok(envelope)
}

/// Opens the body and checks that what was signed says the same as what it was bound to. With `known_head` equal to
/// the body's digest the signature is not verified again: this reader has verified these very bytes before.
pub(super) fn open_body(
    envelope: &Envelope,
    dek: &Secret32,
    known_head: Option<Digest>,
) -> Result<(Booking, Digest), OpenError> {
    let plain = suite::open(dek, namespace::APPOINTMENT, &envelope.context, &envelope.body)
        .map_err(|_| OpenError::DoesNotOpen)?;
    let signed: Signed = cbor::from_slice(&plain).map_err(|_| OpenError::Malformed)?;
    let head = sha256(&[&cbor::to_vec(&envelope.body)]);
    let booking: Booking = cbor::from_slice(&signed.body).map_err(|_| OpenError::Malformed)?;
    if known_head != Some(head) {
        let key = VerifyingKey::from_bytes(&booking.signing_key).map_err(|_| OpenError::BadSignature)?;
        let _: Verified<Booking> =
            verify(&signed, namespace::BOOKING, &[key], 1).map_err(|_| OpenError::BadSignature)?;
    }
    let context = &envelope.context;
    if booking.practice != context.practice {
        return Err(OpenError::WrongPractice);
    }
    if booking.appointment != context.appointment {
        return Err(OpenError::WrongAppointment);
    }
    if booking.place != context.place {
        return Err(OpenError::WrongPlace);
    }
    if booking.seq != 1 || booking.previous != Digest([0; 32]) {
        return Err(OpenError::WrongVersion);
    }
    Ok((booking, head))
}

/// Opens the later statements, and compares state and history with what the server claims and the reader remembers.
pub(super) fn finish(
    stored: &StoredAppointment,
    practice_keys: &[VerifyingKey],
    booking: Booking,
    body_head: Digest,
    dek: Secret32,
    seen: Option<(u32, Digest)>,
) -> Result<Opened, OpenError> {
    let statements = stored
        .statements
        .iter()
        .map(|bytes| cbor::from_slice::<Sealed>(bytes).map_err(|_| OpenError::Malformed))
        .collect::<Result<Vec<_>, _>>()?;
    let chain = chain::open(&booking, body_head, &dek, &statements, practice_keys)?;
    let seq = chain.heads.len();
    if let Some((seen_seq, seen_head)) = seen.filter(|(n, _)| *n > 0) {
        let at = usize::try_from(seen_seq - 1).map_err(|_| OpenError::RolledBack)?;
        match chain.heads.get(at) {
            None => return Err(OpenError::RolledBack),
            Some(head) if *head != seen_head => return Err(OpenError::Forked),
            Some(_) => {}
        }
    }
    let state = chain::state(&chain.statements);
    if state != stored.state {
        return Err(OpenError::StateUnexplained);
    }
    let head = chain.heads.last().copied().unwrap_or(body_head);
    let seq = u32::try_from(seq).map_err(|_| OpenError::Malformed)?;
    Ok(Opened { booking, statements: chain.statements, state, seq, head, dek })
}
