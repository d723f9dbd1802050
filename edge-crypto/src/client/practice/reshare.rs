//! Other realms for the practice's PINs: adds, removes and replaces some, without a new PatientID or PIN (PROTOCOL section 4,
//! resharing).
use crate::{
    client::{
        Client, ClientError, Env, Transport,
        practice::StaffSession,
        realm::{self, RealmAt},
    },
    directory::{FoundingError, RealmToUse, sign_deployment, sign_order},
    sign::SigningKey,
};
use vestibule_core::{
    bytes::Bytes,
    ids::{Digest, RealmFingerprint},
    wire::{
        directory::{Deployment, Directory, Realm},
        envelope::Signed,
        pow::Purpose,
        realm::{Join, RealmOp, Refusal},
        reshare::{Dealing, Dealt, Reshare, Succession},
    },
};
use vestibule_oprf::{Commitments, ReshareError, new_publics};
use vestibule_suite::realm_fingerprint;
use vestibule_verify::{
    Verified,
    directory::{check_realms, follows},
};

/// The realms that are to guard the PINs from now on. The deployment that keeps the calendar stays the first.
#[derive(Debug, Clone)]
pub struct NewRealms {
    /// All the others: those that stay, and those that come.
    pub others: Vec<ChosenRealm>,
    /// How many, the first included, must work together.
    pub threshold: u8,
}

/// A realm that stays or comes.
#[derive(Debug, Clone)]
pub struct ChosenRealm {
    /// As in `https://host`.
    pub origin: String,
    /// Founding code, where one that comes asks for it; else empty.
    pub code: String,
    /// Of one that comes, if somebody compared it: other keys are refused.
    pub fingerprint: Option<RealmFingerprint>,
}

/// How far a change has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReshareStep<'a> {
    /// The root signs the order.
    Order,
    /// This realm is asked to deal.
    Deal(&'a str),
    /// This realm is asked to take its share over.
    TakeOver(&'a str),
    /// The first realm is to publish the deployment.
    Publish,
}

/// Is told each step, with how many of all are done.
pub type OnReshare<'a> = dyn FnMut(ReshareStep<'_>, usize, usize) + 'a;

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
    /// Steps in all.
    total: usize,
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
        seen: &mut OnReshare<'_>,
    ) -> Result<(), ClientError> {
        self.reload(session).await?;
        let directory = &session.practice.directory;
        if directory.before().is_some() {
            return Err(ClientError::StillMoving);
        }
        let from = directory.deployment().clone();
        let (realms, codes) = self.wanted_realms(&from, wanted).await?;
        let total = usize::from(from.threshold) + realms.len() + 2;
        seen(ReshareStep::Order, 0, total);
        let change = Change {
            root,
            served: self.served(session).await?,
            from: &from,
            order: sign_order(root, &from, wanted.threshold, &realms)?,
            realms,
            codes,
            threshold: wanted.threshold,
            total,
        };
        let deployment = self.take_over(&change, seen).await?;
        seen(ReshareStep::Publish, total - 1, total);
        self.publish(session, &deployment, Some(from.digest())).await
    }

    /// The fingerprint of the keys by which a realm describes itself, for a person to compare.
    pub async fn fingerprint_of(&self, origin: &str) -> Result<RealmFingerprint, ClientError> {
        let described = self.describe(Some(origin.to_owned())).await;
        let realm = described.inspect_err(|error| self.troubles.note_origin(origin, error))?;
        Ok(realm_fingerprint(&realm.kem_key, realm.signing))
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
                let described =
                    described.inspect_err(|error| self.troubles.note_origin(&other.origin, error))?;
                let fingerprint = realm_fingerprint(&described.kem_key, described.signing);
                if other.fingerprint.is_some_and(|compared| compared != fingerprint) {
                    self.troubles.note_origin(&other.origin, &ClientError::RealmChanged);
                    return Err(ClientError::RealmChanged);
                }
                described
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
    async fn take_over(&self, change: &Change<'_>, seen: &mut OnReshare<'_>) -> Result<Signed, ClientError> {
        let mut passed_over = Vec::new();
        loop {
            match self.take_over_without(change, &passed_over, seen).await {
                Err(ClientError::Misdealt(dealer, complains)) => {
                    let before = &change.from.realms;
                    let others = before.len() - passed_over.len();
                    if dealer != 0
                        && !passed_over.contains(&dealer)
                        && others > usize::from(change.from.threshold)
                    {
                        passed_over.push(dealer);
                        continue;
                    }
                    let error = ClientError::Misdealt(dealer, complains);
                    // Who dealt and who complains, in this order, and nobody else.
                    self.troubles();
                    let origin = |index: u8, realms: &[(u8, &str)]| {
                        if let Some((_, origin)) = realms.iter().find(|(known, _)| *known == index) {
                            self.troubles.note_origin(origin, &error);
                        }
                    };
                    let dealers: Vec<_> = before.iter().map(|r| (r.index, r.origin.as_str())).collect();
                    let takers: Vec<_> =
                        (1..).zip(&change.realms).map(|(index, r)| (index, r.origin.as_str())).collect();
                    origin(dealer, &dealers);
                    origin(complains, &takers);
                    return Err(error);
                }
                outcome => return outcome,
            }
        }
    }

    async fn take_over_without(
        &self,
        change: &Change<'_>,
        passed_over: &[u8],
        seen: &mut OnReshare<'_>,
    ) -> Result<Signed, ClientError> {
        let dealt = self.dealt(change, passed_over, seen).await?;
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
        for at in &ats {
            self.tell_before_coming(change, at).await?;
        }
        ats.extend(stays);
        for (done, at) in ats.iter().enumerate() {
            let done = 1 + usize::from(change.from.threshold) + done;
            seen(ReshareStep::TakeOver(&at.realm.origin), done, change.total);
            self.join_after(change, &deployment, &dealt, at).await?;
        }
        Ok(deployment)
    }

    /// What as many of the present realms as are needed deal, each checked against its public share.
    async fn dealt(
        &self,
        change: &Change<'_>,
        passed_over: &[u8],
        seen: &mut OnReshare<'_>,
    ) -> Result<Vec<(u8, Dealt)>, ClientError> {
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
            seen(ReshareStep::Deal(&at.realm.origin), 1 + dealt.len(), change.total);
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

    /// Who guarded the PINs once and comes back may not have heard that it was removed: it would take no other deployment.
    /// What it says to that decides nothing: whether it comes is seen when it is asked to.
    async fn tell_before_coming(&self, change: &Change<'_>, at: &RealmAt) -> Result<(), ClientError> {
        let ended = self.ended(&change.served, at).await?;
        let told = self.realm(at, RealmOp::Ended(ended)).await;
        self.noted(at, told.map(drop))
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
