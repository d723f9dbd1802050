//! What a calendar shows of an appointment.
use crate::booking::Preview;
use vestibule_cbor_derive::{Decode, Encode};
use vestibule_core::{
    ids::{AppointmentId, ServiceId},
    wire::{
        appointment::{Action, Answer, Contact, Place, State},
        entry::Entry,
    },
};

/// The readable part of an appointment, without keys and signatures. Whether these were verified says what holds it:
/// [`Shown`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Summary {
    /// Which.
    #[n(0)]
    pub appointment: AppointmentId,
    /// When and with whom.
    #[n(1)]
    pub place: Place,
    /// State that the statements explain.
    #[n(2)]
    pub state: State,
    /// Service.
    #[n(3)]
    pub service: ServiceId,
    /// Service name as shown to the patient.
    #[n(4)]
    pub service_name: String,
    /// Who comes.
    #[n(5)]
    pub contact: Contact,
    /// Reason in the patient's words; may be empty.
    #[n(6)]
    pub reason: String,
    /// The newest statement.
    #[n(7)]
    pub last: Option<Last>,
    /// Answers to the service's questions.
    #[n(8)]
    pub answers: Option<Vec<Answer>>,
    /// Further services of the same visit.
    #[n(9)]
    pub also: Option<Vec<ServiceId>>,
    /// What the practice entered itself.
    #[n(10)]
    pub entry: Option<Entry>,
}

/// The newest statement on an appointment.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Last {
    /// What it does.
    #[n(0)]
    pub action: Action,
    /// A few words; may be empty.
    #[n(1)]
    pub note: String,
}

impl Summary {
    pub(crate) fn of(preview: &Preview<'_>) -> Self {
        let booking = preview.booking;
        Self {
            appointment: booking.appointment,
            place: preview.place,
            state: preview.state,
            service: booking.service,
            service_name: booking.service_name.clone(),
            contact: booking.contact.clone(),
            reason: booking.reason.clone(),
            answers: booking.answers.clone(),
            also: booking.also.clone(),
            entry: booking.entry.clone(),
            last: preview.statements.last().map(|s| Last { action: s.action, note: s.note.clone() }),
        }
    }
}
