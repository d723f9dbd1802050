//! The list of targets.
use crate::{Sequence, climb};
use minicbor::{Decode, Encode};
use serde::{Serialize, de::DeserializeOwned};
use std::{fmt::Debug, str};
use vestibule_channel::PlatformSecret;
use vestibule_core::{
    bytes::{from_base32, from_base64url, to_base32, to_base64url},
    cbor,
    ids::{AppointmentId, Digest, Fingerprint, PracticeId},
    routes::Route,
    time::UnixSeconds,
    wire::{appointment, directory, envelope, http, pow, realm},
};
use vestibule_verify::directory::{Expected, check};

/// A parser under test.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Name, for `VESTIBULE_FUZZ_TARGET` and in findings.
    pub name: &'static str,
    /// Must return for any input.
    pub run: fn(&[u8]),
    /// A valid input, if one was found.
    pub sample: fn(&mut Sequence) -> Option<Vec<u8>>,
}

/// What decodes is exactly what we would have written, and nothing may follow it.
#[expect(clippy::panic, reason = "the finding of a fuzz target")]
fn cbor_of<T>(input: &[u8])
where
    T: for<'b> Decode<'b, ()> + Encode<()> + Debug + PartialEq,
{
    let Ok(value) = cbor::from_slice::<T>(input) else { return };
    assert_eq!(cbor::to_vec(&value), input, "another encoding was accepted");
    let longer = [input, &[0]].concat();
    if let Ok(value) = cbor::from_slice::<T>(&longer) {
        panic!("trailing bytes were accepted: {value:?}");
    }
}

fn cbor_sample<T>(random: &mut Sequence) -> Option<Vec<u8>>
where
    T: for<'b> Decode<'b, ()> + Encode<()>,
{
    (0..40).find_map(|_| climb::sample::<T>(random, 400))
}

/// What JSON decodes to survives both encodings.
fn json_of<T>(input: &[u8])
where
    T: for<'b> Decode<'b, ()> + Encode<()> + Serialize + DeserializeOwned + Debug + PartialEq,
{
    let Ok(value) = serde_json::from_slice::<T>(input) else { return };
    let text = serde_json::to_vec(&value).unwrap_or_default();
    assert_eq!(serde_json::from_slice::<T>(&text).ok().as_ref(), Some(&value), "JSON does not come back");
    assert_eq!(cbor::from_slice::<T>(&cbor::to_vec(&value)).ok(), Some(value), "CBOR does not come back");
}

fn json_sample<T>(random: &mut Sequence) -> Option<Vec<u8>>
where
    T: for<'b> Decode<'b, ()> + Encode<()> + Serialize,
{
    let value = minicbor::decode::<T>(&cbor_sample::<T>(random)?).ok()?;
    serde_json::to_vec(&value).ok()
}

/// A route's path leads back to the route.
fn route(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let (method, path) = text.split_once(' ').unwrap_or(("GET", text));
    if let Ok(route) = Route::find(method, path) {
        assert_eq!(Route::find(route.info().method.as_str(), &route.path()), Ok(route));
    }
}

fn route_sample(random: &mut Sequence) -> Option<Vec<u8>> {
    let practice = PracticeId::try_from(random.bytes(16).as_slice()).ok()?;
    let appointment = AppointmentId::try_from(random.bytes(16).as_slice()).ok()?;
    let route = match random.below(3) {
        0 => Route::Realm,
        1 => Route::Slots(practice),
        _ => Route::Act(practice, appointment),
    };
    Some(format!("{} {}", route.info().method.as_str(), route.path()).into_bytes())
}

/// Queries come back from their own text.
fn query(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    if let Some(query) = http::SlotQuery::from_query(text) {
        assert_eq!(http::SlotQuery::from_query(&query.to_query()), Some(query));
    }
}

fn query_sample(random: &mut Sequence) -> Option<Vec<u8>> {
    let query = minicbor::decode::<http::SlotQuery>(&cbor_sample::<http::SlotQuery>(random)?).ok()?;
    Some(query.to_query().into_bytes())
}

/// The text forms of ids, as in booking links (`#<fingerprint>`), paths and bearer tokens: one text for one value.
fn text_forms(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    if let Ok(value) = text.parse::<Fingerprint>() {
        assert_eq!(value.to_string(), text);
    }
    if let Ok(value) = text.parse::<Digest>() {
        assert_eq!(value.to_string(), text);
    }
    if let Ok(bytes) = from_base32(text) {
        assert_eq!(to_base32(&bytes), text);
    }
    if let Ok(bytes) = from_base64url(text) {
        assert_eq!(to_base64url(&bytes), text);
    }
}

fn text_sample(random: &mut Sequence) -> Option<Vec<u8>> {
    let fingerprint = Fingerprint::try_from(random.bytes(20).as_slice()).ok()?;
    let digest = Digest::try_from(random.bytes(32).as_slice()).ok()?;
    Some(if random.below(2) == 0 { fingerprint.to_string() } else { digest.to_string() }.into_bytes())
}

/// All checks of a served directory. Nothing that lacks the practice's signatures may pass.
fn directory_check(input: &[u8]) {
    let Ok(directory) = vestibule_verify::directory::parse(input) else { return };
    let expected = Expected { practice: PracticeId([7; 16]), fingerprint: None, seen: None };
    assert!(check(&directory, &expected, UnixSeconds(1_800_000_000)).is_err(), "a forged directory passed");
}

/// A realm opens a posted message. Nothing that was not sealed to it may open.
fn realm_message(input: &[u8]) {
    use std::sync::OnceLock;
    static REALM: OnceLock<vestibule_channel::RealmSecret> = OnceLock::new();
    let realm = REALM.get_or_init(|| PlatformSecret::from_bytes(&[9; 32]).realm());
    assert!(realm.open(input).is_err(), "a forged message opened");
}

macro_rules! targets {
    (cbor: $($cbor:ident = $cbor_type:ty,)+; json: $($json:ident = $json_type:ty,)+; other: $($other:ident = $run:path, $sample:path;)+) => {
        /// All targets.
        pub const TARGETS: &[Target] = &[
            $(Target { name: stringify!($cbor), run: cbor_of::<$cbor_type>, sample: cbor_sample::<$cbor_type> },)+
            $(Target { name: stringify!($json), run: json_of::<$json_type>, sample: json_sample::<$json_type> },)+
            $(Target { name: stringify!($other), run: $run, sample: $sample },)+
        ];
    };
}

targets! {
    cbor:
    cbor_sealed = envelope::Sealed,
    cbor_wrap = envelope::Wrap,
    cbor_signed = envelope::Signed,
    cbor_envelope = appointment::Envelope,
    cbor_stored_appointment = appointment::StoredAppointment,
    cbor_calendar_item = appointment::CalendarItem,
    cbor_proof = appointment::Proof,
    cbor_booking = appointment::Booking,
    cbor_statement = appointment::Statement,
    cbor_sealed_request = realm::SealedRequest,
    cbor_realm_request = realm::RealmRequest,
    cbor_realm_reply = realm::RealmReply,
    cbor_descriptor = realm::Descriptor,
    cbor_put_statement = realm::PutStatement,
    cbor_vault = realm::Vault,
    cbor_directory = directory::Directory,
    cbor_root_statement = directory::RootStatement,
    cbor_deployment = directory::Deployment,
    cbor_manifest = directory::Manifest,
    cbor_catalog = directory::Catalog,
    cbor_freshness = directory::Freshness,
    cbor_grant = directory::Grant,
    cbor_staff_keys = directory::StaffKeys,
    cbor_realm_description = http::RealmDescription,
    cbor_found_begin = http::FoundBegin,
    cbor_ceremony = http::Ceremony,
    cbor_found_finish = http::FoundFinish,
    cbor_sign_in = http::SignIn,
    cbor_session = http::Session,
    cbor_catalog_update = http::CatalogUpdate,
    cbor_slots = http::Slots,
    cbor_hold = http::Hold,
    cbor_held = http::Held,
    cbor_book = http::Book,
    cbor_booked = http::Booked,
    cbor_read = http::Read,
    cbor_act = http::Act,
    cbor_calendar_query = http::CalendarQuery,
    cbor_cache_update = http::CacheUpdate,
    cbor_challenge_request = pow::ChallengeRequest,
    cbor_challenge = pow::Challenge,
    ;
    json:
    json_found_begin = http::FoundBegin,
    json_found_finish = http::FoundFinish,
    json_sign_in = http::SignIn,
    json_catalog_update = http::CatalogUpdate,
    json_hold = http::Hold,
    json_book = http::Book,
    json_read = http::Read,
    json_act = http::Act,
    json_calendar_query = http::CalendarQuery,
    json_cache_update = http::CacheUpdate,
    json_challenge_request = pow::ChallengeRequest,
    ;
    other:
    route = route, route_sample;
    query = query, query_sample;
    text_forms = text_forms, text_sample;
    directory_check = directory_check, cbor_sample::<directory::Directory>;
    realm_message = realm_message, cbor_sample::<realm::SealedRequest>;
}
