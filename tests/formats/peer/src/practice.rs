//! Founding, staff sign-in, bookings and statements, by the functions that the clients use.
use crate::{
    args::{Args, Failure, cbor_hex, hex},
    keys::patient,
    rng,
    verify::directory,
};
use serde_json::{Value, json};
use vestibule_core::{
    cbor,
    ids::{AppointmentId, Digest, ResourceId, ServiceId},
    time::{Cell, UnixSeconds},
    wire::{
        appointment::{Action, Answer, Contact, Envelope, Place, StoredAppointment},
        directory::{StaffKeys, WeeklyInterval},
        entry::{Entry, EntryKind, Series},
        realm::VaultEntry,
    },
};
use vestibule_edge_crypto::{
    booking::{
        Act, Details, EntryDetails, Opened, open_as_patient, open_as_staff, seal_booking, seal_entry,
        seal_statement, series_id,
    },
    directory::{Founding, NewResource, NewService, Profile, RealmToUse, Sealing},
    keys::{StaffSeeds, prf_key},
    staff::{Keyring, open_staff_seeds},
};
use vestibule_verify::{VerifyingKey, directory::VerifiedDirectory};

pub(crate) fn answer(op: &str, args: &Args) -> Option<Result<Value, Failure>> {
    Some(match op {
        "found" => found(args),
        "staff_open" => staff_open(args),
        "book" => book(args),
        "enter" => enter(args),
        "cancel" => cancel(args),
        "move" => move_to(args),
        "open_as_staff" => as_staff(args),
        "open_as_patient" => as_patient(args),
        _ => return None,
    })
}

pub(crate) fn now(args: &Args) -> Result<UnixSeconds, Failure> {
    args.number("now").map(UnixSeconds)
}

fn found(args: &Args) -> Result<Value, Failure> {
    let profile = Profile {
        name: "Praxis am Park".into(),
        contact: String::new(),
        time_zone: "Europe/Berlin".into(),
        language: "de".into(),
    };
    let hours = vec![WeeklyInterval { weekday: 1, from: 480, to: 1_020 }];
    let resources = vec![NewResource { name: "Dr. Beispiel".into(), hours }];
    let services = vec![NewService {
        name: "Sprechstunde".into(),
        description: String::new(),
        minutes: 20,
        resources: vec![0],
    }];
    let founding =
        Founding::begin(&mut rng(), profile, resources, services, now(args)?).map_err(Failure::of)?;
    let (credential_id, prf) = (args.bytes("credential_id")?, args.secret("prf")?);
    let realm = RealmToUse { origin: args.text("origin")?, kem_key: args.bytes("realm")?, signing: None };
    let passkey = Sealing { credential_id: &credential_id, prf: &prf };
    let made = founding.finish(&mut rng(), &passkey, &[realm], 1, now(args)?).map_err(Failure::of)?;
    let groups: Vec<&str> = made.recovery_kit.groups.iter().map(|g| g.as_str()).collect();
    Ok(json!({
        "fingerprint": hex(&founding.fingerprint.0),
        "directory": cbor_hex(&made.directory),
        "staff_keys": cbor_hex(&made.staff_keys),
        "realm_share": made.realm_shares.first().map(|s| hex(s)),
        "kit_groups": groups,
        "kit_qr": made.recovery_kit.qr.as_str(),
    }))
}

/// The credential's seeds and epoch keys from `directory`, `prf`, `staff_keys`.
pub(crate) fn sign_in(args: &Args) -> Result<(VerifiedDirectory, StaffSeeds, Keyring), Failure> {
    let directory = directory(args)?;
    let keys: StaffKeys = args.cbor("staff_keys")?;
    let key = prf_key(&args.secret("prf")?, directory.practice(), keys.credential);
    let (seeds, _) = open_staff_seeds(&key, &keys, directory.manifest()).map_err(Failure::of)?;
    let keyring = Keyring::open(&seeds.kem(), &keys.grants, directory.manifest()).map_err(Failure::of)?;
    Ok((directory, seeds, keyring))
}

fn staff_open(args: &Args) -> Result<Value, Failure> {
    let (directory, seeds, keyring) = sign_in(args)?;
    let scope = directory.manifest().scopes.first().ok_or_else(|| Failure::new("no scope"))?;
    let epoch = keyring.epoch(scope.id, scope.epoch).ok_or_else(|| Failure::new("no epoch"))?;
    Ok(json!({ "kem": hex(&seeds.kem().public_key()), "epoch_public": hex(&epoch.kem().public_key()) }))
}

pub(crate) fn words(args: &Args, key: &str) -> Result<Vec<String>, Failure> {
    Ok(args.list(key)?.iter().map(|v| v.as_str().unwrap_or("").to_owned()).collect())
}

fn book(args: &Args) -> Result<Value, Failure> {
    let directory = directory(args)?;
    let mut contact = words(args, "contact")?.into_iter();
    let mut next = || contact.next().unwrap_or_default();
    let details = Details {
        service: ServiceId(args.array("service")?),
        service_name: args.text("service_name")?,
        contact: Contact { name: next(), email: next(), phone: next(), birth_date: next() },
        reason: args.text("reason")?,
        locale: args.text("locale")?,
        request: false,
        answers: words(args, "answers")?
            .chunks_exact(2)
            .map(|pair| Answer { question: pair[0].clone(), answer: pair[1].clone() })
            .collect(),
        also: args
            .byte_list("also")?
            .into_iter()
            .map(|id| id.try_into().map(ServiceId).map_err(Failure::of))
            .collect::<Result<_, _>>()?,
        series: None,
    };
    let place = Place {
        resource: ResourceId(args.array("resource")?),
        start: Cell(args.number("start")?),
        cells: args.number("cells")?.try_into().map_err(Failure::of)?,
    };
    let appointment = AppointmentId(args.array("appointment")?);
    let sealed = seal_booking(
        &mut rng(),
        directory.manifest(),
        &patient(args)?,
        appointment,
        place,
        details,
        now(args)?,
    )
    .map_err(Failure::of)?;
    Ok(json!({ "envelope": hex(&sealed.envelope), "head": hex(&sealed.head.0) }))
}

/// A block of the practice's own, number `at` of a series of `of`.
fn enter(args: &Args) -> Result<Value, Failure> {
    let (directory, seeds, _) = sign_in(args)?;
    let number = |key| args.number(key)?.try_into().map_err(Failure::of);
    let (seed, at) = (args.bytes("seed")?, number("at")?);
    let appointment = series_id(&seed, at);
    let empty = || Contact {
        name: String::new(),
        email: String::new(),
        phone: String::new(),
        birth_date: String::new(),
    };
    let series = Series { seed: seed.into(), at, of: number("of")? };
    let details = EntryDetails {
        entry: Entry { kind: EntryKind::Block, title: args.text("title")?, series: Some(series) },
        service: ServiceId([0; 16]),
        service_name: String::new(),
        contact: empty(),
        note: args.text("reason")?,
        locale: args.text("locale")?,
    };
    let place = Place {
        resource: ResourceId(args.array("resource")?),
        start: Cell(args.number("start")?),
        cells: number("cells")?,
    };
    let (manifest, signer) = (directory.manifest(), seeds.signing_key());
    let sealed = seal_entry(&mut rng(), manifest, &signer, appointment, place, details, now(args)?)
        .map_err(Failure::of)?;
    Ok(json!({ "envelope": hex(&sealed.envelope), "head": hex(&sealed.head.0) }))
}

fn staff_signers(directory: &VerifiedDirectory) -> Result<Vec<VerifyingKey>, Failure> {
    let keys = directory.manifest().credentials.iter().map(|c| VerifyingKey::from_bytes(&c.signing_key));
    keys.collect::<Result<_, _>>().map_err(Failure::of)
}

fn view(opened: &Opened) -> Value {
    let statements: Vec<String> = opened.statements.iter().map(cbor_hex).collect();
    let mut view = json!({
        "booking": cbor_hex(&opened.booking),
        "statements": statements,
        "state": cbor::to_vec(&opened.state).first(),
        "head": hex(&opened.head.0),
    });
    // Only where it was moved: what was opened before moves were has none.
    if opened.place != opened.booking.place {
        view["place"] = cbor_hex(&opened.place).into();
    }
    view
}

fn as_staff(args: &Args) -> Result<Value, Failure> {
    let (directory, _, keyring) = sign_in(args)?;
    let stored: StoredAppointment = args.cbor("stored")?;
    let signers = staff_signers(&directory)?;
    let manifest = directory.manifest();
    let staff = open_as_staff(&mut rng(), &stored, &keyring, manifest, None).map_err(Failure::of)?;
    let mut view = view(&staff.unverified.verify(&signers).map_err(Failure::of)?);
    view["cache"] = staff.new_cache.map(|hint| hex(&hint)).into();
    Ok(view)
}

fn patient_opens(args: &Args, directory: &VerifiedDirectory) -> Result<Opened, Failure> {
    let stored: StoredAppointment = args.cbor("stored")?;
    let envelope: Envelope = cbor::from_slice(&stored.envelope).map_err(Failure::of)?;
    let entry = VaultEntry {
        appointment: envelope.context.appointment,
        place: envelope.context.place,
        seq: 0,
        head: Digest([0; 32]),
        removed: false,
        at: now(args)?,
    };
    let signers = staff_signers(directory)?;
    open_as_patient(&stored, &entry, &patient(args)?, directory.manifest(), &signers).map_err(Failure::of)
}

fn as_patient(args: &Args) -> Result<Value, Failure> {
    Ok(view(&patient_opens(args, &directory(args)?)?))
}

fn cancel(args: &Args) -> Result<Value, Failure> {
    say(args, Action::CancelledByPatient, None)
}

fn move_to(args: &Args) -> Result<Value, Failure> {
    say(args, Action::MovedByPatient, Some(args.cbor("to")?))
}

fn say(args: &Args, action: Action, place: Option<Place>) -> Result<Value, Failure> {
    let directory = directory(args)?;
    let opened = patient_opens(args, &directory)?;
    let act = Act { action, place, note: args.text("note")? };
    let (patient, manifest) = (patient(args)?, directory.manifest().number);
    let next = seal_statement(&mut rng(), &opened, patient.signing(), act, manifest, now(args)?)
        .map_err(Failure::of)?;
    Ok(json!({ "sealed": hex(&next.sealed), "head": hex(&next.head.0) }))
}
