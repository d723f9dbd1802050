//! Reads one JSON object a line, `{"op": ..., ...}` with byte strings in hex, and answers one a line: the fields of the
//! result, or `{"error": ...}`. It exists so that `tests/formats` can hold its own implementation of every byte format
//! against this one with fresh randomness, in both directions.
mod args;
mod keys;
mod memo;
mod oprf;
mod pin;
mod practice;
mod realm;
mod suite;
mod verify;
mod waiting;

use args::{Args, Failure};
use serde_json::{Value, json};
use std::io::{BufRead, Write};

/// What lives from one line to the next.
#[derive(Debug, Default)]
pub(crate) struct Session {
    blinds: Vec<vestibule_oprf::BlindState>,
    replies: Vec<vestibule_channel::ReplyKey>,
    pending: Vec<vestibule_channel::PendingReply>,
}

/// The operating system's randomness; a machine without it cannot run these tests.
pub(crate) type Rng = rand_core::UnwrapErr<getrandom::SysRng>;

/// Its only value.
pub(crate) fn rng() -> Rng {
    rand_core::UnwrapErr(getrandom::SysRng)
}

fn answer(session: &mut Session, line: &str) -> Result<Value, Failure> {
    let args = Args::parse(line)?;
    let op = args.text("op")?;
    let found = suite::answer(&op, &args)
        .or_else(|| verify::answer(&op, &args))
        .or_else(|| keys::answer(&op, &args))
        .or_else(|| practice::answer(&op, &args))
        .or_else(|| waiting::answer(&op, &args))
        .or_else(|| memo::answer(&op, &args))
        .or_else(|| pin::answer(&op, &args))
        .or_else(|| oprf::answer(&op, &args, session))
        .or_else(|| realm::answer(&op, &args, session));
    found.unwrap_or_else(|| Err(Failure::new(format!("no operation {op}"))))
}

fn main() -> std::io::Result<()> {
    let mut session = Session::default();
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let answer = answer(&mut session, &line?).unwrap_or_else(|e| json!({ "error": e.to_string() }));
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}
