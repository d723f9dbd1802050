//! The scheduling engine against `oracle.mjs`: the rules of `docs/SCHEDULING.md` a second time, minute by minute, with
//! other time-zone data. `cargo xtask test scheduling` runs it.
pub mod case;
pub mod oracle;
