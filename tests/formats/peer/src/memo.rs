//! Notes and tasks of staff, by the functions that the clients use.
use crate::{
    args::{Args, Failure, cbor_hex, hex},
    practice::{now, sign_in},
    rng,
};
use serde_json::{Value, json};
use vestibule_core::{
    day::Day,
    ids::{AppointmentId, MemoId},
    wire::memo::{MemoKind, MemoState, StoredMemo},
};
use vestibule_edge_crypto::memo::{MemoDraft, MemoOf, OpenedMemo, open_memo, seal_memo};
use vestibule_verify::VerifyingKey;

pub(crate) fn answer(op: &str, args: &Args) -> Option<Result<Value, Failure>> {
    Some(match op {
        "memo_open" => open(args),
        "memo_write" => write(args),
        _ => return None,
    })
}

fn open(args: &Args) -> Result<Value, Failure> {
    let (directory, _, keyring) = sign_in(args)?;
    let manifest = directory.manifest();
    let keys = manifest.credentials.iter().map(|c| VerifyingKey::from_bytes(&c.signing_key));
    let keys = keys.collect::<Result<Vec<_>, _>>().map_err(Failure::of)?;
    let stored: StoredMemo = args.cbor("stored")?;
    let opened = open_memo(&stored, &keyring, manifest, &keys, None).map_err(Failure::of)?;
    Ok(json!({ "memo": cbor_hex(&opened.memo), "head": hex(&opened.head.0) }))
}

/// A task, and its removal.
fn write(args: &Args) -> Result<Value, Failure> {
    let (directory, seeds, _) = sign_in(args)?;
    let (manifest, signing) = (directory.manifest(), seeds.signing_key());
    let scope = manifest.scopes.first().ok_or_else(|| Failure::new("no scope"))?.id;
    let about = args.bytes("about")?.try_into().ok().map(AppointmentId);
    let due = Some(Day(args.number("due")?.try_into().map_err(Failure::of)?));
    let kind = MemoKind::Task;
    let task = MemoDraft { kind, state: MemoState::Open, text: args.text("text")?, due };
    let of = MemoOf::New(MemoId(args.array("memo")?), scope, about);
    let seal = |of: &MemoOf<'_>, draft| {
        seal_memo(&mut rng(), manifest, &signing, of, draft, now(args)?).map_err(Failure::of)
    };
    let one = seal(&of, task)?;
    let opened = OpenedMemo { memo: one.memo, head: one.head };
    let gone = MemoDraft { kind, state: MemoState::Removed, text: String::new(), due: None };
    let two = seal(&MemoOf::Next(&opened), gone)?;
    Ok(json!({ "one": hex(&one.envelope), "two": hex(&two.envelope) }))
}
