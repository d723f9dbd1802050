//! What the practice enters itself: blocks, visits of people who called, and series of either.
use crate::{error::Failure, input, practice::PracticeClient, view};
use vestibule_core::{
    calendar::weekly,
    ids::{AppointmentId, ResourceId},
    limits,
    time::{Cell, UnixSeconds},
    wire::{appointment::Contact, entry::EntryKind},
};
use vestibule_edge_crypto::client::{ClientError, practice::EntryWish};
use wasm_bindgen::prelude::*;

type Result<T> = core::result::Result<T, Failure>;

#[wasm_bindgen]
impl PracticeClient {
    /// Enters one appointment or a series as one: `{resource, starts, minutes, kind, title, service, name, phone, email,
    /// birthDate, note, locale}`; `kind` is `block` or `visit`, `service` may be empty. Gives `{ids}`; or, if anything is in the way,
    /// nothing is stored, and it gives `{conflicts}`, the positions in `starts`.
    pub async fn enter(&mut self, entry: JsValue) -> core::result::Result<JsValue, JsValue> {
        let wish = parse(&entry)?;
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        match self.client.enter(session, &wish).await {
            Ok(ids) => Ok(view::object(&[("ids", ids_of(&ids))])),
            Err(ClientError::Problem(problem)) if !problem.conflicts.is_empty() => {
                let conflicts = view::array(&problem.conflicts, |at| (*at).into());
                Ok(view::object(&[("conflicts", conflicts)]))
            }
            Err(error) => Err(Failure::of(&error, &self.client).into()),
        }
    }

    /// The dates and starts of a series: every `weeks` weeks at the same time of the wall clock where the resource is. Gives
    /// `[{day: 'YYYY-MM-DD', start}, ...]`; `start` in Unix seconds is missing where the clock skips that time.
    pub fn weekly(
        &self,
        resource: &str,
        start: f64,
        weeks: u32,
        count: u32,
    ) -> core::result::Result<JsValue, JsValue> {
        let resource: ResourceId = resource.parse().map_err(|_| Failure::input("input"))?;
        let start = start_at(&start.into())?;
        let session = self.session.as_ref().ok_or(Failure::input("locked"))?;
        let catalog = session.practice.directory.catalog();
        let all = weekly(catalog, resource, start, weeks, count).map_err(|_| Failure::input("input"))?;
        Ok(view::array(&all, |one| {
            let number = one.day.0;
            let day = format!("{:04}-{:02}-{:02}", number / 10_000, number / 100 % 100, number % 100);
            let start = one.start.map_or(JsValue::UNDEFINED, |cell| view::number(cell.start().0));
            view::object(&[("day", day.as_str().into()), ("start", start)])
        }))
    }

    /// Cancels an appointment and all later ones of its series that still stand, as one. Gives their ids.
    #[wasm_bindgen(js_name = cancelRest)]
    pub async fn cancel_rest(&mut self, id: String, note: String) -> core::result::Result<JsValue, JsValue> {
        let id: AppointmentId = id.parse().map_err(|_| Failure::input("input"))?;
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        let ids =
            self.client.cancel_rest(session, id, &note).await.map_err(|e| Failure::of(&e, &self.client))?;
        Ok(ids_of(&ids))
    }
}

fn ids_of(ids: &[AppointmentId]) -> JsValue {
    view::array(ids, |id| id.to_string().as_str().into())
}

fn start_at(value: &JsValue) -> Result<Cell> {
    Cell::starting_at(UnixSeconds(input::whole(value)?)).ok_or(Failure::input("not-offered"))
}

fn parse(entry: &JsValue) -> Result<EntryWish> {
    let kind = match input::text(entry, "kind")?.as_str() {
        "block" => EntryKind::Block,
        "visit" => EntryKind::Visit,
        _ => return Err(Failure::input("input")),
    };
    let minutes = u32::try_from(input::number(entry, "minutes")?).map_err(|_| Failure::input("input"))?;
    if !minutes.is_multiple_of(limits::CELL_MINUTES) {
        return Err(Failure::input("not-offered"));
    }
    let service = input::text(entry, "service")?;
    Ok(EntryWish {
        resource: input::parsed(entry, "resource")?,
        starts: input::list(entry, "starts")?.iter().map(start_at).collect::<Result<_>>()?,
        cells: minutes / limits::CELL_MINUTES,
        kind,
        title: input::text(entry, "title")?,
        service: if service.is_empty() { None } else { Some(input::parsed(entry, "service")?) },
        contact: Contact {
            name: input::text(entry, "name")?,
            email: input::text(entry, "email")?,
            phone: input::text(entry, "phone")?,
            birth_date: input::text(entry, "birthDate")?,
        },
        note: input::text(entry, "note")?,
        locale: input::text(entry, "locale")?,
    })
}
