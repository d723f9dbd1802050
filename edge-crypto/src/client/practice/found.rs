//! Founds a practice: two round trips around the passkey ceremony.
use crate::{
    client::{Client, ClientError, Env, Practice, Request, Transport, directory::verified},
    directory::{Founding, NewResource, NewService, Profile, RealmToUse, RecoveryKit, Sealing},
    keys::prf_salt,
};
use vestibule_core::{
    cbor,
    ids::{Digest, Fingerprint},
    routes::Route,
    wire::{
        http::{Ceremony as CeremonyBody, FoundBegin, FoundFinish, RealmDescription},
        pow::Purpose,
    },
};
use vestibule_suite::Secret32;

/// What the wizard collected.
#[derive(Debug, Clone)]
pub struct FoundingInput {
    /// Name, contact, time zone, language.
    pub profile: Profile,
    /// Name shown by the authenticator.
    pub staff_name: String,
    /// Practitioners, rooms, devices.
    pub resources: Vec<NewResource>,
    /// What can be booked.
    pub services: Vec<NewService>,
    /// Founding code, where the deployment asks for one; else empty.
    pub code: String,
}

/// A WebAuthn ceremony for the page.
#[derive(Debug, Clone)]
pub struct Ceremony {
    /// JSON text with `publicKey`.
    pub options: String,
    /// Input of the PRF extension (`prf.eval.first`).
    pub prf_salt: Digest,
}

/// A founding that waits for the passkey.
#[derive(Debug)]
pub struct FoundingBegun {
    founding: Founding,
    ceremony: Digest,
    realm: RealmDescription,
}

/// A founded practice.
#[derive(Debug)]
pub struct Founded {
    /// The practice, verified as any client would.
    pub practice: Practice,
    /// Booking link with the fingerprint in the fragment.
    pub link: String,
    /// To print.
    pub recovery_kit: RecoveryKit,
}

/// The booking link of a practice.
pub fn booking_link(origin: &str, fingerprint: Fingerprint) -> String {
    format!("{origin}/b/#{fingerprint}")
}

impl<T: Transport, E: Env> Client<T, E> {
    /// Makes the practice's keys and asks the server for a registration ceremony.
    pub async fn found_begin(&self, input: FoundingInput) -> Result<(FoundingBegun, Ceremony), ClientError> {
        let realm: RealmDescription = self.fetch(Request::new(Route::RealmDescription)).await?;
        let founding = Founding::begin(
            &mut self.env.rng(),
            input.profile,
            input.resources,
            input.services,
            self.env.now(),
        )?;
        let practice = founding.practice();
        let begin = FoundBegin {
            practice,
            genesis: founding.genesis().into(),
            staff: founding.staff,
            staff_name: input.staff_name,
            work: self.work(practice, Purpose::Found, practice.0).await?,
            code: input.code,
        };
        let ceremony: CeremonyBody = self.exchange(Route::FoundBegin, &begin).await?;
        let shown = Ceremony { options: ceremony.options, prf_salt: prf_salt(practice) };
        Ok((FoundingBegun { founding, ceremony: ceremony.ceremony, realm }, shown))
    }

    /// Completes founding with what the passkey answered. `begun` is kept by the caller until this succeeds, so that a
    /// broken connection does not cost the practice its name.
    pub async fn found_finish(
        &self,
        begun: &FoundingBegun,
        registration: String,
        credential_id: &[u8],
        prf: &Secret32,
    ) -> Result<Founded, ClientError> {
        let realms =
            [RealmToUse { origin: begun.realm.origin.clone(), kem_key: begun.realm.kem_key.0.clone() }];
        let passkey = Sealing { credential_id, prf };
        let now = self.env.now();
        let material = begun.founding.finish(&mut self.env.rng(), &passkey, &realms, 1, now)?;
        // What others could not verify must not be published.
        let practice = verified(&material.directory, begun.founding.fingerprint, None, now)?;
        let share = material.locator_shares.first().ok_or(ClientError::Answer)?;
        let finish = FoundFinish {
            ceremony: begun.ceremony,
            registration,
            directory: cbor::to_vec(&material.directory).into(),
            staff_keys: cbor::to_vec(&material.staff_keys).into(),
            locator_share: share.clone().into(),
        };
        let request =
            Request { body: Some(cbor::to_vec(&finish)), ..Request::new(Route::FoundFinish(practice.id())) };
        self.call(request).await?;
        let link = booking_link(&begun.realm.origin, practice.fingerprint);
        Ok(Founded { practice, link, recovery_kit: material.recovery_kit })
    }
}
