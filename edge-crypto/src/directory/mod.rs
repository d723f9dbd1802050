//! What makes a practice: the material of its founding, and what staff signs later (PROTOCOL section 5).
mod catalog;
mod found;
mod freshness;
mod input;
mod recovery;

pub use catalog::{CatalogChange, sign_catalog};
pub use found::{Founding, FoundingMaterial};
pub use freshness::sign_freshness;
pub use input::{FoundingError, NewResource, NewService, Profile, RealmToUse, Sealing};
pub use recovery::{RecoveryError, RecoveryKit, RecoverySeed};

#[cfg(test)]
mod tests;
