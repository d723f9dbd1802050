//! Signs a staff member in: passkey, session, keys, grants, each checked against the verified directory.
use crate::{
    client::{
        Client, ClientError, Env, Practice, Request, Transport,
        call::decode,
        practice::{Ceremony, calendar::Pending, memo_write::Unanswered},
        session::follows,
    },
    keys::{prf_key, prf_salt},
    memo::OpenedMemo,
    sign::SigningKey,
    staff::{CalendarMemory, Keyring, StaffMemory, open_root_key, open_staff_seeds},
};
use std::collections::BTreeMap;
use vestibule_core::{
    ids::{AppointmentId, Digest, Fingerprint, KeyHash, MemoId, PracticeId},
    routes::Route,
    time::{CELL_SECONDS, Cell, UnixSeconds},
    wire::{
        directory::StaffKeys,
        http::{CacheEntry, Ceremony as CeremonyBody, Session as SessionBody, SignIn},
    },
};
use vestibule_suite::Secret32;

/// A sign-in that waits for the passkey.
#[derive(Debug, Clone)]
pub struct SignInBegun {
    fingerprint: Fingerprint,
    ceremony: Digest,
}

/// A signed-in staff member. Opaque; keys are wiped when it is dropped.
#[derive(Debug)]
pub struct StaffSession {
    /// The practice, verified.
    pub practice: Practice,
    /// When the server ends the session.
    pub expires: UnixSeconds,
    /// What this client remembers.
    pub memory: StaffMemory,
    pub(crate) token: Digest,
    pub(crate) signing: SigningKey,
    pub(crate) keyring: Keyring,
    /// Verified appointments, from this session and from this device.
    pub(crate) kept: CalendarMemory,
    /// Appointments that are shown and wait for the verification of their signatures.
    pub(crate) pending: BTreeMap<AppointmentId, Pending>,
    /// Cache hints that the server lacks.
    pub(crate) hints: Vec<CacheEntry>,
    /// Notes and tasks that this session has verified.
    pub(crate) memos: BTreeMap<MemoId, OpenedMemo>,
    /// A note or task that was sent, and no answer came.
    pub(crate) unanswered: Option<Unanswered>,
    /// The member's keys, sealed.
    keys: StaffKeys,
}

impl StaffSession {
    /// Opens a staff member's keys under the passkey's PRF output, compares them with the manifest, opens and checks every
    /// grant.
    pub fn open(
        practice: Practice,
        keys: &StaffKeys,
        prf: &Secret32,
        token: Digest,
        expires: UnixSeconds,
    ) -> Result<Self, ClientError> {
        let manifest = practice.directory.manifest();
        let (seeds, _) = open_staff_seeds(&prf_key(prf, practice.id(), keys.credential), keys, manifest)?;
        let keyring = Keyring::open(&seeds.kem(), &keys.grants, manifest)?;
        let mut session = Self {
            expires,
            memory: StaffMemory::default(),
            token,
            signing: seeds.signing_key(),
            keyring,
            kept: CalendarMemory::default(),
            pending: BTreeMap::new(),
            hints: Vec::new(),
            memos: BTreeMap::new(),
            unanswered: None,
            keys: keys.clone(),
            practice,
        };
        session.remember_directory();
        Ok(session)
    }

    /// Whether this member's keys hold the root key, sealed.
    pub fn holds_root(&self) -> bool {
        self.keys.root_seed.is_some()
    }

    /// Opens the root key under the passkey's PRF output, for one change that only the root may order.
    pub fn root_key(&self, prf: &Secret32) -> Result<SigningKey, ClientError> {
        let (id, root) = (self.practice.id(), self.practice.directory.root());
        Ok(open_root_key(&prf_key(prf, id, self.keys.credential), &self.keys, root, id)?)
    }

    /// Hash of this member's own signing key: who signed something.
    pub fn own_key(&self) -> KeyHash {
        self.signing.key_hash()
    }

    /// The bearer token, for tests.
    pub fn token(&self) -> Digest {
        self.token
    }

    /// Notes the newest directory.
    pub(crate) fn remember_directory(&mut self) {
        self.memory.seen = Some(self.practice.directory.seen());
    }
}

impl<T: Transport, E: Env> Client<T, E> {
    /// Asks for an authentication ceremony.
    pub async fn sign_in_begin(
        &self,
        fingerprint: Fingerprint,
    ) -> Result<(SignInBegun, Ceremony), ClientError> {
        let practice = fingerprint.practice();
        let ceremony: CeremonyBody = self.fetch(Request::new(Route::SignInBegin(practice))).await?;
        let shown = Ceremony { options: ceremony.options, prf_salt: prf_salt(practice) };
        Ok((SignInBegun { fingerprint, ceremony: ceremony.ceremony }, shown))
    }

    /// Completes a sign-in: verifies the directory, opens the seeds under the passkey, compares them with the manifest,
    /// opens and checks every grant.
    pub async fn sign_in_finish(
        &self,
        begun: &SignInBegun,
        assertion: String,
        prf: &Secret32,
    ) -> Result<StaffSession, ClientError> {
        let id = begun.fingerprint.practice();
        let sign_in = SignIn { ceremony: begun.ceremony, assertion };
        let session: SessionBody = self.exchange(Route::SignIn(id), &sign_in).await?;
        let keys: StaffKeys = decode(&session.staff_keys)?;
        let practice = self.directory(begun.fingerprint, None).await?;
        StaffSession::open(practice, &keys, prf, session.token, session.expires)
    }

    /// Joins what this device kept with the session, and refuses a directory that is older than what it remembers.
    pub fn restore_memory(
        &self,
        session: &mut StaffSession,
        blob: &[u8],
        device_secret: &Secret32,
    ) -> Result<(), ClientError> {
        let kept = StaffMemory::open(device_secret, session.practice.id(), blob)
            .map_err(|_| ClientError::DeviceMemory)?;
        if let Some(before) = &kept.seen {
            follows(&session.practice.directory.seen(), before)?;
        }
        session.memory.absorb(kept);
        Ok(())
    }

    /// Seals what this client remembers, for its device.
    pub fn staff_memory(
        &self,
        practice: PracticeId,
        memory: &StaffMemory,
        device_secret: &Secret32,
    ) -> Vec<u8> {
        let today = Cell(self.env.now().0 / CELL_SECONDS);
        memory.seal(&mut self.env.rng(), device_secret, practice, today)
    }
}
