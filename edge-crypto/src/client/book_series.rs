//! A patient books a series: all appointments, or none (PROTOCOL R6.17; `docs/SCHEDULING.md`, S18).
use crate::{
    booking::{Details, Opened, seal_booking, series_id},
    client::{BookRequest, Client, ClientError, Env, Practice, Session, Transport, book::check, call::Boxed},
    random::id16,
    vault,
};
use vestibule_core::{
    limits,
    problem::ProblemKind,
    routes::Route,
    time::UnixSeconds,
    wire::{
        catalog::Visit,
        entry::{Series, Stored},
        http::{Book, Held},
        realm::VaultEntry,
        series::{SeriesBook, SeriesHold},
    },
};
use vestibule_suite::sha256;

/// How often the bookings are sent when no answer comes.
const TRIES: usize = 3;

/// What became of a series.
#[derive(Debug)]
pub enum BookedSeries {
    /// All of it is booked: as the server now serves it, checked, in the order of the starts.
    Booked(Vec<Opened>),
    /// Nothing of it: these positions are not free.
    InTheWay(Vec<u32>),
}

/// One of the series before it is sealed.
struct Planned {
    entry: VaultEntry,
    visit: Option<Visit>,
    details: Details,
}

impl<T: Transport, E: Env> Client<T, E> {
    /// Books `request` at each of these starts instead of its own. All ids are in the vault before anything is asked of the server,
    /// as with one booking; a tab that dies leaves all booked, or none.
    pub fn book_series<'a>(
        &'a self,
        practice: &'a Practice,
        session: &'a mut Session,
        request: BookRequest,
        starts: &'a [UnixSeconds],
    ) -> Boxed<'a, BookedSeries> {
        Box::pin(self.book_series_unboxed(practice, session, request, starts))
    }

    async fn book_series_unboxed(
        &self,
        practice: &Practice,
        session: &mut Session,
        request: BookRequest,
        starts: &[UnixSeconds],
    ) -> Result<BookedSeries, ClientError> {
        practice.may_seal()?;
        let planned = self.plan(practice, &request, starts)?;
        Self::raise_seen(practice, &mut session.vault)?;
        for one in &planned {
            vault::put(&mut session.vault, one.entry.clone())?;
        }
        self.save_vault(practice, session).await?;
        if let Err(error) = self.hold_series(practice, session, &planned).await {
            // Only a clear refusal says that nothing is held; the entries then go with the next save.
            if matches!(error, ClientError::Problem(_) | ClientError::TooMuchWork) {
                for one in &planned {
                    vault::remove(&mut session.vault, one.entry.appointment);
                }
                session.dirty = true;
            }
            return match error {
                ClientError::Problem(p) if p.kind == ProblemKind::SlotTaken && !p.conflicts.is_empty() => {
                    Ok(BookedSeries::InTheWay(p.conflicts))
                }
                error => Err(error),
            };
        }
        let entries: Vec<VaultEntry> = planned.iter().map(|one| one.entry.clone()).collect();
        let mut books = Vec::with_capacity(planned.len());
        for Planned { entry, details, .. } in planned {
            let (id, place, now) = (entry.appointment, entry.place, self.env.now());
            let manifest = practice.directory.manifest();
            let sealed = seal_booking(&mut self.env.rng(), manifest, &session.keys, id, place, details, now)?;
            books.push(Book {
                appointment: id,
                capability: session.keys.capability(id),
                envelope: sealed.envelope.into(),
                request: None,
            });
        }
        self.send_series(practice, &SeriesBook { books }).await?;
        let mut all = Vec::with_capacity(entries.len());
        for entry in &entries {
            let opened = self.read(practice, session, entry).await?;
            crate::client::list::note(session, entry, &opened)?;
            all.push(opened);
        }
        session.dirty = self.save_vault(practice, session).await.is_err();
        Ok(BookedSeries::Booked(all))
    }

    /// Checks every place against the verified catalog, and gives each its id.
    fn plan(
        &self,
        practice: &Practice,
        request: &BookRequest,
        starts: &[UnixSeconds],
    ) -> Result<Vec<Planned>, ClientError> {
        let catalog = practice.directory.catalog();
        let of = u32::try_from(starts.len()).map_err(|_| ClientError::NotOffered)?;
        let seed = id16(&mut self.env.rng());
        let mut planned = Vec::with_capacity(starts.len());
        for (at, start) in (0..of).zip(starts) {
            let (place, visit, mut details) =
                check(catalog, BookRequest { start: *start, ..request.clone() })?;
            let class = match visit.as_ref().map_or(&[][..], |visit| &visit.classes) {
                [class] => catalog.rules.iter().flat_map(|rules| &rules.classes).find(|c| c.id == *class),
                _ => None,
            };
            let most = class.and_then(|class| class.series).unwrap_or_default();
            if !(2..=limits::MAX_SERIES.min(most.into())).contains(&starts.len()) {
                return Err(ClientError::NotOffered);
            }
            details.series = Some(Series { seed: seed.to_vec().into(), at, of });
            planned.push(Planned { entry: self.fresh(series_id(&seed, at), place), visit, details });
        }
        Ok(planned)
    }

    async fn hold_series(
        &self,
        practice: &Practice,
        session: &Session,
        planned: &[Planned],
    ) -> Result<Held, ClientError> {
        let mut holds = Vec::with_capacity(planned.len());
        for Planned { entry, visit, .. } in planned {
            holds.push(self.paid(practice, session, entry.appointment, entry.place, visit.clone()).await?);
        }
        self.exchange(Route::SeriesHold(practice.id()), &SeriesHold { holds }).await
    }

    /// Sends the sealed bookings until they are known to be stored as they were sent.
    async fn send_series(&self, practice: &Practice, series: &SeriesBook) -> Result<(), ClientError> {
        let sent = series.books.iter().map(|book| sha256(&[&book.envelope.0]));
        let mut last = ClientError::Answer;
        for _ in 0..TRIES {
            match self.exchange::<_, Stored>(Route::SeriesBook(practice.id()), series).await {
                Ok(stored) if sent.clone().eq(stored.all.iter().map(|one| one.envelope)) => return Ok(()),
                Ok(_) => return Err(ClientError::StoredDiffers),
                Err(error @ ClientError::Transport(_)) => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }
}
