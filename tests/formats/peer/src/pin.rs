//! Registrations, unlocking, and what a trusted device keeps.
use crate::{
    args::{Args, Failure, cbor_hex, hex, unhex},
    oprf::key,
    rng,
};
use serde_json::{Value, json};
use vestibule_core::{
    bytes::Bytes,
    cbor,
    ids::{Digest, KeyHash, PatientId, PracticeId, RegistrationId},
    suite::{PinParameters, Suite},
    time::{Cell, UnixSeconds},
    wire::{
        directory::{Deployment, Realm},
        realm::{Authorization, Descriptor, Mode},
    },
};
use vestibule_edge_crypto::{
    client::device::DeviceMemory,
    keys::PatientRoot,
    offline::{self, OfflineContext},
    pin,
    registration::{Opened, Plan, Unlocking},
    shamir::{ShareA, ShareB, ShareC},
    staff::StaffMemory,
};
use vestibule_suite::Secret32;

pub(crate) fn answer(op: &str, args: &Args) -> Option<Result<Value, Failure>> {
    Some(match op {
        "shamir" => shamir(args),
        "register" => register(args),
        "unlock" => unlock(args),
        "offline_seal" => offline_seal(args),
        "offline_open" => offline_open(args),
        "kept_seal" => kept_seal(args),
        "kept_open" => kept_open(args),
        "appointments_seal" => appointments_seal(args),
        "appointments_open" => appointments_open(args),
        "device_open" => device_open(args),
        "memory_reseal" => memory_reseal(args),
        _ => return None,
    })
}

fn shamir(args: &Args) -> Result<Value, Failure> {
    let (root, a) = (args.secret("root")?, ShareA::from_secret(args.secret("a")?));
    let (b, c) = (ShareB::of(&root, &a), ShareC::of(&root, &a));
    // B leaves its module only masked: with zeros it is B itself.
    let zeros = Secret32::from_bytes([0; 32]);
    Ok(json!({
        "b": hex(&b.mask(&zeros).0),
        "c": hex(c.secret().expose()),
        "root_with_b": hex(a.root_with_b(&b).expose()),
        "root_with_c": hex(a.root_with_c(&c).expose()),
    }))
}

/// `realms` are the realms' X-Wing public keys.
fn register(args: &Args) -> Result<Value, Failure> {
    let realms = args.byte_list("realms")?;
    let zeros = Digest([0; 32]);
    let deployment = Deployment {
        suite: Suite::V1,
        practice: PracticeId(args.array("practice")?),
        number: 1,
        root_number: 0,
        threshold: args.small("threshold")?,
        realms: (1u8..)
            .zip(&realms)
            .map(|(index, kem_key)| Realm {
                index,
                origin: String::new(),
                kem_key: Bytes(kem_key.clone()),
                locator_share: zeros,
                signing: None,
            })
            .collect(),
        locator: zeros,
        pin_floor: PinParameters::Argon2id64MiB10,
        issued: UnixSeconds(0),
    };
    let plan = Plan::new(&mut rng(), &deployment, PatientId(args.array("patient")?)).map_err(Failure::of)?;
    let hashed = plan.hash_pin(&args.text("pin")?, &mut |_, _| {}).map_err(Failure::of)?;
    let root = PatientRoot::from_secret(args.secret("root")?);
    let made = plan.register(&root, &hashed).map_err(Failure::of)?;
    let puts: Vec<String> = (1u8..)
        .zip(&realms)
        .filter_map(|(index, _)| made.put(index, Authorization::Ticket(zeros)))
        .map(|put| cbor_hex(&put))
        .collect();
    Ok(json!({
        "descriptor": hex(made.descriptor_bytes()),
        "puts": puts,
        "share_c": hex(made.share_c().secret().expose()),
    }))
}

fn key_hash(args: &Args) -> Result<KeyHash, Failure> {
    args.array("key_hash").map(KeyHash)
}

/// With the whole OPRF key at hand: `pin`, `descriptor`, `key`.
fn unlocking(args: &Args) -> Result<Unlocking, Failure> {
    let bytes = args.bytes("descriptor")?;
    let descriptor: Descriptor = cbor::from_slice(&bytes).map_err(Failure::of)?;
    let hashed = pin::hash(&args.text("pin")?, &descriptor, &mut |_, _| {}).map_err(Failure::of)?;
    let y = vestibule_oprf::evaluate_direct(&key(args, "key")?, hashed.expose()).map_err(Failure::of)?;
    Ok(Unlocking::new(&y, &bytes))
}

fn by_share_c(args: &Args, unlocking: &Unlocking) -> Result<Opened, Failure> {
    unlocking
        .root_with_c(&ShareC::from_secret(args.secret("share_c")?))
        .verify(key_hash(args)?)
        .ok_or_else(|| Failure::new("another root"))
}

/// `masked` is `[[index, share B xor mask], ...]` of all realms.
fn unlock(args: &Args) -> Result<Value, Failure> {
    let unlocking = unlocking(args)?;
    let handles = args
        .byte_list("handles")?
        .into_iter()
        .map(|h| h.try_into().map(Digest).map_err(|_| Failure::new("handle")))
        .collect::<Result<Vec<_>, _>>()?;
    let mode = if args.small("mode")? == 1 { Mode::NewDevice } else { Mode::KnownDevice };
    let mut macs = Vec::new();
    let mut released = Vec::new();
    for line in args.list("masked")? {
        let index = line[0].as_u64().unwrap_or(0).try_into().map_err(Failure::of)?;
        let masked = unhex(line[1].as_str().unwrap_or("-"))?;
        released.push((index, Digest(masked.try_into().map_err(|_| Failure::new("masked"))?)));
        macs.push(hex(&unlocking.confirm_mac(index, &handles, mode).0));
    }
    let new = unlocking
        .root_with_b(&released)
        .map_err(Failure::of)?
        .verify(key_hash(args)?)
        .ok_or_else(|| Failure::new("another root"))?;
    let known = by_share_c(args, &unlocking)?;
    Ok(json!({
        "macs": macs,
        "root_new": hex(new.keys.root().secret().expose()),
        "root_known": hex(known.keys.root().secret().expose()),
        "fresh_c": hex(new.share_c.secret().expose()),
    }))
}

fn offline_context(args: &Args) -> Result<OfflineContext, Failure> {
    Ok(OfflineContext {
        practice: PracticeId(args.array("practice")?),
        patient: PatientId(args.array("patient")?),
        registration: RegistrationId(args.array("registration")?),
    })
}

fn offline_seal(args: &Args) -> Result<Value, Failure> {
    let opened = by_share_c(args, &unlocking(args)?)?;
    let (prf, pin, context) = (args.secret("prf")?, args.text("pin")?, offline_context(args)?);
    let sealed = offline::seal_share(&mut rng(), &prf, &pin, &context, &opened, &mut |_, _| {})
        .map_err(Failure::of)?;
    Ok(json!({ "sealed": cbor_hex(&sealed) }))
}

fn offline_open(args: &Args) -> Result<Value, Failure> {
    let (prf, pin, context) = (args.secret("prf")?, args.text("pin")?, offline_context(args)?);
    let c = ShareC::from_secret(args.secret("share_c")?);
    let opened = offline::open_share(&prf, &pin, &context, &args.cbor("sealed")?, &c, &mut |_, _| {})
        .map_err(Failure::of)?;
    Ok(json!({ "root": hex(opened.keys.root().secret().expose()) }))
}

fn kept_seal(args: &Args) -> Result<Value, Failure> {
    let (root, bytes) = (PatientRoot::from_secret(args.secret("root")?), args.bytes("bytes")?);
    let kept = offline::seal_kept(&mut rng(), &root, &offline_context(args)?, &bytes);
    Ok(json!({ "kept": cbor_hex(&kept) }))
}

fn kept_open(args: &Args) -> Result<Value, Failure> {
    let root = PatientRoot::from_secret(args.secret("root")?);
    let bytes =
        offline::open_kept(&root, &offline_context(args)?, &args.cbor("kept")?).map_err(Failure::of)?;
    Ok(json!({ "bytes": hex(&bytes) }))
}

fn appointments_seal(args: &Args) -> Result<Value, Failure> {
    let (passcode, context, bytes) = (args.text("passcode")?, offline_context(args)?, args.bytes("bytes")?);
    let local = offline::seal_appointments(&mut rng(), &passcode, &context, &bytes, &mut |_, _| {})
        .map_err(Failure::of)?;
    Ok(json!({ "local": cbor_hex(&local) }))
}

fn appointments_open(args: &Args) -> Result<Value, Failure> {
    let (passcode, context) = (args.text("passcode")?, offline_context(args)?);
    let bytes = offline::open_appointments(&passcode, &context, &args.cbor("local")?, &mut |_, _| {})
        .map_err(Failure::of)?;
    Ok(json!({ "bytes": hex(&bytes) }))
}

fn device_open(args: &Args) -> Result<Value, Failure> {
    let practice = PracticeId(args.array("practice")?);
    let memory =
        DeviceMemory::open(practice, &args.bytes("blob")?, &args.secret("secret")?).map_err(Failure::of)?;
    let devices: Vec<Value> = memory.devices.iter().map(|d| json!([d.realm, hex(&d.token.0)])).collect();
    let mut answer = json!({
        "patient": hex(&memory.patient.0),
        "registration": hex(&memory.registration.0),
        "share_c": hex(memory.share_c.secret().expose()),
        "devices": devices,
        "deployment": hex(&memory.deployment.0),
    });
    if let Some(seen) = &memory.seen {
        answer["seen"] = cbor_hex(seen).into();
    }
    Ok(answer)
}

/// Opens a staff memory and seals it again.
fn memory_reseal(args: &Args) -> Result<Value, Failure> {
    let (practice, secret) = (PracticeId(args.array("practice")?), args.secret("secret")?);
    let memory = StaffMemory::open(&secret, practice, &args.bytes("blob")?).map_err(Failure::of)?;
    let today = Cell(args.number("today")?);
    Ok(json!({ "blob": hex(&memory.seal(&mut rng(), &secret, practice, today)) }))
}
