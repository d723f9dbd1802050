//! The calendar: what this client has verified before is shown at once; the rest is opened, shown as being checked, and
//! verified right after (`verify.rs`).
use crate::{
    booking::{OpenError, Opened, Unverified, open_as_staff},
    client::{
        Client, ClientError, Env, Transport,
        practice::{StaffSession, fetch::cells},
    },
    staff::{Kept, Summary},
};
use std::{collections::BTreeSet, sync::Arc};
use vestibule_core::{
    ids::{AppointmentId, ScopeId},
    time::{Cell, UnixSeconds},
    wire::{
        appointment::{CalendarItem, Listed, Place, StoredAppointment},
        http::CacheEntry,
    },
};

/// One line of the calendar: what is shown, or why nothing is.
#[derive(Debug)]
pub struct CalendarLine {
    /// Which.
    pub appointment: AppointmentId,
    /// When and with whom, as the server's calendar has it; `None` if the server does not serve it at all.
    pub place: Option<Place>,
    /// Start.
    pub start: UnixSeconds,
    /// Content, or the lie.
    pub result: Result<Shown, OpenError>,
}

/// The content of a line, and how far it was checked.
#[derive(Debug, Clone)]
pub enum Shown {
    /// It opened where it stands; the signatures are still to be verified. Nothing may be done on it but to show it as that.
    Checking(Arc<Summary>),
    /// Everything was checked, now or by this device before.
    Verified(Arc<Summary>),
}

impl Shown {
    /// The content, for a page that shows the state beside it.
    pub fn summary(&self) -> &Summary {
        match self {
            Self::Checking(summary) | Self::Verified(summary) => summary,
        }
    }

    /// Whether everything was checked.
    pub const fn is_verified(&self) -> bool {
        matches!(self, Self::Verified(_))
    }
}

/// An appointment that is shown and waits for its verification.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) unverified: Unverified,
    pub(crate) epoch: (ScopeId, u32),
    pub(crate) hint: Option<Vec<u8>>,
    pub(crate) summary: Arc<Summary>,
}

impl<T: Transport, E: Env> Client<T, E> {
    /// The appointments that start in `[from, to)`, by start. What this device remembers and the server leaves out is a
    /// line too ([`OpenError::Missing`]). Lines that are [`Shown::Checking`] are to be given to `verify_calendar` next.
    pub async fn calendar(
        &self,
        session: &mut StaffSession,
        from: UnixSeconds,
        to: UnixSeconds,
    ) -> Result<Vec<CalendarLine>, ClientError> {
        let served = self.fetch_calendar(session, from, to).await?;
        let (first, end) = cells(from, to);
        // Another span is looked at now; what waited elsewhere is opened again when it is looked at.
        session.pending.retain(|_, p| (first..end).contains(&p.summary.place.start));
        let mut lines = self.open_calendar(session, &served);
        let ids: BTreeSet<_> = lines.iter().map(|l| l.appointment).collect();
        let missing: Vec<_> =
            session.memory.expected(first, end).filter(|(id, _)| !ids.contains(id)).collect();
        for (id, start) in missing {
            lines.extend(self.seek(session, id, start, (first, end)).await?);
        }
        lines.sort_by_key(|l| (l.start, l.appointment));
        self.store_hints(session).await?;
        Ok(lines)
    }

    /// What became of an appointment that this device remembers in the span, and the server did not list: it was moved out,
    /// which its statements show; or it is a line that says what is wrong.
    async fn seek(
        &self,
        session: &mut StaffSession,
        appointment: AppointmentId,
        start: Cell,
        (first, end): (Cell, Cell),
    ) -> Result<Option<CalendarLine>, ClientError> {
        match self.open_whole(session, appointment).await {
            Ok(moved) if !(first..end).contains(&moved.place.start) => Ok(None),
            // Served by its id, and kept back from the list.
            Ok(_) => Ok(Some(CalendarLine {
                appointment,
                place: None,
                start: start.start(),
                result: Err(OpenError::Missing),
            })),
            Err(ClientError::Open(lie)) => {
                Ok(Some(CalendarLine { appointment, place: None, start: start.start(), result: Err(lie) }))
            }
            Err(error) => Err(error),
        }
    }

    /// Opens what was served.
    pub fn open_calendar(&self, session: &mut StaffSession, served: &[CalendarItem]) -> Vec<CalendarLine> {
        let line = |item: &CalendarItem| {
            let (appointment, place) = item.place();
            let result = match item {
                CalendarItem::Full(stored) => self.open_full(session, stored),
                CalendarItem::Known(listed) => recall(session, listed),
            };
            CalendarLine { appointment, place: Some(place), start: place.start.start(), result }
        };
        served.iter().map(line).collect()
    }

    fn open_full(&self, session: &mut StaffSession, stored: &StoredAppointment) -> Result<Shown, OpenError> {
        let id = stored.appointment;
        session.pending.remove(&id);
        let manifest = session.practice.directory.manifest();
        let remembered = session.memory.get(id);
        let staff = open_as_staff(&mut self.env.rng(), stored, &session.keyring, manifest, remembered)?;
        let known = staff.unverified.is_known();
        let summary = Arc::new(Summary::of(&staff.unverified.preview()));
        let pending = Pending {
            unverified: staff.unverified,
            epoch: staff.epoch,
            hint: staff.new_cache,
            summary: summary.clone(),
        };
        if known {
            session.settle_pending(pending)?;
            return Ok(Shown::Verified(summary));
        }
        session.pending.insert(id, pending);
        Ok(Shown::Checking(summary))
    }
}

impl StaffSession {
    /// Verifies what is pending, and only then remembers it.
    pub(super) fn settle_pending(&mut self, pending: Pending) -> Result<(), OpenError> {
        self.settle(pending.unverified, pending.epoch, pending.hint, pending.summary).map(drop)
    }

    /// Verifies an appointment, and only then remembers it.
    pub(super) fn settle(
        &mut self,
        unverified: Unverified,
        epoch: (ScopeId, u32),
        hint: Option<Vec<u8>>,
        summary: Arc<Summary>,
    ) -> Result<Opened, OpenError> {
        let opened = unverified.verify(&self.practice.calendar_keys)?;
        self.memory.note(&opened);
        if let Some(hint) = hint {
            self.hints.push(CacheEntry { appointment: opened.booking.appointment, cache: hint.into() });
        }
        self.kept.insert(Kept { head: opened.head, epoch, summary });
        Ok(opened)
    }
}

/// What this client has of a line that the server lists without content. The server's words are compared, never believed.
fn recall(session: &StaffSession, listed: &Listed) -> Result<Shown, OpenError> {
    let id = listed.appointment;
    let kept = session.kept.get(id, listed.place.start).filter(|kept| {
        // An older copy of the device's own storage does not count against what it remembers; nor does what is kept against
        // something newer that waits for its verification.
        kept.head == listed.head && session.memory.get(id).is_some_and(|known| known.head == kept.head)
    });
    let (head, shown) = if let Some(kept) = kept {
        (kept.head, Shown::Verified(kept.summary.clone()))
    } else {
        let pending = session.pending.get(&id).ok_or(OpenError::ContentWithheld)?;
        (pending.unverified.head(), Shown::Checking(pending.summary.clone()))
    };
    if listed.head != head {
        return Err(OpenError::ContentWithheld);
    }
    if listed.place != shown.summary().place {
        return Err(OpenError::WrongPlace);
    }
    if listed.state != shown.summary().state {
        return Err(OpenError::StateUnexplained);
    }
    Ok(shown)
}
