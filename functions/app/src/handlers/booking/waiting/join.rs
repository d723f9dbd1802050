//! `POST /v1/practices/{practice}/waiting`.
use super::tell;
use crate::{
    actor::{
        practice::{Count, Counted, PracticeReply},
        waiting::{self, WaitingCommand},
    },
    error::{Failure, malformed, unverifiable},
    handlers::confused,
    http::{Call, Response, done, parse},
    port::{Platform, keys},
    work,
};
use vestibule_core::{
    cbor,
    ids::PracticeId,
    limits,
    suite::namespace,
    wire::{
        pow::Purpose,
        waiting::{WaitingEnvelope, WaitingJoin},
    },
};

/// Adds an entry to the list (rules W1 and W2): a proof of work bound to its id, caps by network and practice, an id taken
/// once, for ever. The server reads what is waited for in the envelope's context, which the sealed body is bound to. The same
/// bytes again get the same answer.
pub(in crate::handlers::booking) async fn join<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    let request: WaitingJoin = parse(call)?;
    let envelope: WaitingEnvelope =
        cbor::from_slice(&request.envelope).map_err(|_| malformed("envelope does not decode"))?;
    let shapes = [
        (&envelope.body.namespace, namespace::WAITING),
        (&envelope.patient.sealed.namespace, namespace::WAITING_PATIENT),
        (&envelope.scope.wrap.sealed.namespace, namespace::WAITING_SCOPE),
        (&envelope.proof.namespace, namespace::WAITING_PROOF),
    ];
    let context = envelope.context;
    if shapes.iter().any(|(got, want)| got != want)
        || context.entry != request.entry
        || context.practice != practice
    {
        return Err(unverifiable("the envelope is for something else"));
    }
    work::check(keys(platform)?, platform.now(), practice, Purpose::Wait, request.entry.0, &request.work)?;
    let cap = platform.config().cap(limits::WAITS_PER_NETWORK_HOUR);
    let command = WaitingCommand::Join(waiting::WaitingJoin {
        entry: request.entry,
        capability: request.capability_hash,
        terms: context.terms,
        envelope: request.envelope,
        count: Count { what: Counted::Wait, network: call.network, cap },
    });
    match tell(platform, practice, command).await? {
        PracticeReply::Done => Ok(done()),
        _ => Err(confused()),
    }
}
