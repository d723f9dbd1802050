//! Three ways to send mail. None stores an address in the clear; errors name none.
use crate::{
    config::MailPort,
    error::Fault,
    outbox,
    port::{Message, Platform},
};

/// Hands a message to the configured relay. An error means: try again later.
pub(crate) async fn send<P: Platform>(platform: &P, message: &Message) -> Result<(), Fault> {
    let settings = platform.settings();
    let from = || settings.mail_from.clone().ok_or_else(|| Fault::new("MAIL_FROM is not set"));
    match &settings.mail {
        Some(MailPort::Outbox) => outbox::keep(platform, message).await,
        Some(MailPort::Https { url, token }) => post(platform, url, token, &from()?, message).await,
        Some(MailPort::Binding) => platform.send_by_binding(&from()?, message).await,
        None => {
            Err(Fault::new("MAIL is neither outbox, nor cloudflare, nor https with MAIL_URL and MAIL_TOKEN"))
        }
    }
}

/// `POST MAIL_URL` with `{"from", "to", "subject", "text"}` and `Authorization: Bearer MAIL_TOKEN`.
async fn post<P: Platform>(
    platform: &P,
    url: &str,
    token: &str,
    from: &str,
    message: &Message,
) -> Result<(), Fault> {
    let Message { to, subject, text } = message;
    let body = serde_json::json!({ "from": from, "to": to, "subject": subject, "text": text });
    match platform.post(url, token, body.to_string().into_bytes()).await? {
        200..=299 => Ok(()),
        status => Err(Fault(format!("the mail relay answered {status}"))),
    }
}
