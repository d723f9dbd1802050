//! Sealed realm messages, both ends, and what a founder hands to a realm.
use crate::{
    Session,
    args::{Args, Failure, cbor_hex, hex},
    rng,
};
use serde_json::{Value, json};
use vestibule_channel::{PlatformSecret, RealmSecret, seal_request, seal_to_realm};
use vestibule_core::ids::PracticeId;

pub(crate) fn answer(op: &str, args: &Args, session: &mut Session) -> Option<Result<Value, Failure>> {
    Some(match op {
        "realm_public" => realm(args).map(|realm| json!({ "public": hex(realm.public_key()) })),
        "realm_open" => open(args, session),
        "realm_reply" => reply(args, session),
        "realm_seal" => seal(args, session),
        "realm_open_reply" => open_reply(args, session),
        "realm_share_seal" => share_seal(args),
        "realm_share_open" => share_open(args),
        _ => return None,
    })
}

/// `secret` is a platform secret; the realm's key follows from it.
fn realm(args: &Args) -> Result<RealmSecret, Failure> {
    Ok(PlatformSecret::from_bytes(&args.array("secret")?).realm())
}

fn open(args: &Args, session: &mut Session) -> Result<Value, Failure> {
    let (request, key) = realm(args)?.open(&args.bytes("body")?).map_err(Failure::of)?;
    session.replies.push(key);
    Ok(json!({ "id": session.replies.len() - 1, "request": cbor_hex(&request) }))
}

fn reply(args: &Args, session: &Session) -> Result<Value, Failure> {
    let key = session.replies.get(args.index("id")?).ok_or_else(|| Failure::new("no such request"))?;
    Ok(json!({ "body": hex(&key.seal(&mut rng(), &args.cbor("reply")?)) }))
}

fn seal(args: &Args, session: &mut Session) -> Result<Value, Failure> {
    let (body, pending) =
        seal_request(&mut rng(), &args.bytes("public")?, &args.cbor("request")?).map_err(Failure::of)?;
    session.pending.push(pending);
    Ok(json!({ "id": session.pending.len() - 1, "body": hex(&body) }))
}

fn open_reply(args: &Args, session: &Session) -> Result<Value, Failure> {
    let pending = session.pending.get(args.index("id")?).ok_or_else(|| Failure::new("no such request"))?;
    Ok(json!({ "reply": cbor_hex(&pending.open(&args.bytes("body")?).map_err(Failure::of)?) }))
}

fn practice(args: &Args) -> Result<PracticeId, Failure> {
    args.array("practice").map(PracticeId)
}

fn share_seal(args: &Args) -> Result<Value, Failure> {
    let (locator, decoy) = (args.secret("locator")?, args.secret("decoy")?);
    let body = seal_to_realm(&mut rng(), &args.bytes("public")?, practice(args)?, &locator, &decoy)
        .map_err(Failure::of)?;
    Ok(json!({ "body": hex(&body) }))
}

fn share_open(args: &Args) -> Result<Value, Failure> {
    let share = realm(args)?.open_from_client(practice(args)?, &args.bytes("body")?).map_err(Failure::of)?;
    Ok(json!({ "locator": hex(share.locator.expose()), "decoy": hex(share.decoy.expose()) }))
}
