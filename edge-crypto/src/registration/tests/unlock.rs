//! Right and wrong PINs, any t realms, new and known devices, a changed PIN.
use super::{SHAPES, ask, registered, released, unlocking};
use crate::{
    keys::PatientRoot,
    registration::{SharesDisagree, Unlocking},
    testing::rng,
};
use hmac::{Hmac, KeyInit, Mac};
use vestibule_core::{cbor, ids::Digest, wire::realm::Mode};

/// What a realm computes with the key that it was given.
fn realm_mac(unlock_key: &Digest, index: u8, handles: &[Digest], mode: u8) -> Digest {
    let message = cbor::to_vec(&(1u8, "confirm", index, handles, mode));
    let mac = Hmac::<sha2::Sha256>::new_from_slice(&unlock_key.0).unwrap();
    Digest(mac.chain_update(&message).finalize().into_bytes().into())
}

#[test]
fn the_right_pin_opens_with_any_t_realms() {
    let rng = &mut rng(21);
    for shape @ (threshold, count) in SHAPES {
        let root = PatientRoot::generate(rng);
        let key_hash = root.signing_key().key_hash();
        let (registration, puts) = registered(rng, shape, &root, "493817");
        let all: Vec<_> = (1..).zip(&puts).collect();
        for first in 0..count {
            let chosen: Vec<_> =
                all.iter().cycle().skip(first.into()).take(threshold.into()).copied().collect();
            let y = ask(rng, registration.descriptor(), &chosen, "493817").unwrap();
            let unlocking = Unlocking::new(&y, registration.descriptor_bytes());
            let handles = [Digest([5; 32]), Digest([6; 32])];
            for (index, put) in &all {
                assert_eq!(put.key_hash, key_hash);
                for (mode, number) in [(Mode::NewDevice, 1), (Mode::KnownDevice, 2)] {
                    let mac = unlocking.confirm_mac(*index, &handles, mode);
                    assert_eq!(mac, realm_mac(&put.unlock_key, *index, &handles, number));
                }
            }
            let opened = unlocking.root_with_b(&released(&puts)).unwrap().verify(key_hash).unwrap();
            assert_eq!(opened.keys.root(), &root);
            assert_eq!(&opened.share_c, registration.share_c());
            let opened = unlocking.root_with_c(registration.share_c()).verify(key_hash).unwrap();
            assert_eq!(opened.keys.root(), &root);
            assert_eq!(&opened.share_c, registration.share_c());
        }
    }
}

#[test]
fn fewer_than_t_realms_open_nothing() {
    let rng = &mut rng(22);
    let root = PatientRoot::generate(rng);
    for shape in [(2, 2), (2, 3)] {
        let (registration, puts) = registered(rng, shape, &root, "493817");
        let one = [(1, &puts[0])];
        assert_eq!(
            ask(rng, registration.descriptor(), &one, "493817").unwrap_err(),
            vestibule_oprf::CombineError::TooFew
        );
    }
}

#[test]
fn a_wrong_pin_proves_nothing_and_opens_nothing() {
    let rng = &mut rng(23);
    for shape in SHAPES {
        let root = PatientRoot::generate(rng);
        let key_hash = root.signing_key().key_hash();
        let (registration, puts) = registered(rng, shape, &root, "493817");
        let wrong = unlocking(rng, &registration, &puts, "493818");
        for (index, put) in (1..).zip(&puts) {
            let mac = wrong.confirm_mac(index, &[Digest([5; 32])], Mode::NewDevice);
            assert_ne!(mac, realm_mac(&put.unlock_key, index, &[Digest([5; 32])], 1));
        }
        let with_c = wrong.root_with_c(registration.share_c());
        assert!(with_c.verify(key_hash).is_none());
        // Whoever releases B to a wrong PIN gives away nothing that opens; with several realms the masks already differ.
        match wrong.root_with_b(&released(&puts)) {
            Ok(candidate) => assert!(candidate.verify(key_hash).is_none()),
            Err(SharesDisagree) => assert!(puts.len() > 1),
        }
    }
}

#[test]
fn the_proof_names_realm_handles_and_mode() {
    let rng = &mut rng(24);
    let root = PatientRoot::generate(rng);
    let (registration, puts) = registered(rng, (2, 2), &root, "493817");
    let right = unlocking(rng, &registration, &puts, "493817");
    let (one, two) = (Digest([1; 32]), Digest([2; 32]));
    let macs = [
        right.confirm_mac(1, &[one], Mode::NewDevice),
        right.confirm_mac(2, &[one], Mode::NewDevice),
        right.confirm_mac(1, &[two], Mode::NewDevice),
        right.confirm_mac(1, &[one, two], Mode::NewDevice),
        right.confirm_mac(1, &[two, one], Mode::NewDevice),
        right.confirm_mac(1, &[], Mode::NewDevice),
        right.confirm_mac(1, &[one], Mode::KnownDevice),
    ];
    for (i, mac) in macs.iter().enumerate() {
        assert!(!macs[..i].contains(mac), "{i}");
    }
}

#[test]
fn realms_that_release_different_shares_are_noticed() {
    let rng = &mut rng(25);
    let root = PatientRoot::generate(rng);
    let key_hash = root.signing_key().key_hash();
    let (registration, puts) = registered(rng, (2, 3), &root, "493817");
    let right = unlocking(rng, &registration, &puts, "493817");
    for liar in 0..3 {
        let mut all = released(&puts);
        all[liar].1.0[7] ^= 0x20;
        assert_eq!(right.root_with_b(&all).unwrap_err(), SharesDisagree);
        // Another realm's value is masked for that realm.
        let mut all = released(&puts);
        all[liar].1 = all[(liar + 1) % 3].1;
        assert_eq!(right.root_with_b(&all).unwrap_err(), SharesDisagree);
        // Without the liar it opens.
        let mut all = released(&puts);
        all.remove(liar);
        assert!(right.root_with_b(&all).unwrap().verify(key_hash).is_some());
    }
    // One alone cannot disagree, but its lie does not open.
    let lie = [(1, puts[1].masked_share)];
    assert!(right.root_with_b(&lie).unwrap().verify(key_hash).is_none());
    assert_eq!(right.root_with_b(&[]).unwrap_err(), SharesDisagree);
}

#[test]
fn a_changed_pin_keeps_the_root_and_ends_the_old_share() {
    let rng = &mut rng(26);
    let root = PatientRoot::generate(rng);
    let key_hash = root.signing_key().key_hash();
    let (old, _) = registered(rng, (1, 1), &root, "493817");
    let (new, puts) = registered(rng, (1, 1), &root, "830194");
    assert_ne!(old.descriptor().registration, new.descriptor().registration);
    assert_ne!(old.descriptor().public, new.descriptor().public);
    assert_ne!(old.share_c(), new.share_c());
    let right = unlocking(rng, &new, &puts, "830194");
    assert_eq!(right.root_with_b(&released(&puts)).unwrap().verify(key_hash).unwrap().keys.root(), &root);
    // A device that kept C of the old registration has to ask for B.
    assert!(right.root_with_c(old.share_c()).verify(key_hash).is_none());
    let stale = unlocking(rng, &new, &puts, "493817");
    assert!(stale.root_with_b(&released(&puts)).unwrap().verify(key_hash).is_none());
}

#[test]
fn another_descriptor_gives_other_shares() {
    let rng = &mut rng(27);
    let root = PatientRoot::generate(rng);
    let key_hash = root.signing_key().key_hash();
    let (registration, puts) = registered(rng, (1, 1), &root, "493817");
    let y = ask(rng, registration.descriptor(), &[(1, &puts[0])], "493817").unwrap();
    let mut bytes = registration.descriptor_bytes().to_vec();
    bytes[20] ^= 1;
    let moved = Unlocking::new(&y, &bytes);
    assert!(moved.root_with_b(&released(&puts)).unwrap().verify(key_hash).is_none());
    let mac = moved.confirm_mac(1, &[], Mode::NewDevice);
    assert_ne!(mac, realm_mac(&puts[0].unlock_key, 1, &[], 1));
}

#[test]
fn secrets_do_not_show_in_debug() {
    let rng = &mut rng(28);
    let root = PatientRoot::generate(rng);
    let (registration, puts) = registered(rng, (1, 1), &root, "493817");
    let shown = format!("{registration:?} {:?}", unlocking(rng, &registration, &puts, "493817"));
    for secret in [puts[0].oprf_share, puts[0].unlock_key, Digest(*root.secret().expose())] {
        assert!(!shown.contains(&secret.to_string()));
        assert!(!shown.contains(&format!("{:?}", secret.0)));
    }
}
