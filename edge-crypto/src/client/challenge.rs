//! Proof of work: asks for a challenge, solves it.
use crate::{
    client::{
        Client, ClientError, Env, Request, Transport,
        call::{Boxed, decode},
        realm::RealmAt,
    },
    pow,
};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::PracticeId,
    routes::Route,
    wire::pow::{Challenge, ChallengeRequest, Purpose, Solution},
};

impl<T: Transport, E: Env> Client<T, E> {
    /// Pays for one operation of the deployment that the client was loaded from. `subject` is what the work is bound to, see
    /// [`Purpose`].
    pub fn work(&self, practice: PracticeId, purpose: Purpose, subject: [u8; 16]) -> Boxed<'_, Solution> {
        Box::pin(self.work_unboxed(None, practice, purpose, subject))
    }

    /// Pays for one operation of a realm.
    pub fn work_at<'a>(
        &'a self,
        at: &'a RealmAt,
        purpose: Purpose,
        subject: [u8; 16],
    ) -> Boxed<'a, Solution> {
        Box::pin(async move {
            let outcome = self.work_unboxed(at.origin.clone(), at.practice, purpose, subject).await;
            self.noted(at, outcome)
        })
    }

    async fn work_unboxed(
        &self,
        origin: Option<String>,
        practice: PracticeId,
        purpose: Purpose,
        subject: [u8; 16],
    ) -> Result<Solution, ClientError> {
        let ask = ChallengeRequest { purpose, subject: Bytes(subject.to_vec()) };
        let request =
            Request { origin, body: Some(cbor::to_vec(&ask)), ..Request::new(Route::Challenge(practice)) };
        let challenge: Challenge = decode(&self.call(request).await?)?;
        pow::solve(&challenge).map_err(|_| ClientError::TooMuchWork)
    }
}
