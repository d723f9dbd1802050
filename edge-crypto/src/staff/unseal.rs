//! Opens a credential's seeds and checks that the manifest knows the keys that they make.
use crate::{
    keys::{SigningSeeds, StaffSeeds},
    sign::SigningKey,
};
use vestibule_core::{
    ids::PracticeId,
    suite::namespace,
    wire::directory::{Credential, Manifest, RootStatement, StaffContext, StaffKeys},
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
    /// This credential does not hold the root key in force.
    #[error("this passkey does not hold the practice's root key")]
    NoRoot,
}

impl StaffKeyError {
    /// Stable code for pages and tests.
    pub fn code(self) -> &'static str {
        match self {
            Self::DoesNotOpen => "staff-key-does-not-open",
            Self::NotInManifest => "staff-key-not-in-manifest",
            Self::NoRoot => "no-root-key",
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

/// Opens `keys.root_seed` under the [`crate::keys::prf_key`], and checks that it makes the root key in force.
pub fn open_root_key(
    prf_key: &Secret32,
    keys: &StaffKeys,
    root: &Verified<RootStatement>,
    practice: PracticeId,
) -> Result<SigningKey, StaffKeyError> {
    let sealed = keys.root_seed.as_ref().ok_or(StaffKeyError::NoRoot)?;
    let context = StaffContext { practice, staff: keys.staff, credential: keys.credential };
    let plain =
        open(prf_key, namespace::ROOT_SEED, &context, sealed).map_err(|_| StaffKeyError::DoesNotOpen)?;
    let key = SigningSeeds::from_bytes(&plain).ok_or(StaffKeyError::DoesNotOpen)?.signing_key();
    if *key.public_key() == root.root_key[..] { Ok(key) } else { Err(StaffKeyError::NoRoot) }
}
