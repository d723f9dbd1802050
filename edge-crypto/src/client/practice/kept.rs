//! What the device keeps of verified appointments, by periods of 28 days.
use crate::{
    client::{
        Client, Env, Transport,
        practice::{StaffSession, fetch::cells},
    },
    staff::{CalendarMemory, periods},
};
use vestibule_core::time::{CELL_SECONDS, Cell, UnixSeconds};
use vestibule_suite::Secret32;

impl<T: Transport, E: Env> Client<T, E> {
    /// The periods of `[from, to)` of which this session does not know yet what the device holds.
    pub fn periods_to_join(&self, session: &StaffSession, from: UnixSeconds, to: UnixSeconds) -> Vec<u64> {
        let (from, to) = cells(from, to);
        periods(from, to).filter(|period| !session.kept.has(*period)).collect()
    }

    /// Joins what the device holds of a period (`None`: nothing).
    pub fn join_period(
        &self,
        session: &mut StaffSession,
        period: u64,
        blob: Option<&[u8]>,
        device_secret: &Secret32,
    ) {
        let practice = session.practice.id();
        session.kept.join(&session.keyring, device_secret, practice, period, blob);
    }

    /// What the device is to hold from now on of each period that changed.
    pub fn changed_periods(
        &self,
        session: &mut StaffSession,
        device_secret: &Secret32,
    ) -> Vec<(u64, Vec<u8>)> {
        let practice = session.practice.id();
        session.kept.changed(&mut self.env.rng(), &session.keyring, device_secret, practice)
    }

    /// Whether a period is more than 400 days past, so that the device is to forget it.
    pub fn is_past(&self, period: u64) -> bool {
        CalendarMemory::is_past(period, Cell(self.env.now().0 / CELL_SECONDS))
    }
}
