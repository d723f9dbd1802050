//! `POST /v1/practices/{practice}/appointments/{appointment}/read`, and `GET .../calendar/{appointment}`.
use super::{ask, confused};
use crate::{
    actor::practice::{self, PracticeCommand, PracticeReply},
    auth::{capability_hash, session},
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

/// One appointment for a staff session, as CBOR of `StoredAppointment`: one that the calendar no longer lists where it was,
/// and before each act on it.
pub(crate) async fn staff_read<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
    appointment: AppointmentId,
) -> Result<Response, Failure> {
    let command = PracticeCommand::StaffRead(practice::StaffRead { session: session(call)?, appointment });
    match ask(platform, practice, &command).await? {
        PracticeReply::Appointments(bytes) => Ok(cbor_bytes(bytes.0)),
        _ => Err(confused()),
    }
}
