//! What `run.test.mjs` calls. No bindings: numbers and memory only.
#![expect(unsafe_code, reason = "an export needs a fixed name; nothing unsafe is done")]
use crate::{GROUPS, run_all};

/// Number of groups.
#[unsafe(no_mangle)]
pub extern "C" fn groups() -> usize {
    GROUPS.len()
}

/// Where the name of a group is in memory.
#[unsafe(no_mangle)]
pub extern "C" fn group_name(index: usize) -> *const u8 {
    GROUPS[index].0.as_ptr()
}

/// How long it is, in bytes.
#[unsafe(no_mangle)]
pub extern "C" fn group_name_len(index: usize) -> usize {
    GROUPS[index].0.len()
}

/// Runs one group; the number of cases that held. Traps on a failure.
#[unsafe(no_mangle)]
pub extern "C" fn run_group(index: usize) -> u32 {
    (GROUPS[index].1)()
}

/// Runs all groups; the number of cases that held. Traps on a failure.
#[unsafe(no_mangle)]
pub extern "C" fn run() -> u32 {
    run_all()
}
