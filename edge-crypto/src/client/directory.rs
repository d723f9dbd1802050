//! Fetches and verifies a practice's directory.
use crate::client::{Client, ClientError, Env, Request, Transport};
use std::borrow::Cow;
use vestibule_core::{
    ids::{Digest, Fingerprint, PracticeId},
    routes::Route,
    time::UnixSeconds,
    wire::directory::{Directory, rights},
};
use vestibule_verify::{
    VerifyingKey,
    directory::{Expected, Freshness, Seen, VerifiedDirectory, check, parse},
};

/// A practice whose directory was verified against a fingerprint from paper, link or QR code.
#[derive(Debug, Clone)]
pub struct Practice {
    /// The pinned fingerprint.
    pub fingerprint: Fingerprint,
    /// Everything signed.
    pub directory: VerifiedDirectory,
    /// Keys whose statements on appointments count: credentials with the calendar right.
    pub calendar_keys: Vec<VerifyingKey>,
}

impl Practice {
    /// The practice's id.
    pub fn id(&self) -> PracticeId {
        self.fingerprint.practice()
    }

    /// The practice by the deployment before, while patients go over from it.
    pub(crate) fn before(&self) -> Option<Self> {
        Some(Self { directory: self.directory.under_before()?, ..self.clone() })
    }

    /// The practice by the deployment under which a patient is registered: this one, or the one before.
    pub(crate) fn of(&self, deployment: Digest) -> Cow<'_, Self> {
        match self.before().filter(|before| before.directory.deployment().digest() == deployment) {
            Some(before) => Cow::Owned(before),
            None => Cow::Borrowed(self),
        }
    }

    /// Refuses to seal anything new to keys whose timestamp is older than 30 days (rule R5.5).
    pub fn may_seal(&self) -> Result<(), ClientError> {
        match self.directory.freshness() {
            Freshness::Fresh | Freshness::Warn => Ok(()),
            Freshness::Stop => Err(ClientError::DirectoryStale),
        }
    }
}

impl<T: Transport, E: Env> Client<T, E> {
    /// Fetches the directory of the practice that `fingerprint` names, and verifies all of it. `seen` is what this client
    /// has seen before: anything older, or another form of the same number, is refused.
    pub async fn directory(
        &self,
        fingerprint: Fingerprint,
        seen: Option<Seen>,
    ) -> Result<Practice, ClientError> {
        let bytes = self.call(Request::new(Route::Directory(fingerprint.practice()))).await?;
        verified(&parse(&bytes)?, fingerprint, seen, self.env.now())
    }
}

/// The pure part of [`Client::directory`].
pub fn verified(
    served: &Directory,
    fingerprint: Fingerprint,
    seen: Option<Seen>,
    now: UnixSeconds,
) -> Result<Practice, ClientError> {
    let expected = Expected { practice: fingerprint.practice(), fingerprint: Some(fingerprint), seen };
    let directory = check(served, &expected, now)?;
    let calendar_keys = directory
        .manifest()
        .credentials
        .iter()
        .filter(|c| c.rights & rights::CALENDAR != 0)
        .map(|c| VerifyingKey::from_bytes(&c.signing_key))
        .collect::<Result<_, _>>()
        .map_err(|_| ClientError::Answer)?;
    Ok(Practice { fingerprint, directory, calendar_keys })
}
