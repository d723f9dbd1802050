//! `POST /v1/practices/{practice}/calendar/entries`, and `.../calendar/statements`: several appointments at once.
use super::{ask, confused, waiting};
use crate::{
    actor::{
        entries::{ActOne, Acts, EntriesAdd, EntryPut},
        practice::{Booked, PracticeCommand, PracticeReply},
    },
    auth::session,
    error::{Failure, malformed, unverifiable},
    http::{Call, Response, parse, reply},
    port::Platform,
    sha256,
};
use vestibule_core::{
    cbor,
    ids::PracticeId,
    limits,
    suite::namespace,
    wire::{
        appointment::Envelope,
        entry::{Entries, NewEntry, StaffActs, Stored, StoredOne},
        envelope::Sealed,
    },
};

/// What the practice enters itself (section 6, R6.15), for a staff session: all of the list, or nothing and the list of what is in the
/// way. The server sees places and classes as with a hold, and no more of an entry than of a booking.
pub(crate) async fn add<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    let session = session(call)?;
    let Entries { entries } = parse(call)?;
    if entries.len() > limits::MAX_ENTRIES {
        return Err(malformed("too many entries"));
    }
    let entries = entries.into_iter().map(entry).collect::<Result<_, _>>()?;
    let command = PracticeCommand::EntriesAdd(EntriesAdd { session, practice, entries });
    Ok(all(call, everything(ask(platform, practice, &command).await?)?))
}

fn entry(new: NewEntry) -> Result<EntryPut, Failure> {
    let envelope: Envelope =
        cbor::from_slice(&new.envelope).map_err(|_| malformed("envelope does not decode"))?;
    let shapes = [
        (&envelope.body.namespace, namespace::APPOINTMENT),
        (&envelope.scope.wrap.sealed.namespace, namespace::WRAP_SCOPE),
        (&envelope.proof.namespace, namespace::PROOF),
    ];
    if shapes.iter().any(|(got, want)| got != want)
        || envelope.patient.is_some()
        || envelope.context.appointment != new.appointment
    {
        return Err(unverifiable("the envelope is for something else"));
    }
    Ok(EntryPut {
        context: envelope.context,
        scope: envelope.scope.scope,
        epoch: envelope.scope.epoch,
        digest: sha256(&new.envelope),
        head: sha256(&cbor::to_vec(&envelope.body)),
        envelope: new.envelope,
        classes: new.classes,
    })
}

/// A staff member's acts on several appointments, as one (R6.15): what cancels the rest of a series.
pub(crate) async fn act_on_all<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    let session = session(call)?;
    let StaffActs { acts } = parse(call)?;
    if acts.len() > limits::MAX_ENTRIES {
        return Err(malformed("too many acts"));
    }
    let mut list = Vec::with_capacity(acts.len());
    for act in acts {
        let sealed: Sealed =
            cbor::from_slice(&act.statement).map_err(|_| malformed("statement does not decode"))?;
        if sealed.namespace != namespace::STATEMENT {
            return Err(unverifiable("the statement is for something else"));
        }
        let (appointment, action, seq, statement) = (act.appointment, act.action, act.seq, act.statement);
        list.push(ActOne { appointment, action, seq, statement });
    }
    let command = PracticeCommand::Acts(Acts { session, acts: list });
    let done = everything(ask(platform, practice, &command).await?)?;
    waiting::look_again(platform, practice, done.iter().find_map(|one| one.due)).await;
    Ok(all(call, done))
}

pub(super) fn everything(answer: PracticeReply) -> Result<Vec<Booked>, Failure> {
    let PracticeReply::All(all) = answer else { return Err(confused()) };
    Ok(all)
}

pub(super) fn all(call: &Call, all: Vec<Booked>) -> Response {
    let one = |Booked { state, envelope, .. }| StoredOne { state, envelope };
    reply(call, &Stored { all: all.into_iter().map(one).collect() })
}
