//! One test for each lie that a server could tell.
use super::{
    DirectoryError as E, Expected, Freshness, Seen, check, parse,
    sample::{NOW, Practice, kem},
};
use crate::{catalog::CatalogError, testing::TestKey};
use alloc::vec;
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{Digest, Fingerprint, ResourceId, ScopeId, StaffId},
    suite::namespace,
    time::UnixSeconds,
    wire::directory::{Credential, Directory},
};
use vestibule_suite::sha256;

const DAY: u64 = 86_400;

#[test]
fn the_truth_is_accepted() {
    let practice = Practice::new(1);
    let directory = practice.directory();
    let checked = practice.check(&parse(&cbor::to_vec(&directory)).unwrap()).unwrap();
    assert_eq!(checked.practice(), practice.id());
    assert_eq!(checked.freshness(), Freshness::Fresh);
    assert_eq!(checked.manifest().digest(), sha256(&[&directory.manifest.body]));
    assert_eq!(checked.catalog().name, "Praxis am Park");
    assert_eq!(checked.scope_of(ResourceId([3; 16])).map(|s| s.id), Some(ScopeId([4; 16])));
    assert_eq!(checked.scope_of(ResourceId([0; 16])), None);
    assert!(checked.realm(2).is_some() && checked.realm(3).is_none());
    assert!(checked.credential(practice.staff.hash()).is_some());
    // Seen again, and without a pinned fingerprint, as servers check.
    practice.check_seen(&directory, checked.seen()).unwrap();
    let by_id = Expected { fingerprint: None, ..practice.expected() };
    check(&directory, &by_id, NOW).unwrap();
}

#[test]
fn two_admins_of_three() {
    let admins = || [10, 11, 12].map(TestKey::new).into();
    let mut practice = Practice::with_admins(1, admins(), 2);
    practice.admins.pop();
    let directory = practice.directory();
    practice.check(&directory).unwrap();
    practice.admins.pop();
    let alone = practice.by_admins(namespace::CATALOG, &practice.catalog);
    assert_eq!(
        practice.check(&Directory { catalog: alone, ..directory.clone() }).unwrap_err(),
        E::CatalogUnsigned
    );
    let mut manifest = practice.manifest.clone();
    manifest.deployment = sha256(&[&directory.deployment.body]);
    let alone = practice.by_admins(namespace::MANIFEST, &manifest);
    assert_eq!(practice.check(&Directory { manifest: alone, ..directory }).unwrap_err(), E::ManifestUnsigned);
}

#[test]
fn another_genesis() {
    let (practice, other) = (Practice::new(1), Practice::new(2));
    // The whole directory of another practice, each part well signed.
    assert_eq!(practice.check(&other.directory()).unwrap_err(), E::GenesisMismatch);
    // The practice id is right, but the fingerprint is longer: its last 4 bytes count too.
    let mut expected = practice.expected();
    expected.fingerprint = expected.fingerprint.map(|Fingerprint(mut bytes)| {
        bytes[19] ^= 1;
        Fingerprint(bytes)
    });
    assert_eq!(check(&practice.directory(), &expected, NOW).unwrap_err(), E::GenesisMismatch);
}

#[test]
fn parts_of_another_practice() {
    // The same people run both, with the same keys: only the practice in the bodies tells them apart.
    let (practice, other) = (Practice::new(1), Practice::new(2));
    let (ours, theirs) = (practice.directory(), other.directory());
    for (name, mixed) in [
        ("deployment", Directory { deployment: theirs.deployment.clone(), ..ours.clone() }),
        ("manifest", Directory { manifest: theirs.manifest.clone(), ..ours.clone() }),
        ("catalog", Directory { catalog: theirs.catalog.clone(), ..ours.clone() }),
        ("timestamp", Directory { freshness: theirs.freshness.clone(), ..ours.clone() }),
    ] {
        assert_eq!(practice.check(&mixed).unwrap_err(), E::WrongPractice, "{name}");
    }
    // And a stranger's practice, with other keys.
    let stranger = Practice::with_admins(3, vec![TestKey::new(99)], 1);
    let mixed = Directory { manifest: stranger.directory().manifest, ..ours };
    assert_eq!(practice.check(&mixed).unwrap_err(), E::WrongPractice);
}

#[test]
fn a_deployment_that_the_root_did_not_sign() {
    let practice = Practice::new(1);
    let mut directory = practice.directory();
    // The server adds itself as a realm, signed by a key of its own, or by an admin.
    for key in [TestKey::new(66), TestKey::new(10)] {
        let mut deployment = practice.deployment.clone();
        deployment.realms[0].kem_key = kem(66);
        directory.deployment = key.sign(namespace::DEPLOYMENT, &deployment);
        assert_eq!(practice.check(&directory).unwrap_err(), E::DeploymentUnsigned);
    }
}

#[test]
fn a_server_adds_a_staff_key() {
    let mut practice = Practice::new(1);
    let mut directory = practice.directory();
    practice.manifest.credentials.push(Credential {
        staff: StaffId([66; 16]),
        credential: Digest([66; 32]),
        signing_key: Bytes(TestKey::new(66).public),
        kem_key: kem(66),
        rights: 31,
        scopes: vec![ScopeId([4; 16])],
    });
    practice.manifest.deployment = sha256(&[&directory.deployment.body]);
    // Into the signed bytes.
    let genuine = directory.manifest.clone();
    directory.manifest.body = Bytes(cbor::to_vec(&practice.manifest));
    assert_eq!(practice.check(&directory).unwrap_err(), E::ManifestUnsigned);
    // Signed by the new key itself, or by a staff member who is no admin.
    for key in [TestKey::new(66), TestKey::new(20)] {
        directory.manifest = key.sign(namespace::MANIFEST, &practice.manifest);
        assert_eq!(practice.check(&directory).unwrap_err(), E::ManifestUnsigned);
    }
    // Signed by the admin, but as a catalog.
    directory.manifest = practice.by_admins(namespace::CATALOG, &practice.manifest);
    assert_eq!(practice.check(&directory).unwrap_err(), E::ManifestUnsigned);
    directory.manifest = genuine;
    practice.check(&directory).unwrap();
}

#[test]
fn older_manifests_and_forks() {
    let mut practice = Practice::new(1);
    let first = practice.directory();
    let first_seen = practice.check(&first).unwrap().seen();
    practice.manifest.number = 2;
    practice.manifest.previous = first_seen.manifest_hash;
    let second = practice.directory();
    let second_seen = practice.check_seen(&second, first_seen).unwrap().seen();
    assert_eq!(second_seen.manifest, 2);

    assert_eq!(practice.check_seen(&first, second_seen).unwrap_err(), E::ManifestOlder);
    // Another manifest with the number seen.
    practice.manifest.issued = NOW.plus(1);
    let fork = practice.directory();
    assert_eq!(practice.check_seen(&fork, second_seen).unwrap_err(), E::ManifestFork);
    // The next one, but on another branch than the one seen.
    practice.manifest.number = 3;
    practice.manifest.previous = Digest([1; 32]);
    assert_eq!(practice.check_seen(&practice.directory(), second_seen).unwrap_err(), E::ManifestFork);
    practice.manifest.previous = second_seen.manifest_hash;
    practice.check_seen(&practice.directory(), second_seen).unwrap();
    // Later ones cannot be tied to the one seen without those between, and are taken.
    practice.manifest.number = 9;
    practice.check_seen(&practice.directory(), second_seen).unwrap();
    // At the end of the numbers nothing overflows.
    let last = Seen { manifest: u32::MAX, ..second_seen };
    assert_eq!(practice.check_seen(&practice.directory(), last).unwrap_err(), E::ManifestOlder);
}

#[test]
fn a_manifest_of_another_deployment_or_root() {
    let mut practice = Practice::new(1);
    let genuine = practice.directory();
    // Both signed by the root: the server serves the older deployment with the newer manifest.
    practice.deployment.number = 2;
    let newer = practice.directory();
    let mixed = Directory { deployment: genuine.deployment, ..newer };
    assert_eq!(practice.check(&mixed).unwrap_err(), E::ManifestMismatch);
    practice.manifest.root_number = 1;
    assert_eq!(practice.check(&practice.directory()).unwrap_err(), E::ManifestMismatch);
}

#[test]
fn catalogs() {
    let mut practice = Practice::new(1);
    let first = practice.directory();
    practice.catalog.number = 2;
    let second = practice.directory();
    let seen = practice.check(&second).unwrap().seen();
    assert_eq!(practice.check_seen(&first, seen).unwrap_err(), E::CatalogOlder);
    let mut altered = second.clone();
    altered.catalog = TestKey::new(20).sign(namespace::CATALOG, &practice.catalog);
    assert_eq!(practice.check(&altered).unwrap_err(), E::CatalogUnsigned);
    practice.catalog.services[0].minutes = 7;
    assert_eq!(practice.check(&practice.directory()).unwrap_err(), E::CatalogInvalid(CatalogError::Grid));
}

#[test]
fn timestamps() {
    let mut practice = Practice::new(1);
    let old = practice.directory();
    // Not staff of this manifest, no signer at all, or two.
    let mut directory = old.clone();
    directory.freshness.signatures.clear();
    assert_eq!(practice.check(&directory).unwrap_err(), E::FreshnessUnsigned);
    practice.staff = TestKey::new(66);
    directory.freshness = practice.freshness(&old.manifest, &old.catalog);
    assert_eq!(practice.check(&directory).unwrap_err(), E::FreshnessUnsigned);
    practice.staff = TestKey::new(20);
    directory.freshness = old.freshness.clone();
    directory.freshness.signatures[0].signature.0[100] ^= 1;
    assert_eq!(practice.check(&directory).unwrap_err(), E::FreshnessUnsigned);
    // A new catalog or manifest under an old timestamp, and an old catalog under a new one.
    practice.catalog.number = 2;
    let new = practice.directory();
    practice.check(&new).unwrap();
    let mixed = Directory { freshness: old.freshness.clone(), ..new.clone() };
    assert_eq!(practice.check(&mixed).unwrap_err(), E::FreshnessMismatch);
    let mixed = Directory { catalog: old.catalog, ..new };
    assert_eq!(practice.check(&mixed).unwrap_err(), E::FreshnessMismatch);
    practice.catalog.number = 1;
    practice.manifest.number = 2;
    practice.manifest.previous = Digest([1; 32]);
    let mixed = Directory { freshness: old.freshness, ..practice.directory() };
    assert_eq!(practice.check(&mixed).unwrap_err(), E::FreshnessMismatch);
}

#[test]
fn ages_warn_and_stop_but_do_not_lock_out() {
    let mut practice = Practice::new(1);
    let mut at = |seconds_ago: i64| {
        practice.at = UnixSeconds(NOW.0.checked_add_signed(-seconds_ago).unwrap());
        practice.check(&practice.directory()).unwrap().freshness()
    };
    let days = |days: i64| days * i64::try_from(DAY).unwrap();
    assert_eq!(at(0), Freshness::Fresh);
    assert_eq!(at(days(7)), Freshness::Fresh);
    assert_eq!(at(days(7) + 1), Freshness::Warn);
    assert_eq!(at(days(30)), Freshness::Warn);
    assert_eq!(at(days(30) + 1), Freshness::Stop);
    // A clock that is a little behind is no reason to stop; one that is far behind could hide an old timestamp.
    assert_eq!(at(-days(1)), Freshness::Fresh);
    assert_eq!(at(-days(1) - 1), Freshness::Stop);
}
