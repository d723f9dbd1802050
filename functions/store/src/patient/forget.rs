//! Count patients by deployment, and drop those of one that has ended.
use super::{Outcome, schema::TABLES};
use crate::{
    driver::{Driver, blob},
    schema::forget_actor,
};
use vestibule_app::actor::patient::{Forget, PatientReply};
use vestibule_core::ids::Digest;

/// Active registrations by deployment.
pub(super) fn registered(db: &impl Driver) -> Outcome {
    let sql =
        "SELECT deployment, count(*) FROM registrations WHERE actor = ?1 AND status = 1 GROUP BY deployment";
    let rows = db.exec(sql, vec![])?;
    let counted = rows.iter().map(|row| Ok((row.id(0)?, row.number(1)?)));
    Ok(PatientReply::Registered(counted.collect::<Result<_, crate::StoreError>>()?))
}

/// Drops what is not of one deployment, or everything. What was counted of a patient's attempts stays with the shard, so that
/// nobody gets new ones by it.
pub(super) fn forget(db: &impl Driver, command: &Forget) -> Outcome {
    if let Some(deployment) = &command.except {
        return others(db, deployment);
    }
    forget_actor(db, TABLES)?;
    Ok(PatientReply::Erased)
}

fn others(db: &impl Driver, kept: &Digest) -> Outcome {
    // A vault belongs to a key: it goes with the last registration of that key.
    db.exec(
        "DELETE FROM vaults WHERE actor = ?1
         AND EXISTS (SELECT 1 FROM registrations r WHERE r.actor = ?1 AND r.patient = vaults.patient
                     AND r.key_hash = vaults.key_hash AND r.deployment != ?2)
         AND NOT EXISTS (SELECT 1 FROM registrations r WHERE r.actor = ?1 AND r.patient = vaults.patient
                         AND r.key_hash = vaults.key_hash AND r.deployment = ?3)",
        vec![blob(kept), blob(kept)],
    )?;
    db.exec(
        "DELETE FROM devices WHERE actor = ?1
         AND EXISTS (SELECT 1 FROM registrations r WHERE r.actor = ?1 AND r.patient = devices.patient
                     AND r.registration = devices.registration AND r.deployment != ?2)",
        vec![blob(kept)],
    )?;
    db.exec(
        "UPDATE registrations SET status = 2, descriptor = NULL, key_hash = NULL, secrets = NULL, try_ticket = NULL
         WHERE actor = ?1 AND status != 2 AND deployment != ?2",
        vec![blob(kept)],
    )?;
    Ok(PatientReply::Done)
}
