//! Well signed nonsense, and bytes that are no directory.
use super::{
    DirectoryError as E, parse,
    sample::{Practice, kem},
};
use crate::testing::TestKey;
use alloc::{vec, vec::Vec};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{Digest, ResourceId, ScopeId},
    suite::namespace,
    wire::directory::{Deployment, Manifest},
};

fn deployment_is_malformed(why: &str, change: impl Fn(&mut Deployment)) {
    let mut practice = Practice::new(1);
    change(&mut practice.deployment);
    assert_eq!(practice.check(&practice.directory()).unwrap_err(), E::Malformed, "{why}");
}

fn manifest_is_malformed(why: &str, change: impl Fn(&mut Manifest)) {
    let mut practice = Practice::new(1);
    change(&mut practice.manifest);
    assert_eq!(practice.check(&practice.directory()).unwrap_err(), E::Malformed, "{why}");
}

#[test]
fn deployments() {
    deployment_is_malformed("no realm", |d| d.realms.clear());
    deployment_is_malformed("threshold 0", |d| d.threshold = 0);
    deployment_is_malformed("threshold above n", |d| d.threshold = 3);
    deployment_is_malformed("index 0", |d| d.realms[0].index = 0);
    deployment_is_malformed("a gap", |d| d.realms[1].index = 3);
    deployment_is_malformed("one index twice", |d| d.realms[1].index = 1);
    deployment_is_malformed("no origin", |d| d.realms[0].origin.clear());
    deployment_is_malformed("no key", |d| d.realms[0].kem_key = Bytes(Vec::new()));
    deployment_is_malformed("one realm twice", |d| d.realms[1].kem_key = d.realms[0].kem_key.clone());
}

#[test]
fn manifests() {
    manifest_is_malformed("number 0", |m| m.number = 0);
    manifest_is_malformed("a first one with a predecessor", |m| m.previous = Digest([1; 32]));
    manifest_is_malformed("a later one without", |m| m.number = 2);
    manifest_is_malformed("epoch 0", |m| m.scopes[0].epoch = 0);
    manifest_is_malformed("a scope's key", |m| m.scopes[0].kem_key.0.truncate(100));
    manifest_is_malformed("a credential's key", |m| m.credentials[0].kem_key.0.truncate(100));
    manifest_is_malformed("a scope twice", |m| {
        let mut again = m.scopes[0].clone();
        again.kem_key = kem(77);
        again.resources.clear();
        m.scopes.push(again);
    });
    manifest_is_malformed("two scopes with one key", |m| {
        let mut again = m.scopes[0].clone();
        again.id = ScopeId([77; 16]);
        again.resources.clear();
        m.scopes.push(again);
    });
    manifest_is_malformed("a resource in two scopes", |m| {
        let mut again = m.scopes[0].clone();
        again.id = ScopeId([77; 16]);
        again.kem_key = kem(77);
        m.scopes.push(again);
    });
    manifest_is_malformed("a resource twice", |m| m.scopes[0].resources = [ResourceId([1; 16]); 2].into());
    manifest_is_malformed("an unknown scope", |m| m.credentials[0].scopes.push(ScopeId([77; 16])));
    manifest_is_malformed("one credential twice", |m| m.credentials.push(m.credentials[0].clone()));
    manifest_is_malformed("one signing key for two credentials", |m| {
        let mut again = m.credentials[0].clone();
        again.credential = Digest([77; 32]);
        again.kem_key = kem(77);
        m.credentials.push(again);
    });
}

#[test]
fn roots() {
    let mut practice = Practice::new(1);
    practice.roots.clear();
    let mut none = Practice::new(1).directory();
    none.roots.clear();
    assert_eq!(Practice::new(1).check(&none).unwrap_err(), E::Malformed);
    for (why, change) in [
        (
            "threshold 0",
            (|r| r.admin_threshold = 0) as fn(&mut vestibule_core::wire::directory::RootStatement),
        ),
        ("threshold above n", |r| r.admin_threshold = 2),
        ("no recovery key", |r| r.recovery_key = Bytes(Vec::new())),
        ("an admin key that is none", |r| r.admin_keys[0].0.truncate(7)),
    ] {
        let mut practice = Practice::new(1);
        change(&mut practice.root_statement);
        practice.roots[0] = practice.root.sign(namespace::ROOT, &practice.root_statement);
        assert_eq!(practice.check(&practice.directory()).unwrap_err(), E::Malformed, "{why}");
    }
}

#[test]
fn bytes_of_other_suites_are_told_apart() {
    let practice = Practice::new(1);
    let directory = practice.directory();
    let bytes = cbor::to_vec(&directory);
    assert_eq!(parse(&bytes).as_ref(), Ok(&directory));
    // Each part in turn: `84 01` begins a Signed.
    let parts: Vec<usize> = [
        &directory.roots[0],
        &directory.deployment,
        &directory.manifest,
        &directory.catalog,
        &directory.freshness,
    ]
    .map(cbor::to_vec)
    .iter()
    .map(|part| bytes.windows(part.len()).position(|window| window == part).unwrap())
    .collect();
    for at in parts {
        let mut other = bytes.clone();
        assert_eq!(other[at..at + 2], [0x84, 0x01]);
        other[at + 1] = 0x02;
        assert_eq!(parse(&other), Err(E::UnknownSuite));
    }
    // A signed body of another suite.
    let mut body = cbor::to_vec(&practice.catalog);
    body[1] = 0x02;
    let mut later = directory;
    later.catalog.body = Bytes(body.clone());
    later.catalog.signatures = Vec::from([TestKey::new(10).signature(namespace::CATALOG, &body)]);
    assert_eq!(practice.check(&later).unwrap_err(), E::UnknownSuite);
}

#[test]
fn bytes_that_are_no_directory() {
    let bytes = cbor::to_vec(&Practice::new(1).directory());
    for len in (0..bytes.len()).step_by(101) {
        assert_eq!(parse(&bytes[..len]), Err(E::Malformed), "{len}");
    }
    assert_eq!(parse(&[&bytes[..], &[0]].concat()), Err(E::Malformed));
    // Claims of a length that is not there, and deep nesting.
    assert_eq!(parse(&[0x85, 0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), Err(E::Malformed));
    assert_eq!(parse(&vec![0x85; 100_000]), Err(E::Malformed));
    assert_eq!(parse(&vec![0x9f; 100_000]), Err(E::Malformed));
    assert_eq!(parse(&vec![0; 300 * 1024]), Err(E::Malformed));
}
