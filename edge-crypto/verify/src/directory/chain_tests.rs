//! Lies about the chain of root statements.
use super::{DirectoryError as E, sample::Practice};
use crate::testing::{TestKey, sign_all};
use alloc::vec;
use vestibule_core::{bytes::Bytes, ids::Digest, suite::namespace, wire::directory::RootStatement};
use vestibule_suite::sha256;

#[test]
fn a_genesis_that_its_root_did_not_sign() {
    let mut practice = Practice::new(1);
    practice.roots[0] = TestKey::new(66).sign(namespace::ROOT, &practice.root_statement);
    assert_eq!(practice.check(&practice.directory()).unwrap_err(), E::RootChain);
    // Number 0 without predecessor, or it is no genesis.
    for change in [|r: &mut RootStatement| r.number = 1, |r: &mut RootStatement| r.previous = Digest([1; 32])]
    {
        let mut practice = Practice::new(1);
        change(&mut practice.root_statement);
        practice.roots[0] = practice.root.sign(namespace::ROOT, &practice.root_statement);
        let directory = practice.directory();
        assert_eq!(practice.check(&directory).unwrap_err(), E::RootChain);
    }
}

/// A practice whose root changes to key 50, signed by the given keys.
fn with_second_root(signers: &[&TestKey], change: impl Fn(&mut RootStatement)) -> Practice {
    let mut practice = Practice::new(1);
    let mut next = RootStatement {
        number: 1,
        previous: sha256(&[&practice.roots[0].body]),
        root_key: Bytes(TestKey::new(50).public),
        ..practice.root_statement.clone()
    };
    change(&mut next);
    practice.roots.push(sign_all(signers, namespace::ROOT, &next));
    practice.root = TestKey::new(50);
    practice.deployment.root_number = 1;
    practice.manifest.root_number = 1;
    practice
}

#[test]
fn roots_are_handed_on_by_the_one_before() {
    let [old, new, thief, recovery] = [1, 50, 66, 2].map(TestKey::new);
    let outcome = |practice: &Practice| practice.check(&practice.directory()).map(|d| d.root().number);
    assert_eq!(outcome(&with_second_root(&[&old, &new], |_| ())), Ok(1));
    for (name, signers) in [
        ("the new root alone", vec![&new]),
        ("the old root alone", vec![&old]),
        ("a thief and the new root", vec![&thief, &new]),
        ("the recovery key, without the seven days that a log would show", vec![&recovery]),
        ("the recovery key and the new root", vec![&recovery, &new]),
    ] {
        assert_eq!(outcome(&with_second_root(&signers, |_| ())), Err(E::RootChain), "{name}");
    }
    assert_eq!(outcome(&with_second_root(&[&old, &new], |r| r.number = 2)), Err(E::RootChain));
    assert_eq!(
        outcome(&with_second_root(&[&old, &new], |r| r.previous = Digest([1; 32]))),
        Err(E::RootChain)
    );
    // A server that hides the change serves statements of a root that is no longer the last.
    let mut hidden = with_second_root(&[&old, &new], |_| ());
    hidden.roots.pop();
    assert_eq!(outcome(&hidden), Err(E::DeploymentUnsigned));
}

#[test]
fn admins_change_with_the_root_and_the_key_may_stay() {
    let old = TestKey::new(1);
    let mut practice = with_second_root(&[&old], |next| {
        next.root_key = Bytes(TestKey::new(1).public);
        next.admin_keys = vec![Bytes(TestKey::new(11).public)];
    });
    practice.root = old;
    // The removed admin still signs.
    assert_eq!(practice.check(&practice.directory()).unwrap_err(), E::ManifestUnsigned);
    practice.admins = vec![TestKey::new(11)];
    practice.check(&practice.directory()).unwrap();
}
