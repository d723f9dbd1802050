//! Which descriptors a client uses: rule R4.9.
use vestibule_core::{
    cbor,
    ids::PatientId,
    wire::{directory::Deployment, realm::Descriptor},
};
use vestibule_oprf::check_shares;
use vestibule_suite::key_hash_kem;

/// Why a descriptor is not used, whoever returned it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DescriptorError {
    /// Not the deterministic encoding of a descriptor of a known suite with known parameters.
    #[error("not a descriptor")]
    Malformed,
    /// Another practice's or another patient's.
    #[error("descriptor of another patient")]
    Patient,
    /// Another threshold, or other realms, than the root-signed deployment names.
    #[error("descriptor of other realms")]
    Realms,
    /// A cheaper PIN hash than the root-signed floor allows.
    #[error("descriptor with too weak parameters")]
    Parameters,
    /// The realms' public shares do not belong to one key.
    #[error("descriptor with inconsistent public shares")]
    Shares,
}

/// Decodes a descriptor and checks it against the verified deployment. That enough realms returned the same bytes is for
/// the caller to see.
pub fn check(
    bytes: &[u8],
    deployment: &Deployment,
    patient: PatientId,
) -> Result<Descriptor, DescriptorError> {
    let descriptor: Descriptor = cbor::from_slice(bytes).map_err(|_| DescriptorError::Malformed)?;
    if descriptor.practice != deployment.practice || descriptor.patient != patient {
        return Err(DescriptorError::Patient);
    }
    // A descriptor names its realms by position: index i is entry i - 1.
    let in_order = deployment.realms.iter().zip(1..).all(|(realm, index)| realm.index == index);
    let realms = deployment.realms.iter().map(|realm| key_hash_kem(&realm.kem_key));
    if !in_order
        || descriptor.threshold != deployment.threshold
        || !descriptor.realms.iter().copied().eq(realms)
    {
        return Err(DescriptorError::Realms);
    }
    if descriptor.parameters < deployment.pin_floor {
        return Err(DescriptorError::Parameters);
    }
    if descriptor.shares.len() != descriptor.realms.len() {
        return Err(DescriptorError::Shares);
    }
    check_shares(descriptor.threshold, &descriptor.shares, &descriptor.public)
        .map_err(|_| DescriptorError::Shares)?;
    Ok(descriptor)
}
