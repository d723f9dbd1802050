//! A short, fixed run of every fuzz target, so that each commit sees them.
use vestibule_fuzz_targets::{Sequence, TARGETS};

const SAMPLES: usize = 12;
const MUTATIONS: usize = 1_000;
const RANDOM: usize = 1_000;

#[test]
fn no_input_makes_a_parser_panic_or_lie() {
    for (seed, target) in (1..).zip(TARGETS) {
        let mut random = Sequence::new(seed);
        for n in 0..SAMPLES {
            // A target that never sees a valid input would test only its first branch.
            let sample = (target.sample)(&mut random);
            assert!(sample.is_some(), "{}: no valid input was found (try {n})", target.name);
            let Some(valid) = sample else { continue };
            (target.run)(&valid);
            let mut changed = valid.clone();
            for m in 0..MUTATIONS {
                // Mutations pile up for a while, then start afresh from the valid input.
                changed = random.mutate(if m % 8 == 0 { &valid } else { &changed });
                (target.run)(&changed);
            }
        }
        for _ in 0..RANDOM {
            let length = random.below(200);
            (target.run)(&random.bytes(length));
        }
    }
}
