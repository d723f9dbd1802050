//! The waiting list, as staff: opened and verified here, since the server reads none of it.
use crate::{
    booking::OpenError,
    client::{Client, ClientError, Env, Request, Transport, practice::StaffSession},
    waiting::{OpenedWish, open_as_staff},
};
use vestibule_core::{
    cbor,
    ids::WaitingId,
    problem::ProblemKind,
    routes::Route,
    time::UnixSeconds,
    wire::waiting::{StoredWaiting, WaitingMail, WaitingQuery, WaitingState},
};

/// One entry of the list.
#[derive(Debug)]
pub struct StaffWaiting {
    /// Which.
    pub entry: WaitingId,
    /// When it was added, by the server's clock.
    pub since: UnixSeconds,
    /// In the server's words.
    pub state: WaitingState,
    /// Content, verified; or the lie.
    pub result: Result<OpenedWish, OpenError>,
}

impl<T: Transport, E: Env> Client<T, E> {
    /// The whole list, in its order, page by page.
    pub async fn waiting_list(&self, session: &StaffSession) -> Result<Vec<StaffWaiting>, ClientError> {
        let manifest = session.practice.directory.manifest();
        let (mut all, mut after): (Vec<StaffWaiting>, u64) = (Vec::new(), 0);
        loop {
            let route = Route::WaitingList(session.practice.id());
            let page = self.staff_post(session, route, &WaitingQuery { after }).await?;
            let page = decode(&page).ok_or(ClientError::Answer)?;
            let Some(last) = page.last() else { return Ok(all) };
            // A server that repeats itself would be asked for ever.
            if last.number <= after {
                return Err(ClientError::Answer);
            }
            after = last.number;
            all.extend(page.iter().map(|stored| StaffWaiting {
                entry: stored.entry,
                since: stored.since,
                state: stored.state,
                result: open_as_staff(stored, &session.keyring, manifest),
            }));
        }
    }

    /// Has the notices of open offers mailed that were not yet, each to the address that its verified entry has. How many.
    pub async fn mail_offers(
        &self,
        session: &StaffSession,
        list: &[StaffWaiting],
    ) -> Result<usize, ClientError> {
        let mut mailed = 0;
        for line in list {
            let Ok(OpenedWish { wish, offer: Some(offer) }) = &line.result else { continue };
            if offer.mailed || wish.contact.email.is_empty() {
                continue;
            }
            let mail = WaitingMail {
                place: offer.place,
                email: wish.contact.email.clone(),
                locale: wish.locale.clone(),
            };
            let route = Route::WaitingMail(session.practice.id(), line.entry);
            match self.staff_post(session, route, &mail).await {
                Ok(_) => mailed += 1,
                // Another device was quicker, the offer has just ended, or the address is none.
                Err(ClientError::Problem(p))
                    if matches!(
                        p.kind,
                        ProblemKind::Conflict | ProblemKind::SlotTaken | ProblemKind::Malformed
                    ) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(mailed)
    }

    /// Takes an entry off the list.
    pub async fn remove_waiting(&self, session: &StaffSession, entry: WaitingId) -> Result<(), ClientError> {
        let request = Request {
            body: Some(Vec::new()),
            bearer: Some(session.token),
            ..Request::new(Route::WaitingRemove(session.practice.id(), entry))
        };
        self.call(request).await.map(drop)
    }

    async fn staff_post<Q: minicbor::Encode<()>>(
        &self,
        session: &StaffSession,
        route: Route,
        body: &Q,
    ) -> Result<Vec<u8>, ClientError> {
        let bearer = Some(session.token);
        self.call(Request { body: Some(cbor::to_vec(body)), bearer, ..Request::new(route) }).await
    }
}

/// A CBOR sequence, each item in its one form.
fn decode(bytes: &[u8]) -> Option<Vec<StoredWaiting>> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let mut all = Vec::new();
    while decoder.position() < bytes.len() {
        let from = decoder.position();
        let item: StoredWaiting = decoder.decode().ok()?;
        if cbor::to_vec(&item) != bytes.get(from..decoder.position())? {
            return None;
        }
        all.push(item);
    }
    Some(all)
}
