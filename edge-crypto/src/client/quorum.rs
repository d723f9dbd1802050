//! Asks realms until enough of them gave an answer that is proven, and says which one lied or was silent.
use crate::client::{ClientError, call::Boxed, realm::RealmAt, trouble::Troubles};
use vestibule_core::{ids::Digest, wire::realm::Evaluated};
use vestibule_oprf::{BlindState, CombineError, Output, verify_and_combine};

/// What a quorum is asked for.
pub(super) struct Quorum<'a> {
    /// All realms, by index.
    pub(super) realms: &'a [RealmAt],
    /// How many are needed.
    pub(super) threshold: u8,
    /// How many are asked at least, where they answer: more than the threshold if all are to hear of it.
    pub(super) wanted: usize,
    /// What each answer is proven against, by position.
    pub(super) publics: &'a [Digest],
    /// What they combine to.
    pub(super) group: &'a Digest,
    /// Where a realm that lied is noted.
    pub(super) troubles: &'a Troubles,
}

/// What a quorum gave.
pub(super) struct Agreed {
    /// The combined output.
    pub(super) output: Output,
    /// The proven answers.
    pub(super) answers: Vec<(RealmAt, Evaluated)>,
}

impl Quorum<'_> {
    /// Asks one realm after the other. A realm that is down, refuses, or cannot prove its answer is passed over; if too few
    /// are left, the last of their errors is the outcome.
    pub(super) async fn ask<'f>(
        &self,
        state: &BlindState,
        ask: &dyn Fn(RealmAt) -> Boxed<'f, Evaluated>,
    ) -> Result<Agreed, ClientError> {
        let (mut answers, mut failure): (Vec<(RealmAt, Evaluated)>, _) = (Vec::new(), None);
        let mut output = None;
        for at in self.realms {
            if answers.len() >= self.wanted.max(self.threshold.into()) && output.is_some() {
                break;
            }
            match ask(at.clone()).await {
                Ok(evaluated) => answers.push((at.clone(), evaluated)),
                Err(error) => {
                    failure = Some(error);
                    continue;
                }
            }
            if answers.len() >= self.threshold.into() {
                match self.combine(state, &answers) {
                    Ok(combined) => output = Some(combined),
                    Err(error) => {
                        let liar = liar(error);
                        let unproven = ClientError::RealmUnproven(liar);
                        for (at, _) in answers.extract_if(.., |(at, _)| at.realm.index == liar) {
                            self.troubles.note(&at, &unproven);
                        }
                        failure = Some(unproven);
                    }
                }
            }
        }
        let output = output.ok_or(failure.unwrap_or(ClientError::RealmsDisagree))?;
        Ok(Agreed { output, answers })
    }

    fn combine(&self, state: &BlindState, answers: &[(RealmAt, Evaluated)]) -> Result<Output, CombineError> {
        let answers: Vec<_> = answers
            .iter()
            .filter_map(|(at, evaluated)| {
                let index = at.realm.index;
                let public = self.publics.get(usize::from(index).checked_sub(1)?)?;
                Some((index, *public, evaluated.clone()))
            })
            .collect();
        verify_and_combine(state, self.threshold, &answers, self.group)
    }
}

/// The realm that an error names; 0 if it names none.
const fn liar(error: CombineError) -> u8 {
    match error {
        CombineError::Index(n)
        | CombineError::PublicShare(n)
        | CombineError::Element(n)
        | CombineError::Proof(n) => n,
        CombineError::TooFew | CombineError::GroupKey => 0,
    }
}
