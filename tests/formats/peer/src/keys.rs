//! Keys of patients and staff, vaults, signing, proof of work.
use crate::{
    args::{Args, Failure, cbor_hex, hex},
    rng,
};
use serde_json::{Value, json};
use vestibule_core::{
    ids::{AppointmentId, Fingerprint, PatientId, PracticeId},
    pow::solves,
    time::UnixSeconds,
    wire::pow::Challenge,
};
use vestibule_edge_crypto::{
    keys::{EpochSeed, PatientRoot, StaffSeeds, prf_key, prf_salt},
    patient::PatientKeys,
    pow,
    sign::SigningKey,
    vault,
};
use vestibule_suite::key_hash_signing;

pub(crate) fn answer(op: &str, args: &Args) -> Option<Result<Value, Failure>> {
    Some(match op {
        "sign" => sign(args),
        "patient_keys" => patient_keys(args),
        "staff_keys" => staff_keys(args),
        "prf" => prf(args),
        "cache_key" => args
            .secret("seed")
            .map(|seed| json!({ "key": hex(EpochSeed::from_secret(seed).cache_key().expose()) })),
        "vault_seal" => vault_seal(args),
        "vault_open" => vault_open(args),
        "pow_solve" => pow_solve(args),
        "pow_check" => pow_check(args),
        _ => return None,
    })
}

/// Keys of the patient's `root`.
pub(crate) fn patient(args: &Args) -> Result<PatientKeys, Failure> {
    Ok(PatientKeys::new(PatientRoot::from_secret(args.secret("root")?)))
}

fn sign(args: &Args) -> Result<Value, Failure> {
    let key = SigningKey::from_seeds(&args.secret("ed25519")?, &args.secret("ml_dsa")?);
    let signed = key.sign(&args.text("namespace")?, args.bytes("body")?).map_err(Failure::of)?;
    Ok(json!({
        "signed": cbor_hex(&signed),
        "public": hex(key.public_key()),
        "hash": hex(&key_hash_signing(key.public_key()).0),
    }))
}

fn patient_keys(args: &Args) -> Result<Value, Failure> {
    let keys = patient(args)?;
    let appointment = AppointmentId(args.array("appointment")?);
    Ok(json!({
        "kem": hex(&keys.kem().public_key()),
        "signing": hex(keys.signing().public_key()),
        "vault": hex(keys.vault_key().expose()),
        "capability": hex(&keys.capability(appointment).0),
        "capability_hash": hex(&keys.capability_hash(appointment).0),
    }))
}

fn staff_keys(args: &Args) -> Result<Value, Failure> {
    let seeds = StaffSeeds::from_bytes(&args.bytes("seeds")?).ok_or_else(|| Failure::new("seeds"))?;
    Ok(json!({ "kem": hex(&seeds.kem().public_key()), "signing": hex(seeds.signing_key().public_key()) }))
}

fn prf(args: &Args) -> Result<Value, Failure> {
    let practice = PracticeId(args.array("practice")?);
    let key = prf_key(&args.secret("prf")?, practice, args.digest("credential")?);
    Ok(json!({ "input": hex(&prf_salt(practice).0), "key": hex(key.expose()) }))
}

fn vault_seal(args: &Args) -> Result<Value, Failure> {
    let genesis = Fingerprint(args.array("fingerprint")?);
    let patient_id = PatientId(args.array("patient")?);
    let key = patient(args)?;
    let sealed =
        vault::seal(&mut rng(), key.vault_key(), genesis.practice(), patient_id, &args.cbor("vault")?)
            .map_err(Failure::of)?;
    Ok(json!({ "sealed": hex(&sealed) }))
}

fn vault_open(args: &Args) -> Result<Value, Failure> {
    let genesis = Fingerprint(args.array("fingerprint")?);
    let patient_id = PatientId(args.array("patient")?);
    let vault = vault::open(patient(args)?.vault_key(), genesis, patient_id, &args.bytes("sealed")?)
        .map_err(Failure::of)?;
    Ok(json!({ "vault": cbor_hex(&vault) }))
}

fn pow_solve(args: &Args) -> Result<Value, Failure> {
    let challenge = Challenge {
        expires: UnixSeconds(0),
        bits: args.small("bits")?.into(),
        puzzles: args.small("puzzles")?.into(),
        mac: args.digest("mac")?,
        salt: args.digest("mac")?,
    };
    Ok(json!({ "nonces": pow::solve(&challenge).map_err(Failure::of)?.nonces }))
}

fn pow_check(args: &Args) -> Result<Value, Failure> {
    let (mac, bits) = (args.digest("mac")?, args.small("bits")?);
    let solved = (0u8..)
        .zip(args.list("nonces")?)
        .all(|(index, nonce)| solves(&mac, index, nonce.as_u64().unwrap_or(0), bits.into()));
    Ok(json!({ "solved": solved }))
}
