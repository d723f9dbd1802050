//! A practice with patients, founded through the real flows.
use crate::{
    authenticator::Passkey,
    client::{Direct, System, direct, run},
    http::{Call, Http},
    needles,
    server::Server,
};
use getrandom::{SysRng, rand_core::UnwrapErr};
use std::{
    sync::{Mutex, OnceLock},
    time::{Duration, Instant},
};
use vestibule_core::{
    ids::{Digest, ServiceId},
    routes::Route,
    wire::{
        appointment::Contact,
        directory::WeeklyInterval,
        http::{Slot, SlotQuery, Slots},
    },
};
use vestibule_edge_crypto::{
    booking::Opened,
    client::{
        BookRequest, Client, Env as _, Practice, Request, Session,
        practice::{FoundingInput, OtherRealm, StaffSession},
        realm::{RealmAt, realms},
    },
    directory::{NewResource, NewService, Profile},
    sign::SigningKey,
};
use vestibule_suite::Secret32;

/// One founded practice.
pub struct World {
    /// Where it runs: its first realm.
    pub server: &'static Server,
    /// Its other realms, in the order of their indices.
    pub others: Vec<&'static Server>,
    /// How to reach it.
    pub http: Http,
    /// The practice, verified.
    pub practice: Practice,
    /// Its founder's passkey.
    pub passkey: Mutex<Passkey>,
    /// All codes that were mailed and read here, for the canary.
    pub codes: Mutex<Vec<String>>,
    staff: OnceLock<Digest>,
}

/// A random lowercase name, so that every test has people of its own.
pub fn fresh_name() -> String {
    vestibule_core::bytes::to_base32(&random::<10>())
}

/// An address at a reserved domain, recorded for the canary scan.
pub fn fresh_email() -> String {
    let email = format!("{}@example.org", fresh_name());
    needles::record_text("patient e-mail", &email);
    email
}

/// Random bytes.
///
/// # Panics
/// If the system has no randomness.
#[expect(clippy::expect_used, reason = "a fixture")]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("randomness");
    bytes
}

/// The system's randomness.
pub fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

impl World {
    /// The practice of this test process.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<World> = OnceLock::new();
        SHARED.get_or_init(|| Self::found(Server::shared()))
    }

    /// Founds a practice: two practitioners with hours on all days, a service of half an hour and one of five minutes.
    ///
    /// # Panics
    /// If a step fails: without a practice no test can say anything.
    pub fn found(server: &'static Server) -> Self {
        Self::found_over(&[server], 1)
    }

    /// What a founder types: two practitioners, two services.
    pub fn founding(realms: Vec<OtherRealm>, threshold: u8) -> FoundingInput {
        let hours: Vec<WeeklyInterval> =
            (1..=7).map(|weekday| WeeklyInterval { weekday, from: 8 * 60, to: 18 * 60 }).collect();
        let service = |name: &str, minutes, resources| NewService {
            name: name.into(),
            description: String::new(),
            minutes,
            resources,
        };
        FoundingInput {
            profile: Profile {
                name: "Praxis am Park".into(),
                contact: "Parkstr. 1".into(),
                time_zone: "Europe/Berlin".into(),
                language: "de".into(),
            },
            staff_name: "Dr. Beispiel".into(),
            resources: ["Dr. Beispiel", "Dr. Muster"]
                .map(|name| NewResource { name: name.into(), hours: hours.clone() })
                .into(),
            // The last three are for those who want other lengths at once: a hold must have the length of some service.
            services: vec![
                service("Untersuchung", 30, vec![0, 1]),
                service("Rezept", 5, vec![0]),
                service("Gespräch", 15, vec![0, 1]),
                service("Beratung", 45, vec![0, 1]),
                service("Vorsorge", 60, vec![0, 1]),
            ],
            code: String::new(),
            realms,
            threshold,
        }
    }

    /// Founds a practice on the first server whose PINs all of them guard, `threshold` together.
    ///
    /// # Panics
    /// If a step fails.
    #[expect(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a fixture: no test can go on without it"
    )]
    pub fn found_over(servers: &[&'static Server], threshold: u8) -> Self {
        let (server, others) = (servers[0], servers[1..].to_vec());
        let http = Http::new(&server.url);
        let client = direct(&http);
        let realms = others.iter().map(|other| OtherRealm { origin: other.url.clone(), code: String::new() });
        let input = Self::founding(realms.collect(), threshold);
        let (mut begun, ceremony) = run(client.found_begin(input)).unwrap();
        let (passkey, registration) = Passkey::create(&ceremony.options, &server.url).unwrap();
        let prf = passkey.prf(&ceremony.prf_salt.0);
        needles::record_bytes("passkey PRF output", &prf);
        let founded =
            run(client.found_finish(&mut begun, registration, passkey.id(), &Secret32::from_bytes(prf)))
                .unwrap();
        Self {
            server,
            others,
            http,
            practice: founded.practice,
            passkey: Mutex::new(passkey),
            codes: Mutex::default(),
            staff: OnceLock::new(),
        }
    }

    /// A client without state.
    pub fn client(&self) -> Client<Direct, System> {
        direct(&self.http)
    }

    /// The practice's first realm.
    ///
    /// # Panics
    /// If the deployment has none, which its check excludes.
    #[expect(clippy::unwrap_used, reason = "a fixture")]
    pub fn realm(&self) -> RealmAt {
        realms(self.practice.id(), self.practice.directory.deployment()).into_iter().next().unwrap()
    }

    /// Signs the founder in.
    ///
    /// # Panics
    /// If a step fails.
    #[expect(clippy::unwrap_used, reason = "a fixture: no test can go on without it")]
    pub fn sign_in(&self) -> StaffSession {
        let client = self.client();
        let (begun, ceremony) = run(client.sign_in_begin(self.practice.fingerprint)).unwrap();
        let mut passkey = self.passkey.lock().unwrap();
        let assertion = passkey.get(&ceremony.options, &self.server.url).unwrap();
        let prf = Secret32::from_bytes(passkey.prf(&ceremony.prf_salt.0));
        run(client.sign_in_finish(&begun, assertion, &prf)).unwrap()
    }

    /// Signs the founder in, with the root key.
    ///
    /// # Panics
    /// If a step fails.
    #[expect(clippy::unwrap_used, reason = "a fixture: no test can go on without it")]
    pub fn sign_in_as_root(&self) -> (StaffSession, SigningKey) {
        let client = self.client();
        let (begun, ceremony) = run(client.sign_in_begin(self.practice.fingerprint)).unwrap();
        let mut passkey = self.passkey.lock().unwrap();
        let assertion = passkey.get(&ceremony.options, &self.server.url).unwrap();
        let prf = Secret32::from_bytes(passkey.prf(&ceremony.prf_salt.0));
        let session = run(client.sign_in_finish(&begun, assertion, &prf)).unwrap();
        let root = session.root_key(&prf).unwrap();
        (session, root)
    }

    /// A staff token of this process.
    pub fn staff_token(&self) -> Digest {
        *self.staff.get_or_init(|| self.sign_in().token())
    }

    /// The codes in the development outbox for this address, with the second they were sent.
    ///
    /// # Panics
    /// If the outbox cannot be read.
    pub fn mailed(&self, email: &str) -> Vec<(u64, String)> {
        Self::mailed_by(self.server, email)
    }

    #[expect(clippy::unwrap_used, reason = "a fixture")]
    fn mailed_by(server: &Server, email: &str) -> Vec<(u64, String)> {
        // A connection of its own: one that rests while codes are asked for is closed by the server.
        let answer = Http::new(&server.url).call(&Call::new("GET", "/dev/outbox.json")).unwrap();
        let mails: Vec<serde_json::Value> = serde_json::from_slice(&answer.body).unwrap();
        let code = |text: &str| {
            text.split(|c: char| !c.is_ascii_digit())
                .find(|part| part.len() == 6)
                .unwrap_or_default()
                .to_owned()
        };
        mails
            .iter()
            .filter(|mail| mail["to"].as_str() == Some(email))
            .map(|mail| (mail["at"].as_u64().unwrap(), code(mail["text"].as_str().unwrap())))
            .collect()
    }

    /// The code that `ask` has the first realm mail to this address. The queue delivers in its own time, so the outbox is
    /// asked again until a minute has passed.
    ///
    /// # Panics
    /// If nothing comes.
    #[expect(clippy::unwrap_used, reason = "one server gives one code")]
    pub fn code_for<A>(&self, email: &str, ask: impl FnOnce() -> A) -> String {
        self.codes_of(&[self.server], email, ask).pop().unwrap()
    }

    /// The same from several realms: one code of each.
    ///
    /// # Panics
    /// If one does not come.
    #[expect(clippy::unwrap_used, reason = "a fixture")]
    pub fn codes_of<A>(&self, servers: &[&Server], email: &str, ask: impl FnOnce() -> A) -> Vec<String> {
        let before: Vec<_> = servers.iter().map(|server| Self::mailed_by(server, email)).collect();
        ask();
        let since = Instant::now();
        let wait = |(server, before): (&&Server, &Vec<(u64, String)>)| loop {
            // The outbox lives in memory and may forget what was there before.
            let mails = Self::mailed_by(server, email);
            if let Some((_, code)) = mails.into_iter().find(|mail| !before.contains(mail)) {
                self.codes.lock().unwrap().push(code.clone());
                return code;
            }
            assert!(since.elapsed() < Duration::from_mins(1), "no mail for a minute");
            std::thread::sleep(Duration::from_millis(20));
        };
        servers.iter().zip(&before).map(wait).collect()
    }

    /// All realms of the practice.
    pub fn servers(&self) -> Vec<&'static Server> {
        std::iter::once(self.server).chain(self.others.iter().copied()).collect()
    }

    /// Enrols a patient through the real flow: address, mailed code, PIN. Returns the address too.
    ///
    /// # Panics
    /// If a step fails.
    #[expect(clippy::unwrap_used, reason = "a fixture")]
    pub fn enrol(&self, pin: &str) -> (Session, String) {
        let (client, email) = (self.client(), fresh_email());
        let located = run(client.locate(&self.practice, &email, &mut |_, _| {})).unwrap();
        let prepared = client.prepare_enrolment(&self.practice, &located, pin, &mut |_, _| {}).unwrap();
        let codes = self.codes_of(&self.servers(), &email, || {
            run(client.request_code(&self.practice, &located, "en")).unwrap();
        });
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        let tickets = run(client.redeem(&self.practice, &located, &codes)).unwrap();
        assert!(!tickets.registered);
        (run(client.enrol(&self.practice, &prepared, &tickets)).unwrap(), email)
    }

    /// A booking of half an hour in one of the later free slots, for a person of its own.
    ///
    /// # Panics
    /// If nothing is free.
    pub fn wish(&self, email: &str) -> BookRequest {
        let (service, _) = self.services();
        let slots = self.slots(service, 28);
        // At random, so that tests that run at once seldom want the same one.
        let slot = &slots[usize::from(u16::from_be_bytes(random())) % slots.len()];
        let contact = Contact {
            name: format!("Name {}", fresh_name()),
            email: email.into(),
            phone: format!("+49 30 {}", fresh_name()),
            birth_date: "1984-02-29".into(),
        };
        let reason = format!("Reason {}", fresh_name());
        for (name, text) in [("name", &contact.name), ("phone", &contact.phone), ("reason", &reason)] {
            needles::record_text(name, text);
        }
        let (resource, start) = (slot.resource, slot.start);
        BookRequest {
            service,
            resource,
            start,
            contact,
            reason,
            locale: "de".into(),
            code: None,
            request: false,
            answers: vec![],
            also: vec![],
        }
    }

    /// Books what [`Self::wish`] wished; once more if someone else was faster.
    ///
    /// # Panics
    /// If it fails for another reason.
    #[expect(clippy::panic, reason = "a fixture")]
    pub fn book(&self, session: &mut Session, email: &str) -> (BookRequest, Opened) {
        for _ in 0..5 {
            let wish = self.wish(email);
            match run(self.client().book(&self.practice, session, wish.clone())) {
                Ok(opened) => return (wish, opened),
                Err(error) if error.code() == "slot-taken" => {}
                Err(error) => panic!("booking: {error:?}"),
            }
        }
        panic!("five slots were taken")
    }

    /// Free slots of a service on all who offer it, in the `days` from the day after tomorrow on.
    ///
    /// # Panics
    /// If the server does not answer with slots.
    #[expect(clippy::unwrap_used, reason = "a fixture")]
    pub fn slots(&self, service: ServiceId, days: u32) -> Vec<Slot> {
        let service =
            self.practice.directory.catalog().services.iter().find(|s| s.id == service).unwrap().clone();
        let from = date(self.client().env.now().0 + 2 * 86_400);
        let query = SlotQuery {
            resources: service.resources.clone(),
            minutes: service.minutes.into(),
            from,
            days,
            classes: service.classes.clone(),
            first: None,
        };
        let request = Request { query: query.to_query(), ..Request::new(Route::Slots(self.practice.id())) };
        let slots: Slots = run(self.client().fetch(request)).unwrap();
        slots.slots
    }

    /// The services of the catalog: half an hour, five minutes.
    pub fn services(&self) -> (ServiceId, ServiceId) {
        let services = &self.practice.directory.catalog().services;
        (services[0].id, services[1].id)
    }
}

/// `YYYY-MM-DD` in UTC of Unix seconds (civil-from-days, Howard Hinnant).
pub fn date(at: u64) -> String {
    let days = at / 86_400 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn dates() {
        assert_eq!(super::date(0), "1970-01-01");
        assert_eq!(super::date(951_782_400), "2000-02-29");
        assert_eq!(super::date(1_795_392_000), "2026-11-23");
    }
}
