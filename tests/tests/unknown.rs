//! Known and unknown patient ids answer alike: status, size, locking, and time (PROTOCOL section 4, "Unknown PatientID").
//!
//! Timing is judged by a rank test (Mann-Whitney U) over interleaved samples, against a control of known against known
//! patients in the same run, so that no absolute time counts. A difference of a tenth of the spread is seen in 1,000
//! samples (see `stats`).
//!
//! Bites: `stats` shows that a shift of a tenth of the range is seen in 1,000 samples; a server that makes the decoy for unknown
//! ids alone is noticed on an idle machine, and one that never locks them always (`cargo xtask mutants`).
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
use std::time::Instant;
use vestibule_channel::seal_request;
use vestibule_core::cbor;
use vestibule_core::{
    ids::{Digest, PatientId, RegistrationId},
    wire::realm::{
        Begin, Begun, Confirm, Descriptor, Evaluate, Mode, RealmOp, RealmReply, RealmRequest, Refusal,
    },
};
use vestibule_oprf as oprf;
use vestibule_tests::{
    client::run,
    http::{CBOR, Call},
    raw::{Registration, enrol},
    stats::{mann_whitney_z, median},
    world::{World, random, rng},
};

/// Beyond this many standard deviations two distributions differ. By chance once in 30,000 runs of one comparison.
const Z: f64 = 4.2;
/// Samples of each kind.
const SAMPLES: usize = 1_000;

/// One request, timed from the outside: status, bytes of the sealed answer, the opened answer, nanoseconds.
struct Sample {
    status: u16,
    bytes: usize,
    reply: RealmReply,
    nanos: u64,
}

fn ask(world: &World, op: RealmOp) -> Sample {
    let at = world.realm();
    let request = RealmRequest { practice: at.practice, op, deployment: None };
    let (body, pending) = seal_request(&mut rng(), &at.realm.kem_key, &request).unwrap();
    let call = Call::new("POST", "/v1/realm").with_body(CBOR, body);
    let from = Instant::now();
    let answer = world.http.call(&call).unwrap();
    let nanos = u64::try_from(from.elapsed().as_nanos()).unwrap();
    let reply = pending.open(&answer.body).unwrap();
    Sample { status: answer.status, bytes: answer.body.len(), reply, nanos }
}

fn blinded() -> Digest {
    let input: [u8; 32] = random();
    oprf::blind(&mut rng(), &input).unwrap().0
}

/// An id that nobody has, in the same shard as `known`.
fn unknown_like(known: PatientId) -> PatientId {
    let mut id: [u8; 16] = random();
    id[0] = (id[0] & 0xf0) | (known.0[0] & 0x0f);
    PatientId(id)
}

fn begun(sample: &Sample) -> Descriptor {
    let RealmReply::Begun(Begun { active, pending: None }) = &sample.reply else {
        panic!("{:?}", sample.reply)
    };
    cbor::from_slice(active).unwrap()
}

fn evaluate(patient: PatientId, registration: RegistrationId) -> RealmOp {
    RealmOp::Evaluate(Evaluate { patient, registration, blinded: blinded(), device: None, ticket: None })
}

#[test]
fn answers_and_locking_are_the_same() {
    let world = World::shared();
    let (known, _) = enrol(world);
    let unknown = unknown_like(known.patient);
    let mut transcripts = Vec::new();
    for patient in [known.patient, unknown] {
        let mut transcript = Vec::new();
        let first = ask(world, RealmOp::Begin(Begin { patient }));
        let descriptor = begun(&first);
        assert_eq!(descriptor.patient, patient);
        let registration = descriptor.registration;
        // The same descriptor each time: one that changes would tell.
        assert_eq!(begun(&ask(world, RealmOp::Begin(Begin { patient }))), descriptor);
        let note = |transcript: &mut Vec<_>, sample: &Sample| {
            let kind = match &sample.reply {
                // Rounded up to five minutes: the two are asked one after the other.
                RealmReply::Refused(Refusal::Locked(seconds)) => format!("locked {}", seconds.div_ceil(300)),
                RealmReply::Refused(refusal) => format!("{refusal:?}"),
                RealmReply::Evaluated(_) => "evaluated".into(),
                RealmReply::Begun(_) => "begun".into(),
                other => format!("{other:?}"),
            };
            transcript.push((sample.status, sample.bytes, kind));
        };
        note(&mut transcript, &first);
        let mut handles = Vec::new();
        for _ in 0..5 {
            let sample = ask(world, evaluate(patient, registration));
            if let RealmReply::Evaluated(evaluated) = &sample.reply {
                // The proof holds under the descriptor's key, for decoys too.
                let share = descriptor.shares[0];
                assert_ne!(share, Digest([0; 32]));
                handles.push(evaluated.handle);
            }
            note(&mut transcript, &sample);
        }
        for handles in [handles.clone(), vec![Digest([3; 32])], vec![]] {
            let mac = Digest([4; 32]);
            note(
                &mut transcript,
                &ask(world, RealmOp::Confirm(Confirm { patient, handles, mac, mode: Mode::NewDevice })),
            );
        }
        // Another registration than the one told.
        note(&mut transcript, &ask(world, evaluate(patient, RegistrationId([5; 16]))));
        transcripts.push(transcript);
    }
    assert_eq!(transcripts[0], transcripts[1]);
    assert_eq!(transcripts[0].iter().filter(|t| t.2 == "evaluated").count(), 3);
}

/// A voucher request answers at once and alike, whether or not anything will be mailed; decoys prove their evaluations.
#[test]
fn decoy_evaluations_verify() {
    let world = World::shared();
    let patient = PatientId([0xe1; 16]);
    let descriptor = begun(&ask(world, RealmOp::Begin(Begin { patient })));
    let input: [u8; 32] = random();
    let outputs: Vec<Vec<u8>> = (0..2)
        .map(|_| {
            let (blinded, state) = oprf::blind(&mut rng(), &input).unwrap();
            let registration = descriptor.registration;
            let op = Evaluate { patient, registration, blinded, device: None, ticket: None };
            let evaluated = run(world.client().realm_evaluate(&world.realm(), op)).unwrap();
            let answers = [(1, descriptor.shares[0], evaluated)];
            oprf::verify_and_combine(&state, 1, &answers, &descriptor.public).unwrap().expose().to_vec()
        })
        .collect();
    assert_eq!(outputs[0], outputs[1], "a decoy whose key changes tells that it is one");
}

/// Compares three kinds of requests, interleaved in a random order: a known patient, another known one (control), unknown
/// ones.
fn compare(world: &World, name: &str, samples: usize, mut op: impl FnMut(usize) -> RealmOp) {
    let mut times: [Vec<u64>; 3] = Default::default();
    for warm in 0..30 {
        ask(world, op(warm % 3));
    }
    for _ in 0..samples {
        let mut order = [0, 1, 2];
        let random: [u8; 2] = random();
        order.swap(2, usize::from(random[0] % 3));
        order.swap(1, usize::from(random[1] % 2));
        for kind in order {
            times[kind].push(ask(world, op(kind)).nanos);
        }
    }
    let [known, control, unknown] = &times;
    let same = mann_whitney_z(known, control);
    let z = mann_whitney_z(known, unknown);
    println!(
        "{name}: known against known z = {same:.2}, against unknown z = {z:.2}; medians {} / {} / {} us",
        median(known) / 1000,
        median(control) / 1000,
        median(unknown) / 1000
    );
    // If even known patients differ by that much on this machine, the run says nothing finer.
    let limit = Z.max(same.abs() + Z / 2.0);
    assert!(z.abs() < limit, "{name}: known and unknown differ, z = {z:.2} (control {same:.2})");
}

#[test]
fn times_of_begin_tell_nothing() {
    let world = World::shared();
    let known: Vec<Registration> = same_shard(world);
    compare(world, "begin", SAMPLES, |kind| {
        let patient = if kind < 2 { known[kind].patient } else { unknown_like(known[0].patient) };
        RealmOp::Begin(Begin { patient })
    });
}

/// Locked: the three guesses are spent, and every further evaluation is refused.
#[test]
fn times_of_locked_evaluations_tell_nothing() {
    let world = World::shared();
    let known = same_shard(world);
    let unknown = unknown_like(known[0].patient);
    let registration = begun(&ask(world, RealmOp::Begin(Begin { patient: unknown }))).registration;
    let ids = [(known[0].patient, known[0].id), (known[1].patient, known[1].id), (unknown, registration)];
    for (patient, registration) in ids {
        for _ in 0..3 {
            ask(world, evaluate(patient, registration));
        }
    }
    compare(world, "locked evaluation", SAMPLES, |kind| evaluate(ids[kind].0, ids[kind].1));
}

/// A wrong proof for an invented handle.
#[test]
fn times_of_wrong_proofs_tell_nothing() {
    let world = World::shared();
    let known = same_shard(world);
    let unknown = unknown_like(known[0].patient);
    let ids = [known[0].patient, known[1].patient, unknown];
    compare(world, "wrong proof", SAMPLES, |kind| {
        let (handles, mac) = (vec![blinded()], blinded());
        RealmOp::Confirm(Confirm { patient: ids[kind], handles, mac, mode: Mode::NewDevice })
    });
}

/// Two known patients in one shard. Shards hold different numbers of rows, which is not what is compared here.
fn same_shard(world: &World) -> Vec<Registration> {
    let mut found: Vec<Registration> = Vec::new();
    // About five enrolments until two of sixteen shards are the same.
    loop {
        let (next, _) = enrol(world);
        if let Some(at) = found.iter().position(|f| f.patient.0[0] % 16 == next.patient.0[0] % 16) {
            return vec![found.swap_remove(at), next];
        }
        found.push(next);
    }
}
