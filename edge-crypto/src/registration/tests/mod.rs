//! A registration from dealing to unlocking, with one realm and with several, honest and not.
#![expect(clippy::unwrap_used, reason = "tests")]
mod descriptor;
mod search;
mod unlock;

use crate::{
    keys::PatientRoot,
    registration::{Plan, Registration, Unlocking},
    testing::TestRng,
};
use vestibule_core::{
    ids::{Digest, PatientId, PracticeId},
    suite::{PinParameters, Suite},
    time::UnixSeconds,
    wire::{
        directory::{Deployment, Realm},
        realm::{Authorization, Descriptor, Evaluated, Put},
    },
};
use vestibule_oprf::{CombineError, Key, Output, blind, evaluate, verify_and_combine};
use vestibule_suite::{Secret32, sha256};

/// Thresholds and numbers of realms that the protocol allows.
const SHAPES: [(u8, u8); 3] = [(1, 1), (2, 2), (2, 3)];

const PATIENT: PatientId = PatientId([2; 16]);

fn deployment(threshold: u8, count: u8) -> Deployment {
    let realm = |index| Realm {
        index,
        origin: format!("https://realm{index}.example.org"),
        kem_key: vec![index; 1216].into(),
        locator_share: Digest([index; 32]),
        signing: None,
    };
    Deployment {
        suite: Suite::V1,
        practice: PracticeId([1; 16]),
        number: 0,
        root_number: 0,
        threshold,
        realms: (1..=count).map(realm).collect(),
        locator: Digest([0; 32]),
        pin_floor: PinParameters::Argon2id64MiB10,
        issued: UnixSeconds(0),
    }
}

/// Stands for the hashed PIN where its price does not matter.
fn cheap(pin: &str) -> Secret32 {
    Secret32::from_bytes(sha256(&[pin.as_bytes()]).0)
}

/// A registration, and what its realms were given.
fn registered(
    rng: &mut TestRng,
    (threshold, count): (u8, u8),
    root: &PatientRoot,
    pin: &str,
) -> (Registration, Vec<Put>) {
    let plan = Plan::new(rng, &deployment(threshold, count), PATIENT).unwrap();
    let registration = plan.register(root, &cheap(pin)).unwrap();
    let ticket = || Authorization::Ticket(Digest([9; 32]));
    let puts = (1..=count).map(|index| registration.put(index, ticket()).unwrap()).collect();
    (registration, puts)
}

/// The client asks these realms about a PIN.
fn ask(
    rng: &mut TestRng,
    descriptor: &Descriptor,
    realms: &[(u8, &Put)],
    pin: &str,
) -> Result<Output, CombineError> {
    let (blinded, state) = blind(rng, cheap(pin).expose()).unwrap();
    let answers: Vec<_> = realms
        .iter()
        .map(|&(index, put)| {
            let key = Key::from_bytes(&put.oprf_share.0).unwrap();
            let (element, proof) = evaluate(rng, &key, &blinded).unwrap();
            let evaluated = Evaluated { element, proof: proof.to_vec().into(), handle: Digest([0; 32]) };
            (index, descriptor.shares[usize::from(index) - 1], evaluated)
        })
        .collect();
    verify_and_combine(&state, descriptor.threshold, &answers, &descriptor.public)
}

/// Asks the first `threshold` realms, and derives.
fn unlocking(rng: &mut TestRng, registration: &Registration, puts: &[Put], pin: &str) -> Unlocking {
    let descriptor = registration.descriptor();
    let realms: Vec<_> = (1..).zip(puts).take(descriptor.threshold.into()).collect();
    let y = ask(rng, descriptor, &realms, pin).unwrap();
    Unlocking::new(&y, registration.descriptor_bytes())
}

/// Masked shares as all realms release them.
fn released(puts: &[Put]) -> Vec<(u8, Digest)> {
    (1..).zip(puts).map(|(index, put)| (index, put.masked_share)).collect()
}
