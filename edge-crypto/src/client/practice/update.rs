//! What staff signs later: a new catalog, a new timestamp.
use crate::{
    client::{Client, ClientError, Env, Request, Transport, practice::StaffSession},
    directory::{CatalogChange, sign_catalog, sign_freshness},
};
use vestibule_core::{cbor, routes::Route, wire::http::CatalogUpdate};

/// A timestamp is renewed when it is older than a day.
const RENEW_SECONDS: u64 = 86_400;

impl<T: Transport, E: Env> Client<T, E> {
    /// Signs and publishes the next catalog, then reads the directory back and verifies it.
    pub async fn update_catalog(
        &self,
        session: &mut StaffSession,
        change: CatalogChange,
    ) -> Result<(), ClientError> {
        let directory = &session.practice.directory;
        let signed = sign_catalog(
            &session.signing,
            directory.catalog(),
            directory.manifest(),
            change,
            self.env.now(),
        )?;
        let update = CatalogUpdate {
            catalog: cbor::to_vec(&signed.catalog).into(),
            freshness: cbor::to_vec(&signed.freshness).into(),
            manifest: signed.manifest.map(|manifest| cbor::to_vec(&manifest).into()),
        };
        self.put(session, Route::CatalogPut(session.practice.id()), cbor::to_vec(&update)).await?;
        self.reload(session).await
    }

    /// Renews the timestamp if it is older than a day. Returns whether it was.
    pub async fn refresh_freshness(&self, session: &mut StaffSession) -> Result<bool, ClientError> {
        self.reload(session).await?;
        let directory = &session.practice.directory;
        if self.env.now().since(directory.timestamp().at) < RENEW_SECONDS {
            return Ok(false);
        }
        let freshness = sign_freshness(
            &session.signing,
            session.practice.id(),
            directory.manifest().digest(),
            directory.catalog().digest(),
            self.env.now(),
        )?;
        self.put(session, Route::FreshnessPut(session.practice.id()), cbor::to_vec(&freshness)).await?;
        self.reload(session).await?;
        Ok(true)
    }

    /// Reads the directory again; anything older than what this session knows is refused.
    pub async fn reload(&self, session: &mut StaffSession) -> Result<(), ClientError> {
        session.practice = self.directory(session.practice.fingerprint, session.memory.seen).await?;
        session.remember_directory();
        Ok(())
    }

    pub(super) async fn put(
        &self,
        session: &StaffSession,
        route: Route,
        body: Vec<u8>,
    ) -> Result<(), ClientError> {
        self.call(Request { body: Some(body), bearer: Some(session.token), ..Request::new(route) }).await?;
        Ok(())
    }
}
