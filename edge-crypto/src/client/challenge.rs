//! Proof of work: asks for a challenge, solves it.
use crate::{
    client::{Client, ClientError, Env, Transport, call::Boxed},
    pow,
};
use vestibule_core::{
    bytes::Bytes,
    ids::PracticeId,
    routes::Route,
    wire::pow::{Challenge, ChallengeRequest, Purpose, Solution},
};

impl<T: Transport, E: Env> Client<T, E> {
    /// Pays for one operation. `subject` is what the work is bound to, see [`Purpose`].
    pub fn work(&self, practice: PracticeId, purpose: Purpose, subject: [u8; 16]) -> Boxed<'_, Solution> {
        Box::pin(self.work_unboxed(practice, purpose, subject))
    }

    async fn work_unboxed(
        &self,
        practice: PracticeId,
        purpose: Purpose,
        subject: [u8; 16],
    ) -> Result<Solution, ClientError> {
        let ask = ChallengeRequest { purpose, subject: Bytes(subject.to_vec()) };
        let challenge: Challenge = self.exchange(Route::Challenge(practice), &ask).await?;
        pow::solve(&challenge).map_err(|_| ClientError::TooMuchWork)
    }
}
