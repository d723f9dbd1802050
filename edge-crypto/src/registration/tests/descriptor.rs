//! Each thing that can be wrong with a descriptor has its own error.
use super::{PATIENT, SHAPES, deployment, registered};
use crate::{
    keys::PatientRoot,
    pin::PinError,
    registration::{DescriptorError, Plan, check},
    testing::rng,
};
use vestibule_core::{
    cbor,
    ids::{Digest, KeyHash, PatientId, PracticeId},
    wire::realm::{Authorization, Descriptor},
};
use vestibule_oprf::Key;

#[test]
fn what_was_dealt_is_accepted() {
    let rng = &mut rng(31);
    for shape @ (threshold, count) in SHAPES {
        let root = PatientRoot::generate(rng);
        let (registration, _) = registered(rng, shape, &root, "493817");
        let checked = check(registration.descriptor_bytes(), &deployment(threshold, count), PATIENT).unwrap();
        assert_eq!(&checked, registration.descriptor());
    }
}

type Lie = Box<dyn Fn(&mut Descriptor)>;

#[test]
fn each_lie_is_named() {
    let rng = &mut rng(32);
    let root = PatientRoot::generate(rng);
    let (registration, _) = registered(rng, (2, 3), &root, "493817");
    let signed = deployment(2, 3);
    let other = Key::generate(rng).public();
    let lies: Vec<(DescriptorError, Lie)> = vec![
        (DescriptorError::Patient, Box::new(|d| d.practice = PracticeId([7; 16]))),
        (DescriptorError::Patient, Box::new(|d| d.patient = PatientId([7; 16]))),
        (DescriptorError::Realms, Box::new(|d| d.threshold = 1)),
        (DescriptorError::Realms, Box::new(|d| d.threshold = 3)),
        (DescriptorError::Realms, Box::new(|d| d.realms[1] = KeyHash([7; 32]))),
        (DescriptorError::Realms, Box::new(|d| d.realms.swap(0, 1))),
        (DescriptorError::Realms, Box::new(|d| d.realms.truncate(2))),
        (DescriptorError::Shares, Box::new(|d| d.shares.truncate(2))),
        (DescriptorError::Shares, Box::new(|d| d.shares.swap(0, 1))),
        (DescriptorError::Shares, Box::new(move |d| d.shares[2] = other)),
        (DescriptorError::Shares, Box::new(move |d| d.public = other)),
        (DescriptorError::Shares, Box::new(|d| d.public = Digest([0; 32]))),
    ];
    for (i, (error, lie)) in lies.into_iter().enumerate() {
        let mut descriptor = registration.descriptor().clone();
        lie(&mut descriptor);
        assert_eq!(check(&cbor::to_vec(&descriptor), &signed, PATIENT), Err(error), "lie {i}");
    }
    assert_eq!(
        check(registration.descriptor_bytes(), &deployment(2, 2), PATIENT),
        Err(DescriptorError::Realms)
    );
}

#[test]
fn only_the_deterministic_encoding_of_a_known_suite() {
    let rng = &mut rng(33);
    let root = PatientRoot::generate(rng);
    let (registration, _) = registered(rng, (1, 1), &root, "493817");
    let bytes = registration.descriptor_bytes();
    let signed = deployment(1, 1);
    let malformed = |bytes: &[u8]| check(bytes, &signed, PATIENT) == Err(DescriptorError::Malformed);
    for cut in 0..bytes.len() {
        assert!(malformed(&bytes[..cut]), "{cut}");
    }
    let mut longer = bytes.to_vec();
    longer.push(0);
    assert!(malformed(&longer));
    // The suite is the first item, after the array's head: 2 is unknown, and 1 has a longer encoding.
    let mut suite = bytes.to_vec();
    assert_eq!(suite[..2], [0x89, 0x01]);
    suite[1] = 2;
    assert!(malformed(&suite));
    let mut long = bytes.to_vec();
    long.splice(1..2, [0x18, 0x01]);
    assert!(malformed(&long));
}

#[test]
fn a_deployment_that_does_not_fit_is_refused() {
    let rng = &mut rng(34);
    for (threshold, count) in [(0, 1), (2, 1), (1, 0)] {
        assert!(Plan::new(rng, &deployment(threshold, count), PATIENT).is_err());
    }
    let mut unordered = deployment(2, 3);
    unordered.realms.swap(0, 2);
    assert!(Plan::new(rng, &unordered, PATIENT).is_err());
}

#[test]
fn weak_pins_are_not_hashed_and_absent_realms_get_nothing() {
    let rng = &mut rng(35);
    let plan = Plan::new(rng, &deployment(1, 1), PATIENT).unwrap();
    let hashed = plan.hash_pin("123456", &mut |_, _| unreachable!("hashing began"));
    assert_eq!(hashed.unwrap_err(), PinError::Weak);
    let root = PatientRoot::generate(rng);
    let (registration, _) = registered(rng, (2, 3), &root, "493817");
    for index in [0, 4] {
        assert!(registration.put(index, Authorization::Ticket(Digest([9; 32]))).is_none());
    }
}
