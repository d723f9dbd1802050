//! Other realms for the practice's PINs: adds, removes and replaces some, without a new PatientID or PIN (PROTOCOL section 4,
//! resharing).
use crate::{
    client::{
        Client, ClientError, Env, Request, Transport,
        practice::{OtherRealm, StaffSession},
        realm::{self, RealmAt},
    },
    directory::{
        FoundingError, RealmToUse, body_digest, sign_deployment, sign_freshness, sign_next_manifest,
        sign_order,
    },
    sign::SigningKey,
};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::Digest,
    routes::Route,
    wire::{
        directory::{Deployment, Directory, Realm},
        envelope::Signed,
        http::DeploymentUpdate,
        pow::Purpose,
        realm::{Join, Refusal},
        reshare::{Dealing, Dealt, Reshare, Succession},
    },
};
use vestibule_oprf::{Commitments, ReshareError, new_publics};
use vestibule_verify::{
    Verified,
    directory::{check_realms, follows, parse},
};

/// The realms that are to guard the PINs from now on. The deployment that keeps the calendar stays the first.
#[derive(Debug, Clone)]
pub struct NewRealms {
    /// All the others: those that stay, and those that come, with a founding code where they ask for one.
    pub others: Vec<OtherRealm>,
    /// How many, the first included, must work together.
    pub threshold: u8,
}

/// What goes to every realm of a change.
struct Change<'a> {
    root: &'a SigningKey,
    served: Directory,
    from: &'a Verified<Deployment>,
    order: Signed,
    /// By index from 1.
    realms: Vec<RealmToUse>,
    /// Founding codes, in the same order.
    codes: Vec<String>,
    threshold: u8,
}

impl<T: Transport, E: Env> Client<T, E> {
    /// Has as many of the present realms as are needed deal their shares of the locator key to the realms that are to be,
    /// has each of these take its share over, and publishes the deployment. A realm that deals wrong is passed over where
    /// there are more; else it is named. Until the end nothing changes for patients; what was begun may be begun again.
    pub async fn reshare(
        &self,
        session: &mut StaffSession,
        root: &SigningKey,
        wanted: &NewRealms,
    ) -> Result<(), ClientError> {
        self.reload(session).await?;
        let directory = &session.practice.directory;
        if directory.before().is_some() {
            return Err(ClientError::StillMoving);
        }
        let from = directory.deployment().clone();
        let (realms, codes) = self.wanted_realms(&from, wanted).await?;
        let change = Change {
            root,
            served: self.served(session).await?,
            from: &from,
            order: sign_order(root, &from, wanted.threshold, &realms)?,
            realms,
            codes,
            threshold: wanted.threshold,
        };
        let deployment = self.take_over(&change).await?;
        self.publish(session, &deployment, Some(from.digest())).await
    }

    /// Ends the time in which patients go over: who has not, has to enrol again with a mailed code.
    pub async fn end_moving(&self, session: &mut StaffSession) -> Result<(), ClientError> {
        self.reload(session).await?;
        if session.practice.directory.before().is_none() {
            return Ok(());
        }
        let deployment = self.served(session).await?.deployment;
        self.publish(session, &deployment, None).await
    }

    /// The directory as it is served, for its signed parts: the same that the session has verified.
    async fn served(&self, session: &StaffSession) -> Result<Directory, ClientError> {
        let served = parse(&self.call(Request::new(Route::Directory(session.practice.id()))).await?)?;
        let verified = session.practice.directory.manifest().digest();
        if body_digest(&served.manifest) == verified { Ok(served) } else { Err(ClientError::NotReady) }
    }

    /// Keys of those who stay are the signed ones; who comes describes itself, and is reached by the name that was typed.
    async fn wanted_realms(
        &self,
        from: &Deployment,
        wanted: &NewRealms,
    ) -> Result<(Vec<RealmToUse>, Vec<String>), ClientError> {
        let first = from.realms.first().ok_or(ClientError::Answer)?;
        let mut realms = vec![signed(first)];
        let mut codes = vec![String::new()];
        for other in &wanted.others {
            let known = from.realms.iter().find(|known| known.origin == other.origin);
            let realm = if let Some(known) = known {
                signed(known)
            } else {
                let described = self.describe(Some(other.origin.clone())).await;
                described.inspect_err(|error| self.troubles.note_origin(&other.origin, error))?
            };
            if realms.iter().any(|known| known.kem_key == realm.kem_key) {
                return Err(FoundingError::RealmTwice.into());
            }
            realms.push(realm);
            codes.push(other.code.clone());
        }
        if !(1..=realms.len()).contains(&usize::from(wanted.threshold)) {
            return Err(FoundingError::Realm.into());
        }
        Ok((realms, codes))
    }

    /// Deals and joins, once more without whoever dealt wrong.
    async fn take_over(&self, change: &Change<'_>) -> Result<Signed, ClientError> {
        let mut passed_over = Vec::new();
        loop {
            let outcome = self.take_over_without(change, &passed_over).await;
            match outcome {
                Err(ClientError::Misdealt(dealer, _)) if dealer != 0 && !passed_over.contains(&dealer) => {
                    passed_over.push(dealer);
                    if change.from.realms.len() - passed_over.len() < usize::from(change.from.threshold) {
                        return outcome;
                    }
                }
                _ => return outcome,
            }
        }
    }

    async fn take_over_without(
        &self,
        change: &Change<'_>,
        passed_over: &[u8],
    ) -> Result<Signed, ClientError> {
        let dealt = self.dealt(change, passed_over).await?;
        let publics = publics(change, &dealt)?;
        let now = self.env.now();
        let deployment =
            sign_deployment(change.root, change.from, change.threshold, &change.realms, &publics, now)?;
        let verified = check_realms(&change.served.roots, &deployment, change.from.practice)?;
        if !follows(change.from, &verified) {
            return Err(FoundingError::Realm.into());
        }
        // Who comes before who stays: if one of those is down, nothing has changed anywhere.
        let (mut ats, stays): (Vec<RealmAt>, Vec<RealmAt>) = realm::realms(change.from.practice, &verified)
            .into_iter()
            .partition(|at| !change.from.realms.iter().any(|known| known.kem_key == at.realm.kem_key));
        ats.extend(stays);
        for at in &ats {
            self.join_after(change, &deployment, &dealt, at).await?;
        }
        Ok(deployment)
    }

    /// What as many of the present realms as are needed deal, each checked against its public share.
    async fn dealt(&self, change: &Change<'_>, passed_over: &[u8]) -> Result<Vec<(u8, Dealt)>, ClientError> {
        let (mut dealt, mut failure) = (Vec::new(), ClientError::RealmsDisagree);
        for at in realm::realms(change.from.practice, change.from) {
            let index = at.realm.index;
            if dealt.len() == usize::from(change.from.threshold) {
                break;
            }
            if passed_over.contains(&index) {
                failure = ClientError::Misdealt(index, 0);
                continue;
            }
            match self.dealt_by(change, &at).await {
                Ok(answer) => dealt.push((index, answer)),
                Err(error) => {
                    self.troubles.note(&at, &error);
                    failure = error;
                }
            }
        }
        if dealt.len() == usize::from(change.from.threshold) { Ok(dealt) } else { Err(failure) }
    }

    async fn dealt_by(&self, change: &Change<'_>, at: &RealmAt) -> Result<Dealt, ClientError> {
        let reshare = Reshare {
            roots: change.served.roots.clone(),
            order: change.order.clone(),
            work: self.work_at(at, Purpose::Found, at.practice.0).await?,
        };
        let answer = self.realm_reshare(at, reshare).await?;
        let right = answer.commitments.len() == usize::from(change.threshold)
            && answer.commitments.first() == Some(&at.realm.locator_share)
            && answer.parts.len() == change.realms.len();
        if right { Ok(answer) } else { Err(ClientError::Misdealt(at.realm.index, 0)) }
    }

    async fn join_after(
        &self,
        change: &Change<'_>,
        deployment: &Signed,
        dealt: &[(u8, Dealt)],
        at: &RealmAt,
    ) -> Result<(), ClientError> {
        let position = usize::from(at.realm.index) - 1;
        let part = |parts: &[Bytes]| parts.get(position).cloned().unwrap_or_default();
        let dealings = dealt.iter().map(|(dealer, dealt)| Dealing {
            dealer: *dealer,
            commitments: dealt.commitments.clone(),
            part: part(&dealt.parts),
        });
        let join = Join {
            roots: change.served.roots.clone(),
            deployment: deployment.clone(),
            share: Bytes::default(),
            work: self.work_at(at, Purpose::Found, at.practice.0).await?,
            code: change.codes.get(position).cloned().unwrap_or_default(),
            succession: Some(Succession {
                before: change.served.deployment.clone(),
                order: change.order.clone(),
                dealings: dealings.collect(),
            }),
        };
        match self.realm_join(at, join).await {
            Err(ClientError::Refused(Refusal::Misdealt(dealer))) => {
                Err(ClientError::Misdealt(dealer, at.realm.index))
            }
            other => other,
        }
    }

    /// Publishes a deployment that every realm of it serves, and what is being left, then reads the directory back.
    async fn publish(
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

/// A realm that stays, as the root signed it.
fn signed(realm: &Realm) -> RealmToUse {
    RealmToUse { origin: realm.origin.clone(), kem_key: realm.kem_key.0.clone(), signing: realm.signing }
}

/// The public shares that the dealings make.
fn publics(change: &Change<'_>, dealt: &[(u8, Dealt)]) -> Result<Vec<Digest>, ClientError> {
    let dealings: Vec<Commitments<'_>> =
        dealt.iter().map(|(dealer, dealt)| (*dealer, dealt.commitments.as_slice())).collect();
    let old: Vec<Digest> = change.from.realms.iter().map(|realm| realm.locator_share).collect();
    let count = u8::try_from(change.realms.len()).map_err(|_| FoundingError::Realm)?;
    new_publics(&dealings, &old, change.from.threshold, change.threshold, count, &change.from.locator)
        .map_err(|error| match error {
            ReshareError::Dealer(dealer) => ClientError::Misdealt(dealer, 0),
            ReshareError::Dealers | ReshareError::Key => ClientError::Misdealt(0, 0),
        })
}
