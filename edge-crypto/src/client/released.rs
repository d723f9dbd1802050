//! What realms release after a right PIN: each alone has to lead to the patient's key and to a vault that it opens. A realm
//! that released something else is named and passed over (rule R4.9).
use crate::{
    client::{
        ClientError, Practice, device::DeviceMemory, realm::RealmAt, trouble::Troubles, vault::open_vaults,
    },
    registration::{Opened, Unlocking},
};
use vestibule_core::{ids::PatientId, wire::realm::Confirmed};

/// What an answer is checked with.
pub(super) struct Checks<'a> {
    pub(super) practice: &'a Practice,
    pub(super) patient: PatientId,
    pub(super) unlocking: &'a Unlocking,
    /// The device whose share C takes the place of B.
    pub(super) known: Option<&'a DeviceMemory>,
    /// See [`super::unlock::Credentials`].
    pub(super) fresh_root: bool,
}

/// Answers that hold, and the patient that they all lead to.
pub(super) struct Held {
    pub(super) opened: Option<Opened>,
    pub(super) answers: Vec<(RealmAt, Confirmed)>,
    /// Why the last of the others does not.
    pub(super) failure: Option<ClientError>,
}

impl Checks<'_> {
    /// Sorts out the answers. No realm can pass a root of its own off: share A is known to the client only, so no share and
    /// key hash but the registered ones fit each other.
    pub(super) fn sort(&self, confirmed: Vec<(RealmAt, Confirmed)>, troubles: &Troubles) -> Held {
        let mut held = Held { opened: None, answers: Vec::with_capacity(confirmed.len()), failure: None };
        for (at, answer) in confirmed {
            match self.open(at.realm.index, &answer) {
                Ok(opened) => {
                    held.opened.get_or_insert(opened);
                    held.answers.push((at, answer));
                }
                Err(error) => {
                    troubles.note(&at, &error);
                    held.failure = Some(error);
                }
            }
        }
        held
    }

    fn open(&self, index: u8, answer: &Confirmed) -> Result<Opened, ClientError> {
        let candidate = match (self.known, answer.masked_share) {
            (Some(device), _) => self.unlocking.root_with_c(&device.share_c),
            (None, Some(masked)) => {
                self.unlocking.root_with_b(&[(index, masked)]).map_err(|_| ClientError::RootMismatch)?
            }
            (None, None) => return Err(ClientError::Answer),
        };
        let opened = candidate.verify(answer.key_hash).ok_or(ClientError::RootMismatch)?;
        open_vaults(self.practice, self.patient, &opened.keys, &[(index, answer)], self.fresh_root)?;
        Ok(opened)
    }
}
