//! Founding: everything that a practice starts with, made on the founder's device.
//!
//! Two steps, since the passkey's PRF output comes last: [`Founding::begin`] makes keys and genesis (whose hash is the
//! practice's id, which WebAuthn needs), [`Founding::finish`] signs the directory and seals the seeds under the passkey.
use crate::{
    directory::{
        FoundingError, NewResource, NewService, Profile, RealmToUse, RecoveryKit, RecoverySeed, Sealing,
        input::new_catalog, sign_freshness,
    },
    keys::{EpochSeed, SigningSeeds, StaffSeeds, prf_key},
    random::id16,
    sign::SigningKey,
};
use vestibule_channel::seal_to_realm;
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{Digest, Fingerprint, PracticeId, ScopeId, StaffId},
    suite::{PinParameters, Suite, namespace},
    time::UnixSeconds,
    wire::{
        directory::{
            Catalog, Credential, Deployment, Directory, Grant, GrantContext, Manifest, Realm, RootStatement,
            Scope, StaffContext, StaffKeys, rights,
        },
        envelope::{Sealed, Signed},
    },
};
use vestibule_oprf as oprf;
use vestibule_suite::{self as suite, CryptoRng, Secret32, key_hash_kem, sha256};
use vestibule_verify::fingerprint;

/// A founding between its two steps. Root and recovery seeds are wiped when it is dropped.
#[derive(Debug)]
pub struct Founding {
    root_seeds: SigningSeeds,
    root: SigningKey,
    recovery: RecoverySeed,
    staff_seeds: StaffSeeds,
    staff_signing: SigningKey,
    genesis: Signed,
    /// The practice's fingerprint.
    pub fingerprint: Fingerprint,
    /// The founder: also the WebAuthn user handle.
    pub staff: StaffId,
    catalog: Catalog,
}

/// What goes to the server, and what is printed.
#[derive(Debug)]
pub struct FoundingMaterial {
    /// All signed statements.
    pub directory: Directory,
    /// The founder's sealed keys.
    pub staff_keys: StaffKeys,
    /// For each realm, by index from 1: its share of the locator key and the decoy secret, sealed to it.
    pub realm_shares: Vec<Vec<u8>>,
    /// To print; nowhere else.
    pub recovery_kit: RecoveryKit,
}

impl Founding {
    /// Makes all keys, the genesis and the catalog.
    pub fn begin(
        rng: &mut impl CryptoRng,
        profile: Profile,
        resources: Vec<NewResource>,
        services: Vec<NewService>,
        now: UnixSeconds,
    ) -> Result<Self, FoundingError> {
        let root_seeds = SigningSeeds::generate(rng);
        let root = root_seeds.signing_key();
        let recovery = RecoverySeed::random(rng);
        let staff_seeds = StaffSeeds::generate(rng);
        let staff_signing = staff_seeds.signing_key();
        let statement = RootStatement {
            suite: Suite::V1,
            number: 0,
            previous: Digest([0; 32]),
            nonce: Bytes(id16(rng).to_vec()),
            root_key: Bytes(root.public_key().to_vec()),
            recovery_key: Bytes(recovery.signing_key().public_key().to_vec()),
            admin_keys: vec![Bytes(staff_signing.public_key().to_vec())],
            admin_threshold: 1,
            issued: now,
        };
        let genesis = root.sign(namespace::ROOT, cbor::to_vec(&statement))?;
        let fingerprint = fingerprint(&genesis);
        let catalog = new_catalog(rng, fingerprint.practice(), profile, resources, services)?;
        let staff = StaffId(id16(rng));
        Ok(Self {
            root_seeds,
            root,
            recovery,
            staff_seeds,
            staff_signing,
            genesis,
            fingerprint,
            staff,
            catalog,
        })
    }

    /// The new practice's id.
    pub fn practice(&self) -> PracticeId {
        self.fingerprint.practice()
    }

    /// CBOR of the signed genesis.
    pub fn genesis(&self) -> Vec<u8> {
        cbor::to_vec(&self.genesis)
    }

    /// Signs the directory, deals the locator key, seals the seeds under the passkey. May be repeated if what follows
    /// fails; each time makes new epoch and locator keys.
    pub fn finish(
        &self,
        rng: &mut impl CryptoRng,
        passkey: &Sealing<'_>,
        realms: &[RealmToUse],
        threshold: u8,
        now: UnixSeconds,
    ) -> Result<FoundingMaterial, FoundingError> {
        let credential_digest = sha256(&[passkey.credential_id]);
        let (deployment, realm_shares) = self.deployment(rng, realms, threshold, now)?;
        let signer = &self.staff_signing;
        let scope = ScopeId(id16(rng));
        let epoch = EpochSeed::generate(rng);
        let credential = self.credential(credential_digest, scope);
        let own_kem = credential.kem_key.0.clone();
        let manifest = signer.sign(
            namespace::MANIFEST,
            cbor::to_vec(&Manifest {
                suite: Suite::V1,
                practice: self.practice(),
                number: 1,
                previous: Digest([0; 32]),
                root_number: 0,
                deployment: sha256(&[&deployment.body]),
                issued: now,
                credentials: vec![credential],
                scopes: vec![Scope {
                    id: scope,
                    epoch: 1,
                    kem_key: Bytes(epoch.kem().public_key()),
                    resources: self.catalog.resources.iter().map(|r| r.id).collect(),
                }],
                bundle: Digest([0; 32]),
                before: None,
            }),
        )?;
        let catalog = signer.sign(namespace::CATALOG, cbor::to_vec(&self.catalog))?;
        let freshness = sign_freshness(
            signer,
            self.practice(),
            sha256(&[&manifest.body]),
            sha256(&[&catalog.body]),
            now,
        )?;
        let grant = self.grant(rng, scope, epoch.secret(), &own_kem)?;
        let (staff_key, root_seed) = self.seal_seeds(rng, credential_digest, passkey.prf);
        Ok(FoundingMaterial {
            directory: Directory {
                roots: vec![self.genesis.clone()],
                deployment,
                manifest,
                catalog,
                freshness,
                before: None,
            },
            staff_keys: StaffKeys {
                staff: self.staff,
                credential: credential_digest,
                staff_key,
                root_seed: Some(root_seed),
                grants: vec![grant],
            },
            realm_shares,
            recovery_kit: self.recovery.kit(self.fingerprint),
        })
    }

    fn deployment(
        &self,
        rng: &mut impl CryptoRng,
        realms: &[RealmToUse],
        threshold: u8,
        now: UnixSeconds,
    ) -> Result<(Signed, Vec<Vec<u8>>), FoundingError> {
        let count = u8::try_from(realms.len()).map_err(|_| FoundingError::Realm)?;
        let locator = oprf::Key::generate(rng);
        let shares = oprf::deal(rng, &locator, threshold, count).map_err(|_| FoundingError::Realm)?;
        let decoy = Secret32::random(rng);
        let mut sealed = Vec::with_capacity(realms.len());
        let mut rows = Vec::with_capacity(realms.len());
        for (realm, share) in realms.iter().zip(&shares) {
            let secret = Secret32::from_bytes(*share.key.expose());
            sealed.push(
                seal_to_realm(rng, &realm.kem_key, self.practice(), &secret, &decoy)
                    .map_err(|_| FoundingError::Realm)?,
            );
            rows.push(Realm {
                index: share.index,
                origin: realm.origin.clone(),
                kem_key: Bytes(realm.kem_key.clone()),
                locator_share: share.key.public(),
                signing: realm.signing,
            });
        }
        let deployment = Deployment {
            suite: Suite::V1,
            practice: self.practice(),
            number: 1,
            root_number: 0,
            threshold,
            realms: rows,
            locator: locator.public(),
            pin_floor: PinParameters::Argon2id64MiB10,
            issued: now,
        };
        Ok((self.root.sign(namespace::DEPLOYMENT, cbor::to_vec(&deployment))?, sealed))
    }

    fn credential(&self, credential: Digest, scope: ScopeId) -> Credential {
        Credential {
            staff: self.staff,
            credential,
            signing_key: Bytes(self.staff_signing.public_key().to_vec()),
            kem_key: Bytes(self.staff_seeds.kem().public_key()),
            rights: rights::ADMIN | rights::GRANT | rights::REKEY | rights::RECOVER | rights::CALENDAR,
            scopes: vec![scope],
        }
    }

    fn grant(
        &self,
        rng: &mut impl CryptoRng,
        scope: ScopeId,
        seed: &Secret32,
        kem_key: &[u8],
    ) -> Result<Signed, FoundingError> {
        let recipient = key_hash_kem(kem_key);
        let context = GrantContext { practice: self.practice(), scope, epoch: 1, recipient };
        let wrap =
            suite::wrap(rng, kem_key, namespace::GRANT, &context, seed).map_err(|_| FoundingError::Realm)?;
        let grant = Grant {
            suite: Suite::V1,
            practice: self.practice(),
            scope,
            epoch: 1,
            recipient,
            manifest: 1,
            wrap,
        };
        Ok(self.staff_signing.sign(namespace::GRANT, cbor::to_vec(&grant))?)
    }

    fn seal_seeds(&self, rng: &mut impl CryptoRng, credential: Digest, prf: &Secret32) -> (Sealed, Sealed) {
        let key = prf_key(prf, self.practice(), credential);
        let context = StaffContext { practice: self.practice(), staff: self.staff, credential };
        (
            suite::seal(rng, &key, namespace::STAFF_KEY, &context, &self.staff_seeds.to_bytes()[..]),
            suite::seal(rng, &key, namespace::ROOT_SEED, &context, &self.root_seeds.to_bytes()[..]),
        )
    }
}
