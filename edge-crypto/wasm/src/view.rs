//! What pages show: plain JS objects of checked data.
#[cfg(feature = "patient")]
use crate::names;
use js_sys::{Array, Object, Reflect};
use vestibule_core::wire::{
    catalog::{Access, Class, Question, Resource, Service},
    directory::Realm,
};
#[cfg(feature = "patient")]
use vestibule_core::{
    ids::AppointmentId,
    limits,
    wire::{
        appointment::{Answer, Booking, Place},
        catalog::Catalog,
        entry::Series,
    },
};
#[cfg(feature = "patient")]
use vestibule_edge_crypto::booking::{OpenError, Opened};
use vestibule_edge_crypto::client::Practice;
use vestibule_verify::directory::Freshness;
use wasm_bindgen::JsValue;

/// An object of these properties.
pub(crate) fn object(properties: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in properties {
        // Setting a property of a fresh object cannot fail.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

/// An array.
pub(crate) fn array<T>(items: impl IntoIterator<Item = T>, show: impl Fn(T) -> JsValue) -> JsValue {
    items.into_iter().map(show).collect::<Array>().into()
}

/// A number that JS holds exactly: seconds and counts are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "seconds and counts are far below 2^53")]
pub(crate) fn number(value: u64) -> JsValue {
    (value as f64).into()
}

#[expect(clippy::needless_pass_by_value, reason = "ids are small, and given by value and by reference")]
fn id(id: impl ToString) -> JsValue {
    id.to_string().into()
}

fn resource(resource: &Resource) -> JsValue {
    let hours = array(&resource.hours, |h| {
        object(&[("weekday", h.weekday.into()), ("from", h.from.into()), ("to", h.to.into())])
    });
    object(&[("id", id(resource.id)), ("name", resource.name.as_str().into()), ("hours", hours)])
}

fn question(question: &Question) -> JsValue {
    object(&[
        ("text", question.text.as_str().into()),
        ("answers", array(&question.answers, |answer| answer.as_str().into())),
        ("required", question.required.into()),
    ])
}

fn class(class: &Class) -> JsValue {
    let chosen = class.needs.first().map_or(&[][..], |need| &need.one_of);
    let access = match class.access {
        Access::Public => "public",
        Access::Internal => "internal",
        Access::WithCode(_) => "code",
    };
    object(&[
        ("id", class.id.into()),
        ("minutes", class.minutes.into()),
        ("resources", array(chosen, id)),
        ("access", access.into()),
        ("horizon", class.horizon.into()),
        ("asks", (class.request == Some(true)).into()),
        ("series", class.series.unwrap_or_default().into()),
    ])
}

fn service(service: &Service) -> JsValue {
    object(&[
        ("id", id(service.id)),
        ("name", service.name.as_str().into()),
        ("description", service.description.as_str().into()),
        ("minutes", service.minutes.into()),
        ("resources", array(&service.resources, id)),
        ("classes", service.classes.as_ref().map_or(JsValue::NULL, |ids| array(ids, |id| (*id).into()))),
        ("price", service.price.as_deref().into()),
        ("questions", service.questions.as_ref().map_or(JsValue::NULL, |all| array(all, question))),
        ("together", service.together.into()),
    ])
}

/// Of a booking that is one of a series.
#[cfg(feature = "patient")]
fn series(booking: &Booking, show: impl Fn(&Series) -> JsValue) -> JsValue {
    booking.series.as_ref().map_or(JsValue::UNDEFINED, show)
}

/// A verified directory.
pub(crate) fn directory(practice: &Practice) -> JsValue {
    let catalog = practice.directory.catalog();
    let manifest = practice.directory.manifest();
    let seen = practice.directory.seen();
    let freshness = match practice.directory.freshness() {
        Freshness::Fresh => "fresh",
        Freshness::Warn => "warn",
        Freshness::Stop => "stop",
    };
    let deployment = practice.directory.deployment();
    let realm =
        |realm: &Realm| object(&[("index", realm.index.into()), ("origin", realm.origin.as_str().into())]);
    let seen = object(&[
        ("manifest", seen.manifest.into()),
        ("manifestHash", id(seen.manifest_hash)),
        ("catalog", seen.catalog.into()),
    ]);
    object(&[
        ("practice", id(practice.id())),
        ("fingerprint", id(practice.fingerprint)),
        ("name", catalog.name.as_str().into()),
        ("contact", catalog.contact.as_str().into()),
        ("timeZone", catalog.time_zone.as_str().into()),
        ("language", catalog.language.as_str().into()),
        ("manifestNumber", manifest.number.into()),
        ("freshness", freshness.into()),
        ("credentials", number(manifest.credentials.len() as u64)),
        ("threshold", deployment.threshold.into()),
        ("realms", array(&deployment.realms, realm)),
        ("resources", array(&catalog.resources, resource)),
        ("classes", array(catalog.rules.as_ref().map_or(&[][..], |rules| &rules.classes), class)),
        ("services", array(&catalog.services, service)),
        ("seen", seen),
    ])
}

#[cfg(feature = "patient")]
fn resource_name(catalog: &Catalog, place: &Place) -> JsValue {
    let name = catalog.resources.iter().find(|r| r.id == place.resource).map(|r| r.name.as_str());
    name.unwrap_or_default().into()
}

#[cfg(feature = "patient")]
/// What is known of an appointment that was refused: where the server says it is, and why it is not shown.
pub(crate) fn refused(
    catalog: &Catalog,
    appointment: AppointmentId,
    place: Option<&Place>,
    start: u64,
    problem: OpenError,
) -> JsValue {
    let view = object(&[
        ("id", id(appointment)),
        ("state", "booked".into()),
        ("start", number(start)),
        ("problem", problem.code().into()),
    ]);
    if let Some(place) = place {
        for (name, value) in [
            ("minutes", (place.cells * limits::CELL_MINUTES).into()),
            ("resource", id(place.resource)),
            ("resourceName", resource_name(catalog, place)),
        ] {
            let _ = Reflect::set(&view, &name.into(), &value);
        }
    }
    view
}

/// What a patient answered: pairs of question and answer.
#[cfg(feature = "patient")]
fn answers(answers: Option<&[Answer]>) -> JsValue {
    array(answers.unwrap_or_default(), |a| array([&a.question, &a.answer], |text| text.as_str().into()))
}

#[cfg(feature = "patient")]
/// An opened appointment.
pub(crate) fn appointment(catalog: &Catalog, opened: &Opened) -> JsValue {
    let booking = &opened.booking;
    let contact = &booking.contact;
    let view = object(&[
        ("id", id(booking.appointment)),
        ("state", names::state(opened.state).into()),
        ("start", number(opened.place.start.start().0)),
        ("minutes", (opened.place.cells * limits::CELL_MINUTES).into()),
        ("resource", id(opened.place.resource)),
        ("resourceName", resource_name(catalog, &opened.place)),
        ("service", id(booking.service)),
        ("serviceName", booking.service_name.as_str().into()),
        ("name", contact.name.as_str().into()),
        ("email", contact.email.as_str().into()),
        ("phone", contact.phone.as_str().into()),
        ("birthDate", contact.birth_date.as_str().into()),
        ("reason", booking.reason.as_str().into()),
        ("answers", answers(booking.answers.as_deref())),
        ("also", array(booking.also.iter().flatten(), id)),
        ("series", series(booking, |s| array([s.at, s.of], JsValue::from))),
        ("seed", series(booking, |s| array(s.seed.0.iter().copied(), JsValue::from))),
    ]);
    if let Some(last) = opened.statements.last() {
        for (name, value) in [("last", names::act(last.action)), ("lastBy", names::by(last.action))] {
            let _ = Reflect::set(&view, &name.into(), &value.into());
        }
        let _ = Reflect::set(&view, &"note".into(), &last.note.as_str().into());
    }
    view
}
