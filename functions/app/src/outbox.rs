//! `/dev/outbox`: what would have been mailed, for development. What is kept is sealed like a job.
use crate::{
    error::{Failure, Fault},
    http::{Head, Response},
    port::{Message, Platform, keys},
};
use minicbor::{Decode, Encode};
use serde::Serialize;
use std::fmt::Write as _;
use vestibule_core::{cbor, problem::ProblemKind, wire::envelope::Sealed};

const LABEL: &str = "dev-outbox";

/// A mail as kept and shown.
#[derive(Clone, Serialize, Encode, Decode)]
#[cbor(array)]
struct Mail {
    /// Address.
    #[n(0)]
    to: String,
    /// Subject.
    #[n(1)]
    subject: String,
    /// Plain text.
    #[n(2)]
    text: String,
    /// When it was sent, in Unix seconds.
    #[n(3)]
    at: u64,
}

/// Keeps a mail instead of sending it.
pub(crate) async fn keep<P: Platform>(platform: &P, message: &Message) -> Result<(), Fault> {
    let Message { to, subject, text } = message.clone();
    let mail = Mail { to, subject, text, at: platform.now().0 };
    let sealed = keys(platform)?.platform.seal(&mut platform.rng(), LABEL, &(), &cbor::to_vec(&mail));
    platform.keep_mail(cbor::to_vec(&sealed)).await
}

/// What is kept, oldest first.
async fn kept<P: Platform>(platform: &P) -> Result<Vec<Mail>, Fault> {
    let keys = keys(platform)?;
    let open = |bytes: &[u8]| {
        let sealed: Sealed = cbor::from_slice(bytes).ok()?;
        cbor::from_slice(&keys.platform.open(LABEL, &(), &sealed).ok()?).ok()
    };
    let mails = platform.kept_mails().await?;
    mails.iter().map(|bytes| open(bytes).ok_or_else(|| Fault::new("a kept mail does not open"))).collect()
}

/// `GET /dev/outbox` and `/dev/outbox.json`, where mail goes to the outbox and this machine asks; else nothing is here.
pub(crate) async fn answer<P: Platform>(platform: &P, head: &Head) -> Result<Response, Failure> {
    let json = match (head.method.as_str(), head.path.as_str()) {
        ("GET", "/dev/outbox") => false,
        ("GET", "/dev/outbox.json") => true,
        _ => return Err(ProblemKind::NotFound.into()),
    };
    if !platform.config().development || !is_local(&head.origin) {
        return Err(ProblemKind::NotFound.into());
    }
    let mails = kept(platform).await?;
    Ok(if json {
        Response::ok("application/json", serde_json::to_vec(&mails).unwrap_or_default())
    } else {
        Response::ok("text/html; charset=utf-8", page(&mails).into_bytes())
    })
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The page, newest first. It asks again by itself.
fn page(mails: &[Mail]) -> String {
    let mut list = String::new();
    for mail in mails.iter().rev() {
        let (to, subject, text) = (escape(&mail.to), escape(&mail.subject), escape(&mail.text));
        // Writing to a String cannot fail.
        let _ = write!(list, "<article><h2>{subject}</h2><p>{to}</p><pre>{text}</pre></article>");
    }
    if list.is_empty() {
        list.push_str("<p>No mail yet.</p>");
    }
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"3\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Outbox</title><style>\
         body{{font:1rem/1.5 system-ui;max-width:40rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}}\
         article{{border:1px solid;border-radius:.5rem;padding:0 1rem;margin:1rem 0}}pre{{white-space:pre-wrap}}\
         </style><h1>Development outbox</h1>{list}</html>"
    )
}

/// Whether an origin or URL names this machine.
pub(crate) fn is_local(url: &str) -> bool {
    let host = url.split_once("://").map_or("", |(_, rest)| rest.split(['/', ':']).next().unwrap_or(""));
    host == "localhost" || host == "127.0.0.1"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_mails_is_no_markup() {
        let mail =
            |to: &str| Mail { to: to.into(), subject: "<b>".into(), text: "1 < 2 & \"x\"".into(), at: 1 };
        let page = page(&[mail("a@b.example"), mail("<script>")]);
        assert!(page.contains("<h2>&lt;b&gt;</h2>") && page.contains("1 &lt; 2 &amp; &quot;x&quot;"));
        assert!(!page.contains("<script>"));
        assert!(page.find("&lt;script").is_some_and(|new| page.find("a@b").is_some_and(|old| new < old)));
    }

    #[test]
    fn only_this_machine_is_local() {
        for (url, local) in [
            ("http://localhost:8787", true),
            ("http://127.0.0.1/dev/outbox", true),
            ("https://localhost.example.org", false),
            ("https://example.org/localhost", false),
            ("localhost", false),
        ] {
            assert_eq!(is_local(url), local, "{url}");
        }
    }
}
