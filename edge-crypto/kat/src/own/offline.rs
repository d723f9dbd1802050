//! Share A sealed for use without a network, and appointments under a passcode.
use super::own_vectors;
use crate::{
    rng::Replay,
    vector::{Hex, count, tests},
};
use serde::{Deserialize, Serialize};
use vestibule_core::{
    cbor,
    ids::{PatientId, PracticeId, RegistrationId},
};
use vestibule_edge_crypto::{
    keys::PatientRoot,
    offline::{OfflineContext, open_appointments, open_share, seal_appointments, seal_share},
    registration::{Opened, Unlocking},
    shamir::{ShareA, ShareC},
};
use vestibule_oprf::{Key, evaluate_direct};
use vestibule_suite::{CryptoRng, Secret32, derive, sha256};

/// One device.
#[derive(Serialize, Deserialize, Clone)]
pub(crate) struct Inputs {
    pub(crate) practice: Hex,
    pub(crate) patient: Hex,
    pub(crate) registration: Hex,
    pub(crate) root: Hex,
    /// y and D: they give A.
    pub(crate) key: Hex,
    pub(crate) descriptor: Hex,
    pub(crate) prf_output: Hex,
    pub(crate) pin: String,
    pub(crate) passcode: String,
    pub(crate) appointments: Hex,
}

/// What the device stores.
#[derive(Serialize, Deserialize)]
pub(crate) struct Case {
    #[serde(flatten)]
    pub(crate) inputs: Inputs,
    /// The salt of the first sealing, of the passcode, and of the second sealing: 32 bytes each.
    pub(crate) randomness: Hex,
    pub(crate) share_a: Hex,
    pub(crate) share_c: Hex,
    /// CBOR of the `Sealed` share.
    pub(crate) share: Hex,
    /// CBOR of the `LocalAppointments`.
    pub(crate) local: Hex,
}

fn context(inputs: &Inputs) -> OfflineContext {
    OfflineContext {
        practice: PracticeId(inputs.practice.array()),
        patient: PatientId(inputs.patient.array()),
        registration: RegistrationId(inputs.registration.array()),
    }
}

fn opened(inputs: &Inputs) -> Opened {
    let y = evaluate_direct(&Key::from_bytes(&inputs.key.array()).unwrap(), b"x").unwrap();
    let a = derive(y.expose(), &(1u8, "share-a", 0u8, sha256(&[&inputs.descriptor])));
    let root = PatientRoot::from_secret(Secret32::from_bytes(inputs.root.array()));
    let c = ShareC::of(root.secret(), &ShareA::from_secret(a));
    let key_hash = root.signing_key().key_hash();
    Unlocking::new(&y, &inputs.descriptor).root_with_c(&c).verify(key_hash).unwrap()
}

impl Case {
    pub(crate) fn run(inputs: Inputs, rng: &mut impl CryptoRng) -> Self {
        let (context, opened) = (context(&inputs), opened(&inputs));
        let prf = Secret32::from_bytes(inputs.prf_output.array());
        let share = seal_share(rng, &prf, &inputs.pin, &context, &opened, &mut |_, _| ()).unwrap();
        let local =
            seal_appointments(rng, &inputs.passcode, &context, &inputs.appointments, &mut |_, _| ()).unwrap();
        Self {
            randomness: Hex(Vec::new()),
            share_a: opened.share_a.secret().expose().into(),
            share_c: opened.share_c.secret().expose().into(),
            share: cbor::to_vec(&share).into(),
            local: cbor::to_vec(&local).into(),
            inputs,
        }
    }
}

pub(crate) fn check() -> u32 {
    let cases: Vec<Case> = tests(own_vectors!("offline"));
    for case in &cases {
        let mut rng = Replay::new(&case.randomness);
        let now = Case::run(case.inputs.clone(), &mut rng);
        rng.finish();
        assert_eq!((now.share_a, now.share_c), (case.share_a.clone(), case.share_c.clone()));
        assert_eq!((now.share, now.local), (case.share.clone(), case.local.clone()));

        let (inputs, context) = (&case.inputs, context(&case.inputs));
        let prf = Secret32::from_bytes(inputs.prf_output.array());
        let c = ShareC::from_secret(Secret32::from_bytes(case.share_c.array()));
        let sealed = cbor::from_slice(&case.share).unwrap();
        let opened = open_share(&prf, &inputs.pin, &context, &sealed, &c, &mut |_, _| ()).unwrap();
        assert_eq!(Hex::from(opened.keys.root().secret().expose()), inputs.root);
        let local = cbor::from_slice(&case.local).unwrap();
        let plain = open_appointments(&inputs.passcode, &context, &local, &mut |_, _| ()).unwrap();
        assert_eq!(*plain, inputs.appointments.0);
    }
    count(&cases)
}
