//! The ports, over Workers' bindings.
use crate::{
    durable::now,
    mail,
    settings::{Deployment, deployment},
};
use getrandom::{SysRng, rand_core::UnwrapErr};
use std::rc::Rc;
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
use vestibule_core::{bytes::Bytes, cbor, ids::PracticeId, time::UnixSeconds};
use wasm_bindgen::{JsCast, JsValue};
use worker::{
    Env, Method, ObjectNamespace, QueueContentType, RawMessageBuilder, Request, RequestInit, console_error,
};

/// A Worker's surroundings.
pub(crate) struct Cloudflare {
    pub(crate) env: Env,
    deployment: Rc<Deployment>,
}

impl Cloudflare {
    pub(crate) fn new(env: Env) -> Self {
        let deployment = deployment(&env);
        Self { env, deployment }
    }
}

/// An error of the platform, as a fault.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(crate) fn fault(error: worker::Error) -> Fault {
    Fault(format!("platform: {error}"))
}

/// The namespace, in the configured jurisdiction. worker does not bind `jurisdiction()`.
fn namespace(env: &Env, binding: &str, jurisdiction: Option<&str>) -> worker::Result<ObjectNamespace> {
    let namespace = env.durable_object(binding)?;
    let Some(jurisdiction) = jurisdiction else { return Ok(namespace) };
    let raw: JsValue = namespace.into();
    let method: js_sys::Function =
        js_sys::Reflect::get(&raw, &JsValue::from_str("jurisdiction"))?.dyn_into()?;
    Ok(ObjectNamespace::unchecked_from_js(method.call1(&raw, &JsValue::from_str(jurisdiction))?))
}

/// Sends bytes to a Durable Object by name; its answer.
pub(crate) async fn call(
    platform: &Cloudflare,
    binding: &str,
    name: &str,
    body: Option<&[u8]>,
) -> Result<Vec<u8>, Fault> {
    let namespace =
        namespace(&platform.env, binding, platform.deployment.jurisdiction.as_deref()).map_err(fault)?;
    let stub = namespace.get_by_name(name).map_err(fault)?;
    let mut init = RequestInit::new();
    if let Some(body) = body {
        init.with_method(Method::Post).with_body(Some(js_sys::Uint8Array::from(body).into()));
    }
    let request = Request::new_with_init("https://actor/", &init).map_err(fault)?;
    let mut response = stub.fetch_with_request(request).await.map_err(fault)?;
    if response.status_code() != 200 {
        return Err(Fault(format!("{binding} answered {}", response.status_code())));
    }
    response.bytes().await.map_err(fault)
}

fn decode<R: for<'b> minicbor::Decode<'b, ()>>(bytes: &[u8]) -> Result<R, Fault> {
    minicbor::decode(bytes).map_err(|_| Fault::new("an actor's answer does not decode"))
}

impl Actors for Cloudflare {
    async fn practice(
        &self,
        practice: PracticeId,
        command: &PracticeCommand,
    ) -> Result<PracticeReply, Fault> {
        let body = cbor::to_vec(command);
        decode(&call(self, "PRACTICE", &practice.to_string(), Some(&body)).await?)
    }

    async fn patient(&self, shard: Shard, command: &PatientCommand) -> Result<PatientReply, Fault> {
        let name = format!("{}/{}", shard.practice, shard.number);
        decode(&call(self, "PATIENT", &name, Some(&cbor::to_vec(command))).await?)
    }
}

impl Queue for Cloudflare {
    async fn enqueue(&self, message: Vec<u8>, delay_seconds: u32) -> Result<(), Fault> {
        let bytes: JsValue = js_sys::Uint8Array::from(message.as_slice()).into();
        let message = RawMessageBuilder::new(bytes)
            .delay_seconds(delay_seconds)
            .build_with_content_type(QueueContentType::V8);
        self.env.queue("JOBS").map_err(fault)?.send_raw(message).await.map_err(fault)
    }
}

impl Mail for Cloudflare {
    async fn post(&self, url: &str, token: &str, json: Vec<u8>) -> Result<u16, Fault> {
        mail::post(url, token, json).await
    }

    async fn send_by_binding(&self, from: &str, message: &Message) -> Result<(), Fault> {
        mail::binding(self, from, message).await
    }

    async fn keep_mail(&self, mail: Vec<u8>) -> Result<(), Fault> {
        call(self, "OUTBOX", "outbox", Some(&mail)).await.map(drop)
    }

    async fn kept_mails(&self) -> Result<Vec<Vec<u8>>, Fault> {
        let mails: Vec<Bytes> = decode(&call(self, "OUTBOX", "outbox", None).await?)?;
        Ok(mails.into_iter().map(|mail| mail.0).collect())
    }
}

impl Clock for Cloudflare {
    fn now(&self) -> UnixSeconds {
        now()
    }
}

impl Random for Cloudflare {
    /// Without randomness it stops: going on would be worse.
    type Rng = UnwrapErr<SysRng>;
    fn rng(&self) -> Self::Rng {
        UnwrapErr(SysRng)
    }
}

impl Platform for Cloudflare {
    fn settings(&self) -> &Settings {
        &self.deployment.settings
    }
    fn log(&self, fault: &Fault) {
        console_error!("{fault}");
    }
}
