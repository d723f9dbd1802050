//! The waiting list, for both pages.
use crate::{error::Failure, view};
use vestibule_core::{
    ids::WaitingId,
    limits,
    wire::{
        appointment::Place,
        catalog::Catalog,
        waiting::{Offer, WaitingState, Wish},
    },
};
use wasm_bindgen::prelude::*;

const fn state(state: WaitingState) -> &'static str {
    match state {
        WaitingState::Waiting => "waiting",
        WaitingState::Accepted => "accepted",
        WaitingState::Booked => "booked",
        WaitingState::Left => "left",
        WaitingState::Removed => "removed",
        WaitingState::Over => "over",
    }
}

fn entry_id(id: &str) -> Result<WaitingId, Failure> {
    id.parse().map_err(|_| Failure::input("input"))
}

/// `YYYY-MM-DD` of a date's number.
fn date(day: u32) -> String {
    format!("{:04}-{:02}-{:02}", day / 10_000, day / 100 % 100, day % 100)
}

fn resource_name(catalog: &Catalog, place: &Place) -> JsValue {
    let name = catalog.resources.iter().find(|r| r.id == place.resource).map(|r| r.name.as_str());
    name.unwrap_or_default().into()
}

fn offer(catalog: &Catalog, offer: &Offer) -> JsValue {
    view::object(&[
        ("start", view::number(offer.place.start.start().0)),
        ("minutes", (offer.place.cells * limits::CELL_MINUTES).into()),
        ("resourceName", resource_name(catalog, &offer.place)),
        ("until", view::number(offer.until.0)),
        ("mailed", offer.mailed.into()),
    ])
}

/// What both pages show of an opened entry.
fn wish(catalog: &Catalog, wish: &Wish) -> Vec<(&'static str, JsValue)> {
    let names = wish.terms.wants.iter().flat_map(|w| &w.resources);
    let names = names.filter_map(|id| catalog.resources.iter().find(|r| r.id == *id));
    vec![
        ("serviceName", wish.service_name.as_str().into()),
        ("weekdays", wish.terms.weekdays.into()),
        ("last", date(wish.terms.last.0).into()),
        ("resources", view::array(names, |r| r.name.as_str().into())),
        ("reason", wish.reason.as_str().into()),
        ("name", wish.contact.name.as_str().into()),
    ]
}

#[cfg(feature = "patient")]
mod patient {
    use super::{entry_id, offer, state, view, wish};
    use crate::{
        error::Failure,
        input,
        patient::{PatientClient, parse_contact, texts},
    };
    use vestibule_core::{
        day::Day,
        wire::{catalog::Catalog, waiting::WaitingDeed},
    };
    use vestibule_edge_crypto::client::{WaitRequest, WaitingLine};
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen]
    impl PatientClient {
        /// Joins the waiting list.
        pub async fn wait(&mut self, request: JsValue) -> Result<JsValue, JsValue> {
            let request = parse(&request)?;
            let practice = self.practice.as_ref().ok_or(Failure::input("not-ready"))?;
            let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
            let waiting = self.client.wait(practice, session, request).await;
            let line_of = waiting.map_err(|e| Failure::of(&e, &self.client))?;
            Ok(line(practice.directory.catalog(), &line_of))
        }

        /// The patient's entries of the waiting list, with their offers.
        pub async fn waiting(&mut self) -> Result<JsValue, JsValue> {
            let practice = self.practice.as_ref().ok_or(Failure::input("not-ready"))?;
            let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
            let lines = self.client.waiting(practice, session).await;
            let lines = lines.map_err(|e| Failure::of(&e, &self.client))?;
            Ok(view::array(&lines, |one| line(practice.directory.catalog(), one)))
        }

        /// Accepts an open offer: books it.
        #[wasm_bindgen(js_name = acceptOffer)]
        pub async fn accept_offer(&mut self, id: String) -> Result<JsValue, JsValue> {
            let practice = self.practice.as_ref().ok_or(Failure::input("not-ready"))?;
            let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
            let opened = self.client.accept_offer(practice, session, entry_id(&id)?).await;
            let opened = opened.map_err(|e| Failure::of(&e, &self.client))?;
            Ok(view::appointment(practice.directory.catalog(), &opened))
        }

        /// Leaves the waiting list (`true`), or lets the open offer pass.
        #[wasm_bindgen(js_name = waitingAct)]
        pub async fn waiting_act(&mut self, id: String, leave: bool) -> Result<(), JsValue> {
            let what = if leave { WaitingDeed::Leave } else { WaitingDeed::Pass };
            let practice = self.practice.as_ref().ok_or(Failure::input("not-ready"))?;
            let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
            let done = self.client.waiting_act(practice, session, entry_id(&id)?, what).await;
            Ok(done.map_err(|e| Failure::of(&e, &self.client))?)
        }
    }

    fn line(catalog: &Catalog, line: &WaitingLine) -> JsValue {
        let mut shown: Vec<(&str, JsValue)> =
            vec![("id", line.entry.to_string().into()), ("state", state(line.state).into())];
        match &line.result {
            Ok(None) => {}
            Ok(Some(opened)) => {
                shown.extend(wish(catalog, &opened.wish));
                shown.push(("offer", opened.offer.as_ref().map_or(JsValue::NULL, |o| offer(catalog, o))));
            }
            Err(problem) => shown.push(("problem", problem.code().into())),
        }
        view::object(&shown)
    }

    fn ids<I: core::str::FromStr>(texts: &[String]) -> Result<Vec<I>, Failure> {
        texts.iter().map(|id| id.parse().map_err(|_| Failure::input("input"))).collect()
    }

    fn parse(request: &JsValue) -> Result<WaitRequest, Failure> {
        Ok(WaitRequest {
            service: input::parsed(request, "service")?,
            also: ids(&texts(request, "also")?)?,
            resources: ids(&texts(request, "resources")?)?,
            weekdays: input::number(request, "weekdays")?.try_into().map_err(|_| Failure::input("input"))?,
            last: Day::parse(&input::text(request, "last")?).ok_or(Failure::input("input"))?,
            contact: parse_contact(request)?,
            reason: input::text(request, "reason")?,
            locale: input::text(request, "locale")?,
            answers: texts(request, "answers")?,
        })
    }
}

#[cfg(feature = "practice")]
mod practice {
    use super::{entry_id, offer, state, view, wish};
    use crate::{error::Failure, practice::PracticeClient};
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen]
    impl PracticeClient {
        /// The waiting list in its order, opened and verified here; the notices of offers that were not mailed yet are sent.
        /// Gives `{entries, mailed}`.
        #[wasm_bindgen(js_name = waitingList)]
        pub async fn waiting_list(&self) -> Result<JsValue, JsValue> {
            let session = self.session.as_ref().ok_or(Failure::input("locked"))?;
            let list = self.client.waiting_list(session).await;
            let list = list.map_err(|e| Failure::of(&e, &self.client))?;
            let mailed = self.client.mail_offers(session, &list).await;
            let mailed = mailed.map_err(|e| Failure::of(&e, &self.client))?;
            let catalog = session.practice.directory.catalog();
            let entries = view::array(&list, |one| {
                let mut shown: Vec<(&str, JsValue)> = vec![
                    ("id", one.entry.to_string().into()),
                    ("state", state(one.state).into()),
                    ("since", view::number(one.since.0)),
                ];
                match &one.result {
                    Ok(opened) => {
                        shown.extend(wish(catalog, &opened.wish));
                        shown.extend([
                            ("email", opened.wish.contact.email.as_str().into()),
                            ("phone", opened.wish.contact.phone.as_str().into()),
                            ("offer", opened.offer.as_ref().map_or(JsValue::NULL, |o| offer(catalog, o))),
                        ]);
                    }
                    Err(problem) => shown.push(("problem", problem.code().into())),
                }
                view::object(&shown)
            });
            Ok(view::object(&[("entries", entries), ("mailed", view::number(mailed as u64))]))
        }

        /// Takes an entry off the list.
        #[wasm_bindgen(js_name = removeWaiting)]
        pub async fn remove_waiting(&self, id: String) -> Result<(), JsValue> {
            let session = self.session.as_ref().ok_or(Failure::input("locked"))?;
            let removed = self.client.remove_waiting(session, entry_id(&id)?).await;
            Ok(removed.map_err(|e| Failure::of(&e, &self.client))?)
        }
    }
}
