//! Entries of the waiting list, by the functions that the clients use.
use crate::{
    args::{Args, Failure, cbor_hex, hex},
    keys::patient,
    practice::{now, sign_in, words},
    rng,
    verify::directory,
};
use serde_json::{Value, json};
use vestibule_core::{
    day::Day,
    ids::{Digest, ResourceId, ServiceId, WaitingId},
    wire::{
        appointment::Contact,
        realm::VaultWaiting,
        waiting::{StoredWaiting, Terms, Want},
    },
};
use vestibule_edge_crypto::waiting::{OpenedWish, WishDetails, open_as_patient, open_as_staff, seal_wish};

pub(crate) fn answer(op: &str, args: &Args) -> Option<Result<Value, Failure>> {
    Some(match op {
        "waiting_capability" => capability(args),
        "wait" => wait(args),
        "wish_as_staff" => as_staff(args),
        "wish_as_patient" => as_patient(args),
        _ => return None,
    })
}

fn capability(args: &Args) -> Result<Value, Failure> {
    let entry = WaitingId(args.array("entry")?);
    Ok(json!({ "capability": hex(&patient(args)?.waiting_capability(entry).0) }))
}

fn wait(args: &Args) -> Result<Value, Failure> {
    let directory = directory(args)?;
    let small = |key| args.number(key)?.try_into().map_err(Failure::of);
    let want = Want {
        resources: vec![ResourceId(args.array("resource")?)],
        minutes: small("minutes")?,
        classes: None,
    };
    let terms = Terms { wants: vec![want], weekdays: small("weekdays")?, last: Day(small("last")?) };
    let mut contact = words(args, "contact")?.into_iter();
    let mut next = || contact.next().unwrap_or_default();
    let details = WishDetails {
        service: ServiceId(args.array("service")?),
        also: Vec::new(),
        service_name: args.text("service_name")?,
        contact: Contact { name: next(), email: next(), phone: next(), birth_date: next() },
        reason: args.text("reason")?,
        locale: args.text("locale")?,
        answers: Vec::new(),
    };
    let entry = WaitingId(args.array("entry")?);
    let (keys, manifest) = (patient(args)?, directory.manifest());
    let sealed = seal_wish(&mut rng(), manifest, &keys, entry, terms, details, now(args)?);
    Ok(json!({ "envelope": hex(&sealed.map_err(Failure::of)?.envelope) }))
}

fn view(opened: &OpenedWish) -> Value {
    json!({ "wish": cbor_hex(&opened.wish), "offered": opened.offer.is_some() })
}

fn as_staff(args: &Args) -> Result<Value, Failure> {
    let (directory, _, keyring) = sign_in(args)?;
    let stored: StoredWaiting = args.cbor("stored")?;
    Ok(view(&open_as_staff(&stored, &keyring, directory.manifest()).map_err(Failure::of)?))
}

fn as_patient(args: &Args) -> Result<Value, Failure> {
    let directory = directory(args)?;
    let stored: StoredWaiting = args.cbor("stored")?;
    let entry = VaultWaiting { entry: stored.entry, head: Digest([0; 32]), removed: false, at: now(args)? };
    let opened = open_as_patient(&stored, &entry, &patient(args)?, directory.practice());
    Ok(view(&opened.map_err(Failure::of)?))
}
