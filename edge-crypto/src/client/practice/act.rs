//! A staff member confirms, declines, cancels, moves, or notes whether the patient came.
use crate::{
    booking::{self, OpenError, Opened, open_as_staff, seal_statement},
    client::{
        Client, ClientError, Env, LIMIT_DETAILS, Request, Transport,
        act::same_scope,
        practice::{CalendarLine, Shown, StaffSession},
    },
    staff::Summary,
};
use std::sync::Arc;
use vestibule_core::{
    cbor,
    ids::AppointmentId,
    problem::ProblemKind,
    routes::Route,
    states,
    wire::{appointment::StoredAppointment, http::StaffAct},
};

impl<T: Transport, E: Env> Client<T, E> {
    /// Reads an appointment, verifies it whole, and says what happens to it: a signed statement, sealed under its DEK, linked
    /// to what was there. It is read again afterwards; the line is what the server now shows everyone.
    pub async fn act(
        &self,
        session: &mut StaffSession,
        id: AppointmentId,
        act: booking::Act,
    ) -> Result<CalendarLine, ClientError> {
        if act.note.len() > LIMIT_DETAILS {
            return Err(ClientError::TooLong);
        }
        let before = self.open_whole(session, id).await?;
        let (action, place) = (act.action, act.place);
        if states::after(before.state, action).is_none() {
            return Err(ClientError::StateForbids);
        }
        if place.is_some_and(|p| !same_scope(&session.practice, before.booking.place.resource, p.resource)) {
            return Err(ClientError::NotOffered);
        }
        let manifest = session.practice.directory.manifest().number;
        let signing = &session.signing;
        let next = seal_statement(&mut self.env.rng(), &before, signing, act, manifest, self.env.now())?;
        let body = StaffAct { action, seq: next.seq, statement: next.sealed.into(), place };
        let sent = self
            .call(Request {
                body: Some(cbor::to_vec(&body)),
                bearer: Some(session.token),
                ..Request::new(Route::StaffAct(session.practice.id(), id))
            })
            .await;
        match sent {
            // Whether an answer that was lost was a yes is read below.
            Ok(_) | Err(ClientError::Transport(_)) => {}
            Err(error) => return Err(error),
        }
        let opened = self.open_whole(session, id).await?;
        if opened.head != next.head {
            return Err(OpenError::Forked.into());
        }
        Ok(line(&opened))
    }

    /// An appointment by its id, verified whole; or why it is not shown.
    pub async fn appointment(
        &self,
        session: &mut StaffSession,
        id: AppointmentId,
    ) -> Result<CalendarLine, ClientError> {
        Ok(line(&self.open_whole(session, id).await?))
    }

    /// An appointment by its id: where the server says it is now, verified whole and remembered.
    pub(crate) async fn open_whole(
        &self,
        session: &mut StaffSession,
        id: AppointmentId,
    ) -> Result<Opened, ClientError> {
        let request = Request {
            bearer: Some(session.token),
            ..Request::new(Route::StaffRead(session.practice.id(), id))
        };
        let answer = match self.call(request).await {
            Err(ClientError::Problem(p)) if p.kind == ProblemKind::NotFound => {
                return Err(OpenError::Missing.into());
            }
            other => other?,
        };
        let stored: StoredAppointment = cbor::from_slice(&answer).map_err(|_| ClientError::Answer)?;
        if stored.appointment != id {
            return Err(OpenError::WrongAppointment.into());
        }
        session.pending.remove(&id);
        let manifest = session.practice.directory.manifest();
        let known = session.memory.get(id);
        let staff = open_as_staff(&mut self.env.rng(), &stored, &session.keyring, manifest, known)?;
        let summary = Arc::new(Summary::of(&staff.unverified.preview()));
        Ok(session.settle(staff.unverified, staff.epoch, staff.new_cache, summary)?)
    }
}

fn line(opened: &Opened) -> CalendarLine {
    let preview = booking::Preview {
        booking: &opened.booking,
        statements: &opened.statements,
        state: opened.state,
        place: opened.place,
    };
    CalendarLine {
        appointment: opened.booking.appointment,
        place: Some(opened.place),
        start: opened.place.start.start(),
        result: Ok(Shown::Verified(Arc::new(Summary::of(&preview)))),
    }
}
