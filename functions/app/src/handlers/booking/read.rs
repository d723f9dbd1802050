//! `POST /v1/practices/{practice}/appointments/{appointment}/read`.
use super::{ask, confused};
use crate::{
    actor::practice::{self, PracticeCommand, PracticeReply},
    auth::capability_hash,
    error::Failure,
    http::{Call, Response, cbor_bytes, parse},
    port::Platform,
};
use vestibule_core::{
    ids::{AppointmentId, PracticeId},
    wire::http::Read,
};

/// One appointment for its patient, as CBOR of `StoredAppointment`. The capability is in the body, never in a URL
/// (section 6); a wrong one, an unknown id and a mere hold look the same.
pub(crate) async fn read<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
    appointment: AppointmentId,
) -> Result<Response, Failure> {
    let request: Read = parse(call)?;
    let command = PracticeCommand::Read(practice::Read {
        appointment,
        capability: capability_hash(&request.capability),
    });
    match ask(platform, practice, &command).await? {
        PracticeReply::Appointments(bytes) => Ok(cbor_bytes(bytes.0)),
        _ => Err(confused()),
    }
}
