//! Founds a practice: two round trips around the passkey ceremony.
use crate::{
    client::{Client, ClientError, Env, Practice, Request, Transport, directory::verified, realm},
    directory::{
        Founding, FoundingError, FoundingMaterial, NewResource, NewService, Profile, RealmToUse, RecoveryKit,
        Sealing,
    },
    keys::prf_salt,
};
use vestibule_core::{
    cbor,
    ids::{Digest, Fingerprint},
    routes::Route,
    wire::{
        directory::Deployment,
        http::{Ceremony as CeremonyBody, FoundBegin, FoundFinish, RealmDescription},
        pow::Purpose,
        realm::Join,
    },
};
use vestibule_suite::{Secret32, key_hash_signing, sha256};
use vestibule_verify::Verified;

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
    /// Origins of the other realms that are to guard the PINs; may be empty. A code for each that asks for one.
    pub realms: Vec<OtherRealm>,
    /// How many realms, this deployment included, must work together: 1 to all.
    pub threshold: u8,
}

/// A realm at another operator.
#[derive(Debug, Clone)]
pub struct OtherRealm {
    /// As in `https://host`.
    pub origin: String,
    /// Founding code; may be empty.
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
    /// This deployment first: index 1.
    realms: Vec<RealmToUse>,
    codes: Vec<String>,
    threshold: u8,
    /// What was signed, once it was: a realm that was joined takes this deployment again, and no other.
    made: Option<FoundingMaterial>,
}

impl FoundingBegun {
    /// Another founding code for a realm, after it refused the first.
    pub fn set_code(&mut self, origin: &str, code: &str) {
        for (_, known) in self.realms.iter().zip(&mut self.codes).skip(1).filter(|(r, _)| r.origin == origin)
        {
            code.clone_into(known);
        }
    }
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
        let own = self.describe(None).await?;
        let (mut realms, mut codes) = (vec![own], vec![input.code.clone()]);
        for other in input.realms {
            let described = self.describe(Some(other.origin.clone())).await;
            let realm = described.inspect_err(|error| self.troubles.note_origin(&other.origin, error))?;
            if realms.iter().any(|known| known.kem_key == realm.kem_key) {
                return Err(FoundingError::RealmTwice.into());
            }
            realms.push(realm);
            codes.push(other.code);
        }
        if !(1..=realms.len()).contains(&usize::from(input.threshold)) {
            return Err(FoundingError::Realm.into());
        }
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
        let begun = FoundingBegun {
            founding,
            ceremony: ceremony.ceremony,
            realms,
            codes,
            threshold: input.threshold,
            made: None,
        };
        Ok((begun, shown))
    }

    /// A realm as it describes itself. The name it is reached by is the one that was typed: what it says of itself counts
    /// only for the deployment that this page came from.
    pub(super) async fn describe(&self, origin: Option<String>) -> Result<RealmToUse, ClientError> {
        let request = Request { origin: origin.clone(), ..Request::new(Route::RealmDescription) };
        let description: RealmDescription = self.fetch(request).await?;
        Ok(RealmToUse {
            origin: origin.unwrap_or(description.origin),
            kem_key: description.kem_key.0,
            signing: Some(key_hash_signing(&description.signing_key)),
        })
    }

    /// Hands every other realm its share, and the proof that this practice's root names it. May be repeated.
    async fn join_realms(
        &self,
        codes: &[String],
        material: &FoundingMaterial,
        deployment: &Verified<Deployment>,
    ) -> Result<(), ClientError> {
        let practice = deployment.practice;
        let shares = material.realm_shares.iter().zip(codes);
        for (at, (share, code)) in realm::realms(practice, deployment).iter().zip(shares).skip(1) {
            let join = Join {
                roots: material.directory.roots.clone(),
                deployment: material.directory.deployment.clone(),
                share: share.clone().into(),
                work: self.work_at(at, Purpose::Found, practice.0).await?,
                code: code.clone(),
                succession: None,
            };
            self.realm_join(at, join).await?;
        }
        Ok(())
    }

    /// Completes founding with what the passkey answered. `begun` is kept by the caller until this succeeds, so that a
    /// broken connection does not cost the practice its name.
    pub async fn found_finish(
        &self,
        begun: &mut FoundingBegun,
        registration: String,
        credential_id: &[u8],
        prf: &Secret32,
    ) -> Result<Founded, ClientError> {
        let passkey = Sealing { credential_id, prf };
        let now = self.env.now();
        let credential = sha256(&[credential_id]);
        let made = match begun.made.take().filter(|made| made.staff_keys.credential == credential) {
            Some(made) => made,
            None => {
                begun.founding.finish(&mut self.env.rng(), &passkey, &begun.realms, begun.threshold, now)?
            }
        };
        let material = begun.made.insert(made);
        // What others could not verify must not be published.
        let practice = verified(&material.directory, begun.founding.fingerprint, None, now)?;
        // The others first: if one is down, the practice is not founded, and the founder sees why.
        self.join_realms(&begun.codes, material, practice.directory.deployment()).await?;
        let (own, share) =
            begun.realms.first().zip(material.realm_shares.first()).ok_or(ClientError::Answer)?;
        let finish = FoundFinish {
            ceremony: begun.ceremony,
            registration,
            directory: cbor::to_vec(&material.directory).into(),
            staff_keys: cbor::to_vec(&material.staff_keys).into(),
            realm_share: share.clone().into(),
        };
        let request =
            Request { body: Some(cbor::to_vec(&finish)), ..Request::new(Route::FoundFinish(practice.id())) };
        self.call(request).await?;
        let link = booking_link(&own.origin, practice.fingerprint);
        Ok(Founded { practice, link, recovery_kit: material.recovery_kit.clone() })
    }
}
