//! One binary for all targets: `VESTIBULE_FUZZ_TARGET=cbor_directory cargo +nightly fuzz run parsers`. Without the variable
//! the first byte of the input chooses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;
use vestibule_fuzz_targets::{TARGETS, Target};

static CHOSEN: OnceLock<Option<&'static Target>> = OnceLock::new();

fuzz_target!(|input: &[u8]| {
    let chosen = CHOSEN.get_or_init(|| {
        let name = std::env::var("VESTIBULE_FUZZ_TARGET").ok()?;
        let found = TARGETS.iter().find(|target| target.name == name);
        assert!(found.is_some(), "no target {name}; there are {:?}", TARGETS.iter().map(|t| t.name).collect::<Vec<_>>());
        found
    });
    match (chosen, input.split_first()) {
        (Some(target), _) => (target.run)(input),
        (None, Some((first, rest))) => (TARGETS[usize::from(*first) % TARGETS.len()].run)(rest),
        (None, None) => {}
    }
});
