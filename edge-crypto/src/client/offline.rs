//! Opening without a network: what an unlocked session seals for it, and what a known device opens (PROTOCOL R4.39).
use crate::{
    client::{Session, device::DeviceMemory},
    offline::{OfflineContext, OfflineError, open_kept, open_share, seal_kept, seal_share},
    registration::CandidateRoot,
    shamir::ShareA,
};
use vestibule_core::{ids::PracticeId, wire::envelope::Sealed};
use vestibule_suite::{CryptoRng, Secret32, Zeroizing};

impl Session {
    /// Whose, and of which registration: what is kept for another one does not open.
    pub const fn offline_context(&self, practice: PracticeId) -> OfflineContext {
        OfflineContext { practice, patient: self.patient, registration: self.registration }
    }

    /// Seals share A under the passkey's PRF output and the PIN. `pin` must be the one that has just opened this session: it is
    /// not tested here.
    pub fn offline_share(
        &self,
        rng: &mut (impl CryptoRng + ?Sized),
        practice: PracticeId,
        prf: &Secret32,
        pin: &str,
        progress: &mut dyn FnMut(u32, u32),
    ) -> Result<Sealed, OfflineError> {
        let a = ShareA::of(self.keys.root().secret(), &self.share_c);
        let key_hash = self.keys.signing().key_hash();
        let opened =
            CandidateRoot::new(a, &self.share_c).verify(key_hash).ok_or(OfflineError::RootMismatch)?;
        seal_share(rng, prf, pin, &self.offline_context(practice), &opened, progress)
    }

    /// Seals what the page shows without a network to whoever opens share A.
    pub fn keep(
        &self,
        rng: &mut (impl CryptoRng + ?Sized),
        practice: PracticeId,
        appointments: &[u8],
    ) -> Sealed {
        seal_kept(rng, self.keys.root(), &self.offline_context(practice), appointments)
    }
}

impl DeviceMemory {
    /// As [`Session::offline_context`], of the device's registration.
    pub const fn offline_context(&self, practice: PracticeId) -> OfflineContext {
        OfflineContext { practice, patient: self.patient, registration: self.registration }
    }

    /// What [`Session::keep`] sealed, with passkey and PIN. No realm counts the attempt: without the passkey no PIN can be
    /// tested.
    pub fn open_kept(
        &self,
        practice: PracticeId,
        prf: &Secret32,
        pin: &str,
        share: &Sealed,
        kept: &Sealed,
        progress: &mut dyn FnMut(u32, u32),
    ) -> Result<Zeroizing<Vec<u8>>, OfflineError> {
        let context = self.offline_context(practice);
        let opened = open_share(prf, pin, &context, share, &self.share_c, progress)?;
        open_kept(opened.keys.root(), &context, kept)
    }
}
