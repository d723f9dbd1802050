//! Ways out for mail.
use crate::platform::{Cloudflare, fault};
use vestibule_app::{error::Fault, port::Message};
use worker::{Fetch, Headers, Method, Request, RequestInit, email::SendEmailBuilder};

/// Posts JSON with a bearer token; the status of the answer.
pub(crate) async fn post(url: &str, token: &str, json: Vec<u8>) -> Result<u16, Fault> {
    let headers = Headers::new();
    headers.set("content-type", "application/json").map_err(fault)?;
    headers.set("authorization", &format!("Bearer {token}")).map_err(fault)?;
    let mut init = RequestInit::new();
    let body = js_sys::Uint8Array::from(json.as_slice());
    init.with_method(Method::Post).with_headers(headers).with_body(Some(body.into()));
    let request = Request::new_with_init(url, &init).map_err(fault)?;
    let response = Fetch::Request(request).send().await;
    response.map(|r| r.status_code()).map_err(|_| Fault::new("the mail relay cannot be reached"))
}

/// Cloudflare's `send_email` binding, named `EMAIL`.
pub(crate) async fn binding(platform: &Cloudflare, from: &str, message: &Message) -> Result<(), Fault> {
    let email = platform.env.send_email("EMAIL").map_err(fault)?;
    let mail = SendEmailBuilder::builder(from, &message.to, &message.subject).text(&message.text).build();
    let sent = email.send_with_builder(&mail).await;
    sent.map(drop).map_err(|_| Fault::new("the e-mail binding refused a message"))
}
