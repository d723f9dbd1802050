//! What realms keep of each other's counters: PROTOCOL section 4, "Witness".
use crate::{
    bytes::Bytes,
    cbor,
    ids::{Digest, KeyHash, PatientId, PracticeId},
    suite::{DOMAIN, Suite, namespace},
    wire::envelope::Signed,
};
use alloc::vec::Vec;
use vestibule_cbor_derive::{Decode, Encode};

/// Signed by a realm: so many attempts it has ever counted in this guard shard.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Checkpoint {
    /// Algorithms.
    #[n(0)]
    pub suite: Suite,
    /// Whose patients.
    #[n(1)]
    pub practice: PracticeId,
    /// Hash of the realm's signing key.
    #[n(2)]
    pub realm: KeyHash,
    /// The shard: which of a practice's patients.
    #[n(3)]
    pub shard: u8,
    /// Attempts counted since the practice was founded; never less than before.
    #[n(4)]
    pub number: u64,
    /// Random with each count, so that a realm that was set back and went on as far is told from one that was not.
    #[n(5)]
    pub mark: Digest,
    /// What the client asked with: so this was signed after that.
    #[n(6)]
    pub challenge: Digest,
    /// What it said before, oldest first: number and mark of the last [`RELEASED`] different ones. Who was set back and
    /// counted on past what it had said cannot have that here.
    #[n(7)]
    pub released: Vec<(u64, Digest)>,
}

/// How many of its own words a shard remembers.
pub const RELEASED: usize = 32;

/// The guard shard of a patient: those whose id starts with the same four bits.
pub const fn shard_of(patient: &PatientId) -> u8 {
    patient.0[0] % 16
}

impl Checkpoint {
    /// Whether a realm that had signed `self` cannot have come to `later` by counting on.
    pub fn contradicts(&self, later: &Self) -> bool {
        let same = (self.practice, self.realm, self.shard) == (later.practice, later.realm, later.shard);
        let back = later.number < self.number || (later.number == self.number && later.mark != self.mark);
        // With fewer than it remembers, it remembers all.
        let remembers =
            later.released.len() < RELEASED || later.released.first().is_some_and(|r| r.0 <= self.number);
        let forgot = remembers && !later.released.contains(&(self.number, self.mark));
        same && (back || forgot)
    }
}

/// A checkpoint, with the key that it is verified with.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Witnessed {
    /// The realm's composite signing key: its hash stands in the root-signed deployment.
    #[n(0)]
    pub key: Bytes,
    /// A [`Checkpoint`].
    #[n(1)]
    pub checkpoint: Signed,
}

/// An earlier checkpoint of the same realm, and what shows that it was there before the later one was signed: the later one's
/// challenge is [`challenge`] of these.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Earlier {
    /// Random; without it the realm could recognise which of its checkpoints it is measured by.
    #[n(0)]
    pub salt: Digest,
    /// The earlier one.
    #[n(1)]
    pub witnessed: Witnessed,
}

/// A checkpoint of another realm, or of the realm itself, as a client hands it on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Shown {
    /// The checkpoint.
    #[n(0)]
    pub witnessed: Witnessed,
    /// Where it contradicts an earlier one.
    #[n(1)]
    pub earlier: Option<Earlier>,
}

/// See [`super::realm::RealmOp::Witness`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Witness {
    /// Patient.
    #[n(0)]
    pub patient: PatientId,
    /// Token of a device that has proved a right PIN: nobody else learns how much a practice's patients come.
    #[n(1)]
    pub device: Digest,
    /// To be signed with the answer.
    #[n(2)]
    pub challenge: Digest,
    /// What other realms signed, at most one for each.
    #[n(3)]
    pub seen: Vec<Shown>,
}

/// See [`super::realm::RealmReply::Witnessed`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Standing {
    /// The realm's own checkpoint, just signed.
    #[n(0)]
    pub own: Witnessed,
    /// The newest that it keeps of each other realm.
    #[n(1)]
    pub kept: Vec<Witnessed>,
}

/// H([`"vestibule"`, suite, `"witness"`, salt, H(body of the earlier checkpoint)]).
pub fn challenge(salt: &Digest, earlier: &Witnessed) -> Digest {
    use sha2::Digest as _;
    let body = Digest(sha2::Sha256::digest(&earlier.checkpoint.body).into());
    let input = cbor::to_vec(&(DOMAIN, Suite::V1, namespace::WITNESS, salt, body));
    Digest(sha2::Sha256::digest(input).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn what_contradicts() {
        let at = |number: u64, mark| Checkpoint {
            suite: Suite::V1,
            practice: PracticeId([1; 16]),
            realm: KeyHash([2; 32]),
            shard: 3,
            number,
            mark: Digest([mark; 32]),
            challenge: Digest([0; 32]),
            released: vec![(3, Digest([3; 32])), (5, Digest([5; 32])), (number, Digest([mark; 32]))],
        };
        let full = |first: u64| (first..first + 32).map(|n| (n, Digest([7; 32]))).collect();
        for (name, later, want) in [
            ("the same", at(5, 5), false),
            ("counted on", at(6, 6), false),
            ("fewer", at(4, 4), true),
            ("set back, and as far again", at(5, 9), true),
            (
                "set back, and counted on past it",
                Checkpoint { released: vec![(6, Digest([6; 32]))], ..at(6, 6) },
                true,
            ),
            ("so long ago that it is forgotten", Checkpoint { released: full(6), ..at(40, 7) }, false),
            ("not so long ago", Checkpoint { released: full(4), ..at(40, 7) }, true),
            ("another shard", Checkpoint { shard: 4, ..at(4, 4) }, false),
            ("another realm", Checkpoint { realm: KeyHash([9; 32]), ..at(4, 4) }, false),
        ] {
            assert_eq!(at(5, 5).contradicts(&later), want, "{name}");
        }
    }
}
