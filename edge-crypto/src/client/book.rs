//! A patient books: vault, hold, book, vault (PROTOCOL section 6).
use crate::{
    booking::{Details, Opened, SealedBooking, seal_booking},
    client::{Client, ClientError, Env, Practice, Session, Transport, call::Boxed},
    random::id16,
    vault,
};
use vestibule_core::{
    ids::{AppointmentId, Digest, ResourceId, ServiceId, WaitingId},
    limits,
    problem::ProblemKind,
    routes::Route,
    time::{Cell, UnixSeconds},
    wire::{
        appointment::{Answer, Contact, Place},
        catalog::{Catalog, Class, Service, Visit},
        http::{Book, Booked, Held, Hold},
        pow::Purpose,
        realm::VaultEntry,
        waiting::{Offer, WaitingAccept},
    },
};
use vestibule_suite::sha256;

/// Most bytes of contact and reason together: with keys (3.2 KiB), signature (3.3 KiB) and two wraps (1.5 KiB each) an
/// envelope stays below half of `limits::BODY_BOOKING`.
pub const LIMIT_DETAILS: usize = 8 * 1024;

/// How often a booking is sent when no answer comes.
const TRIES: usize = 3;

/// What the patient chose.
#[derive(Debug, Clone)]
pub struct BookRequest {
    /// Service of the catalog.
    pub service: ServiceId,
    /// Further services of the same visit, in their order; each is one that the catalog allows to be booked together.
    pub also: Vec<ServiceId>,
    /// One of the resources that offer the first.
    pub resource: ResourceId,
    /// Start, on the grid.
    pub start: UnixSeconds,
    /// Who comes.
    pub contact: Contact,
    /// Reason; may be empty.
    pub reason: String,
    /// BCP 47 language.
    pub locale: String,
    /// The code from the link, for a service that asks for one.
    pub code: Option<String>,
    /// Ask, and let the practice confirm or decline, also where the service could be booked at once.
    pub request: bool,
    /// One for each question of the services, in their order; empty where there is none.
    pub answers: Vec<String>,
}

impl<T: Transport, E: Env> Client<T, E> {
    /// Books. The appointment's id is in the vault before anything is asked of the server, so a tab that dies at any point
    /// leaves at worst an entry that the next listing explains or buries.
    pub async fn book(
        &self,
        practice: &Practice,
        session: &mut Session,
        request: BookRequest,
    ) -> Result<Opened, ClientError> {
        self.book_boxed(practice, session, request, None).await
    }

    /// Books what an entry of the waiting list was offered.
    pub(super) async fn book_offered(
        &self,
        practice: &Practice,
        session: &mut Session,
        request: BookRequest,
        (entry, offer): (WaitingId, &Offer),
    ) -> Result<Opened, ClientError> {
        self.book_boxed(practice, session, request, Some((entry, offer))).await
    }

    fn book_boxed<'a>(
        &'a self,
        practice: &'a Practice,
        session: &'a mut Session,
        request: BookRequest,
        offer: Option<(WaitingId, &'a Offer)>,
    ) -> Boxed<'a, Opened> {
        Box::pin(self.book_unboxed(practice, session, request, offer))
    }

    async fn book_unboxed(
        &self,
        practice: &Practice,
        session: &mut Session,
        request: BookRequest,
        offer: Option<(WaitingId, &Offer)>,
    ) -> Result<Opened, ClientError> {
        practice.may_seal()?;
        let (place, visit, details) = check(practice.directory.catalog(), request)?;
        let classes = visit.as_ref().map(|v| &v.classes);
        if offer.is_some_and(|(_, offer)| offer.place != place || offer.classes.as_ref() != classes) {
            return Err(ClientError::NotOffered);
        }
        let id = AppointmentId(id16(&mut self.env.rng()));
        Self::raise_seen(practice, &mut session.vault)?;
        let entry = self.fresh(id, place);
        vault::put(&mut session.vault, entry.clone())?;
        self.save_vault(practice, session).await?;
        let held = match offer {
            None => self.hold(practice, session, id, place, visit).await,
            Some((entry, _)) => {
                let hold = self.paid(practice, session, id, place, visit).await?;
                let accept = WaitingAccept { capability: session.keys.waiting_capability(entry), hold };
                self.exchange(Route::WaitingAccept(practice.id(), entry), &accept).await
            }
        };
        if let Err(error) = held {
            // Only a clear refusal says that nothing is held; the entry then goes with the next save.
            if matches!(error, ClientError::Problem(_) | ClientError::TooMuchWork) {
                vault::remove(&mut session.vault, id);
                session.dirty = true;
            }
            return Err(error);
        }
        let sealed = seal_booking(
            &mut self.env.rng(),
            practice.directory.manifest(),
            &session.keys,
            id,
            place,
            details,
            self.env.now(),
        )?;
        self.send(practice, session, id, &sealed).await?;
        let opened = self.read(practice, session, &entry).await?;
        crate::client::list::note(session, &entry, &opened)?;
        // The booking stands. If this save fails, the entry is still there with seq 0, and the next listing raises it.
        session.dirty = self.save_vault(practice, session).await.is_err();
        Ok(opened)
    }

    /// An appointment that the server has not confirmed yet.
    pub(super) fn fresh(&self, appointment: AppointmentId, place: Place) -> VaultEntry {
        VaultEntry { appointment, place, seq: 0, head: Digest([0; 32]), removed: false, at: self.env.now() }
    }

    /// Holds a slot; `visit` names the booking classes of a service that has any.
    pub async fn hold(
        &self,
        practice: &Practice,
        session: &Session,
        appointment: AppointmentId,
        place: Place,
        visit: Option<Visit>,
    ) -> Result<Held, ClientError> {
        let hold = self.paid(practice, session, appointment, place, visit).await?;
        self.exchange(Route::Hold(practice.id()), &hold).await
    }

    /// A hold with its proof of work.
    pub(super) async fn paid(
        &self,
        practice: &Practice,
        session: &Session,
        appointment: AppointmentId,
        place: Place,
        visit: Option<Visit>,
    ) -> Result<Hold, ClientError> {
        let work = self.work(practice.id(), Purpose::Hold, appointment.0).await?;
        let capability_hash = session.keys.capability_hash(appointment);
        Ok(Hold { appointment, place, capability_hash, work, visit })
    }

    /// Sends a sealed booking until it is known to be stored as it was sent.
    async fn send(
        &self,
        practice: &Practice,
        session: &Session,
        appointment: AppointmentId,
        sealed: &SealedBooking,
    ) -> Result<(), ClientError> {
        let book = Book {
            appointment,
            capability: session.keys.capability(appointment),
            envelope: sealed.envelope.clone().into(),
            request: sealed.booking.request,
        };
        let mut last = ClientError::Answer;
        for attempt in 0..TRIES {
            match self.exchange::<_, Booked>(Route::Book(practice.id()), &book).await {
                Ok(booked) if booked.envelope == sha256(&[&sealed.envelope]) => return Ok(()),
                Ok(_) => return Err(ClientError::StoredDiffers),
                Err(error @ ClientError::Transport(_)) => last = error,
                // An earlier try may have got through without its answer; the reading that follows decides.
                Err(ClientError::Problem(p)) if p.kind == ProblemKind::Conflict && attempt > 0 => {
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }
}

/// Checks the choice against the verified catalog.
pub(super) fn check(
    catalog: &Catalog,
    request: BookRequest,
) -> Result<(Place, Option<Visit>, Details), ClientError> {
    let services = chosen(catalog, request.service, &request.also)?;
    if !services.first().is_some_and(|s| s.resources.contains(&request.resource)) {
        return Err(ClientError::NotOffered);
    }
    let start = Cell::starting_at(request.start).ok_or(ClientError::NotOffered)?;
    let (classes, minutes) = kind(catalog, &services, request.resource).ok_or(ClientError::NotOffered)?;
    let asks = asks(catalog, classes.as_deref());
    let visit = classes.map(|classes| Visit { classes, code: request.code });
    let cells = minutes / limits::CELL_MINUTES;
    let contact = &request.contact;
    let answered = request.answers.iter().map(String::len).sum::<usize>();
    let texts = [&contact.name, &contact.email, &contact.phone, &contact.birth_date, &request.reason];
    if texts.iter().map(|t| t.len()).sum::<usize>() + answered > LIMIT_DETAILS || request.locale.len() > 35 {
        return Err(ClientError::TooLong);
    }
    let place = Place { resource: request.resource, start, cells };
    let details = Details {
        service: request.service,
        service_name: services.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(" + "),
        contact: request.contact,
        reason: request.reason,
        locale: request.locale,
        request: request.request || asks,
        answers: answers(&services, request.answers)?,
        also: request.also,
        series: None,
    };
    Ok((place, visit, details))
}

/// The services of a visit, if the catalog allows them together.
pub(super) fn chosen<'c>(
    catalog: &'c Catalog,
    service: ServiceId,
    also: &[ServiceId],
) -> Result<Vec<&'c Service>, ClientError> {
    let wanted = core::iter::once(&service).chain(also);
    let services: Vec<&Service> =
        wanted.filter_map(|id| catalog.services.iter().find(|s| s.id == *id)).collect();
    let all = services.len() == also.len() + 1;
    if all && (also.is_empty() || services.iter().all(|s| s.together == Some(true))) {
        Ok(services)
    } else {
        Err(ClientError::NotOffered)
    }
}

/// As what a visit with this resource is held: its classes, if it has any, and how many minutes it takes.
pub(super) fn kind(
    catalog: &Catalog,
    services: &[&Service],
    resource: ResourceId,
) -> Option<(Option<Vec<u16>>, u32)> {
    match services {
        [service] if service.classes.is_none() => Some((None, service.minutes.into())),
        _ => {
            let classes = classes(catalog, services, resource)?;
            Some((Some(ids(&classes)), minutes(&classes)))
        }
    }
}

/// Whether any of these classes is one that patients ask for.
fn asks(catalog: &Catalog, ids: Option<&[u16]>) -> bool {
    let all = catalog.rules.as_ref().map_or(&[][..], |rules| &rules.classes);
    all.iter().any(|c| c.request == Some(true) && ids.is_some_and(|ids| ids.contains(&c.id)))
}

/// The answers with their questions; what was not answered is left out.
pub(super) fn answers(services: &[&Service], given: Vec<String>) -> Result<Vec<Answer>, ClientError> {
    let mut given = given.into_iter();
    let mut answers = Vec::new();
    for question in services.iter().flat_map(|s| s.questions.iter().flatten()) {
        let answer = given.next().unwrap_or_default();
        let known = question.answers.is_empty() || question.answers.contains(&answer);
        if answer.trim().is_empty() {
            if question.required {
                return Err(ClientError::Unanswered);
            }
        } else if known {
            answers.push(Answer { question: question.text.clone(), answer });
        } else {
            return Err(ClientError::NotOffered);
        }
    }
    Ok(answers)
}

/// As what a visit is booked that begins with this resource: of each service the first class that this resource can do, since another
/// one may take longer with somebody else; of later services else their first.
pub(super) fn classes<'c>(
    catalog: &'c Catalog,
    services: &[&Service],
    resource: ResourceId,
) -> Option<Vec<&'c Class>> {
    let all = &catalog.rules.as_ref()?.classes;
    let class = |at: usize, service: &Service| {
        let known = || service.classes.iter().flatten().filter_map(|id| all.iter().find(|c| c.id == *id));
        let own = known().find(|c| c.needs.first().is_some_and(|need| need.one_of.contains(&resource)));
        own.or_else(|| known().next().filter(|_| at > 0))
    };
    services.iter().enumerate().map(|(at, service)| class(at, service)).collect()
}

pub(super) fn ids(classes: &[&Class]) -> Vec<u16> {
    classes.iter().map(|class| class.id).collect()
}

fn minutes(classes: &[&Class]) -> u32 {
    classes.iter().map(|class| u32::from(class.minutes)).sum()
}
