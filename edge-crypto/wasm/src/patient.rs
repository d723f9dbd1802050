//! `PatientClient`: one patient of one practice.
use crate::{browser::Browser, error::Failure, fetch::Fetch, input, view};
use js_sys::Uint8Array;
use vestibule_core::{
    ids::{Fingerprint, PracticeId},
    time::UnixSeconds,
    wire::appointment::Contact,
};
use vestibule_edge_crypto::{
    client::{
        BookRequest, BookedSeries, Client, ClientError, Located, Practice, Prepared, Session, Tickets,
        Unlocked, device::DeviceMemory,
    },
    pin::{self, BirthDate},
};
use vestibule_verify::directory::Seen;
use wasm_bindgen::prelude::*;

type Result<T> = core::result::Result<T, Failure>;

/// One patient of one practice. Steps: `directory`, `locate`, then either `prepareEnrolment`, `requestCode`, `redeem`,
/// `enrol`, or `unlock`; then `book`, `appointments`, `cancel`, `moveTo`, `changePin`.
#[wasm_bindgen]
#[derive(Debug)]
pub struct PatientClient {
    pub(crate) client: Client<Fetch, Browser>,
    fingerprint: Fingerprint,
    pub(crate) practice: Option<Practice>,
    located: Option<Located>,
    prepared: Option<Prepared>,
    tickets: Option<Tickets>,
    pub(crate) session: Option<Session>,
}

#[wasm_bindgen]
impl PatientClient {
    /// A client of the practice whose fingerprint (base32) the link's fragment gives.
    #[wasm_bindgen(constructor)]
    pub fn new(origin: String, fingerprint: &str) -> core::result::Result<PatientClient, JsValue> {
        let fingerprint = fingerprint.parse().map_err(|_| Failure::input("fingerprint"))?;
        Ok(Self {
            client: Client::new(Fetch { origin }, Browser),
            fingerprint,
            practice: None,
            located: None,
            prepared: None,
            tickets: None,
            session: None,
        })
    }

    /// Fetches and verifies the directory. `seen` is what an earlier view gave.
    pub async fn directory(&mut self, seen: JsValue) -> core::result::Result<JsValue, JsValue> {
        let seen = if seen.is_object() { Some(parse_seen(&seen)?) } else { None };
        let practice =
            self.client.directory(self.fingerprint, seen).await.map_err(|e| Failure::of(&e, &self.client))?;
        let view = view::directory(&practice);
        self.practice = Some(practice);
        Ok(view)
    }

    /// Finds out the PatientID of an e-mail address.
    pub async fn locate(&mut self, email: String) -> core::result::Result<(), JsValue> {
        (self.located, self.tickets) = (None, None);
        let located = self
            .client
            .locate(self.practice()?, &email, &mut |_, _| {})
            .await
            .map_err(|e| Failure::of(&e, &self.client))?;
        self.located = Some(located);
        Ok(())
    }

    /// `undefined` for a PIN that may be used, else "length", "digits", "weak" or "birthday".
    #[wasm_bindgen(js_name = checkPin)]
    #[expect(clippy::needless_pass_by_value, reason = "the form that JS calls")]
    pub fn check_pin(&self, pin: &str, birth_date: Option<String>) -> Option<String> {
        let birth = birth_date.as_deref().and_then(BirthDate::parse);
        pin::check(pin, birth).err().map(|problem| problem.code().to_owned())
    }

    /// Computes a new registration (Argon2id, 64 MiB): call it while the patient types on.
    #[wasm_bindgen(js_name = prepareEnrolment)]
    pub fn prepare_enrolment(&mut self, pin: &str, progress: &JsValue) -> core::result::Result<(), JsValue> {
        let (practice, located) = (self.practice()?, self.located()?);
        let prepared = self
            .client
            .prepare_enrolment(practice, located, pin, &mut input::progress(progress))
            .map_err(Failure::from)?;
        self.prepared = Some(prepared);
        Ok(())
    }

    /// Has each realm mail a code to the located address. Gives the indices of those that will; codes that were redeemed
    /// before are void.
    #[wasm_bindgen(js_name = requestCode)]
    pub async fn request_code(&mut self, locale: String) -> core::result::Result<Vec<u8>, JsValue> {
        self.tickets = None;
        let (practice, located) = (self.practice()?, self.located()?);
        let mailing = self.client.request_code(practice, located, &locale).await;
        Ok(mailing.map_err(|e| Failure::of(&e, &self.client))?)
    }

    /// Redeems the mailed codes: one for each realm, in their order, empty where there is none. What a realm took stays
    /// taken if another refuses. `registered` says whether a PIN is set already.
    pub async fn redeem(&mut self, codes: Vec<String>) -> core::result::Result<JsValue, JsValue> {
        let mut tickets = self.tickets.take().unwrap_or_default();
        let (practice, located) = (self.practice()?, self.located()?);
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        let outcome = self.client.redeem_into(practice, located, &codes, &mut tickets).await;
        let view = view::object(&[("registered", tickets.registered.into())]);
        self.tickets = Some(tickets);
        outcome.map_err(|e| Failure::of(&e, &self.client))?;
        Ok(view)
    }

    /// Stores and activates the prepared registration; the patient is unlocked then.
    pub async fn enrol(&mut self) -> core::result::Result<(), JsValue> {
        let prepared = self.prepared.as_ref().ok_or(Failure::input("not-ready"))?;
        let tickets = self.tickets.as_ref().ok_or(Failure::input("not-ready"))?;
        let session = self
            .client
            .enrol(self.practice()?, prepared, tickets)
            .await
            .map_err(|e| Failure::of(&e, &self.client))?;
        self.session = Some(session);
        (self.prepared, self.tickets) = (None, None);
        Ok(())
    }

    /// Unlocks with the PIN. A redeemed code opens one more try. Gives `{failedAttempts, withoutRealms, behind}`: the origins of
    /// realms that were down or lied, where enough others answered, and of those that still hold another PIN.
    pub async fn unlock(&mut self, pin: String, progress: JsValue) -> core::result::Result<JsValue, JsValue> {
        let tickets = self.tickets.take();
        let tickets = tickets.as_ref().map_or(&[][..], |t| &t.tickets);
        let (practice, located) = (self.practice()?, self.located()?);
        let unlocked = self
            .client
            .unlock(practice, located.patient, &pin, tickets, &mut input::progress(&progress))
            .await
            .map_err(|e| Failure::of(&e, &self.client))?;
        Ok(self.unlocked(unlocked))
    }

    /// Compares what the servers have counted with what each keeps of the others. Gives the origins of those that were set back.
    pub async fn witness(&self) -> core::result::Result<Vec<String>, JsValue> {
        let practice = self.practice()?;
        let session = self.session.as_ref().ok_or(Failure::input("locked"))?;
        let set_back = self.client.witness(practice, session).await;
        // Who did not answer was named at the unlock.
        drop(self.client.troubles());
        Ok(set_back.map_err(|e| Failure::of(&e, &self.client))?)
    }

    /// Books; the view is of what the server now serves, read back and checked.
    pub async fn book(&mut self, request: JsValue) -> core::result::Result<JsValue, JsValue> {
        let request = parse_booking(&request)?;
        let practice = self.practice.as_ref().ok_or(Failure::input("not-ready"))?;
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        let opened =
            self.client.book(practice, session, request).await.map_err(|e| Failure::of(&e, &self.client))?;
        Ok(view::appointment(practice.directory.catalog(), &opened))
    }

    /// Books a series at these starts (Unix seconds): all of it, or nothing. Gives `{booked}`, views as of `book`, or `{conflicts}`, the
    /// positions that are not free.
    #[wasm_bindgen(js_name = bookSeries)]
    pub async fn book_series(
        &mut self,
        request: JsValue,
        starts: Vec<f64>,
    ) -> core::result::Result<JsValue, JsValue> {
        let request = parse_booking(&request)?;
        let starts: Vec<UnixSeconds> = starts
            .into_iter()
            .map(|start| input::whole(&start.into()).map(UnixSeconds))
            .collect::<Result<_>>()?;
        let practice = self.practice.as_ref().ok_or(Failure::input("not-ready"))?;
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        let outcome = self
            .client
            .book_series(practice, session, request, &starts)
            .await
            .map_err(|e| Failure::of(&e, &self.client))?;
        Ok(match outcome {
            BookedSeries::Booked(all) => {
                let catalog = practice.directory.catalog();
                view::object(&[("booked", view::array(&all, |one| view::appointment(catalog, one)))])
            }
            BookedSeries::InTheWay(at) => view::object(&[("conflicts", view::array(at, JsValue::from))]),
        })
    }

    /// All appointments of the patient, by start.
    pub async fn appointments(&mut self) -> core::result::Result<JsValue, JsValue> {
        let practice = self.practice.as_ref().ok_or(Failure::input("not-ready"))?;
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        let listed =
            self.client.appointments(practice, session).await.map_err(|e| Failure::of(&e, &self.client))?;
        let catalog = practice.directory.catalog();
        Ok(view::array(&listed, |line| match &line.result {
            Ok(opened) => view::appointment(catalog, opened),
            Err(problem) => view::refused(
                catalog,
                line.appointment,
                Some(&line.place),
                line.place.start.start().0,
                *problem,
            ),
        }))
    }

    /// Cancels an appointment, with a few words to the practice.
    pub async fn cancel(&mut self, id: String, note: String) -> core::result::Result<JsValue, JsValue> {
        let id = id.parse().map_err(|_| Failure::input("unknown-appointment"))?;
        let practice = self.practice.as_ref().ok_or(Failure::input("not-ready"))?;
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        let opened = self
            .client
            .cancel(practice, session, id, &note)
            .await
            .map_err(|e| Failure::of(&e, &self.client))?;
        Ok(view::appointment(practice.directory.catalog(), &opened))
    }

    /// Says that the patient will come.
    pub async fn accept(&mut self, id: String) -> core::result::Result<JsValue, JsValue> {
        let id = id.parse().map_err(|_| Failure::input("unknown-appointment"))?;
        let practice = self.practice.as_ref().ok_or(Failure::input("not-ready"))?;
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        let opened = self.client.accept(practice, session, id).await.map_err(Failure::from)?;
        Ok(view::appointment(practice.directory.catalog(), &opened))
    }

    /// Moves an appointment to another start (Unix seconds) or resource, or leaves it where it is.
    #[wasm_bindgen(js_name = moveTo)]
    pub async fn move_to(
        &mut self,
        id: String,
        resource: String,
        start: f64,
    ) -> core::result::Result<JsValue, JsValue> {
        let id = id.parse().map_err(|_| Failure::input("unknown-appointment"))?;
        let resource = resource.parse().map_err(|_| Failure::input("input"))?;
        let start = UnixSeconds(input::whole(&start.into())?);
        let practice = self.practice.as_ref().ok_or(Failure::input("not-ready"))?;
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        let opened =
            self.client.move_to(practice, session, id, resource, start).await.map_err(Failure::from)?;
        Ok(view::appointment(practice.directory.catalog(), &opened))
    }

    /// Changes the PIN; what is sealed stays as it is.
    #[wasm_bindgen(js_name = changePin)]
    pub async fn change_pin(
        &mut self,
        old: String,
        new: String,
        progress: JsValue,
    ) -> core::result::Result<(), JsValue> {
        let practice = self.practice.as_ref().ok_or(Failure::input("not-ready"))?;
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        let mut progress = input::progress(&progress);
        Ok(self
            .client
            .change_pin(practice, session, &old, &new, &mut progress)
            .await
            .map_err(|e| Failure::of(&e, &self.client))?)
    }

    /// What this device keeps to unlock as a known one: sealed under `deviceSecret`, which is overwritten.
    #[wasm_bindgen(js_name = deviceBlob)]
    pub fn device_blob(&self, device_secret: &Uint8Array) -> core::result::Result<Vec<u8>, JsValue> {
        let secret = input::secret(device_secret)?;
        let session = self.session.as_ref().ok_or(Failure::input("locked"))?;
        Ok(self.client.device_blob(self.fingerprint.practice(), session, &secret))
    }

    /// Unlocks on a known device; the e-mail address is not needed. `deviceSecret` is overwritten.
    #[wasm_bindgen(js_name = unlockDevice)]
    pub async fn unlock_device(
        &mut self,
        pin: String,
        blob: Vec<u8>,
        device_secret: Uint8Array,
        progress: JsValue,
    ) -> core::result::Result<JsValue, JsValue> {
        let secret = input::secret(&device_secret)?;
        let device =
            DeviceMemory::open(self.fingerprint.practice(), &blob, &secret).map_err(Failure::from)?;
        let unlocked = self
            .client
            .unlock_device(self.practice()?, &device, &pin, &mut input::progress(&progress))
            .await
            .map_err(|e| Failure::of(&e, &self.client))?;
        Ok(self.unlocked(unlocked))
    }

    /// Forgets everything of the patient; the practice stays.
    pub fn forget(&mut self) {
        (self.located, self.prepared, self.tickets, self.session) = (None, None, None, None);
    }

    fn unlocked(&mut self, unlocked: Unlocked) -> JsValue {
        self.session = Some(unlocked.session);
        let mut silent: Vec<_> =
            self.client.troubles().into_iter().filter(|t| !t.refused).map(|t| t.origin).collect();
        silent.sort();
        silent.dedup();
        let origins = |all: &[String]| view::array(all, |origin| origin.as_str().into());
        let realms = self.practice.iter().flat_map(|p| p.directory.deployment().realms.iter());
        let behind: Vec<String> =
            realms.filter(|r| unlocked.behind.contains(&r.index)).map(|r| r.origin.clone()).collect();
        view::object(&[
            ("failedAttempts", unlocked.failed_attempts.into()),
            ("withoutRealms", origins(&silent)),
            ("behind", origins(&behind)),
        ])
    }

    pub(crate) fn id(&self) -> PracticeId {
        self.fingerprint.practice()
    }

    fn practice(&self) -> Result<&Practice> {
        self.practice.as_ref().ok_or(ClientError::NotReady.into())
    }

    fn located(&self) -> Result<&Located> {
        self.located.as_ref().ok_or(ClientError::NotReady.into())
    }
}

fn parse_seen(seen: &JsValue) -> Result<Seen> {
    let count = |name| input::number(seen, name)?.try_into().map_err(|_| Failure::input("input"));
    Ok(Seen {
        manifest: count("manifest")?,
        manifest_hash: input::parsed(seen, "manifestHash")?,
        catalog: count("catalog")?,
    })
}

fn parse_booking(request: &JsValue) -> Result<BookRequest> {
    Ok(BookRequest {
        service: input::parsed(request, "service")?,
        resource: input::parsed(request, "resource")?,
        start: UnixSeconds(input::number(request, "start")?),
        contact: parse_contact(request)?,
        reason: input::text(request, "reason")?,
        locale: input::text(request, "locale")?,
        code: input::property(request, "code")?.as_string(),
        request: false,
        answers: texts(request, "answers")?,
        also: texts(request, "also")?
            .iter()
            .map(|service| service.parse().map_err(|_| Failure::input("input")))
            .collect::<Result<_>>()?,
    })
}

pub(crate) fn parse_contact(request: &JsValue) -> Result<Contact> {
    let contact = input::property(request, "contact")?;
    Ok(Contact {
        name: input::text(&contact, "name")?,
        email: input::text(&contact, "email")?,
        phone: input::text(&contact, "phone")?,
        birth_date: input::text(&contact, "birthDate")?,
    })
}

pub(crate) fn texts(object: &JsValue, name: &str) -> Result<Vec<String>> {
    let list = input::list(object, name)?;
    list.iter().map(|text| text.as_string().ok_or(Failure::input("input"))).collect()
}
