//! A patient cancels or moves an appointment, or says that they will come.
use crate::{
    booking::{self, OpenError, Opened, seal_statement},
    client::{Client, ClientError, Env, LIMIT_DETAILS, Practice, Session, Transport, book, list::note},
    vault,
};
use vestibule_core::{
    cbor,
    ids::{AppointmentId, ResourceId},
    problem::ProblemKind,
    routes::Route,
    states,
    time::{Cell, UnixSeconds},
    wire::{
        appointment::{Action, Booking, Place, State},
        catalog::Visit,
        http::Act,
    },
};

impl<T: Transport, E: Env> Client<T, E> {
    /// Cancels an appointment: a signed statement, sealed under its DEK, linked to what was there. The appointment is read
    /// again afterwards, so what is returned is what the server now shows everyone.
    pub async fn cancel(
        &self,
        practice: &Practice,
        session: &mut Session,
        id: AppointmentId,
        text: &str,
    ) -> Result<Opened, ClientError> {
        let opened = self.open_own(practice, session, id).await?;
        if states::after(opened.state, Action::CancelledByPatient).is_some() {
            let act = booking::Act { action: Action::CancelledByPatient, place: None, note: text.to_owned() };
            match self.say(practice, session, &opened, act).await {
                Ok(()) | Err(ClientError::Transport(_)) => {}
                // Someone else acted first, as the practice may: what counts is what stands there now.
                Err(ClientError::Problem(p)) if p.kind == ProblemKind::Conflict => {}
                Err(error) => return Err(error),
            }
        }
        let now = self.open_own(practice, session, id).await?;
        if now.state != State::Cancelled {
            return Err(OpenError::StateUnexplained.into());
        }
        self.keep_note(practice, session, &now).await?;
        Ok(now)
    }

    /// Says that the patient will come.
    pub async fn accept(
        &self,
        practice: &Practice,
        session: &mut Session,
        id: AppointmentId,
    ) -> Result<Opened, ClientError> {
        let opened = self.open_own(practice, session, id).await?;
        let act = booking::Act { action: Action::Accepted, place: None, note: String::new() };
        match self.say(practice, session, &opened, act).await {
            // Whether an answer that was lost was a yes is read below.
            Ok(()) | Err(ClientError::Transport(_)) => {}
            Err(error) => return Err(error),
        }
        let now = self.open_own(practice, session, id).await?;
        self.keep_note(practice, session, &now).await?;
        Ok(now)
    }

    /// Moves an appointment to another time or resource, for as long as before. All or nothing: if somebody was quicker, it
    /// stays where it was, and the error is the server's `slot-taken`.
    pub async fn move_to(
        &self,
        practice: &Practice,
        session: &mut Session,
        id: AppointmentId,
        resource: ResourceId,
        start: UnixSeconds,
    ) -> Result<Opened, ClientError> {
        let opened = self.open_own(practice, session, id).await?;
        let start = Cell::starting_at(start).ok_or(ClientError::NotOffered)?;
        let place = Place { resource, start, cells: opened.place.cells };
        if !same_scope(practice, opened.booking.place.resource, resource) {
            return Err(ClientError::NotOffered);
        }
        let act = booking::Act { action: Action::MovedByPatient, place: Some(place), note: String::new() };
        match self.say(practice, session, &opened, act).await {
            // Whether an answer that was lost was a yes is read below.
            Ok(()) | Err(ClientError::Transport(_)) => {}
            Err(error) => return Err(error),
        }
        let now = self.open_own(practice, session, id).await?;
        if now.place != place {
            return Err(OpenError::WrongPlace.into());
        }
        self.keep_note(practice, session, &now).await?;
        Ok(now)
    }

    async fn open_own(
        &self,
        practice: &Practice,
        session: &Session,
        id: AppointmentId,
    ) -> Result<Opened, ClientError> {
        let entry = vault::get(&session.vault, id).ok_or(ClientError::UnknownAppointment)?;
        self.read(practice, session, entry).await
    }

    /// Sends a signed statement on an own appointment.
    async fn say(
        &self,
        practice: &Practice,
        session: &Session,
        opened: &Opened,
        act: booking::Act,
    ) -> Result<(), ClientError> {
        if act.note.len() > LIMIT_DETAILS {
            return Err(ClientError::TooLong);
        }
        let (id, action, place) = (opened.booking.appointment, act.action, act.place);
        let manifest = practice.directory.manifest().number;
        let signing = session.keys.signing();
        let next = seal_statement(&mut self.env.rng(), opened, signing, act, manifest, self.env.now())?;
        let (capability, seq) = (session.keys.capability(id), next.seq);
        // What it takes besides its place goes with it.
        let visit = place.and_then(|to| visit(practice, &opened.booking, &to));
        let act = Act { capability, action, seq, statement: next.sealed.into(), place, visit };
        self.post(Route::Act(practice.id(), id), cbor::to_vec(&act)).await?;
        Ok(())
    }

    /// Raises the vault's entry to what was opened.
    async fn keep_note(
        &self,
        practice: &Practice,
        session: &mut Session,
        opened: &Opened,
    ) -> Result<(), ClientError> {
        let id = opened.booking.appointment;
        let entry = vault::get(&session.vault, id).ok_or(ClientError::UnknownAppointment)?.clone();
        note(session, &entry, opened)?;
        if session.dirty {
            self.save_vault(practice, session).await?;
        }
        Ok(())
    }
}

/// The classes by which a visit is booked at a place; `None` if it has no classes, or none that fit any more.
fn visit(practice: &Practice, booking: &Booking, to: &Place) -> Option<Visit> {
    let catalog = practice.directory.catalog();
    let wanted = [&booking.service].into_iter().chain(booking.also.iter().flatten());
    let services =
        wanted.map(|id| catalog.services.iter().find(|s| s.id == *id)).collect::<Option<Vec<_>>>()?;
    let classes = book::classes(catalog, &services, to.resource)?;
    Some(Visit { classes: book::ids(&classes), code: None })
}

/// Whether the readers of one resource's appointments are those of the other's: the appointment's key is wrapped to them.
pub(crate) fn same_scope(practice: &Practice, one: ResourceId, other: ResourceId) -> bool {
    let scopes = &practice.directory.manifest().scopes;
    scopes.iter().any(|s| s.resources.contains(&one) && s.resources.contains(&other))
}
