//! Writes the vault to every realm by compare-and-swap, merging with what other devices wrote meanwhile.
use crate::{
    client::{
        Client, ClientError, Env, Practice, Session, Transport, call::Boxed, enrol::enough, realm, session,
    },
    patient::PatientKeys,
    vault,
};
use vestibule_core::{
    ids::{Digest, PatientId},
    wire::realm::{Confirmed, Refusal, Vault, VaultPut},
};

/// Writes before a client gives up: other devices of one patient do not write that often.
const TRIES: usize = 8;

impl<T: Transport, E: Env> Client<T, E> {
    /// Stores the session's vault. On a conflict it reads what is there, merges, and tries again: nothing is lost.
    pub fn save_vault<'a>(&'a self, practice: &'a Practice, session: &'a mut Session) -> Boxed<'a, ()> {
        Box::pin(self.save_unboxed(practice, session))
    }

    async fn save_unboxed(&self, practice: &Practice, session: &mut Session) -> Result<(), ClientError> {
        let practice = &*practice.of(session.deployment);
        session.dirty = true;
        vault::prune(&mut session.vault, self.env.now());
        let (mut stored, mut failure) = (0, None);
        for at in realm::realms(practice.id(), practice.directory.deployment()) {
            if let Some(n) = session.devices.iter().position(|d| d.realm == at.realm.index) {
                match self.save_at(practice, session, &at, n).await {
                    Ok(()) => stored += 1,
                    Err(error) => failure = Some(error),
                }
            }
        }
        // What as many realms have as are needed for an unlock meets any later unlock at one of them: one that is down, where
        // there are more, keeps nobody from working.
        enough(practice, stored, failure)?;
        session.dirty = false;
        Ok(())
    }

    async fn save_at(
        &self,
        practice: &Practice,
        session: &mut Session,
        at: &realm::RealmAt,
        n: usize,
    ) -> Result<(), ClientError> {
        for _ in 0..TRIES {
            let bytes = vault::seal(
                &mut self.env.rng(),
                session.keys.vault_key(),
                practice.id(),
                session.patient,
                &session.vault,
            )?;
            let new_head = session::head(&bytes);
            let device = session.devices[n].token;
            let put = VaultPut {
                patient: session.patient,
                device,
                expected: session.heads[n],
                vault: bytes.into(),
            };
            match self.realm_vault_put(at, put).await {
                Ok(()) => {
                    session.heads[n] = new_head;
                    return Ok(());
                }
                Err(ClientError::Refused(Refusal::Conflict)) => {
                    let stored = self.vault_at(at, session.patient, device).await?;
                    Self::absorb(practice, session, &stored)?;
                    session.heads[n] = session::head(&stored);
                }
                Err(error) => return Err(error),
            }
        }
        Err(ClientError::VaultBusy)
    }

    /// Reads the vault again and merges what other devices wrote.
    pub async fn refresh_vault(&self, practice: &Practice, session: &mut Session) -> Result<(), ClientError> {
        let practice = &*practice.of(session.deployment);
        let (mut read, mut failure) = (0, None);
        for at in realm::realms(practice.id(), practice.directory.deployment()) {
            let Some(n) = session.devices.iter().position(|d| d.realm == at.realm.index) else { continue };
            let stored = match self.vault_at(&at, session.patient, session.devices[n].token).await {
                Ok(stored) => stored,
                Err(error) => {
                    failure = Some(error);
                    continue;
                }
            };
            read += 1;
            let head = session::head(&stored);
            if head != session.heads[n] {
                Self::absorb(practice, session, &stored)?;
                session.heads[n] = head;
            }
        }
        enough(practice, read, failure)
    }

    fn absorb(practice: &Practice, session: &mut Session, stored: &[u8]) -> Result<(), ClientError> {
        // An empty vault where one was stored before is a rollback, not a start.
        if stored.is_empty() {
            return Err(vault::VaultError::RolledBack.into());
        }
        let theirs = vault::open(session.keys.vault_key(), practice.fingerprint, session.patient, stored)?;
        session.vault = vault::merge(&session.vault, &theirs)?;
        Ok(())
    }
}

/// Opens and merges what the realms hold. Empty everywhere: a new vault. The realms' heads must be those of the bytes.
pub(crate) fn open_vaults(
    practice: &Practice,
    patient: PatientId,
    keys: &PatientKeys,
    answers: &[(u8, &Confirmed)],
    fresh_root: bool,
) -> Result<(Vault, Vec<Digest>, bool), ClientError> {
    let mut merged: Option<Vault> = None;
    let mut heads = Vec::with_capacity(answers.len());
    for (_, answer) in answers {
        let head = session::head(&answer.vault);
        if head != answer.vault_head {
            return Err(vault::VaultError::RolledBack.into());
        }
        heads.push(head);
        if !answer.vault.is_empty() {
            let opened = match vault::open(keys.vault_key(), practice.fingerprint, patient, &answer.vault) {
                Err(vault::VaultError::DoesNotOpen) if fresh_root => continue,
                other => other?,
            };
            merged = Some(match merged {
                Some(known) => vault::merge(&known, &opened)?,
                None => opened,
            });
        }
    }
    let dirty = heads.iter().any(|h| *h != heads[0]);
    let vault = merged.unwrap_or_else(|| session::fresh_vault(practice));
    session::follows(&practice.directory.seen(), &session::seen(&vault))?;
    Ok((vault, heads, dirty))
}
