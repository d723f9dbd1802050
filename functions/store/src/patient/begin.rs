//! Read the descriptors.
use super::Outcome;
use crate::driver::{Driver, StoreError, blob, number};
use vestibule_app::actor::patient::{Begin, Begun, PatientReply};
use vestibule_core::{bytes::Bytes, time::UnixSeconds};

/// The active descriptor, or the decoy that the caller always brings, and the pending one.
pub(super) fn begin(db: &impl Driver, now: UnixSeconds, command: &Begin) -> Outcome {
    let one = |status: u64| -> Result<Option<Bytes>, StoreError> {
        let rows = db.exec(
            "SELECT descriptor FROM registrations WHERE actor = ?1 AND patient = ?2 AND status = ?3 AND expires > ?4",
            vec![blob(command.patient), number(status), number(now.0)],
        )?;
        rows.first().map(|r| r.blob(0).map(|b| b.to_vec().into())).transpose()
    };
    let active = one(1)?;
    let pending = one(0)?;
    Ok(PatientReply::Begun(Begun { active: active.unwrap_or_else(|| command.decoy.clone()), pending }))
}
