//! Patients go over to other realms: publishing it, how many have, the end of it, and telling the realms that it has ended.
use crate::{
    client::{
        Client, ClientError, Env, Request, Transport,
        call::decode,
        practice::StaffSession,
        realm::{self, RealmAt},
    },
    directory::{body_digest, sign_freshness, sign_next_manifest},
};
use vestibule_core::{
    cbor,
    ids::Digest,
    routes::Route,
    wire::{
        directory::{Deployment, Directory},
        envelope::Signed,
        http::{DeploymentUpdate, Moving},
        pow::Purpose,
        reshare::Ended,
    },
};
use vestibule_verify::{
    Verified,
    directory::{check_realms, parse},
};

/// How far patients have gone over.
#[derive(Debug, Clone)]
pub struct MovingState {
    /// Patients with a PIN at the realms in force, as the first realm counts.
    pub here: u64,
    /// Patients whose PIN is still at the realms before.
    pub before: u64,
    /// The deployment that was left last, if one was.
    pub left: Option<Verified<Deployment>>,
}

impl<T: Transport, E: Env> Client<T, E> {
    /// How far patients have gone over, and what was left last. The numbers are what the first realm says.
    pub async fn moving(&self, session: &mut StaffSession) -> Result<MovingState, ClientError> {
        self.reload(session).await?;
        let id = session.practice.id();
        let request = Request { bearer: Some(session.token), ..Request::new(Route::Moving(id)) };
        let Moving { here, before, left } = self.fetch(request).await?;
        let left = match left {
            Some(left) => {
                let roots = self.served(session).await?.roots;
                Some(check_realms(&roots, &decode::<Signed>(&left)?, id)?)
            }
            None => None,
        };
        Ok(MovingState { here, before, left })
    }

    /// Ends the time in which patients go over: who has not, has to enrol again with a mailed code. Then tells all realms, of
    /// both deployments; gives the origins of those that did not hear it.
    pub async fn end_moving(&self, session: &mut StaffSession) -> Result<Vec<String>, ClientError> {
        self.reload(session).await?;
        let Some(before) = session.practice.directory.before().cloned() else {
            return self.tell_ended(session).await;
        };
        let deployment = self.served(session).await?.deployment;
        self.publish(session, &deployment, None).await?;
        self.tell(session, Some(&before)).await
    }

    /// Tells all realms once more, of the deployment in force and of the one that was left last; gives the origins of those
    /// that did not hear it.
    pub async fn tell_ended(&self, session: &mut StaffSession) -> Result<Vec<String>, ClientError> {
        let left = self.moving(session).await?.left;
        if session.practice.directory.before().is_some() {
            return Err(ClientError::StillMoving);
        }
        self.tell(session, left.as_ref()).await
    }

    async fn tell(
        &self,
        session: &StaffSession,
        left: Option<&Verified<Deployment>>,
    ) -> Result<Vec<String>, ClientError> {
        let (served, id) = (self.served(session).await?, session.practice.id());
        let mut ats = realm::realms(id, session.practice.directory.deployment());
        for at in left.into_iter().flat_map(|left| realm::realms(id, left)) {
            if ats.iter().all(|known| known.realm.kem_key != at.realm.kem_key) {
                // Not the deployment that the page came from, even where it was named alone.
                ats.push(RealmAt { origin: Some(at.realm.origin.clone()), ..at });
            }
        }
        let mut missed = Vec::new();
        for at in &ats {
            let told = match self.ended(&served, at).await {
                Ok(ended) => self.realm_ended(at, ended).await,
                Err(error) => Err(error),
            };
            // Whoever is down is named, and told later.
            if told.is_err() {
                missed.push(at.realm.origin.clone());
            }
        }
        Ok(missed)
    }

    /// What a realm is told: what is published.
    pub(super) async fn ended(&self, served: &Directory, at: &RealmAt) -> Result<Ended, ClientError> {
        Ok(Ended {
            roots: served.roots.clone(),
            deployment: served.deployment.clone(),
            manifest: served.manifest.clone(),
            work: self.work_at(at, Purpose::Found, at.practice.0).await?,
        })
    }

    /// The directory as it is served, for its signed parts: the same that the session has verified.
    pub(super) async fn served(&self, session: &StaffSession) -> Result<Directory, ClientError> {
        let served = parse(&self.call(Request::new(Route::Directory(session.practice.id()))).await?)?;
        let verified = session.practice.directory.manifest().digest();
        if body_digest(&served.manifest) == verified { Ok(served) } else { Err(ClientError::NotReady) }
    }

    /// Publishes a deployment that every realm of it serves, and what is being left, then reads the directory back.
    pub(super) async fn publish(
        &self,
        session: &mut StaffSession,
        deployment: &Signed,
        before: Option<Digest>,
    ) -> Result<(), ClientError> {
        let (directory, now) = (&session.practice.directory, self.env.now());
        let manifest =
            sign_next_manifest(&session.signing, directory.manifest(), body_digest(deployment), before, now)?;
        let catalog = directory.catalog().digest();
        let freshness =
            sign_freshness(&session.signing, session.practice.id(), body_digest(&manifest), catalog, now)?;
        let update = DeploymentUpdate {
            deployment: cbor::to_vec(deployment).into(),
            manifest: cbor::to_vec(&manifest).into(),
            freshness: cbor::to_vec(&freshness).into(),
        };
        self.put(session, Route::DeploymentPut(session.practice.id()), cbor::to_vec(&update)).await?;
        self.reload(session).await
    }
}
