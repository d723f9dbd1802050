//! What patients, staff and scopes derive.
use super::own_vectors;
use crate::vector::{Hex, count, tests};
use serde::{Deserialize, Serialize};
use vestibule_core::ids::{AppointmentId, Digest, PracticeId};
use vestibule_edge_crypto::keys::{
    EpochSeed, PatientRoot, SigningSeeds, StaffSeeds, capability_hash, prf_key, prf_salt,
};
use vestibule_suite::{Secret32, derive, key_hash_kem};

/// All derivations from a few secrets. Public keys are named by their hashes.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) practice: Hex,
    pub(crate) root: Hex,
    pub(crate) patient_kem_seed: Hex,
    pub(crate) patient_kem_key_hash: Hex,
    pub(crate) patient_ed25519_seed: Hex,
    pub(crate) patient_ml_dsa_seed: Hex,
    pub(crate) patient_signing_key_hash: Hex,
    pub(crate) vault_key: Hex,
    pub(crate) appointment: Hex,
    pub(crate) capability: Hex,
    pub(crate) capability_hash: Hex,
    /// X-Wing, Ed25519, ML-DSA.
    pub(crate) staff_seeds: Hex,
    pub(crate) staff_kem_key_hash: Hex,
    pub(crate) staff_signing_key_hash: Hex,
    pub(crate) epoch_seed: Hex,
    pub(crate) epoch_kem_key_hash: Hex,
    pub(crate) epoch_cache_key: Hex,
    pub(crate) prf_salt: Hex,
    pub(crate) prf_output: Hex,
    pub(crate) credential: Hex,
    pub(crate) prf_key: Hex,
    pub(crate) recovery_secret: Hex,
    /// Ed25519, ML-DSA.
    pub(crate) recovery_seeds: Hex,
    pub(crate) recovery_signing_key_hash: Hex,
}

/// What everything else derives from.
pub(crate) struct Inputs {
    pub(crate) name: String,
    pub(crate) practice: PracticeId,
    pub(crate) root: Secret32,
    pub(crate) appointment: AppointmentId,
    pub(crate) staff: StaffSeeds,
    pub(crate) epoch: Secret32,
    pub(crate) prf_output: Secret32,
    pub(crate) credential: Digest,
    pub(crate) recovery: Secret32,
}

impl Case {
    pub(crate) fn from(inputs: Inputs) -> Self {
        let hex = |secret: &Secret32| Hex::from(secret.expose());
        let root = PatientRoot::from_secret(inputs.root);
        let seed = |label: &str| Hex::from(derive(root.secret().expose(), &(1u8, label)).expose());
        let capability = root.capability(inputs.appointment);
        let epoch = EpochSeed::from_secret(inputs.epoch);
        let recovery = SigningSeeds::from_recovery(&inputs.recovery);
        Self {
            name: inputs.name,
            practice: inputs.practice.into(),
            patient_kem_seed: hex(root.kem().seed()),
            patient_kem_key_hash: key_hash_kem(&root.kem().public_key()).into(),
            patient_ed25519_seed: seed("patient-ed25519"),
            patient_ml_dsa_seed: seed("patient-ml-dsa"),
            patient_signing_key_hash: root.signing_key().key_hash().into(),
            vault_key: hex(&root.vault_key()),
            appointment: inputs.appointment.into(),
            capability_hash: capability_hash(&capability).into(),
            capability: hex(&capability),
            root: hex(root.secret()),
            staff_kem_key_hash: key_hash_kem(&inputs.staff.kem().public_key()).into(),
            staff_signing_key_hash: inputs.staff.signing_key().key_hash().into(),
            staff_seeds: inputs.staff.to_bytes().as_slice().into(),
            epoch_kem_key_hash: key_hash_kem(&epoch.kem().public_key()).into(),
            epoch_cache_key: hex(&epoch.cache_key()),
            epoch_seed: hex(epoch.secret()),
            prf_salt: prf_salt(inputs.practice).into(),
            prf_key: hex(&prf_key(&inputs.prf_output, inputs.practice, inputs.credential)),
            prf_output: hex(&inputs.prf_output),
            credential: inputs.credential.into(),
            recovery_signing_key_hash: recovery.signing_key().key_hash().into(),
            recovery_seeds: recovery.to_bytes().as_slice().into(),
            recovery_secret: hex(&inputs.recovery),
        }
    }
}

pub(crate) fn check() -> u32 {
    let cases: Vec<Case> = tests(own_vectors!("keys"));
    for case in &cases {
        let secret = |hex: &Hex| Secret32::from_bytes(hex.array());
        let again = Case::from(Inputs {
            name: case.name.clone(),
            practice: PracticeId(case.practice.array()),
            root: secret(&case.root),
            appointment: AppointmentId(case.appointment.array()),
            staff: StaffSeeds::from_bytes(&case.staff_seeds).unwrap(),
            epoch: secret(&case.epoch_seed),
            prf_output: secret(&case.prf_output),
            credential: Digest(case.credential.array()),
            recovery: secret(&case.recovery_secret),
        });
        assert_eq!(&again, case);
        // The seeds in the file give the keys that they are said to give.
        let signing = [&case.patient_ed25519_seed[..], &case.patient_ml_dsa_seed].concat();
        let signing = SigningSeeds::from_bytes(&signing).unwrap().signing_key();
        assert_eq!(Hex::from(signing.key_hash()), case.patient_signing_key_hash);
    }
    count(&cases)
}
