//! What opening as patient and as staff have in common. First everything that the seal, its context and the chain of
//! digests tell; then, in [`Unverified::verify`], who signed it. The order of the checks decides the name of a lie.
use crate::booking::{
    OpenError, VERSION,
    chain::{self, Chain},
    entry::{NO_KEY, check_side},
};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{Digest, KeyHash, PracticeId},
    suite::{Suite, namespace},
    wire::{
        appointment::{
            AppointmentContext, Booking, Envelope, Place, Proof, State, Statement, StoredAppointment,
        },
        envelope::{Sealed, Signed},
    },
};
use vestibule_suite::{self as suite, Secret32, Zeroizing, key_hash_kem, sha256};
use vestibule_verify::{Verified, VerifyingKey, verify};

/// An appointment of which everything was checked.
#[derive(Debug)]
pub struct Opened {
    /// What the patient signed, or the practice if it entered this itself.
    pub booking: Booking,
    /// What was signed later, in order.
    pub statements: Vec<Statement>,
    /// The state that the statements explain.
    pub state: State,
    /// Where it is now: as it was booked, or where the last move put it.
    pub place: Place,
    /// Position of the newest statement; 1 if there is only the booking.
    pub seq: u32,
    /// SHA-256 of the CBOR of the newest sealed body or statement.
    pub head: Digest,
    /// SHA-256 of the CBOR of the sealed body.
    pub body: Digest,
    /// Key of this appointment, to seal the next statement.
    pub(crate) dek: Secret32,
}

/// An appointment that opens where it was served, says what it is bound to and continues what was seen before; whose
/// signatures nobody has verified yet (rule R6.7). It can be shown as that, and nothing else: only [`Opened`] can be acted
/// on or remembered.
#[derive(Debug)]
pub struct Unverified {
    booking: Booking,
    chain: Chain,
    dek: Secret32,
    body_head: Digest,
    /// Bytes of the body, context and proof; `None` where this reader has verified this very body before.
    unproven: Option<Zeroizing<Vec<u8>>>,
    context: AppointmentContext,
    proof: Sealed,
    /// Who may have signed an entry of the practice; empty for a patient's booking.
    signers: Vec<KeyHash>,
}

/// What may be shown of an [`Unverified`] appointment.
#[derive(Debug, Clone, Copy)]
pub struct Preview<'a> {
    /// What the patient is said to have signed.
    pub booking: &'a Booking,
    /// What is said to have been signed later.
    pub statements: &'a [Statement],
    /// The state that these statements would explain.
    pub state: State,
    /// Where they would put it.
    pub place: Place,
}

/// Decodes an envelope and compares what it says in the clear with what was asked for. `booked` is where a patient booked
/// it; staff learns that from the body, which is sealed under the same place.
pub(super) fn check_place(
    stored: &StoredAppointment,
    practice: PracticeId,
    booked: Option<&Place>,
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
    if booked.is_some_and(|place| context.place != *place) {
        return Err(OpenError::WrongPlace);
    }
    Ok(envelope)
}

/// A body that opened and says what it is bound to.
pub(super) struct Body {
    pub(super) booking: Booking,
    plain: Zeroizing<Vec<u8>>,
    head: Digest,
}

/// Opens the body and checks that it says the same as what it was bound to.
pub(super) fn open_body(envelope: &Envelope, dek: &Secret32) -> Result<Body, OpenError> {
    let context = &envelope.context;
    let plain = suite::open(dek, namespace::APPOINTMENT, context, &envelope.body)
        .map_err(|_| OpenError::DoesNotOpen)?;
    let booking: Booking = cbor::from_slice(&plain).map_err(|_| OpenError::Malformed)?;
    if booking.practice != context.practice {
        return Err(OpenError::WrongPractice);
    }
    if booking.appointment != context.appointment {
        return Err(OpenError::WrongAppointment);
    }
    if booking.place != context.place {
        return Err(OpenError::WrongPlace);
    }
    check_side(&booking, envelope.patient.is_some())?;
    if booking.seq != 1 || booking.previous != Digest([0; 32]) {
        return Err(OpenError::WrongVersion);
    }
    Ok(Body { booking, plain, head: sha256(&[&cbor::to_vec(&envelope.body)]) })
}

/// Opens the later statements, and compares state and history with what the server claims and the reader remembers:
/// `seen` is the highest seq and its head, `verified` the digest of a body whose signature this reader has verified, `signers` are
/// who may have signed an entry of the practice.
pub(super) fn finish(
    stored: &StoredAppointment,
    envelope: Envelope,
    body: Body,
    dek: Secret32,
    seen: Option<(u32, Digest)>,
    verified: Option<Digest>,
    signers: Vec<KeyHash>,
) -> Result<Unverified, OpenError> {
    let statements = stored
        .statements
        .iter()
        .map(|bytes| cbor::from_slice::<Sealed>(bytes).map_err(|_| OpenError::Malformed))
        .collect::<Result<Vec<_>, _>>()?;
    let chain = chain::open(&body.booking, body.head, &dek, &statements)?;
    if let Some((seen_seq, seen_head)) = seen.filter(|(n, _)| *n > 0) {
        let at = usize::try_from(seen_seq - 1).map_err(|_| OpenError::RolledBack)?;
        match chain.heads.get(at) {
            None => return Err(OpenError::RolledBack),
            Some(head) if *head != seen_head => return Err(OpenError::Forked),
            Some(_) => {}
        }
    }
    if chain.place != stored.place {
        return Err(OpenError::WrongPlace);
    }
    if chain.state != stored.state {
        return Err(OpenError::StateUnexplained);
    }
    Ok(Unverified {
        chain,
        dek,
        unproven: (verified != Some(body.head)).then_some(body.plain),
        body_head: body.head,
        booking: body.booking,
        context: envelope.context,
        proof: envelope.proof,
        signers,
    })
}

impl Unverified {
    /// What may be shown before the signatures are verified, as that.
    pub fn preview(&self) -> Preview<'_> {
        Preview {
            booking: &self.booking,
            statements: &self.chain.statements,
            state: self.chain.state,
            place: self.chain.place,
        }
    }

    /// SHA-256 of the CBOR of the newest sealed body or statement.
    pub fn head(&self) -> Digest {
        self.chain.heads.last().copied().unwrap_or(self.body_head)
    }

    /// Whether nothing is left to verify: this reader has verified the body before, and nothing was signed since.
    pub fn is_known(&self) -> bool {
        self.unproven.is_none() && self.chain.statements.is_empty()
    }

    /// Verifies the signature of the patient, or of the practice for what it entered itself, and that of every later statement
    /// by who may make it.
    pub fn verify(self, practice_keys: &[VerifyingKey]) -> Result<Opened, OpenError> {
        let mut patient = None;
        if self.unproven.is_some() || self.chain.needs_patient() {
            patient = Some(self.check_proof(practice_keys)?);
        }
        self.chain.verify(patient.as_ref(), practice_keys)?;
        Ok(Opened {
            head: self.head(),
            body: self.body_head,
            state: self.chain.state,
            place: self.chain.place,
            seq: u32::try_from(self.chain.heads.len()).map_err(|_| OpenError::Malformed)?,
            booking: self.booking,
            statements: self.chain.statements,
            dek: self.dek,
        })
    }

    /// The key that the body names, which signed the body: the patient's, or for an entry the practice's.
    fn check_proof(&self, practice_keys: &[VerifyingKey]) -> Result<VerifyingKey, OpenError> {
        let plain = suite::open(&self.dek, namespace::PROOF, &self.context, &self.proof)
            .map_err(|_| OpenError::ProofDoesNotOpen)?;
        let proof: Proof = cbor::from_slice(&plain).map_err(|_| OpenError::Malformed)?;
        let key = VerifyingKey::from_bytes(&proof.signing_key).map_err(|_| OpenError::BadSignature)?;
        let entered = self.booking.entry.is_some();
        let kem = if entered && proof.kem_key.is_empty() { NO_KEY } else { key_hash_kem(&proof.kem_key) };
        if key.hash() != self.booking.signer || kem != self.booking.kem {
            return Err(OpenError::OtherKeys);
        }
        let of_practice = practice_keys.iter().any(|known| known.hash() == key.hash());
        if entered && !(of_practice && self.signers.contains(&key.hash())) {
            return Err(OpenError::NotByPractice);
        }
        if of_practice && !entered {
            return Err(OpenError::NotByPatient);
        }
        let by = if entered { namespace::ENTRY } else { namespace::BOOKING };
        if let Some(body) = &self.unproven {
            let signed = Signed {
                suite: Suite::V1,
                namespace: by.into(),
                body: Bytes(body.to_vec()),
                signatures: vec![proof.signature],
            };
            let _: Verified<Booking> =
                verify(&signed, by, core::slice::from_ref(&key), 1).map_err(|_| OpenError::BadSignature)?;
        }
        Ok(key)
    }
}
