//! Random histories of the practice actor on SQLite: holds, bookings, acts, entries and series of the practice, expiry, crashes, retries, copies. Each is
//! compared with a plain model, answer by answer (`world.rs`).
//!
//! `cargo xtask simulate` runs millions; what runs with the other tests is a taste. A failing history prints its seed and
//! the shortest history found that fails as well.
#![expect(clippy::panic, reason = "tests")]
mod driver;
mod model;
mod op;
mod rng;
mod shrink;
mod translate;
mod waiting;
mod world;

use std::{
    env,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::Instant,
};

/// Deliveries in one history.
const LENGTH: usize = 1_000;

/// Plays history `number` of a run's seed.
fn one(seed: u64, number: u64) {
    let own = rng::Rng(seed ^ number.wrapping_mul(0xd134_2543_de82_ef95)).next();
    let history = op::history(own, LENGTH);
    if let Err(failure) = world::play(&history) {
        let short = shrink::shrink(&history);
        let why = world::play(&short).map_or_else(|f| f.why, |()| failure.why.clone());
        let steps: Vec<String> = short.steps.iter().map(|s| format!("  {s:?}")).collect();
        panic!(
            "history {number} of seed {seed} fails after {} deliveries: {}\n{} deliveries are enough, from {} s before opening:\n{}\n{why}",
            failure.steps,
            failure.why,
            short.steps.len(),
            short.before,
            steps.join("\n"),
        );
    }
}

#[test]
fn histories_are_those_of_the_model() {
    for number in 0..40 {
        one(1, number);
    }
}

/// `VESTIBULE_OPS` deliveries, or as many as make whole histories; `VESTIBULE_SEED` picks them.
#[test]
#[ignore = "long: cargo xtask simulate"]
fn millions() {
    let number = |name, usual| env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(usual);
    let (ops, seed): (u64, u64) = (number("VESTIBULE_OPS", 10_000_000), number("VESTIBULE_SEED", 1));
    let histories = ops.div_ceil(LENGTH as u64);
    let (next, done, begun) = (AtomicU64::new(0), AtomicU64::new(0), Instant::now());
    eprintln!("seed {seed}: {histories} histories of {LENGTH} deliveries");
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let mine = next.fetch_add(1, Ordering::Relaxed);
                    if mine >= histories {
                        break;
                    }
                    one(seed, mine);
                    let all = done.fetch_add(1, Ordering::Relaxed) + 1;
                    if all.is_multiple_of(histories.div_ceil(20)) || all == histories {
                        eprintln!(
                            "{} deliveries, {:.0} s",
                            all * LENGTH as u64,
                            begun.elapsed().as_secs_f64()
                        );
                    }
                }
            });
        }
    });
}

const STANDS: [&str; 7] = ["held", "requested", "booked", "cancelled", "declined", "attended", "no-show"];

const fn stand_number(stand: model::Stand) -> usize {
    match stand {
        model::Stand::Held(_) => 0,
        model::Stand::Requested => 1,
        model::Stand::Booked => 2,
        model::Stand::Cancelled => 3,
        model::Stand::Declined => 4,
        model::Stand::Attended => 5,
        model::Stand::NoShow => 6,
    }
}

/// Names of where an entry of the waiting list stands.
const WAITS: [&str; 4] = ["waiting", "accepted", "got-it", "left"];

/// The model must see what random histories bring: all kinds of answers occur.
#[test]
fn histories_meet_every_answer() {
    let mut seen = std::collections::BTreeSet::new();
    for number in 0..100 {
        let history = op::history(number, LENGTH);
        let (mut model, mut now) = (model::Model::default(), translate::opening_minus(history.before));
        for step in &history.steps {
            now = now.plus(step.wait.into());
            let op = model.resolved(step.op);
            let answer = model.apply(op, now.0, vestibule_store::contract::NINE);
            let name = match answer {
                model::Answer::Declined(slug) => slug,
                model::Answer::Refused(..) => "refused",
                model::Answer::All(..) => "all",
                model::Answer::Held(_) => "held",
                model::Answer::Is(stand, _) => STANDS[stand_number(stand)],
                model::Answer::Appointment(_) => "read",
                model::Answer::Waiting(_, Some(_)) => "offered",
                model::Answer::Waiting(state, None) => WAITS[state as usize],
                model::Answer::Done | model::Answer::Cells(_) | model::Answer::Page(_) => "other",
            };
            let kind = match step.op {
                op::Op::Act { what, .. } => format!("{what:?}"),
                other => format!("{other:?}"),
            };
            seen.insert((kind.split(' ').next().map(str::to_owned), name));
        }
    }
    for (op, answers) in [
        ("Hold", &["held", "conflict", "slot-taken", "rate-limited"][..]),
        ("Book", &["booked", "requested", "conflict", "not-found", "unverifiable", "hold-expired"]),
        ("Cancel", &["cancelled", "conflict", "not-found", "forbidden", "unauthorized"]),
        ("Move", &["booked", "requested", "conflict", "not-found", "slot-taken"]),
        ("Confirm", &["booked", "conflict"]),
        ("Decline", &["declined", "conflict"]),
        ("Attended", &["attended", "conflict"]),
        ("NoShow", &["no-show", "conflict"]),
        ("Accept", &["booked", "conflict"]),
        ("Enter", &["all", "refused", "conflict", "unauthorized"]),
        ("EndAll", &["all", "refused"]),
        ("SeriesHold", &["held", "refused", "conflict", "rate-limited", "malformed", "forbidden"]),
        ("SeriesBook", &["all", "not-found", "hold-expired", "conflict"]),
        ("Read", &["read", "not-found"]),
        ("Join", &["other", "conflict"]),
        ("WaitingRead", &["offered", "waiting", "accepted", "got-it", "left", "not-found"]),
        ("Accept", &["held", "slot-taken", "not-found", "rate-limited"]),
        ("GiveUp", &["other", "not-found"]),
    ] {
        for answer in answers {
            assert!(seen.contains(&(Some(op.to_owned()), *answer)), "{op} never met {answer}: {seen:?}");
        }
    }
}
