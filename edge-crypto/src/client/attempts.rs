//! Handles of this client's own wrong attempts: a right PIN soon after refunds them too (PROTOCOL section 4, step 4).
use std::sync::Mutex;
use vestibule_core::{
    ids::{Digest, RegistrationId},
    limits,
    time::UnixSeconds,
};

/// Most handles in one proof.
const MOST: usize = 4;
/// A handle is left out a minute before the realm forgets it: one that it no longer knows would spoil the proof.
const FRESH_SECONDS: u64 = limits::ATTEMPT_SECONDS - 60;

/// A registration at a realm.
type At = (RegistrationId, u8);

/// What was tried, newest last.
#[derive(Debug, Default)]
pub(super) struct Attempts(Mutex<Vec<(At, Digest, UnixSeconds)>>);

impl Attempts {
    /// Notes a handle, and returns what to prove: it and the fresh earlier ones at the same place, newest first.
    pub(super) fn handles(&self, at: At, handle: Digest, now: UnixSeconds) -> Vec<Digest> {
        let Ok(mut tried) = self.0.lock() else { return vec![handle] };
        tried.retain(|(_, _, when)| now.since(*when) < FRESH_SECONDS);
        tried.push((at, handle, now));
        tried.iter().rev().filter(|(where_, _, _)| *where_ == at).map(|(_, h, _)| *h).take(MOST).collect()
    }

    /// They were refunded.
    pub(super) fn forget(&self, at: At) {
        if let Ok(mut tried) = self.0.lock() {
            tried.retain(|(where_, _, _)| *where_ != at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proves_the_newest_four_of_one_registration_while_they_are_fresh() {
        let attempts = Attempts::default();
        let (here, there) = ((RegistrationId([1; 16]), 1), (RegistrationId([1; 16]), 2));
        let d = |n: u8| Digest([n; 32]);
        let at = UnixSeconds;
        assert_eq!(attempts.handles(here, d(1), at(0)), [d(1)]);
        assert_eq!(attempts.handles(there, d(9), at(0)), [d(9)]);
        assert_eq!(attempts.handles(here, d(2), at(10)), [d(2), d(1)]);
        for n in 3..=5 {
            attempts.handles(here, d(n), at(20));
        }
        assert_eq!(attempts.handles(here, d(6), at(30)), [d(6), d(5), d(4), d(3)]);
        assert_eq!(attempts.handles(here, d(7), at(20 + FRESH_SECONDS)), [d(7), d(6)]);
        attempts.forget(here);
        assert_eq!(attempts.handles(here, d(8), at(20 + FRESH_SECONDS)), [d(8)]);
    }
}
