//! A registration from dealing to unlocking: descriptor, shares, derived keys, confirmation.
use super::own_vectors;
use crate::{
    rng::Replay,
    vector::{Hex, count, tests},
};
use serde::{Deserialize, Serialize};
use vestibule_core::{
    ids::{Digest, PatientId, PracticeId},
    suite::{PinParameters, Suite},
    time::UnixSeconds,
    wire::{
        directory::{Deployment, Realm},
        realm::{Authorization, Evaluated, Mode},
    },
};
use vestibule_edge_crypto::{
    keys::PatientRoot,
    registration::{Plan, Unlocking, check as check_descriptor},
};
use vestibule_oprf::{Key, blind, evaluate, verify_and_combine};
use vestibule_suite::{CryptoRng, Secret32};

/// What the case starts from.
#[derive(Serialize, Deserialize, Clone)]
pub(crate) struct Inputs {
    pub(crate) name: String,
    pub(crate) practice: Hex,
    pub(crate) patient: Hex,
    pub(crate) threshold: u8,
    /// KEM keys of the realms, by index from 1; any bytes, only their hashes count here.
    pub(crate) realms: Vec<Hex>,
    pub(crate) root: Hex,
    /// x.
    pub(crate) hashed: Hex,
    /// Which realms are asked, at least `threshold`, and in this order.
    pub(crate) asked: Vec<u8>,
    pub(crate) handles: Vec<Hex>,
}

/// What one realm gets, and what it is shown.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) index: u8,
    /// `k_i`.
    pub(crate) oprf_share: Hex,
    /// `u_i`.
    pub(crate) unlock_key: Hex,
    /// `B xor m_i`.
    pub(crate) masked_share: Hex,
    /// Confirmation for a new device (mode 1).
    pub(crate) confirm_new: Hex,
    /// Confirmation for a known device (mode 2).
    pub(crate) confirm_known: Hex,
}

/// One realm's evaluation.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) index: u8,
    pub(crate) element: Hex,
    pub(crate) proof: Hex,
}

/// One registration.
#[derive(Serialize, Deserialize)]
pub(crate) struct Case {
    #[serde(flatten)]
    pub(crate) inputs: Inputs,
    /// Drawn in this order, 64 bytes for each scalar: k, the coefficients of its polynomial from x up; then 16 bytes of
    /// registration id; the blind; one scalar for each proof.
    pub(crate) randomness: Hex,
    pub(crate) descriptor: Hex,
    pub(crate) key_hash: Hex,
    /// C.
    pub(crate) share_c: Hex,
    /// A, as rebuilt at unlock.
    pub(crate) share_a: Hex,
    pub(crate) blinded: Hex,
    pub(crate) answers: Vec<Answer>,
    /// y.
    pub(crate) output: Hex,
    pub(crate) parts: Vec<Part>,
}

fn deployment(inputs: &Inputs) -> Deployment {
    let realm = |(index, kem_key): (u8, &Hex)| Realm {
        index,
        origin: String::new(),
        kem_key: kem_key.0.clone().into(),
        locator_share: Digest([0; 32]),
        signing: None,
    };
    Deployment {
        suite: Suite::V1,
        practice: PracticeId(inputs.practice.array()),
        number: 0,
        root_number: 0,
        threshold: inputs.threshold,
        realms: (1..).zip(&inputs.realms).map(realm).collect(),
        locator: Digest([0; 32]),
        pin_floor: PinParameters::Argon2id64MiB10,
        issued: UnixSeconds(0),
    }
}

impl Case {
    /// Runs the whole case; `randomness` is left for the caller.
    pub(crate) fn run(inputs: Inputs, rng: &mut impl CryptoRng) -> Self {
        let (deployment, patient) = (deployment(&inputs), PatientId(inputs.patient.array()));
        let root = PatientRoot::from_secret(Secret32::from_bytes(inputs.root.array()));
        let plan = Plan::new(rng, &deployment, patient).unwrap();
        let hashed = Secret32::from_bytes(inputs.hashed.array());
        let registration = plan.register(&root, &hashed).unwrap();
        let bytes = registration.descriptor_bytes();
        let descriptor = check_descriptor(bytes, &deployment, patient).unwrap();
        let put = |index| registration.put(index, Authorization::Ticket(Digest([0; 32]))).unwrap();

        let (blinded, state) = blind(rng, hashed.expose()).unwrap();
        let mut answers = Vec::new();
        for index in &inputs.asked {
            let key = Key::from_bytes(&put(*index).oprf_share.0).unwrap();
            let (element, proof) = evaluate(rng, &key, &blinded).unwrap();
            let answer = Evaluated { element, proof: proof.to_vec().into(), handle: Digest([0; 32]) };
            answers.push((*index, descriptor.shares[usize::from(*index) - 1], answer));
        }
        let y = verify_and_combine(&state, descriptor.threshold, &answers, &descriptor.public).unwrap();

        let unlocking = Unlocking::new(&y, bytes);
        let handles: Vec<Digest> = inputs.handles.iter().map(|h| Digest(h.array())).collect();
        let parts: Vec<Part> = (1u8..)
            .zip(&descriptor.realms)
            .map(|(index, _)| Part {
                index,
                oprf_share: put(index).oprf_share.into(),
                unlock_key: put(index).unlock_key.into(),
                masked_share: put(index).masked_share.into(),
                confirm_new: unlocking.confirm_mac(index, &handles, Mode::NewDevice).into(),
                confirm_known: unlocking.confirm_mac(index, &handles, Mode::KnownDevice).into(),
            })
            .collect();
        let released: Vec<_> = parts.iter().map(|p| (p.index, Digest(p.masked_share.array()))).collect();
        let key_hash = put(1).key_hash;
        let opened = unlocking.root_with_b(&released).unwrap().verify(key_hash).unwrap();
        assert_eq!(opened.keys.root(), &root);
        let known = unlocking.root_with_c(registration.share_c()).verify(key_hash).unwrap();
        assert_eq!(known.keys.root(), &root);
        Self {
            randomness: Hex(Vec::new()),
            descriptor: bytes.into(),
            key_hash: key_hash.into(),
            share_c: opened.share_c.secret().expose().into(),
            share_a: opened.share_a.secret().expose().into(),
            blinded: blinded.into(),
            answers: answers
                .into_iter()
                .map(|(index, _, a)| Answer { index, element: a.element.into(), proof: a.proof.0.into() })
                .collect(),
            output: y.expose().into(),
            parts,
            inputs,
        }
    }
}

pub(crate) fn check() -> u32 {
    let cases: Vec<Case> = tests(own_vectors!("registration"));
    for case in &cases {
        let mut rng = Replay::new(&case.randomness);
        let now = Case::run(case.inputs.clone(), &mut rng);
        rng.finish();
        let name = &case.inputs.name;
        assert_eq!(now.descriptor, case.descriptor, "{name}");
        assert_eq!((now.key_hash, now.output), (case.key_hash.clone(), case.output.clone()), "{name}");
        assert_eq!((now.share_a, now.share_c), (case.share_a.clone(), case.share_c.clone()), "{name}");
        assert_eq!((now.blinded, &now.answers), (case.blinded.clone(), &case.answers), "{name}");
        assert_eq!(now.parts, case.parts, "{name}");
    }
    count(&cases)
}
