//! Measurements for `cargo xtask bench`; never in a shipped module.
use crate::browser::Browser;
use vestibule_argon2id::Params;
use vestibule_core::{
    ids::{AppointmentId, Digest},
    suite::namespace,
    time::{Cell, UnixSeconds},
    wire::{
        appointment::{Contact, Place, State, StoredAppointment},
        directory::WeeklyInterval,
        pow::Challenge,
    },
};
use vestibule_edge_crypto::{
    booking::{Details, Remembered, open_as_staff, seal_booking},
    client::Env,
    directory::{Founding, NewResource, NewService, Profile, RealmToUse, Sealing},
    keys::{PatientRoot, prf_key},
    patient::PatientKeys,
    pow,
    staff::{Keyring, open_staff_seeds},
};
use vestibule_suite::{KemSecret, Secret32, unwrap_key, wrap};
use vestibule_verify::{
    VerifyingKey,
    directory::{Expected, VerifiedDirectory, check},
};
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
    directory: VerifiedDirectory,
    keyring: Keyring,
    stored: Vec<StoredAppointment>,
    hints: Vec<Vec<u8>>,
    remembered: Vec<Remembered>,
}

#[wasm_bindgen]
impl OpenBench {
    /// Founds the practice, seals the appointments (reason of about 300 bytes each), opens each once for hints and memory.
    #[wasm_bindgen(constructor)]
    pub fn new(count: u32) -> Result<OpenBench, JsValue> {
        let (directory, keyring) = practice()?;
        let mut bench = Self { directory, keyring, stored: vec![], hints: vec![], remembered: vec![] };
        for n in 0..count {
            let stored = bench.seal(n)?;
            let opened = bench.open_one(&stored, None).map_err(failed)?;
            bench.hints.push(opened.new_cache.ok_or_else(|| failed("no hint"))?);
            let (seq, head) = (opened.opened.seq, opened.opened.head);
            bench.remembered.push(Remembered { seq, head, body: opened.body });
            bench.stored.push(stored);
        }
        Ok(bench)
    }

    /// Opens all: with the cache hints or one KEM operation each, and with or without the memory of an earlier verification
    /// on this device (without it every patient's composite signature is verified). Returns how many were opened.
    pub fn open(&mut self, cached: bool, remembered: bool) -> Result<usize, JsValue> {
        for (stored, hint) in self.stored.iter_mut().zip(&self.hints) {
            stored.cache = cached.then(|| hint.clone().into());
        }
        let mut opened = 0;
        for (stored, known) in self.stored.iter().zip(&self.remembered) {
            let result = self.open_one(stored, remembered.then_some(*known)).map_err(failed)?;
            if result.new_cache.is_some() == cached {
                return Err(failed("the hint was not used as asked"));
            }
            opened += 1;
        }
        Ok(opened)
    }
}

impl OpenBench {
    fn open_one(
        &self,
        stored: &StoredAppointment,
        remembered: Option<Remembered>,
    ) -> Result<vestibule_edge_crypto::booking::StaffOpened, vestibule_edge_crypto::booking::OpenError> {
        let manifest = self.directory.manifest();
        let keys: [VerifyingKey; 0] = [];
        open_as_staff(&mut Browser.rng(), stored, &self.keyring, manifest, &keys, remembered)
    }

    fn seal(&self, n: u32) -> Result<StoredAppointment, JsValue> {
        let mut rng = Browser.rng();
        let patient = PatientKeys::new(PatientRoot::generate(&mut rng));
        let catalog = self.directory.catalog();
        let (service, resource) = (&catalog.services[0], &catalog.resources[0]);
        let mut id = [0; 16];
        id[..4].copy_from_slice(&n.to_be_bytes());
        let appointment = AppointmentId(id);
        let place = Place { resource: resource.id, start: Cell(6_000_000 + u64::from(n) * 4), cells: 4 };
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
        };
        let manifest = self.directory.manifest();
        let sealed = seal_booking(&mut rng, manifest, &patient, appointment, place, details, Browser.now())
            .map_err(failed)?;
        let envelope = sealed.envelope.into();
        Ok(StoredAppointment {
            appointment,
            place,
            state: State::Booked,
            envelope,
            statements: vec![],
            cache: None,
        })
    }
}

fn practice() -> Result<(VerifiedDirectory, Keyring), JsValue> {
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
    let realms = [RealmToUse { origin: "https://realm.example".into(), kem_key: realm }];
    let prf = Secret32::random(&mut rng);
    let passkey = Sealing { credential_id: b"bench", prf: &prf };
    let material = founding.finish(&mut rng, &passkey, &realms, 1, now).map_err(failed)?;
    let practice = founding.practice();
    let expected = Expected { practice, fingerprint: Some(founding.fingerprint), seen: None };
    let directory = check(&material.directory, &expected, now).map_err(failed)?;
    let keys = &material.staff_keys;
    let key = prf_key(&prf, practice, keys.credential);
    let (seeds, _) = open_staff_seeds(&key, keys, directory.manifest()).map_err(failed)?;
    let keyring = Keyring::open(&seeds.kem(), &keys.grants, directory.manifest()).map_err(failed)?;
    Ok((directory, keyring))
}
