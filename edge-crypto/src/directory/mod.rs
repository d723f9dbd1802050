//! What makes a practice: the material of its founding, and what staff signs later (PROTOCOL section 5).
mod catalog;
mod classes;
mod edit;
mod found;
mod freshness;
mod input;
mod recovery;
mod reshare;

pub use catalog::{CatalogChange, SignedChange, sign_catalog};
pub use classes::{Derived, Shape, derive_classes};
pub use edit::CatalogEdit;
pub use found::{Founding, FoundingMaterial};
pub use freshness::sign_freshness;
pub use input::{FoundingError, NewResource, NewService, Profile, RealmToUse, Sealing};
pub use recovery::{RecoveryError, RecoveryKit, RecoverySeed};
pub use reshare::{body_digest, sign_deployment, sign_next_manifest, sign_order};

#[cfg(test)]
mod tests;
