//! Signatures and directories, as servers and clients check them.
use crate::args::{Args, Failure, cbor_hex, hex};
use serde_json::{Value, json};
use vestibule_core::{ids::Fingerprint, time::UnixSeconds, wire::directory::Freshness};
use vestibule_verify::{
    Verified, VerifyingKey,
    directory::{Expected, VerifiedDirectory, check, parse},
    fingerprint, verify,
};

pub(crate) fn answer(op: &str, args: &Args) -> Option<Result<Value, Failure>> {
    Some(match op {
        "verify_freshness" => verify_freshness(args),
        "fingerprint" => args.cbor("genesis").map(|g| json!({ "fingerprint": hex(&fingerprint(&g).0) })),
        "directory_check" => directory(args).map(|d| {
            json!({
                "practice": hex(&d.practice().0),
                "manifest": cbor_hex(&d.manifest().clone().into_inner()),
                "manifest_hash": hex(&d.manifest().digest().0),
                "catalog": cbor_hex(&d.catalog().clone().into_inner()),
            })
        }),
        _ => return None,
    })
}

fn verify_freshness(args: &Args) -> Result<Value, Failure> {
    let keys = args
        .byte_list("keys")?
        .iter()
        .map(|key| VerifyingKey::from_bytes(key).map_err(Failure::of))
        .collect::<Result<Vec<_>, _>>()?;
    let verified: Verified<Freshness> =
        verify(&args.cbor("signed")?, &args.text("namespace")?, &keys, args.index("threshold")?)
            .map_err(Failure::of)?;
    Ok(json!({ "digest": hex(&verified.digest().0) }))
}

/// The checked directory of `directory`, `fingerprint`, `now`.
pub(crate) fn directory(args: &Args) -> Result<VerifiedDirectory, Failure> {
    let pinned = Fingerprint(args.array("fingerprint")?);
    let expected = Expected { practice: pinned.practice(), fingerprint: Some(pinned), seen: None };
    let directory = parse(&args.bytes("directory")?).map_err(Failure::of)?;
    check(&directory, &expected, UnixSeconds(args.number("now")?)).map_err(Failure::of)
}
