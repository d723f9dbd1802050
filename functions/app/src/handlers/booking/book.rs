//! `POST /v1/practices/{practice}/appointments`, and `.../appointments/series`.
use super::{
    ask, confused,
    entries::{all, everything},
};
use crate::{
    actor::practice::{self, PracticeCommand, PracticeReply},
    auth::capability_hash,
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
        http::{Book, Booked},
        series::SeriesBook,
    },
};

/// Turns a hold into a booking (section 6): the capability fits the hold, the hold still stands, the envelope is bound to
/// the same place. The server sees shapes and places, never the body. The same bytes again get the same answer.
pub(crate) async fn book<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    let command = PracticeCommand::Book(checked(practice, parse(call)?)?);
    let PracticeReply::Booked(booked) = ask(platform, practice, &command).await? else {
        return Err(confused());
    };
    Ok(reply(call, &Booked { state: booked.state, envelope: booked.envelope }))
}

/// Turns the holds of a series into bookings (S18): all, or none.
pub(crate) async fn book_series<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    let SeriesBook { books } = parse(call)?;
    if books.len() > limits::MAX_SERIES {
        return Err(malformed("too many bookings"));
    }
    let books = books.into_iter().map(|book| checked(practice, book)).collect::<Result<_, _>>()?;
    let done = everything(ask(platform, practice, &PracticeCommand::SeriesBook(books)).await?)?;
    Ok(all(call, done))
}

fn checked(practice: PracticeId, request: Book) -> Result<practice::Book, Failure> {
    let envelope: Envelope =
        cbor::from_slice(&request.envelope).map_err(|_| malformed("envelope does not decode"))?;
    let shapes = [
        (&envelope.body.namespace, namespace::APPOINTMENT),
        (&envelope.scope.wrap.sealed.namespace, namespace::WRAP_SCOPE),
        (&envelope.proof.namespace, namespace::PROOF),
    ];
    // What has no patient is an entry of the practice, which is made with a session only.
    if shapes.iter().any(|(got, want)| got != want)
        || envelope.patient.as_ref().is_none_or(|wrap| wrap.sealed.namespace != namespace::WRAP_PATIENT)
        || envelope.context.appointment != request.appointment
    {
        return Err(unverifiable("the envelope is for something else"));
    }
    Ok(practice::Book {
        practice,
        capability: capability_hash(&request.capability),
        context: envelope.context,
        digest: sha256(&request.envelope),
        head: sha256(&cbor::to_vec(&envelope.body)),
        envelope: request.envelope,
        request: request.request == Some(true),
    })
}
