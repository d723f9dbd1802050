//! A patient cancels.
use crate::{
    booking::{OpenError, Opened, seal_statement},
    client::{Client, ClientError, Env, LIMIT_DETAILS, Practice, Session, Transport, list::note},
    vault,
};
use vestibule_core::{
    cbor,
    ids::AppointmentId,
    problem::ProblemKind,
    routes::Route,
    wire::{
        appointment::{Action, State},
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
        if text.len() > LIMIT_DETAILS {
            return Err(ClientError::TooLong);
        }
        let entry = vault::get(&session.vault, id).ok_or(ClientError::UnknownAppointment)?.clone();
        let opened = self.read(practice, session, &entry).await?;
        if opened.state == State::Booked {
            let next = seal_statement(
                &mut self.env.rng(),
                &opened,
                session.keys.signing(),
                Action::CancelledByPatient,
                practice.directory.manifest().number,
                text.to_owned(),
                self.env.now(),
            )?;
            let act = Act {
                capability: session.keys.capability(id),
                state: State::Cancelled,
                seq: next.seq,
                statement: next.sealed.into(),
            };
            let sent = self.post(Route::Act(practice.id(), id), cbor::to_vec(&act)).await;
            match sent {
                Ok(_) | Err(ClientError::Transport(_)) => {}
                // Someone else acted first, as the practice may: what counts is what stands there now.
                Err(ClientError::Problem(p)) if p.kind == ProblemKind::Conflict => {}
                Err(error) => return Err(error),
            }
        }
        let now = self.read(practice, session, &entry).await?;
        if now.state != State::Cancelled {
            return Err(OpenError::StateUnexplained.into());
        }
        note(session, &entry, &now)?;
        if session.dirty {
            self.save_vault(practice, session).await?;
        }
        Ok(now)
    }
}
