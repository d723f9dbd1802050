//! Three ways to send mail. None stores an address; errors name none.
use crate::{
    outbox_page::Mail,
    platform::{Cloudflare, call, fault},
    settings::{MailPort, var},
};
use vestibule_app::{error::Fault, port::Message};
use worker::{Fetch, Headers, Method, Request, RequestInit, email::SendEmailBuilder};

/// Hands a message to the configured relay.
pub(crate) async fn send(platform: &Cloudflare, message: &Message) -> Result<(), Fault> {
    match platform.settings.mail {
        Some(MailPort::Outbox) => outbox(platform, message).await,
        Some(MailPort::Https) => https(platform, message).await,
        Some(MailPort::Cloudflare) => binding(platform, message).await,
        None => Err(Fault::new("MAIL is neither outbox, https nor cloudflare")),
    }
}

/// The development outbox.
async fn outbox(platform: &Cloudflare, message: &Message) -> Result<(), Fault> {
    let mail = Mail {
        to: message.to.clone(),
        subject: message.subject.clone(),
        text: message.text.clone(),
        at: crate::durable::now().0,
    };
    let body = serde_json::to_vec(&mail).map_err(|_| Fault::new("a mail does not serialise"))?;
    call(platform, "OUTBOX", "outbox", Some(&body)).await.map(drop)
}

/// `POST MAIL_URL` with `{"from", "to", "subject", "text"}` and `Authorization: Bearer MAIL_TOKEN`.
async fn https(platform: &Cloudflare, message: &Message) -> Result<(), Fault> {
    let setting = |name: &str| var(&platform.env, name).ok_or_else(|| Fault(format!("{name} is not set")));
    let url = setting("MAIL_URL")?;
    if !url.starts_with("https://") {
        return Err(Fault::new("MAIL_URL is not https"));
    }
    let body = serde_json::json!({
        "from": setting("MAIL_FROM")?,
        "to": message.to,
        "subject": message.subject,
        "text": message.text,
    });
    let headers = Headers::new();
    headers.set("content-type", "application/json").map_err(fault)?;
    headers.set("authorization", &format!("Bearer {}", setting("MAIL_TOKEN")?)).map_err(fault)?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_headers(headers).with_body(Some(body.to_string().into()));
    let request = Request::new_with_init(&url, &init).map_err(fault)?;
    let response =
        Fetch::Request(request).send().await.map_err(|_| Fault::new("the mail relay cannot be reached"))?;
    match response.status_code() {
        200..=299 => Ok(()),
        status => Err(Fault(format!("the mail relay answered {status}"))),
    }
}

/// Cloudflare's `send_email` binding, named `EMAIL`.
async fn binding(platform: &Cloudflare, message: &Message) -> Result<(), Fault> {
    let from = var(&platform.env, "MAIL_FROM").ok_or_else(|| Fault::new("MAIL_FROM is not set"))?;
    let email = platform.env.send_email("EMAIL").map_err(fault)?;
    let mail = SendEmailBuilder::builder(&from, &message.to, &message.subject).text(&message.text).build();
    let sent = email.send_with_builder(&mail).await;
    sent.map(drop).map_err(|_| Fault::new("the e-mail binding refused a message"))
}
