//! A practice for tests, and what it signs.
use super::{DirectoryError, Expected, Seen, VerifiedDirectory, check};
use crate::{
    fingerprint,
    testing::{TestKey, sign_all},
};
use alloc::{string::String, vec, vec::Vec};
use vestibule_core::{
    bytes::Bytes,
    ids::{Digest, PracticeId, ResourceId, ScopeId, ServiceId, StaffId},
    suite::{PinParameters, Suite, namespace},
    time::UnixSeconds,
    wire::{
        directory::{
            Catalog, Credential, Deployment, Directory, Freshness, Manifest, Realm, Resource, RootStatement,
            Scope, Service, WeeklyInterval,
        },
        envelope::Signed,
    },
};
use vestibule_suite::{KemSecret, Secret32, sha256};

pub(crate) const NOW: UnixSeconds = UnixSeconds(1_800_000_000);
const NONE: Digest = Digest([0; 32]);

pub(crate) fn kem(seed: u8) -> Bytes {
    Bytes(KemSecret::from_seed(Secret32::from_bytes([seed; 32])).public_key())
}

/// The keys and statements of one practice. Change a field, then sign with [`Practice::directory`].
pub(crate) struct Practice {
    pub(crate) root: TestKey,
    pub(crate) admins: Vec<TestKey>,
    pub(crate) staff: TestKey,
    pub(crate) roots: Vec<Signed>,
    pub(crate) root_statement: RootStatement,
    pub(crate) deployment: Deployment,
    pub(crate) manifest: Manifest,
    pub(crate) catalog: Catalog,
    pub(crate) at: UnixSeconds,
}

impl Practice {
    pub(crate) fn new(nonce: u8) -> Self {
        Self::with_admins(nonce, vec![TestKey::new(10)], 1)
    }

    pub(crate) fn with_admins(nonce: u8, admins: Vec<TestKey>, admin_threshold: u8) -> Self {
        let (root, staff) = (TestKey::new(1), TestKey::new(20));
        let root_statement = RootStatement {
            suite: Suite::V1,
            number: 0,
            previous: NONE,
            nonce: Bytes(vec![nonce; 16]),
            root_key: Bytes(root.public.clone()),
            recovery_key: Bytes(TestKey::new(2).public),
            admin_keys: admins.iter().map(|key| Bytes(key.public.clone())).collect(),
            admin_threshold,
            issued: NOW,
        };
        let genesis = root.sign(namespace::ROOT, &root_statement);
        let practice = fingerprint(&genesis).practice();
        let (resource, scope) = (ResourceId([3; 16]), ScopeId([4; 16]));
        let credential = Credential {
            staff: StaffId([5; 16]),
            credential: Digest([6; 32]),
            signing_key: Bytes(staff.public.clone()),
            kem_key: kem(30),
            rights: 31,
            scopes: vec![scope],
        };
        Self {
            deployment: deployment(practice),
            manifest: Manifest {
                suite: Suite::V1,
                practice,
                number: 1,
                previous: NONE,
                root_number: 0,
                deployment: NONE,
                issued: NOW,
                credentials: vec![credential],
                scopes: vec![Scope { id: scope, epoch: 1, kem_key: kem(31), resources: vec![resource] }],
                bundle: NONE,
                before: None,
            },
            catalog: catalog(practice, resource),
            at: NOW,
            roots: vec![genesis],
            root,
            admins,
            staff,
            root_statement,
        }
    }

    pub(crate) fn id(&self) -> PracticeId {
        self.deployment.practice
    }

    pub(crate) fn expected(&self) -> Expected {
        let fingerprint = fingerprint(&self.roots[0]);
        Expected { practice: fingerprint.practice(), fingerprint: Some(fingerprint), seen: None }
    }

    pub(crate) fn by_admins(&self, namespace: &str, body: &impl minicbor::Encode<()>) -> Signed {
        sign_all(&self.admins.iter().collect::<Vec<_>>(), namespace, body)
    }

    pub(crate) fn freshness(&self, manifest: &Signed, catalog: &Signed) -> Signed {
        self.staff.sign(
            namespace::FRESHNESS,
            &Freshness {
                suite: Suite::V1,
                practice: self.id(),
                manifest: sha256(&[&manifest.body]),
                catalog: sha256(&[&catalog.body]),
                at: self.at,
            },
        )
    }

    /// Everything well signed, and each statement naming the others' hashes.
    pub(crate) fn directory(&self) -> Directory {
        let deployment = self.root.sign(namespace::DEPLOYMENT, &self.deployment);
        let mut manifest = self.manifest.clone();
        manifest.deployment = sha256(&[&deployment.body]);
        let manifest = self.by_admins(namespace::MANIFEST, &manifest);
        let catalog = self.by_admins(namespace::CATALOG, &self.catalog);
        let freshness = self.freshness(&manifest, &catalog);
        Directory { roots: self.roots.clone(), deployment, manifest, catalog, freshness, before: None }
    }

    pub(crate) fn check(&self, directory: &Directory) -> Result<VerifiedDirectory, DirectoryError> {
        check(directory, &self.expected(), NOW)
    }

    pub(crate) fn check_seen(
        &self,
        directory: &Directory,
        seen: Seen,
    ) -> Result<VerifiedDirectory, DirectoryError> {
        check(directory, &Expected { seen: Some(seen), ..self.expected() }, NOW)
    }
}

fn deployment(practice: PracticeId) -> Deployment {
    let realm = |index: u8| Realm {
        index,
        origin: alloc::format!("https://realm{index}.example"),
        kem_key: kem(40 + index),
        locator_share: Digest([7; 32]),
        signing: None,
    };
    Deployment {
        suite: Suite::V1,
        practice,
        number: 1,
        root_number: 0,
        threshold: 1,
        realms: vec![realm(1), realm(2)],
        locator: Digest([8; 32]),
        pin_floor: PinParameters::Argon2id64MiB10,
        issued: NOW,
    }
}

pub(crate) fn catalog(practice: PracticeId, resource: ResourceId) -> Catalog {
    let hours = |weekday, from, to| WeeklyInterval { weekday, from, to };
    Catalog {
        suite: Suite::V1,
        practice,
        number: 1,
        name: "Praxis am Park".into(),
        contact: "Parkstraße 1".into(),
        time_zone: "Europe/Berlin".into(),
        language: "de".into(),
        resources: vec![Resource {
            id: resource,
            name: "Dr. Beispiel".into(),
            hours: vec![hours(1, 480, 720), hours(1, 780, 1080), hours(5, 0, 1440)],
            schedule: None,
        }],
        services: vec![Service {
            id: ServiceId([9; 16]),
            name: "Sprechstunde".into(),
            description: String::new(),
            minutes: 20,
            resources: vec![resource],
            classes: None,
            price: None,
            questions: None,
            together: None,
        }],
        rules: None,
    }
}
