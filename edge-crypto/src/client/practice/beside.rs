//! Rooms and devices, as the server gave them out.
use crate::client::{Client, ClientError, Env, Request, Transport, practice::StaffSession};
use vestibule_core::{
    cbor,
    routes::Route,
    time::UnixSeconds,
    wire::http::{Beside, BesideClaim, BesideQuery},
};

impl<T: Transport, E: Env> Client<T, E> {
    /// What the appointments that start in `[from, to)`, at most [`vestibule_core::limits::MAX_BESIDE_DAYS`], claim beside their calendars.
    /// It is the server's word: rooms are nothing that anybody signs.
    pub async fn beside(
        &self,
        session: &StaffSession,
        from: UnixSeconds,
        to: UnixSeconds,
    ) -> Result<Vec<BesideClaim>, ClientError> {
        let request = Request {
            bearer: Some(session.token),
            body: Some(cbor::to_vec(&BesideQuery { from, to })),
            ..Request::new(Route::Beside(session.practice.id()))
        };
        let beside: Beside = self.fetch(request).await?;
        Ok(beside.claims)
    }
}
