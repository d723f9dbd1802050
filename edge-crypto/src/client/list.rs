//! Reads all appointments that the vault lists.
use crate::{
    booking::{OpenError, Opened, open_as_patient},
    client::{Client, ClientError, Env, Practice, Session, Transport, call::Boxed, join::join_all},
    vault,
};
use vestibule_core::{
    ids::AppointmentId,
    limits,
    problem::ProblemKind,
    routes::Route,
    wire::{
        appointment::{Place, StoredAppointment},
        http::Read,
        realm::VaultEntry,
    },
};

/// Grace after the end of a hold before an entry that was never booked is buried: for clocks that differ.
const GRACE_SECONDS: u64 = 300;

/// One line of "my appointments": what was opened, or why it is not shown.
#[derive(Debug)]
pub struct Listed {
    /// Which.
    pub appointment: AppointmentId,
    /// When and with whom, as the vault has it.
    pub place: Place,
    /// Content, fully checked; or the lie.
    pub result: Result<Opened, OpenError>,
}

impl<T: Transport, E: Env> Client<T, E> {
    /// Reads and checks every appointment in the vault, and notes what is new. Entries whose booking never reached the
    /// server (a tab that died) are buried once their hold must have lapsed.
    pub async fn appointments(
        &self,
        practice: &Practice,
        session: &mut Session,
    ) -> Result<Vec<Listed>, ClientError> {
        self.refresh_vault(practice, session).await?;
        session.dirty |= Self::raise_seen(practice, &mut session.vault)?;
        let entries: Vec<VaultEntry> = session.vault.entries.iter().filter(|e| !e.removed).cloned().collect();
        let reads = entries.iter().map(|entry| self.read(practice, session, entry)).collect();
        let results = join_all(reads).await;
        let mut listed = Vec::with_capacity(entries.len());
        for (entry, result) in entries.into_iter().zip(results) {
            match result {
                Ok(opened) => {
                    note(session, &entry, &opened)?;
                    insert(&mut listed, &entry, Ok(opened));
                }
                Err(ClientError::Open(OpenError::Missing)) if entry.seq == 0 => {
                    if self.env.now().since(entry.at) > limits::HOLD_SECONDS + GRACE_SECONDS {
                        vault::remove(&mut session.vault, entry.appointment);
                        session.dirty = true;
                    }
                }
                Err(ClientError::Open(lie)) => insert(&mut listed, &entry, Err(lie)),
                Err(error) => return Err(error),
            }
        }
        if session.dirty {
            self.save_vault(practice, session).await?;
        }
        Ok(listed)
    }

    /// Reads and checks one appointment.
    pub(crate) fn read<'a>(
        &'a self,
        practice: &'a Practice,
        session: &'a Session,
        entry: &'a VaultEntry,
    ) -> Boxed<'a, Opened> {
        Box::pin(self.read_unboxed(practice, session, entry))
    }

    async fn read_unboxed(
        &self,
        practice: &Practice,
        session: &Session,
        entry: &VaultEntry,
    ) -> Result<Opened, ClientError> {
        let route = Route::Read(practice.id(), entry.appointment);
        let proof = Read { capability: session.keys.capability(entry.appointment) };
        let stored: StoredAppointment = match self.exchange(route, &proof).await {
            Err(ClientError::Problem(p)) if p.kind == ProblemKind::NotFound => {
                return Err(OpenError::Missing.into());
            }
            other => other?,
        };
        let manifest = practice.directory.manifest();
        Ok(open_as_patient(&stored, entry, &session.keys, manifest, &practice.calendar_keys)?)
    }
}

/// Keeps the list in order of start. (The library's sorts would be 16 KB of the browser's module.)
fn insert(listed: &mut Vec<Listed>, entry: &VaultEntry, result: Result<Opened, OpenError>) {
    let key = (entry.place.start, entry.appointment);
    let at = listed.partition_point(|l| (l.place.start, l.appointment) < key);
    listed.insert(at, Listed { appointment: entry.appointment, place: entry.place, result });
}

/// Raises the entry of an opened appointment.
pub(crate) fn note(session: &mut Session, entry: &VaultEntry, opened: &Opened) -> Result<(), ClientError> {
    if opened.seq > entry.seq {
        let raised = VaultEntry { seq: opened.seq, head: opened.head, ..entry.clone() };
        vault::put(&mut session.vault, raised)?;
        session.dirty = true;
    }
    Ok(())
}
