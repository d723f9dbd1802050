//! `/dev/outbox`: what would have been mailed, for development.
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// A mail as kept and shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Mail {
    /// Address.
    pub(crate) to: String,
    /// Subject.
    pub(crate) subject: String,
    /// Plain text.
    pub(crate) text: String,
    /// When it was sent, in Unix seconds.
    pub(crate) at: u64,
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The page, newest first. It asks again by itself.
pub(crate) fn page(mails: &[Mail]) -> String {
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
