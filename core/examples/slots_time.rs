//! How long one list of free slots takes, natively: for `cargo xtask bench`. Prints `{"ms":median,"found":slots,"kib":peak}`; the
//! peak is what the process had in memory at most (Linux), the appointments included.
//!
//! `slots_time PRACTITIONERS DAYS APPOINTMENTS`
#![expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "a measurement needs a clock")]
use std::{env, error::Error, fs, time::Instant};
use vestibule_core::calendar::{
    sample::{Busy, busy},
    slots,
};

const ROUNDS: usize = 15;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<u32> = env::args().skip(1).map(|a| a.parse()).collect::<Result<_, _>>()?;
    let [practitioners, days, appointments] = args[..] else {
        return Err("slots_time PRACTITIONERS DAYS APPOINTMENTS".into());
    };
    let Busy { catalog, taken, query, now, .. } = busy(practitioners.try_into()?, days, appointments);
    let (mut times, mut found) = (Vec::new(), 0);
    for _ in 0..ROUNDS {
        let started = Instant::now();
        found = slots(&catalog, &taken, now, &query)?.len();
        times.push(started.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    let kib = peak.trim().trim_end_matches(" kB");
    println!("{{\"ms\":{},\"found\":{found},\"kib\":{kib}}}", times[ROUNDS / 2]);
    Ok(())
}
