//! What the practice enters itself: blocks, visits of people who called, and series of either.
use crate::{
    booking::{Act, EntryDetails, Opened, seal_entry, seal_statement, series_id},
    client::{
        Client, ClientError, Env, LIMIT_DETAILS, Request, Transport,
        book::{classes, ids},
        call::decode,
        practice::StaffSession,
    },
    random::id16,
};
use vestibule_core::{
    cbor,
    ids::{AppointmentId, ResourceId, ServiceId},
    limits,
    routes::Route,
    states,
    time::Cell,
    wire::{
        appointment::{Action, Contact, Place},
        catalog::Catalog,
        entry::{
            ActOn, Entries, Entry, EntryKind, NewEntry, SEED_BYTES, Series, StaffActs, Stored, StoredOne,
        },
    },
};
use vestibule_suite::sha256;

/// How often a command is sent when no answer comes: the same bytes are answered the same.
const TRIES: usize = 3;

/// Longest title of a block, in bytes of UTF-8.
const TITLE_BYTES: usize = limits::NAME_BYTES;

/// What is to be entered, once or as a series.
#[derive(Debug, Clone)]
pub struct EntryWish {
    /// Whose calendar.
    pub resource: ResourceId,
    /// The starts: one, or those of a series, in order.
    pub starts: Vec<Cell>,
    /// Cells of each.
    pub cells: u32,
    /// Block or visit.
    pub kind: EntryKind,
    /// Title of a block; empty for a visit.
    pub title: String,
    /// Service of a visit, if one of the catalog's.
    pub service: Option<ServiceId>,
    /// Who comes; empty for a block.
    pub contact: Contact,
    /// A few words for the practice; may be empty.
    pub note: String,
    /// BCP 47 language.
    pub locale: String,
}

impl<T: Transport, E: Env> Client<T, E> {
    /// Enters one appointment, or a whole series as one command. If anything of it is in the way of another one, nothing is
    /// stored: the error is the server's `slot-taken`, with the positions of all that are. Gives the ids.
    pub async fn enter(
        &self,
        session: &mut StaffSession,
        wish: &EntryWish,
    ) -> Result<Vec<AppointmentId>, ClientError> {
        session.practice.may_seal()?;
        let (classes, details) = check(session.practice.directory.catalog(), wish)?;
        let seed = id16(&mut self.env.rng());
        let of = u32::try_from(wish.starts.len()).map_err(|_| ClientError::TooLong)?;
        let (mut entries, mut ids, mut sent) = (Vec::new(), Vec::new(), Vec::new());
        for (at, start) in (0..of).zip(&wish.starts) {
            debug_assert_eq!(seed.len(), SEED_BYTES);
            let (appointment, series) = if of == 1 {
                (AppointmentId(id16(&mut self.env.rng())), None)
            } else {
                (series_id(&seed, at), Some(Series { seed: seed.to_vec().into(), at, of }))
            };
            let mut details = details.clone();
            details.entry.series = series;
            let sealed = seal_entry(
                &mut self.env.rng(),
                session.practice.directory.manifest(),
                &session.signing,
                appointment,
                Place { resource: wish.resource, start: *start, cells: wish.cells },
                details,
                self.env.now(),
            )?;
            sent.push(sha256(&[&sealed.envelope]));
            ids.push(appointment);
            entries.push(NewEntry {
                appointment,
                envelope: sealed.envelope.into(),
                classes: classes.clone(),
            });
        }
        let body = cbor::to_vec(&Entries { entries });
        let stored = self.send_all(session, Route::EntriesAdd(session.practice.id()), &body).await?;
        if stored.iter().map(|one| one.envelope).ne(sent) {
            return Err(ClientError::StoredDiffers);
        }
        Ok(ids)
    }

    /// Cancels an appointment of a series and all later ones of it that still stand, as one command: all or none. Gives their
    /// ids. Of what is no series, that one.
    pub async fn cancel_rest(
        &self,
        session: &mut StaffSession,
        id: AppointmentId,
        note: &str,
    ) -> Result<Vec<AppointmentId>, ClientError> {
        if note.len() > LIMIT_DETAILS {
            return Err(ClientError::TooLong);
        }
        let mut ids = Vec::new();
        let mut acts = Vec::new();
        let first = self.open_whole(session, id).await?;
        let mut rest = later(&first).into_iter();
        let mut next = Some(first);
        while let Some(opened) = next {
            if states::after(opened.state, Action::CancelledByPractice).is_some() {
                let act = Act { action: Action::CancelledByPractice, place: None, note: note.to_owned() };
                let manifest = session.practice.directory.manifest().number;
                let signing = &session.signing;
                let said =
                    seal_statement(&mut self.env.rng(), &opened, signing, act, manifest, self.env.now())?;
                let (appointment, action) = (opened.booking.appointment, Action::CancelledByPractice);
                acts.push(ActOn { appointment, action, seq: said.seq, statement: said.sealed.into() });
                ids.push(appointment);
            }
            next = match rest.next() {
                Some(id) => Some(self.open_whole(session, id).await?),
                None => None,
            };
        }
        if acts.is_empty() {
            return Err(ClientError::StateForbids);
        }
        let body = cbor::to_vec(&StaffActs { acts });
        self.send_all(session, Route::StaffActs(session.practice.id()), &body).await?;
        Ok(ids)
    }

    /// Sends a command on several appointments until an answer comes.
    async fn send_all(
        &self,
        session: &StaffSession,
        route: Route,
        body: &[u8],
    ) -> Result<Vec<StoredOne>, ClientError> {
        let mut last = ClientError::Answer;
        for _ in 0..TRIES {
            let request =
                Request { body: Some(body.to_vec()), bearer: Some(session.token), ..Request::new(route) };
            match self.call(request).await {
                Ok(answer) => return Ok(decode::<Stored>(&answer)?.all),
                Err(error @ ClientError::Transport(_)) => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }
}

/// The ids of those of the same series that come after this one.
fn later(opened: &Opened) -> Vec<AppointmentId> {
    let series = opened.booking.entry.as_ref().and_then(|entry| entry.series.as_ref());
    series.map_or_else(Vec::new, |s| (s.at + 1..s.of).map(|at| series_id(&s.seed, at)).collect())
}

/// Checks a wish against the verified catalog: its classes, and what is sealed.
fn check(catalog: &Catalog, wish: &EntryWish) -> Result<(Option<Vec<u16>>, EntryDetails), ClientError> {
    let contact = &wish.contact;
    let texts = [&contact.name, &contact.email, &contact.phone, &contact.birth_date, &wish.note];
    if texts.iter().map(|t| t.len()).sum::<usize>() > LIMIT_DETAILS
        || wish.title.len() > TITLE_BYTES
        || wish.locale.len() > 35
        || wish.starts.len() > limits::MAX_ENTRIES
    {
        return Err(ClientError::TooLong);
    }
    let named = match wish.kind {
        EntryKind::Block => &wish.title,
        EntryKind::Visit => &contact.name,
    };
    if named.trim().is_empty() || wish.starts.is_empty() || wish.cells == 0 {
        return Err(ClientError::NotOffered);
    }
    let mut details = EntryDetails {
        entry: Entry { kind: wish.kind, title: wish.title.clone(), series: None },
        service: ServiceId([0; 16]),
        service_name: String::new(),
        contact: contact.clone(),
        note: wish.note.clone(),
        locale: wish.locale.clone(),
    };
    let Some(id) = wish.service.filter(|_| wish.kind == EntryKind::Visit) else {
        return Ok((None, details));
    };
    let service = catalog
        .services
        .iter()
        .find(|s| s.id == id && s.resources.contains(&wish.resource))
        .ok_or(ClientError::NotOffered)?;
    let classes = match &service.classes {
        None => None,
        Some(_) => Some(classes(catalog, &[service], wish.resource).ok_or(ClientError::NotOffered)?),
    };
    let fixed = classes.as_ref().map(|all| all.iter().map(|c| u32::from(c.minutes)).sum::<u32>());
    if fixed.is_some_and(|minutes| minutes != wish.cells * limits::CELL_MINUTES) {
        return Err(ClientError::NotOffered);
    }
    details.service = service.id;
    details.service_name.clone_from(&service.name);
    Ok((classes.as_deref().map(ids), details))
}
