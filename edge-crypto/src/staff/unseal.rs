//! Opens a credential's seeds and checks that the manifest knows the keys that they make.
use crate::keys::StaffSeeds;
use vestibule_core::{
    suite::namespace,
    wire::directory::{Credential, Manifest, StaffContext, StaffKeys},
};
use vestibule_suite::{Secret32, open};
use vestibule_verify::Verified;

/// Why a credential cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StaffKeyError {
    /// The seeds do not open under this passkey's PRF output.
    #[error("the staff key does not open under this passkey")]
    DoesNotOpen,
    /// The manifest does not list the keys that these seeds make.
    #[error("the manifest does not know this staff key")]
    NotInManifest,
}

impl StaffKeyError {
    /// Stable code for pages and tests.
    pub fn code(self) -> &'static str {
        match self {
            Self::DoesNotOpen => "staff-key-does-not-open",
            Self::NotInManifest => "staff-key-not-in-manifest",
        }
    }
}

/// Opens `keys.staff_key` under the [`crate::keys::prf_key`]. The credential returned is the manifest's.
pub fn open_staff_seeds<'m>(
    prf_key: &Secret32,
    keys: &StaffKeys,
    manifest: &'m Verified<Manifest>,
) -> Result<(StaffSeeds, &'m Credential), StaffKeyError> {
    let context =
        StaffContext { practice: manifest.practice, staff: keys.staff, credential: keys.credential };
    let plain = open(prf_key, namespace::STAFF_KEY, &context, &keys.staff_key)
        .map_err(|_| StaffKeyError::DoesNotOpen)?;
    let seeds = StaffSeeds::from_bytes(&plain).ok_or(StaffKeyError::DoesNotOpen)?;
    let credential = manifest
        .credentials
        .iter()
        .find(|c| c.staff == keys.staff && c.credential == keys.credential)
        .filter(|c| {
            *c.signing_key == *seeds.signing_key().public_key() && *c.kem_key == seeds.kem().public_key()[..]
        })
        .ok_or(StaffKeyError::NotInManifest)?;
    Ok((seeds, credential))
}
