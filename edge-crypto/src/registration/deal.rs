//! Enrolling: the descriptor, and what each realm gets.
use crate::{
    keys::PatientRoot,
    pin::{self, PinError},
    registration::labels::{mask, share_a, unlock_key},
    shamir::{ShareB, ShareC},
};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{Digest, KeyHash, PatientId, RegistrationId},
    suite::Suite,
    wire::{
        directory::Deployment,
        realm::{Authorization, Descriptor, Put},
    },
};
use vestibule_oprf::{self as oprf, KeyShare};
use vestibule_suite::{CryptoRng, Secret32, key_hash_kem, sha256};

/// The deployment has no realms, or more than 255, or a threshold that does not fit them; or (probability 2^-252) the
/// hashed PIN maps to the identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot register with this deployment")]
pub struct RegistrationError;

/// A registration in the making: the OPRF key is drawn and dealt, D is fixed, the PIN is not hashed yet. Holds the whole
/// key, so it never leaves the enrolling client; wiped on drop.
#[derive(Debug)]
pub struct Plan {
    key: oprf::Key,
    shares: Vec<KeyShare>,
    descriptor: Descriptor,
}

impl Plan {
    /// Draws a registration id and an OPRF key for one patient, and deals it to the deployment's realms.
    pub fn new(
        rng: &mut (impl CryptoRng + ?Sized),
        deployment: &Deployment,
        patient: PatientId,
    ) -> Result<Self, RegistrationError> {
        let count = u8::try_from(deployment.realms.len()).map_err(|_| RegistrationError)?;
        if !deployment.realms.iter().zip(1..).all(|(realm, index)| realm.index == index) {
            return Err(RegistrationError);
        }
        let key = oprf::Key::generate(rng);
        let shares = oprf::deal(rng, &key, deployment.threshold, count).map_err(|_| RegistrationError)?;
        let mut registration = [0; 16];
        rng.fill_bytes(&mut registration);
        let descriptor = Descriptor {
            suite: Suite::V1,
            practice: deployment.practice,
            patient,
            registration: RegistrationId(registration),
            threshold: deployment.threshold,
            realms: deployment.realms.iter().map(|realm| key_hash_kem(&realm.kem_key)).collect(),
            parameters: deployment.pin_floor,
            public: key.public(),
            shares: shares.iter().map(|share| share.key.public()).collect(),
        };
        Ok(Self { key, shares, descriptor })
    }

    /// Hashes a new PIN under this registration. Refuses weak ones; see [`pin::check`] for what else can be asked before.
    pub fn hash_pin(&self, pin: &str, progress: &mut dyn FnMut(u32, u32)) -> Result<Secret32, PinError> {
        pin::check(pin, None)?;
        pin::hash(pin, &self.descriptor, progress)
    }

    /// Shares the root out: what each realm gets, and share C for this device. `hashed` is from [`Self::hash_pin`].
    pub fn register(self, root: &PatientRoot, hashed: &Secret32) -> Result<Registration, RegistrationError> {
        let y = oprf::evaluate_direct(&self.key, hashed.expose()).map_err(|_| RegistrationError)?;
        let bytes = cbor::to_vec(&self.descriptor);
        let digest = sha256(&[&bytes]);
        let a = share_a(&y, digest);
        let b = ShareB::of(root.secret(), &a);
        let realms = self
            .shares
            .iter()
            .map(|KeyShare { index, key }| RealmPart {
                index: *index,
                oprf_share: Secret32::from_bytes(*key.expose()),
                unlock_key: unlock_key(&y, *index, digest),
                masked_share: b.mask(&mask(&y, *index, digest)),
            })
            .collect();
        Ok(Registration {
            key_hash: root.signing_key().key_hash(),
            share_c: ShareC::of(root.secret(), &a),
            descriptor: self.descriptor,
            bytes,
            realms,
        })
    }
}

/// What one realm gets.
#[derive(Debug)]
struct RealmPart {
    index: u8,
    oprf_share: Secret32,
    unlock_key: Secret32,
    masked_share: Digest,
}

/// A registration that is ready to be put at its realms. Secrets are wiped on drop.
#[derive(Debug)]
pub struct Registration {
    descriptor: Descriptor,
    bytes: Vec<u8>,
    key_hash: KeyHash,
    share_c: ShareC,
    realms: Vec<RealmPart>,
}

impl Registration {
    /// D.
    pub const fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    /// D's bytes: H(D) is their SHA-256.
    pub fn descriptor_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Share C, for this device.
    pub const fn share_c(&self) -> &ShareC {
        &self.share_c
    }

    /// What the realm with this index gets; `None` if there is no such realm.
    pub fn put(&self, index: u8, authorization: Authorization) -> Option<Put> {
        let part = self.realms.iter().find(|part| part.index == index)?;
        Some(Put {
            descriptor: Bytes(self.bytes.clone()),
            key_hash: self.key_hash,
            // Secrets in public types: a `Put` only exists to be sealed to its realm.
            oprf_share: Digest(*part.oprf_share.expose()),
            unlock_key: Digest(*part.unlock_key.expose()),
            masked_share: part.masked_share,
            authorization,
        })
    }
}
