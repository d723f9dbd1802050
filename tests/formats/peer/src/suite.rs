//! Derivation, sealing, wrapping.
use crate::{
    args::{Args, Failure, Raw, cbor_hex, hex},
    rng,
};
use serde_json::{Value, json};
use vestibule_suite::{self as suite, KemSecret};

pub(crate) fn answer(op: &str, args: &Args) -> Option<Result<Value, Failure>> {
    Some(match op {
        "derive" => derive(args),
        "seal" => seal(args),
        "open" => open(args),
        "kem_public" => kem_public(args),
        "wrap" => wrap(args),
        "unwrap" => unwrap(args),
        _ => return None,
    })
}

fn context(args: &Args) -> Result<Raw, Failure> {
    args.bytes("context").map(Raw)
}

fn derive(args: &Args) -> Result<Value, Failure> {
    let key = suite::derive(&args.bytes("ikm")?, &Raw(args.bytes("info")?));
    Ok(json!({ "key": hex(key.expose()) }))
}

fn seal(args: &Args) -> Result<Value, Failure> {
    let sealed = suite::seal(
        &mut rng(),
        &args.secret("key")?,
        &args.text("namespace")?,
        &context(args)?,
        &args.bytes("plaintext")?,
    );
    Ok(json!({ "sealed": cbor_hex(&sealed) }))
}

fn open(args: &Args) -> Result<Value, Failure> {
    let plain =
        suite::open(&args.secret("key")?, &args.text("namespace")?, &context(args)?, &args.cbor("sealed")?)
            .map_err(Failure::of)?;
    Ok(json!({ "plaintext": hex(&plain) }))
}

fn kem_public(args: &Args) -> Result<Value, Failure> {
    let key = KemSecret::from_seed(args.secret("seed")?).public_key();
    Ok(json!({ "public": hex(&key), "hash": hex(&suite::key_hash_kem(&key).0) }))
}

fn wrap(args: &Args) -> Result<Value, Failure> {
    let (public, namespace) = (args.bytes("public")?, args.text("namespace")?);
    let wrap = suite::wrap(&mut rng(), &public, &namespace, &context(args)?, &args.secret("secret")?)
        .map_err(Failure::of)?;
    Ok(json!({ "wrap": cbor_hex(&wrap) }))
}

fn unwrap(args: &Args) -> Result<Value, Failure> {
    let key = KemSecret::from_seed(args.secret("seed")?);
    let secret = suite::unwrap_key(&key, &args.text("namespace")?, &context(args)?, &args.cbor("wrap")?)
        .map_err(Failure::of)?;
    Ok(json!({ "secret": hex(secret.expose()) }))
}
