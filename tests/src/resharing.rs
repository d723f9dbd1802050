//! Other realms for a practice, as its root orders them and as its patients meet them.
use crate::{client::run, server::Server, world::World};
use vestibule_core::{
    cbor,
    routes::Route,
    wire::{directory::Directory, realm::Descriptor},
};
use vestibule_edge_crypto::client::{
    ClientError, Practice, Request, Session,
    practice::{ChosenRealm, NewRealms},
    realm::{RealmAt, realms},
};

/// Realms that are behind: none.
pub const NOBODY: [u8; 0] = [];

/// The first realm and these are to guard the PINs.
pub fn wanted(others: &[&Server], threshold: u8) -> NewRealms {
    let others = others.iter().map(|other| ChosenRealm {
        origin: other.url.clone(),
        code: String::new(),
        fingerprint: None,
    });
    NewRealms { others: others.collect(), threshold }
}

/// All realms in force.
pub fn all(practice: &Practice) -> Vec<RealmAt> {
    realms(practice.id(), practice.directory.deployment())
}

#[expect(clippy::unwrap_used, reason = "a fixture: no test can go on without it")]
impl World {
    /// Has other realms guard the PINs, and reads the directory as any client would.
    ///
    /// # Panics
    /// If it does not get through.
    pub fn reshare(&self, others: &[&Server], threshold: u8) -> Practice {
        let (mut session, root) = self.sign_in_as_root();
        run(self.client().reshare(&mut session, &root, &wanted(others, threshold), &mut |_, _, _| {}))
            .unwrap();
        self.read()
    }

    /// Ends the time in which patients go over; every realm hears it.
    ///
    /// # Panics
    /// If one does not.
    pub fn end_moving(&self) -> Practice {
        let (mut session, _) = self.sign_in_as_root();
        let missed = run(self.client().end_moving(&mut session)).unwrap();
        assert!(missed.is_empty(), "not told: {missed:?}");
        self.read()
    }

    /// The directory now.
    ///
    /// # Panics
    /// If it does not hold.
    pub fn read(&self) -> Practice {
        run(self.client().directory(self.practice.fingerprint, None)).unwrap()
    }

    /// The directory as it is served.
    ///
    /// # Panics
    /// If it is not.
    pub fn served(&self) -> Directory {
        let bytes = run(self.client().call(Request::new(Route::Directory(self.practice.id())))).unwrap();
        cbor::from_slice(&bytes).unwrap()
    }

    /// Unlocks with a fresh client; gives the session and the realms that are behind.
    pub fn unlock_at(
        &self,
        practice: &Practice,
        patient: &Session,
        pin: &str,
    ) -> Result<(Session, Vec<u8>), ClientError> {
        run(self.client().unlock(practice, patient.patient, pin, &[], &mut |_, _| {}))
            .map(|unlocked| (unlocked.session, unlocked.behind))
    }

    /// The registration that a realm shows of a patient.
    ///
    /// # Panics
    /// If it shows none.
    pub fn held(&self, at: &RealmAt, patient: &Session) -> Descriptor {
        let begun = run(self.client().begin_at(at, patient.patient)).unwrap();
        cbor::from_slice(&begun.active).unwrap()
    }
}
