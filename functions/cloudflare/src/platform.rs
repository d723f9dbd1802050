//! The ports, over Workers' bindings.
use crate::{
    durable::now,
    mail,
    settings::{Settings, settings},
};
use rand_core::{TryCryptoRng, TryRng};
use std::{convert::Infallible, rc::Rc};
use vestibule_app::{
    actor::{
        Shard,
        patient::{PatientCommand, PatientReply},
        practice::{PracticeCommand, PracticeReply},
    },
    config::{Config, Keys},
    error::Fault,
    port::{Actors, Clock, Mail, Message, Platform, Queue, Random},
};
use vestibule_core::{cbor, ids::PracticeId, time::UnixSeconds};
use wasm_bindgen::{JsCast, JsValue};
use worker::{
    Env, Method, ObjectNamespace, QueueContentType, RawMessageBuilder, Request, RequestInit, console_error,
};

/// A Worker's surroundings.
pub(crate) struct Cloudflare {
    pub(crate) env: Env,
    pub(crate) settings: Rc<Settings>,
}

impl Cloudflare {
    pub(crate) fn new(env: Env) -> Self {
        let settings = settings(&env);
        Self { env, settings }
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
        namespace(&platform.env, binding, platform.settings.jurisdiction.as_deref()).map_err(fault)?;
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
    async fn send(&self, message: &Message) -> Result<(), Fault> {
        mail::send(self, message).await
    }
}

impl Clock for Cloudflare {
    fn now(&self) -> UnixSeconds {
        now()
    }
}

/// The platform's generator. Workers' `crypto.getRandomValues` does not fail.
pub(crate) struct SystemRng;

impl TryRng for SystemRng {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        let filled = getrandom::fill(bytes);
        assert!(
            filled.is_ok(),
            "the platform gives no randomness: going on without would be worse than stopping"
        );
        Ok(())
    }
}

impl TryCryptoRng for SystemRng {}

impl Random for Cloudflare {
    type Rng = SystemRng;
    fn rng(&self) -> SystemRng {
        SystemRng
    }
}

impl Platform for Cloudflare {
    fn config(&self) -> &Config {
        &self.settings.config
    }
    fn keys(&self) -> Option<&Keys> {
        self.settings.keys.as_ref()
    }
    fn log(&self, fault: &Fault) {
        console_error!("{fault}");
    }
}
