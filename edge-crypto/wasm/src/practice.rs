//! `PracticeClient`: a staff member of one practice.
use crate::{browser::Browser, error::Failure, fetch::Fetch, input, lines, names, view};
use js_sys::{Array, JSON, Uint8Array};
use vestibule_core::{
    bytes::from_base64url,
    ids::{AppointmentId, Fingerprint},
    limits,
    time::{Cell, UnixSeconds},
    wire::{appointment::Place, catalog::WeeklyInterval},
};
use vestibule_edge_crypto::{
    booking::Act,
    client::{
        Client,
        practice::{Ceremony, Founded, FoundingBegun, FoundingInput, OtherRealm, SignInBegun, StaffSession},
    },
    directory::{NewResource, NewService, Profile},
    staff::StaffMemory,
};
use wasm_bindgen::prelude::*;

type Result<T> = core::result::Result<T, Failure>;

/// Founds a practice, or signs a staff member in and shows the calendar.
#[wasm_bindgen]
#[derive(Debug)]
pub struct PracticeClient {
    pub(crate) client: Client<Fetch, Browser>,
    founding: Option<FoundingBegun>,
    founded: Option<(Fingerprint, StaffMemory)>,
    signing_in: Option<SignInBegun>,
    pub(crate) session: Option<StaffSession>,
}

#[wasm_bindgen]
impl PracticeClient {
    /// A client of the deployment at `origin`.
    #[wasm_bindgen(constructor)]
    pub fn new(origin: String) -> PracticeClient {
        Self {
            client: Client::new(Fetch { origin }, Browser),
            founding: None,
            founded: None,
            signing_in: None,
            session: None,
        }
    }

    /// Makes the practice's keys, and asks for a passkey. Gives `{options, prfSalt}`.
    #[wasm_bindgen(js_name = foundBegin)]
    pub async fn found_begin(
        &mut self,
        founding: JsValue,
        code: String,
    ) -> core::result::Result<JsValue, JsValue> {
        let input = parse_founding(&founding, code)?;
        let (begun, ceremony) =
            self.client.found_begin(input).await.map_err(|e| Failure::of(&e, &self.client))?;
        self.founding = Some(begun);
        Ok(show_ceremony(&ceremony))
    }

    /// Completes founding. `prf` is overwritten. `realms` are those of `foundBegin`, perhaps with other codes. May be repeated
    /// if it fails. Gives `{fingerprint, link, recoveryKit: {groups, qr}}`; the kit is the one
    /// secret that is meant to leave, on paper.
    #[wasm_bindgen(js_name = foundFinish)]
    pub async fn found_finish(
        &mut self,
        registration: String,
        prf: Uint8Array,
        realms: JsValue,
    ) -> core::result::Result<JsValue, JsValue> {
        let prf = input::secret(&prf)?;
        let begun = self.founding.as_mut().ok_or(Failure::input("not-ready"))?;
        for realm in parse_realms(&realms)? {
            begun.set_code(&realm.origin, &realm.code);
        }
        let credential_id = credential_id(&registration)?;
        let founded = self
            .client
            .found_finish(begun, registration, &credential_id, &prf)
            .await
            .map_err(|e| Failure::of(&e, &self.client))?;
        let mut memory = StaffMemory::default();
        memory.remember_directory(founded.practice.directory.seen());
        self.founded = Some((founded.practice.fingerprint, memory));
        self.founding = None;
        Ok(show_founded(&founded))
    }

    /// Asks for a passkey assertion. Gives `{options, prfSalt}`.
    #[wasm_bindgen(js_name = signInBegin)]
    pub async fn sign_in_begin(&mut self, fingerprint: String) -> core::result::Result<JsValue, JsValue> {
        let fingerprint = fingerprint.parse().map_err(|_| Failure::input("fingerprint"))?;
        let (begun, ceremony) =
            self.client.sign_in_begin(fingerprint).await.map_err(|e| Failure::of(&e, &self.client))?;
        self.signing_in = Some(begun);
        Ok(show_ceremony(&ceremony))
    }

    /// Completes a sign-in; opens and checks the staff keys. `prf` is overwritten.
    #[wasm_bindgen(js_name = signInFinish)]
    pub async fn sign_in_finish(
        &mut self,
        assertion: String,
        prf: Uint8Array,
    ) -> core::result::Result<(), JsValue> {
        let prf = input::secret(&prf)?;
        let begun = self.signing_in.take().ok_or(Failure::input("not-ready"))?;
        let session = self
            .client
            .sign_in_finish(&begun, assertion, &prf)
            .await
            .map_err(|e| Failure::of(&e, &self.client))?;
        self.session = Some(session);
        Ok(())
    }

    /// Reads the directory again and verifies it against what is remembered.
    pub async fn directory(&mut self) -> core::result::Result<JsValue, JsValue> {
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        self.client.reload(session).await.map_err(|e| Failure::of(&e, &self.client))?;
        Ok(view::directory(&session.practice))
    }

    /// The periods of `[from, to)`, Unix seconds, for which the page is to call `joinPeriod` before `calendar`.
    #[wasm_bindgen(js_name = periodsToJoin)]
    pub fn periods_to_join(&self, from: f64, to: f64) -> core::result::Result<JsValue, JsValue> {
        let session = self.session.as_ref().ok_or(Failure::input("locked"))?;
        let (from, to) = span(from, to)?;
        Ok(view::array(self.client.periods_to_join(session, from, to), view::number))
    }

    /// Joins what this device holds of a period of the calendar, if it holds anything. `deviceSecret` is overwritten.
    #[wasm_bindgen(js_name = joinPeriod)]
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen hands over options by value only")]
    pub fn join_period(
        &mut self,
        period: f64,
        blob: Option<Vec<u8>>,
        device_secret: &Uint8Array,
    ) -> core::result::Result<(), JsValue> {
        let secret = input::secret(device_secret)?;
        let period = input::whole(&period.into())?;
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        self.client.join_period(session, period, blob.as_deref(), &secret);
        Ok(())
    }

    /// What this device is to hold from now on: `[[period, sealed], ...]` of those that changed. `deviceSecret` is
    /// overwritten.
    #[wasm_bindgen(js_name = changedPeriods)]
    pub fn changed_periods(&mut self, device_secret: &Uint8Array) -> core::result::Result<JsValue, JsValue> {
        let secret = input::secret(device_secret)?;
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        let changed = self.client.changed_periods(session, &secret);
        Ok(view::array(changed, |(period, blob)| {
            js_sys::Array::of2(&view::number(period), &Uint8Array::from(&blob[..])).into()
        }))
    }

    /// Whether a period is so long past that this device is to forget it.
    #[wasm_bindgen(js_name = isPast)]
    pub fn is_past(&self, period: f64) -> core::result::Result<bool, JsValue> {
        Ok(self.client.is_past(input::whole(&period.into())?))
    }

    /// The appointments that start in `[from, to)`, Unix seconds. Those with `checking` are to be given to `verify`.
    pub async fn calendar(&mut self, from: f64, to: f64) -> core::result::Result<JsValue, JsValue> {
        let (from, to) = span(from, to)?;
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        let lines =
            self.client.calendar(session, from, to).await.map_err(|e| Failure::of(&e, &self.client))?;
        Ok(lines::show(session.practice.directory.catalog(), &lines)?)
    }

    /// Verifies the signatures of appointments that are being checked, and gives them as they stand then.
    pub async fn verify(&mut self, ids: Vec<String>) -> core::result::Result<JsValue, JsValue> {
        let ids: Vec<AppointmentId> =
            ids.iter().map(|id| id.parse().map_err(|_| Failure::input("input"))).collect::<Result<_>>()?;
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        let lines =
            self.client.verify_calendar(session, &ids).await.map_err(|e| Failure::of(&e, &self.client))?;
        Ok(lines::show(session.practice.directory.catalog(), &lines)?)
    }

    /// What the appointments that start in `[from, to)` claim beside their calendars: `[{appointment, resource, start, minutes}, ...]`.
    pub async fn beside(&self, from: f64, to: f64) -> core::result::Result<JsValue, JsValue> {
        let (from, to) = span(from, to)?;
        let session = self.session.as_ref().ok_or(Failure::input("locked"))?;
        let claims =
            self.client.beside(session, from, to).await.map_err(|e| Failure::of(&e, &self.client))?;
        Ok(view::array(&claims, |claim| {
            view::object(&[
                ("appointment", claim.appointment.to_string().into()),
                ("resource", claim.place.resource.to_string().into()),
                ("start", view::number(claim.place.start.start().0)),
                ("minutes", claim.place.cells.saturating_mul(limits::CELL_MINUTES).into()),
            ])
        }))
    }

    /// What staff does on an appointment: `{action, note}`, and for a move `{resource, start, minutes}`. Gives it as it stands
    /// then.
    pub async fn act(&mut self, id: String, act: JsValue) -> core::result::Result<JsValue, JsValue> {
        let id: AppointmentId = id.parse().map_err(|_| Failure::input("input"))?;
        let act = parse_act(&act)?;
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        let line = self.client.act(session, id, act).await.map_err(Failure::from)?;
        Ok(lines::show(session.practice.directory.catalog(), &[line])?)
    }

    /// Renews the staff's timestamp if it is older than a day.
    pub async fn refresh(&mut self) -> core::result::Result<(), JsValue> {
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        self.client.refresh_freshness(session).await.map_err(|e| Failure::of(&e, &self.client))?;
        Ok(())
    }

    /// What this device is to remember against rollback, sealed under `deviceSecret`, which is overwritten.
    pub fn memory(&self, device_secret: &Uint8Array) -> core::result::Result<Vec<u8>, JsValue> {
        let secret = input::secret(device_secret)?;
        let (practice, memory) = match (&self.session, &self.founded) {
            (Some(session), _) => (session.practice.id(), &session.memory),
            (None, Some((fingerprint, memory))) => (fingerprint.practice(), memory),
            (None, None) => return Err(Failure::input("locked").into()),
        };
        Ok(self.client.staff_memory(practice, memory, &secret))
    }

    /// Joins what the device remembered; refuses a directory that is older. `deviceSecret` is overwritten.
    #[wasm_bindgen(js_name = restoreMemory)]
    pub fn restore_memory(
        &mut self,
        blob: &[u8],
        device_secret: &Uint8Array,
    ) -> core::result::Result<(), JsValue> {
        let secret = input::secret(device_secret)?;
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        Ok(self.client.restore_memory(session, blob, &secret).map_err(Failure::from)?)
    }

    /// Forgets everything.
    pub fn forget(&mut self) {
        (self.founding, self.founded, self.signing_in, self.session) = (None, None, None, None);
    }
}

fn span(from: f64, to: f64) -> Result<(UnixSeconds, UnixSeconds)> {
    Ok((UnixSeconds(input::whole(&from.into())?), UnixSeconds(input::whole(&to.into())?)))
}

fn show_ceremony(ceremony: &Ceremony) -> JsValue {
    view::object(&[
        ("options", ceremony.options.as_str().into()),
        ("prfSalt", Uint8Array::from(&ceremony.prf_salt.0[..]).into()),
    ])
}

fn show_founded(founded: &Founded) -> JsValue {
    let kit = &founded.recovery_kit;
    let kit = view::object(&[
        ("groups", view::array(&kit.groups, |group| group.as_str().into())),
        ("qr", kit.qr.as_str().into()),
    ]);
    view::object(&[
        ("fingerprint", founded.practice.fingerprint.to_string().into()),
        ("link", founded.link.as_str().into()),
        ("recoveryKit", kit),
    ])
}

/// The credential id of a `RegistrationResponseJSON`.
fn credential_id(registration: &str) -> Result<Vec<u8>> {
    let parsed = JSON::parse(registration).map_err(|_| Failure::input("input"))?;
    from_base64url(&input::text(&parsed, "rawId")?).map_err(|_| Failure::input("input"))
}

fn narrow<T: TryFrom<u64>>(object: &JsValue, name: &str) -> Result<T> {
    input::number(object, name)?.try_into().map_err(|_| Failure::input("input"))
}

fn parse_hours(resource: &JsValue) -> Result<Vec<WeeklyInterval>> {
    input::list(resource, "hours")?
        .iter()
        .map(|h| {
            Ok(WeeklyInterval {
                weekday: narrow(h, "weekday")?,
                from: narrow(h, "from")?,
                to: narrow(h, "to")?,
            })
        })
        .collect()
}

fn parse_act(act: &JsValue) -> Result<Act> {
    let action = names::staff_action(&input::text(act, "action")?).ok_or(Failure::input("input"))?;
    let place = if action.moves() {
        let start = UnixSeconds(input::number(act, "start")?);
        Some(Place {
            resource: input::parsed(act, "resource")?,
            start: Cell::starting_at(start).ok_or(Failure::input("not-offered"))?,
            cells: narrow::<u32>(act, "minutes")? / limits::CELL_MINUTES,
        })
    } else {
        None
    };
    Ok(Act { action, place, note: input::text(act, "note")? })
}

fn parse_founding(founding: &JsValue, code: String) -> Result<FoundingInput> {
    let resources = input::list(founding, "resources")?
        .iter()
        .map(|r| Ok(NewResource { name: input::text(r, "name")?, hours: parse_hours(r)? }))
        .collect::<Result<_>>()?;
    let services = input::list(founding, "services")?
        .iter()
        .map(|s| {
            let offered = input::list(s, "resources")?;
            let at = |v: &JsValue| usize::try_from(input::whole(v)?).map_err(|_| Failure::input("input"));
            Ok(NewService {
                name: input::text(s, "name")?,
                description: input::text(s, "description")?,
                minutes: narrow(s, "minutes")?,
                resources: offered.iter().map(at).collect::<Result<_>>()?,
            })
        })
        .collect::<Result<_>>()?;
    Ok(FoundingInput {
        profile: Profile {
            name: input::text(founding, "name")?,
            contact: input::text(founding, "contact")?,
            time_zone: input::text(founding, "timeZone")?,
            language: input::text(founding, "language")?,
        },
        staff_name: input::text(founding, "staffName")?,
        resources,
        services,
        code,
        realms: parse_realms(&input::property(founding, "realms")?)?,
        threshold: narrow(founding, "threshold")?,
    })
}

fn parse_realms(realms: &JsValue) -> Result<Vec<OtherRealm>> {
    let realms = realms.dyn_ref::<Array>().ok_or(Failure::input("input"))?;
    let realm =
        |r: JsValue| Ok(OtherRealm { origin: input::text(&r, "origin")?, code: input::text(&r, "code")? });
    realms.iter().map(realm).collect()
}
