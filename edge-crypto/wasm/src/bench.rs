//! Measurements for `cargo xtask bench`; never in a shipped module.
use crate::{browser::Browser, fetch::Fetch, lines};
use vestibule_argon2id::Params;
use vestibule_core::{
    calendar::{
        Claim,
        sample::{Busy, busy},
        slots,
    },
    cbor,
    ids::{AppointmentId, Digest},
    suite::namespace,
    time::{Cell, UnixSeconds},
    wire::{
        appointment::{CalendarItem, Contact, Listed, Place, State, StoredAppointment},
        directory::{StaffKeys, WeeklyInterval},
        pow::Challenge,
    },
};
use vestibule_edge_crypto::{
    booking::{Details, seal_booking},
    client::{
        Client, Env, Practice,
        practice::{StaffSession, calendar_items},
        verified,
    },
    directory::{Founding, NewResource, NewService, Profile, RealmToUse, Sealing},
    keys::PatientRoot,
    patient::PatientKeys,
    pow,
    staff::StaffMemory,
};
use vestibule_suite::{KemSecret, Secret32, unwrap_key, wrap};
use wasm_bindgen::prelude::*;

#[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
fn failed(error: impl ToString) -> JsValue {
    JsValue::from_str(&error.to_string())
}

/// Argon2id, 32 bytes out.
#[wasm_bindgen(js_name = argon2idBench)]
pub fn argon2id_bench(
    password: &[u8],
    salt: &[u8],
    memory_kib: u32,
    passes: u32,
) -> Result<Vec<u8>, JsValue> {
    let mut out = vec![0; 32];
    vestibule_argon2id::hash(password, salt, &Params { memory_kib, passes }, &mut out, &mut |_, _| {})
        .map_err(failed)?;
    Ok(out)
}

/// Solves one challenge at today's price. `mac` is 32 bytes; another one each time. Returns the number of nonces.
#[wasm_bindgen(js_name = powBench)]
pub fn pow_bench(mac: &[u8], bits: u32, puzzles: u32) -> Result<usize, JsValue> {
    let mac = Digest::try_from(mac).map_err(failed)?;
    let challenge = Challenge { expires: UnixSeconds(0), bits, puzzles, mac, salt: mac };
    Ok(pow::solve(&challenge).map_err(failed)?.nonces.len())
}

/// An X-Wing key, for wraps and unwraps of a 32-byte secret.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WrapBench {
    key: KemSecret,
    public: Vec<u8>,
    wrapped: vestibule_core::wire::envelope::Wrap,
}

#[wasm_bindgen]
impl WrapBench {
    /// A fresh key and one wrap to it.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Result<WrapBench, JsValue> {
        let mut rng = Browser.rng();
        let key = KemSecret::from_seed(Secret32::random(&mut rng));
        let public = key.public_key();
        let secret = Secret32::random(&mut rng);
        let wrapped = wrap(&mut rng, &public, namespace::WRAP_SCOPE, &(1u8,), &secret).map_err(failed)?;
        Ok(Self { key, public, wrapped })
    }

    /// `count` wraps.
    pub fn wrap(&self, count: u32) -> Result<(), JsValue> {
        let mut rng = Browser.rng();
        let secret = Secret32::random(&mut rng);
        for _ in 0..count {
            wrap(&mut rng, &self.public, namespace::WRAP_SCOPE, &(1u8,), &secret).map_err(failed)?;
        }
        Ok(())
    }

    /// `count` unwraps.
    pub fn unwrap(&self, count: u32) -> Result<(), JsValue> {
        for _ in 0..count {
            unwrap_key(&self.key, namespace::WRAP_SCOPE, &(1u8,), &self.wrapped).map_err(failed)?;
        }
        Ok(())
    }
}

/// A practice with `count` sealed appointments of as many patients, opened by the code that the calendar runs.
#[wasm_bindgen]
#[derive(Debug)]
pub struct OpenBench {
    client: Client<Fetch, Browser>,
    practice: Practice,
    keys: StaffKeys,
    prf: Secret32,
    device_secret: Secret32,
    ids: Vec<AppointmentId>,
    /// The server's answer to who has nothing.
    full: Vec<u8>,
    /// The same, with cache hints.
    hinted: Vec<u8>,
    /// Its answer to who has everything.
    known: Vec<u8>,
    /// What a device keeps after it has verified all.
    memory: StaffMemory,
    periods: Vec<(u64, Vec<u8>)>,
    session: StaffSession,
}

#[wasm_bindgen]
impl OpenBench {
    /// Founds the practice, seals the appointments (reason of about 300 bytes each), opens and verifies each once.
    #[wasm_bindgen(constructor)]
    pub fn new(count: u32) -> Result<OpenBench, JsValue> {
        let client = Client::new(Fetch { origin: String::new() }, Browser);
        let (practice, keys, prf) = found()?;
        let stored = (0..count).map(|n| seal(&practice, n)).collect::<Result<Vec<_>, _>>()?;
        let ids: Vec<_> = stored.iter().map(|s| s.appointment).collect();
        let full = answer(stored.iter().cloned().map(CalendarItem::Full));
        let mut session = sign_in(&practice, &keys, &prf)?;
        let device_secret = Secret32::random(&mut Browser.rng());
        let (from, to) = span(count);
        for period in client.periods_to_join(&session, from, to) {
            client.join_period(&mut session, period, None, &device_secret);
        }
        client.open_calendar(&mut session, &items(&full)?);
        let lines = client.verify_lines(&mut session, &ids);
        if lines.iter().any(|l| l.result.is_err()) {
            return Err(failed("an appointment was refused"));
        }
        let (mut hinted, mut known) = (vec![], vec![]);
        for (mut stored, hint) in stored.into_iter().zip(session.new_hints()) {
            let known_as = session.memory.get(stored.appointment).ok_or_else(|| failed("not remembered"))?;
            known.push(CalendarItem::Known(Listed {
                appointment: stored.appointment,
                place: stored.place,
                state: stored.state,
                head: known_as.head,
            }));
            stored.cache = Some(hint.cache.clone());
            hinted.push(CalendarItem::Full(stored));
        }
        let periods = client.changed_periods(&mut session, &device_secret);
        let memory = session.memory.clone();
        Ok(Self {
            session: sign_in(&practice, &keys, &prf)?,
            client,
            practice,
            keys,
            prf,
            device_secret,
            ids,
            full,
            hinted: answer(hinted.into_iter()),
            known: answer(known.into_iter()),
            memory,
            periods,
        })
    }

    /// A new session that remembers nothing, or what a device does. Not measured: it is the sign-in.
    pub fn reset(&mut self, remembered: bool) -> Result<(), JsValue> {
        self.session = sign_in(&self.practice, &self.keys, &self.prf)?;
        if remembered {
            self.session.memory = self.memory.clone();
        }
        Ok(())
    }

    /// Opens all, with one KEM operation each or with cache hints: as far as they are shown, not yet verified. Gives what
    /// the page gets.
    pub fn open(&mut self, hinted: bool) -> Result<JsValue, JsValue> {
        let served = if hinted { &self.hinted } else { &self.full };
        let lines = self.client.open_calendar(&mut self.session, &items(served)?);
        let catalog = self.practice.directory.catalog();
        lines::show(catalog, &lines).map_err(JsValue::from)
    }

    /// Verifies the signatures of all that [`Self::open`] has opened.
    pub fn verify(&mut self) -> Result<JsValue, JsValue> {
        let lines = self.client.verify_lines(&mut self.session, &self.ids);
        let catalog = self.practice.directory.catalog();
        lines::show(catalog, &lines).map_err(JsValue::from)
    }

    /// Opens what the device keeps, and matches it with what the server lists.
    #[wasm_bindgen(js_name = openKept)]
    pub fn open_kept(&mut self) -> Result<JsValue, JsValue> {
        for (period, blob) in &self.periods {
            self.client.join_period(&mut self.session, *period, Some(blob), &self.device_secret);
        }
        let lines = self.client.open_calendar(&mut self.session, &items(&self.known)?);
        let catalog = self.practice.directory.catalog();
        lines::show(catalog, &lines).map_err(JsValue::from)
    }
}

fn answer(items: impl Iterator<Item = CalendarItem>) -> Vec<u8> {
    items.flat_map(|item| cbor::to_vec(&item)).collect()
}

fn items(answer: &[u8]) -> Result<Vec<CalendarItem>, JsValue> {
    calendar_items(answer).ok_or_else(|| failed("the answer does not decode"))
}

fn sign_in(practice: &Practice, keys: &StaffKeys, prf: &Secret32) -> Result<StaffSession, JsValue> {
    let expires = UnixSeconds(u64::MAX);
    StaffSession::open(practice.clone(), keys, prf, Digest([0; 32]), expires).map_err(failed)
}

const FIRST_CELL: u64 = 6_000_000;
const CELLS: u32 = 4;

fn span(count: u32) -> (UnixSeconds, UnixSeconds) {
    (Cell(FIRST_CELL).start(), Cell(FIRST_CELL + u64::from(count * CELLS)).start())
}

fn seal(practice: &Practice, n: u32) -> Result<StoredAppointment, JsValue> {
    let mut rng = Browser.rng();
    let patient = PatientKeys::new(PatientRoot::generate(&mut rng));
    let catalog = practice.directory.catalog();
    let (service, resource) = (&catalog.services[0], &catalog.resources[0]);
    let mut id = [0; 16];
    id[..4].copy_from_slice(&n.to_be_bytes());
    let appointment = AppointmentId(id);
    let start = Cell(FIRST_CELL + u64::from(n * CELLS));
    let place = Place { resource: resource.id, start, cells: CELLS };
    let details = Details {
        service: service.id,
        service_name: service.name.clone(),
        contact: Contact {
            name: "Person".into(),
            email: "person@example.org".into(),
            phone: String::new(),
            birth_date: String::new(),
        },
        reason: "x".repeat(300),
        locale: "de".into(),
        request: false,
        answers: vec![],
        also: vec![],
        series: None,
    };
    let manifest = practice.directory.manifest();
    let sealed = seal_booking(&mut rng, manifest, &patient, appointment, place, details, Browser.now())
        .map_err(failed)?;
    Ok(StoredAppointment {
        appointment,
        place,
        state: State::Booked,
        envelope: sealed.envelope.into(),
        statements: vec![],
        cache: None,
    })
}

fn found() -> Result<(Practice, StaffKeys, Secret32), JsValue> {
    let mut rng = Browser.rng();
    let now = Browser.now();
    let profile = Profile {
        name: "Bench".into(),
        contact: String::new(),
        time_zone: "Europe/Berlin".into(),
        language: "de".into(),
    };
    let hours = vec![WeeklyInterval { weekday: 1, from: 480, to: 720 }];
    let resources = vec![NewResource { name: "A".into(), hours }];
    let services =
        vec![NewService { name: "S".into(), description: String::new(), minutes: 20, resources: vec![0] }];
    let founding = Founding::begin(&mut rng, profile, resources, services, now).map_err(failed)?;
    let realm = KemSecret::from_seed(Secret32::random(&mut rng)).public_key();
    let realms = [RealmToUse { origin: "https://realm.example".into(), kem_key: realm, signing: None }];
    let prf = Secret32::random(&mut rng);
    let passkey = Sealing { credential_id: b"bench", prf: &prf };
    let material = founding.finish(&mut rng, &passkey, &realms, 1, now).map_err(failed)?;
    let practice = verified(&material.directory, founding.fingerprint, None, now).map_err(failed)?;
    Ok((practice, material.staff_keys, prf))
}

/// Slots of a made-up practice, by the engine that servers run.
#[wasm_bindgen]
#[derive(Debug)]
pub struct SlotsBench(Busy);

#[wasm_bindgen]
impl SlotsBench {
    /// So many practitioners, days and appointments.
    #[wasm_bindgen(constructor)]
    pub fn new(practitioners: u8, days: u32, appointments: u32) -> SlotsBench {
        Self(busy(practitioners, days, appointments))
    }

    /// Claimed cells as pairs of practitioner (from 1) and cell.
    pub fn claims(&self) -> Vec<u32> {
        let pair = |c: &Claim| [u32::from(c.resource.0[0]), u32::try_from(c.cell.0).unwrap_or(u32::MAX)];
        self.0.claims.iter().flat_map(pair).collect()
    }

    /// Finds all free slots; how many.
    pub fn run(&self) -> Result<usize, JsValue> {
        let Busy { catalog, taken, query, now, .. } = &self.0;
        slots(catalog, taken, *now, query).map(|found| found.len()).map_err(failed)
    }
}
