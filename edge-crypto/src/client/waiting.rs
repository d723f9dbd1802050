//! The waiting list, as a patient: join, look, accept, let pass, leave (rules W1 to W10 of docs/SCHEDULING.md).
use crate::{
    booking::{OpenError, Opened},
    client::{
        BookRequest, Client, ClientError, Env, LIMIT_DETAILS, Practice, Session, Transport,
        act::same_scope,
        book::{answers, chosen, kind},
    },
    random::id16,
    vault,
    waiting::{OpenedWish, WishDetails, open_as_patient, seal_wish},
};
use vestibule_core::{
    cbor,
    day::Day,
    ids::{Digest, ResourceId, ServiceId, WaitingId},
    limits,
    problem::ProblemKind,
    routes::Route,
    time::UnixSeconds,
    wire::{
        appointment::Contact,
        catalog::{Access, Catalog},
        http::Read,
        pow::Purpose,
        realm::VaultWaiting,
        waiting::{StoredWaiting, Terms, WaitingAct, WaitingDeed, WaitingJoin, WaitingState, Want, Wish},
    },
};

/// An entry that never reached the server is buried after so long.
const GRACE_SECONDS: u64 = 900;

/// What the patient waits for.
#[derive(Debug, Clone)]
pub struct WaitRequest {
    /// Service of the catalog.
    pub service: ServiceId,
    /// Further services of the same visit, in their order.
    pub also: Vec<ServiceId>,
    /// With whom; empty for anybody who offers it.
    pub resources: Vec<ResourceId>,
    /// Bit 0 Monday to bit 6 Sunday.
    pub weekdays: u32,
    /// Last date that suits.
    pub last: Day,
    /// Who comes.
    pub contact: Contact,
    /// Reason; may be empty.
    pub reason: String,
    /// BCP 47 language.
    pub locale: String,
    /// One for each question of the services, in their order.
    pub answers: Vec<String>,
}

/// One line of the patient's own entries.
#[derive(Debug)]
pub struct WaitingLine {
    /// Which.
    pub entry: WaitingId,
    /// Where it stands, in the server's words.
    pub state: WaitingState,
    /// Content, fully checked; or the lie. `None` for what is gone.
    pub result: Result<Option<OpenedWish>, OpenError>,
}

impl<T: Transport, E: Env> Client<T, E> {
    /// Joins the list. The entry's id is in the vault before anything is asked of the server.
    pub async fn wait(
        &self,
        practice: &Practice,
        session: &mut Session,
        request: WaitRequest,
    ) -> Result<WaitingLine, ClientError> {
        practice.may_seal()?;
        let (terms, details) = check(practice, request)?;
        let id = WaitingId(id16(&mut self.env.rng()));
        Self::raise_seen(practice, &mut session.vault)?;
        let mut entry = VaultWaiting { entry: id, head: Digest([0; 32]), removed: false, at: self.env.now() };
        vault::put_waiting(&mut session.vault, entry.clone())?;
        self.save_vault(practice, session).await?;
        let work = self.work(practice.id(), Purpose::Wait, id.0).await?;
        let manifest = practice.directory.manifest();
        let now = self.env.now();
        let sealed = seal_wish(&mut self.env.rng(), manifest, &session.keys, id, terms, details, now)?;
        let capability_hash = vestibule_suite::sha256(&[&session.keys.waiting_capability(id).0]);
        let join = WaitingJoin { entry: id, capability_hash, envelope: sealed.envelope.into(), work };
        if let Err(error) = self.post(Route::WaitingJoin(practice.id()), cbor::to_vec(&join)).await {
            if matches!(error, ClientError::Problem(_)) {
                vault::remove_waiting(&mut session.vault, id);
                session.dirty = true;
            }
            return Err(error);
        }
        entry.head = sealed.head;
        let line = self.read_waiting(practice, session, &entry).await?;
        vault::put_waiting(&mut session.vault, entry)?;
        session.dirty = self.save_vault(practice, session).await.is_err();
        Ok(line)
    }

    /// Reads and checks every entry in the vault. What the server says is gone is shown once, and buried.
    pub async fn waiting(
        &self,
        practice: &Practice,
        session: &mut Session,
    ) -> Result<Vec<WaitingLine>, ClientError> {
        let entries: Vec<VaultWaiting> = vault::waiting(&session.vault).cloned().collect();
        let mut lines = Vec::with_capacity(entries.len());
        for entry in entries {
            match self.read_waiting(practice, session, &entry).await {
                Ok(line) => {
                    if !line.state.is_live() {
                        vault::remove_waiting(&mut session.vault, entry.entry);
                        session.dirty = true;
                    }
                    lines.push(line);
                }
                Err(ClientError::Open(OpenError::Missing)) if entry.head == Digest([0; 32]) => {
                    if self.env.now().since(entry.at) > GRACE_SECONDS {
                        vault::remove_waiting(&mut session.vault, entry.entry);
                        session.dirty = true;
                    }
                }
                Err(ClientError::Open(lie)) => {
                    lines.push(WaitingLine {
                        entry: entry.entry,
                        state: WaitingState::Waiting,
                        result: Err(lie),
                    });
                }
                Err(error) => return Err(error),
            }
        }
        if session.dirty {
            self.save_vault(practice, session).await?;
        }
        Ok(lines)
    }

    /// Accepts the open offer: a hold for the offered place, then the usual booking with what the entry says. The offer must
    /// be what the verified catalog books for the service.
    pub async fn accept_offer(
        &self,
        practice: &Practice,
        session: &mut Session,
        id: WaitingId,
    ) -> Result<Opened, ClientError> {
        practice.may_seal()?;
        let line = self.read_own(practice, session, id).await?;
        let Ok(Some(OpenedWish { wish, offer: Some(offer) })) = line.result else {
            return Err(ClientError::OfferGone);
        };
        let request =
            request(practice.directory.catalog(), wish, offer.place.resource, offer.place.start.start());
        let booked = self.book_offered(practice, session, request, (id, &offer)).await;
        let opened = match booked {
            Err(ClientError::Problem(p)) if p.kind == ProblemKind::SlotTaken => {
                return Err(ClientError::OfferGone);
            }
            other => other?,
        };
        vault::remove_waiting(&mut session.vault, id);
        session.dirty = self.save_vault(practice, session).await.is_err();
        Ok(opened)
    }

    /// Leaves the list, or lets the open offer pass.
    pub async fn waiting_act(
        &self,
        practice: &Practice,
        session: &mut Session,
        id: WaitingId,
        what: WaitingDeed,
    ) -> Result<(), ClientError> {
        let act = WaitingAct { capability: session.keys.waiting_capability(id), what };
        self.post(Route::WaitingAct(practice.id(), id), cbor::to_vec(&act)).await?;
        if what == WaitingDeed::Leave {
            vault::remove_waiting(&mut session.vault, id);
            self.save_vault(practice, session).await?;
        }
        Ok(())
    }

    async fn read_own(
        &self,
        practice: &Practice,
        session: &Session,
        id: WaitingId,
    ) -> Result<WaitingLine, ClientError> {
        let entry = vault::waiting(&session.vault).find(|e| e.entry == id);
        self.read_waiting(practice, session, entry.ok_or(ClientError::UnknownAppointment)?).await
    }

    async fn read_waiting(
        &self,
        practice: &Practice,
        session: &Session,
        entry: &VaultWaiting,
    ) -> Result<WaitingLine, ClientError> {
        let proof = Read { capability: session.keys.waiting_capability(entry.entry) };
        let route = Route::WaitingRead(practice.id(), entry.entry);
        let stored: StoredWaiting = match self.exchange(route, &proof).await {
            Err(ClientError::Problem(p)) if p.kind == ProblemKind::NotFound => {
                return Err(OpenError::Missing.into());
            }
            other => other?,
        };
        let state = stored.state;
        let result = if stored.entry == entry.entry && !state.is_live() {
            Ok(None)
        } else {
            open_as_patient(&stored, entry, &session.keys, practice.id()).map(Some)
        };
        Ok(WaitingLine { entry: entry.entry, state, result })
    }
}

/// Checks the wish against the verified catalog, and says of what kinds a place may be.
fn check(practice: &Practice, request: WaitRequest) -> Result<(Terms, WishDetails), ClientError> {
    let catalog = practice.directory.catalog();
    let services = chosen(catalog, request.service, &request.also)?;
    let offering = services.first().map_or(&[][..], |s| &s.resources);
    let wanted = if request.resources.is_empty() { offering } else { &request.resources };
    // All of one scope: the entry's key is wrapped to its readers.
    let Some(first) = wanted.first() else { return Err(ClientError::NotOffered) };
    let mut wants: Vec<Want> = Vec::new();
    for resource in wanted.iter().filter(|id| same_scope(practice, *first, **id)) {
        let Some((classes, minutes)) = kind(catalog, &services, *resource) else { continue };
        if !is_public(catalog, classes.as_deref()) {
            continue;
        }
        match wants.iter_mut().find(|w| w.classes == classes && w.minutes == minutes) {
            Some(want) => want.resources.push(*resource),
            None => wants.push(Want { resources: vec![*resource], minutes, classes }),
        }
    }
    wants.truncate(limits::MAX_WANTS);
    if wants.is_empty() || !(1..128).contains(&request.weekdays) {
        return Err(ClientError::NotOffered);
    }
    let contact = &request.contact;
    let answered = request.answers.iter().map(String::len).sum::<usize>();
    let texts = [&contact.name, &contact.email, &contact.phone, &contact.birth_date, &request.reason];
    if texts.iter().map(|t| t.len()).sum::<usize>() + answered > LIMIT_DETAILS || request.locale.len() > 35 {
        return Err(ClientError::TooLong);
    }
    let details = WishDetails {
        service: request.service,
        service_name: services.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(" + "),
        contact: request.contact,
        reason: request.reason,
        locale: request.locale,
        answers: answers(&services, request.answers)?,
        also: request.also,
    };
    Ok((Terms { wants, weekdays: request.weekdays, last: request.last }, details))
}

/// Whether everybody may wait for these classes (rule W2).
fn is_public(catalog: &Catalog, ids: Option<&[u16]>) -> bool {
    let all = catalog.rules.as_ref().map_or(&[][..], |rules| &rules.classes);
    ids.is_none_or(|ids| all.iter().filter(|c| ids.contains(&c.id)).all(|c| c.access == Access::Public))
}

/// What is booked for a wish at a place.
fn request(catalog: &Catalog, wish: Wish, resource: ResourceId, start: UnixSeconds) -> BookRequest {
    let also = wish.also.unwrap_or_default();
    let services = core::iter::once(&wish.service).chain(&also);
    let asked = services
        .filter_map(|id| catalog.services.iter().find(|s| s.id == *id))
        .flat_map(|s| s.questions.iter().flatten());
    let given = wish.answers.unwrap_or_default();
    let answer = |question: &str| given.iter().find(|a| a.question == question).map(|a| a.answer.clone());
    let answers = asked.map(|q| answer(&q.text).unwrap_or_default()).collect();
    BookRequest {
        service: wish.service,
        also,
        resource,
        start,
        contact: wish.contact,
        reason: wish.reason,
        locale: wish.locale,
        code: None,
        request: false,
        answers,
    }
}
