//! The ports, over Spin's interfaces.
use crate::{
    settings::{Deployment, deployment},
    sql::{Database, database},
};
use bytes::Bytes;
use getrandom::{SysRng, rand_core::UnwrapErr};
use http_body_util::Full;
use std::{
    cell::Cell,
    rc::Rc,
    time::{SystemTime, UNIX_EPOCH},
};
use vestibule_app::{
    actor::{
        Shard,
        patient::{PatientCommand, PatientReply},
        practice::{PracticeCommand, PracticeReply},
    },
    config::Settings,
    error::Fault,
    port::{Actors, Clock, Mail, Message, Platform, Queue, Random},
};
use vestibule_core::{ids::PracticeId, time::UnixSeconds};
use vestibule_store::{StoreError, jobs, patient::PatientActor, practice::PracticeActor};

/// A component's surroundings.
pub(crate) struct Spin {
    pub(crate) deployment: Rc<Deployment>,
    /// Whether this request left a job.
    pub(crate) enqueued: Cell<bool>,
}

impl Spin {
    pub(crate) async fn new() -> Self {
        Self { deployment: deployment().await, enqueued: Cell::new(false) }
    }
}

/// The store's error, as a fault. SQL messages name columns and constraints, never values.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(crate) fn fault(error: StoreError) -> Fault {
    Fault(error.to_string())
}

impl Actors for Spin {
    /// The actors keep nothing between commands: other instances write as well.
    async fn practice(
        &self,
        practice: PracticeId,
        command: &PracticeCommand,
    ) -> Result<PracticeReply, Fault> {
        let actor = PracticeActor::default();
        let reply = database(|db| actor.apply(db, practice.as_ref(), self.now(), command)).map_err(fault)?;
        if reply == PracticeReply::Erased {
            database(Database::empty_log).map_err(fault)?;
        }
        Ok(reply)
    }

    async fn patient(&self, shard: Shard, command: &PatientCommand) -> Result<PatientReply, Fault> {
        let key = [shard.practice.as_ref(), &[shard.number]].concat();
        database(|db| PatientActor::default().apply(db, &key, self.now(), command)).map_err(fault)
    }
}

impl Queue for Spin {
    async fn enqueue(&self, message: Vec<u8>, delay_seconds: u32) -> Result<(), Fault> {
        let due = self.now().plus(delay_seconds.into());
        self.enqueued.set(true);
        database(|db| jobs::put(db, due, &message)).map_err(fault)
    }
}

impl Mail for Spin {
    async fn post(&self, url: &str, token: &str, json: Vec<u8>) -> Result<u16, Fault> {
        let request = http::Request::post(url)
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {token}"))
            .body(Full::new(Bytes::from(json)))
            .map_err(|_| Fault::new("MAIL_URL or MAIL_TOKEN cannot be sent"))?;
        let answer = spin_sdk::http::send(request).await;
        answer.map(|a| a.status().as_u16()).map_err(|_| Fault::new("the mail relay cannot be reached"))
    }

    async fn send_by_binding(&self, _: &str, _: &Message) -> Result<(), Fault> {
        Err(Fault::new("MAIL=cloudflare: Spin has no mail binding"))
    }

    async fn keep_mail(&self, mail: Vec<u8>) -> Result<(), Fault> {
        database(|db| jobs::keep_mail(db, &mail)).map_err(fault)
    }

    async fn kept_mails(&self) -> Result<Vec<Vec<u8>>, Fault> {
        database(jobs::mails).map_err(fault)
    }
}

impl Clock for Spin {
    fn now(&self) -> UnixSeconds {
        UnixSeconds(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
    }
}

impl Random for Spin {
    /// Without randomness it stops: going on would be worse.
    type Rng = UnwrapErr<SysRng>;
    fn rng(&self) -> Self::Rng {
        UnwrapErr(SysRng)
    }
}

impl Platform for Spin {
    fn settings(&self) -> &Settings {
        &self.deployment.settings
    }
    fn log(&self, fault: &Fault) {
        eprintln!("{fault}");
    }
}
