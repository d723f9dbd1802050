//! The single operations of a realm, each a sealed request and its sealed answer. The flows are made of these; they are
//! public so that hostile tests can call them in any order, with any input.
use crate::client::{Client, ClientError, Env, Request, Transport, call::Boxed};
use vestibule_channel::seal_request;
use vestibule_core::{
    bytes::Bytes,
    ids::{Digest, PatientId, PracticeId},
    routes::Route,
    wire::{
        directory::{Deployment, Realm},
        realm::{
            Begin, Begun, Confirm, Confirmed, Evaluate, Evaluated, Join, Locate, Put, RealmOp, RealmReply,
            RealmRequest, Redeem, Redeemed, VaultGet, VaultPut, VoucherRequest,
        },
        reshare::{Dealt, Ended, Introduce, Introduced, Reshare},
        witness::{Standing, Witness},
    },
};
use vestibule_verify::Verified;

/// One realm of one practice.
#[derive(Debug, Clone)]
pub struct RealmAt {
    /// Whose patients.
    pub practice: PracticeId,
    /// The realm, from the signed deployment.
    pub realm: Realm,
    /// Where to send; `None` for the deployment that the client was loaded from.
    pub origin: Option<String>,
    /// SHA-256 of the body of the deployment by which it is asked.
    pub deployment: Digest,
}

/// The realms of a deployment. A single one is the deployment that the client was loaded from, whatever name it went by
/// when the practice was founded: requests are sealed to its key, so the name decides nothing.
pub fn realms(practice: PracticeId, deployment: &Verified<Deployment>) -> Vec<RealmAt> {
    let single = deployment.realms.len() == 1;
    deployment
        .realms
        .iter()
        .map(|realm| RealmAt {
            practice,
            origin: (!single).then(|| realm.origin.clone()),
            realm: realm.clone(),
            deployment: deployment.digest(),
        })
        .collect()
}

/// Makes `Client::$name($input) -> $output`, one sealed exchange whose answer must be `$reply`.
macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident($op:ident: $input:ty) -> $output:ty = $reply:pat => $value:expr;)*) => {
        impl<T: Transport, E: Env> Client<T, E> {
            $($(#[$doc])* pub async fn $name(&self, at: &RealmAt, op: $input) -> Result<$output, ClientError> {
                let outcome = match self.realm(at, RealmOp::$op(op)).await {
                    Ok($reply) => Ok($value),
                    Ok(RealmReply::Refused(refusal)) => Err(ClientError::Refused(refusal)),
                    Ok(_) => Err(ClientError::Answer),
                    Err(error) => Err(error),
                };
                self.noted(at, outcome)
            })*
        }
    };
}

operations! {
    /// Evaluates the locator key.
    realm_locate(Locate: Locate) -> Evaluated = RealmReply::Evaluated(e) => e;
    /// Asks for a mailed code.
    realm_voucher(Voucher: VoucherRequest) -> () = RealmReply::VoucherAccepted => ();
    /// Turns a code into a ticket.
    realm_redeem(Redeem: Redeem) -> Redeemed = RealmReply::Redeemed(r) => r;
    /// Reads the descriptors.
    realm_begin(Begin: Begin) -> Begun = RealmReply::Begun(b) => b;
    /// One counted PIN evaluation.
    realm_evaluate(Evaluate: Evaluate) -> Evaluated = RealmReply::Evaluated(e) => e;
    /// Proves that the PIN was right.
    realm_confirm(Confirm: Confirm) -> Confirmed = RealmReply::Confirmed(c) => c;
    /// Stores a pending registration.
    realm_put(Put: Put) -> () = RealmReply::Stored => ();
    /// Has the realm guard a practice's PINs.
    realm_join(Join: Join) -> () = RealmReply::Stored => ();
    /// What the realm has counted, and what it keeps of others.
    realm_witness(Witness: Witness) -> Standing = RealmReply::Witnessed(s) => s;
    /// Has the realm deal its share of the locator key anew.
    realm_reshare(Reshare: Reshare) -> Dealt = RealmReply::Dealt(d) => d;
    /// Tells the realm that nobody goes over from a deployment any more.
    realm_ended(Ended: Ended) -> () = RealmReply::Stored => ();
    /// Has the realm say to others that a key is a patient's.
    realm_introduce(Introduce: Introduce) -> Introduced = RealmReply::Introduced(i) => i;
    /// Replaces the vault.
    realm_vault_put(VaultPut: VaultPut) -> () = RealmReply::Stored => ();
    /// Reads the vault: its bytes, empty if there is none.
    realm_vault_get(VaultGet: VaultGet) -> Bytes = RealmReply::Vault(v) => v;
}

impl<T: Transport, E: Env> Client<T, E> {
    /// Any operation, with whatever the realm answers.
    pub fn realm<'a>(&'a self, at: &'a RealmAt, op: RealmOp) -> Boxed<'a, RealmReply> {
        Box::pin(self.realm_unboxed(at, op))
    }

    async fn realm_unboxed(&self, at: &RealmAt, op: RealmOp) -> Result<RealmReply, ClientError> {
        let request = RealmRequest { practice: at.practice, op, deployment: Some(at.deployment) };
        let (body, pending) = seal_request(&mut self.env.rng(), &at.realm.kem_key, &request)
            .map_err(|_| ClientError::Descriptor)?;
        let answer = self
            .call(Request { origin: at.origin.clone(), body: Some(body), ..Request::new(Route::Realm) })
            .await?;
        pending.open(&answer).map_err(|_| ClientError::RealmUnproven(at.realm.index))
    }

    /// [`Self::realm_begin`] for a patient, for brevity.
    pub async fn begin_at(&self, at: &RealmAt, patient: PatientId) -> Result<Begun, ClientError> {
        self.realm_begin(at, Begin { patient }).await
    }

    /// [`Self::realm_vault_get`] with a device token, for brevity.
    pub async fn vault_at(
        &self,
        at: &RealmAt,
        patient: PatientId,
        device: Digest,
    ) -> Result<Bytes, ClientError> {
        self.realm_vault_get(at, VaultGet { patient, device }).await
    }
}
