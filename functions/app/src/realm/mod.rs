//! `POST /v1/realm`: sealed realm messages (PROTOCOL section 4).
mod begin;
mod confirm;
mod decoy;
mod ended;
mod evaluate;
mod introduce;
mod join;
mod locate;
pub(crate) mod member;
mod put;
mod redeem;
mod reshare;
pub(crate) mod secrets;
mod succession;
mod vault;
mod voucher;
mod witness;

use crate::{
    actor::{
        Shard,
        patient::{PatientCommand, PatientReply},
        practice::{Count, Counted, PracticeCommand, PracticeReply},
    },
    config::Keys,
    error::{Failure, Fault, malformed},
    http::{Call, Format, Response, cbor_bytes},
    port::{Platform, keys},
};
use member::Member;
use vestibule_core::{
    cbor,
    ids::{Digest, PatientId, PracticeId},
    limits,
    problem::{Problem, ProblemKind},
    time::UnixSeconds,
    wire::realm::{RealmOp, RealmReply, Refusal},
};

/// What the operations share.
pub(crate) struct Realm<'a, P> {
    pub(crate) platform: &'a P,
    pub(crate) keys: &'a Keys,
    pub(crate) call: &'a Call,
    pub(crate) practice: PracticeId,
    /// The deployment by which the realm is asked.
    pub(crate) deployment: Option<Digest>,
    pub(crate) now: UnixSeconds,
}

/// What ends an operation early: an answer that is sealed like any other, or our fault.
pub(crate) enum Stop {
    Refused(Refusal),
    Fault(Fault),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

pub(crate) type Outcome = Result<RealmReply, Stop>;

/// Opens the sealed request, runs its operation, seals the answer. The status is 200 whenever the request opened: to
/// whoever watches, a refusal looks like an answer.
pub(crate) async fn realm<P: Platform>(platform: &P, call: &Call) -> Result<Response, Failure> {
    if call.input != Some(Format::Cbor) {
        return Err(ProblemKind::UnsupportedMediaType.into());
    }
    let keys = keys(platform)?;
    let (request, reply_key) =
        keys.realm.open(&call.body).map_err(|_| malformed("not a request sealed to this realm"))?;
    let (practice, deployment, now) = (request.practice, request.deployment, platform.now());
    let realm = Realm { platform, keys, call, practice, deployment, now };
    let outcome = match request.op {
        RealmOp::Locate(op) => locate::locate(&realm, &op).await,
        RealmOp::Voucher(op) => voucher::voucher(&realm, op).await,
        RealmOp::Redeem(op) => redeem::redeem(&realm, &op).await,
        RealmOp::Begin(op) => begin::begin(&realm, &op).await,
        RealmOp::Evaluate(op) => evaluate::evaluate(&realm, &op).await,
        RealmOp::Confirm(op) => confirm::confirm(&realm, &op).await,
        RealmOp::Put(op) => put::put(&realm, op).await,
        RealmOp::VaultPut(op) => vault::put(&realm, op).await,
        RealmOp::VaultGet(op) => vault::get(&realm, &op).await,
        RealmOp::Join(op) => join::join(&realm, &op).await,
        RealmOp::Witness(op) => witness::witness(&realm, &op).await,
        RealmOp::Reshare(op) => reshare::reshare(&realm, &op).await,
        RealmOp::Introduce(op) => introduce::introduce(&realm, &op).await,
        RealmOp::Ended(op) => ended::ended(&realm, &op).await,
    };
    let reply = match outcome {
        Ok(reply) => reply,
        Err(Stop::Refused(refusal)) => RealmReply::Refused(refusal),
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    };
    Ok(cbor_bytes(reply_key.seal(&mut platform.rng(), &reply)))
}

impl<P: Platform> Realm<'_, P> {
    /// A counter of the practice, for the caller's network.
    pub(crate) fn count_of(&self, what: Counted, limit: u32) -> Count {
        Count { what, network: self.call.network, cap: self.platform.config().cap(limit) }
    }

    /// Counts this operation; refuses it for a practice that this realm does not serve.
    pub(crate) async fn count(&self) -> Result<Member, Stop> {
        let count = self.count_of(Counted::RealmOp, limits::REALM_OPS_PER_NETWORK_HOUR);
        self.member_by(&PracticeCommand::Count(count)).await
    }

    /// What this realm is to the practice.
    pub(crate) async fn member(&self) -> Result<Member, Stop> {
        self.member_by(&PracticeCommand::Member).await
    }

    /// What this realm is by the deployment that the caller named: the newest, or the one before while both are served.
    pub(crate) fn named(&self, member: &Member) -> Result<Member, Stop> {
        match self.deployment {
            Some(named) => Ok(member.under(&named)?.ok_or(Refusal::Invalid)?),
            None => Ok(member.clone()),
        }
    }

    /// The same, as the answer to a command that does more.
    pub(crate) async fn member_by(&self, command: &PracticeCommand) -> Result<Member, Stop> {
        match self.practice(command).await? {
            PracticeReply::Member(bytes) => Ok(decode_member(&bytes)?),
            _ => Err(confused()),
        }
    }

    /// What this realm is to the practice so far, if anything.
    pub(crate) async fn known(&self) -> Result<Option<Member>, Stop> {
        match self.member().await {
            Ok(member) => Ok(Some(member)),
            // So the practice answers where it is not served.
            Err(Stop::Refused(Refusal::Invalid)) => Ok(None),
            Err(stop) => Err(stop),
        }
    }

    /// Sends a command to the practice; what it declines becomes a refusal.
    pub(crate) async fn practice(&self, command: &PracticeCommand) -> Result<PracticeReply, Stop> {
        match self.platform.practice(self.practice, command).await? {
            PracticeReply::Declined(declined) => Err(Stop::Refused(refusal(&declined.into()))),
            reply => Ok(reply),
        }
    }

    /// Sends a command to the patient's guard shard.
    pub(crate) async fn patient(
        &self,
        patient: &PatientId,
        command: &PatientCommand,
    ) -> Result<PatientReply, Stop> {
        let reply = self.platform.patient(Shard::of(self.practice, patient), command).await?;
        match reply {
            PatientReply::Invalid => Err(Refusal::Invalid.into()),
            PatientReply::Locked(seconds) => Err(Refusal::Locked(seconds).into()),
            PatientReply::Unauthorized => Err(Refusal::Unauthorized.into()),
            PatientReply::Wrong => Err(Refusal::Wrong.into()),
            PatientReply::Conflict => Err(Refusal::Conflict.into()),
            PatientReply::WorkUsed => Err(Refusal::Work.into()),
            reply => Ok(reply),
        }
    }
}

fn refusal(problem: &Problem) -> Refusal {
    match problem.kind {
        ProblemKind::RateLimited => Refusal::Busy(problem.retry_after.unwrap_or(3_600)),
        ProblemKind::WorkRequired => Refusal::Work,
        _ => Refusal::Invalid,
    }
}

/// A stored [`Member`].
pub(crate) fn decode_member(bytes: &[u8]) -> Result<Member, Fault> {
    cbor::from_slice(bytes).map_err(|_| Fault::new("a stored membership does not decode"))
}

/// An actor answered another command than it was sent.
pub(crate) fn confused() -> Stop {
    Fault::new("an actor answered another command").into()
}
