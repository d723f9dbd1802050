//! What an operator sets.
use crate::{outbox::is_local, sha256};
use vestibule_channel::{PlatformSecret, RealmSecret};

/// Settings of a deployment.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Origin that browsers see, as in `https://booking.example`; its host is the WebAuthn RP ID, fixed for life.
    /// Empty: taken from each request, for development only.
    pub origin: String,
    /// Needed to found a practice, where set.
    pub founding_code: Option<String>,
    /// A development outbox takes the mail.
    pub development: bool,
    /// Multiplies the limits by network, for load tests.
    pub rate_scale: u32,
}

impl Config {
    /// A limit by network, scaled.
    pub(crate) fn cap(&self, limit: u32) -> u32 {
        limit.saturating_mul(self.rate_scale.max(1))
    }

    /// Whether this code opens founding, and serving as another practice's realm: any does where none is set.
    pub(crate) fn admits(&self, code: &str) -> bool {
        // Hashes are compared, so the time tells nothing of the code.
        let hash = |text: &str| sha256(text.as_bytes());
        self.founding_code.as_deref().is_none_or(|own| hash(own) == hash(code))
    }
}

/// Where mail goes.
#[derive(Clone, PartialEq, Eq)]
pub enum MailPort {
    /// Kept on this machine, shown at `/dev/outbox`.
    Outbox,
    /// Posted as JSON.
    Https {
        /// Of the relay, `https://`; plain HTTP only to this machine.
        url: String,
        /// Bearer token.
        token: String,
    },
    /// The platform's own binding: Cloudflare's `send_email`.
    Binding,
}

impl std::fmt::Debug for MailPort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Outbox => "Outbox",
            Self::Https { .. } => "Https(..)",
            Self::Binding => "Binding",
        })
    }
}

/// All that an operator sets, read once an isolate or instance.
#[derive(Debug, Default)]
pub struct Settings {
    /// Of the product.
    pub config: Config,
    /// `None` if the deployment has no well-formed secret.
    pub keys: Option<Keys>,
    /// `None` if nothing usable is set: then no code can be sent.
    pub mail: Option<MailPort>,
    /// Sender of mails.
    pub mail_from: Option<String>,
}

impl Settings {
    /// The variables and secrets of every platform: `wrangler.toml` and `spin.toml` say what each means.
    pub const NAMES: &'static [&'static str] = &[
        "ORIGIN",
        "MAIL",
        "MAIL_FROM",
        "MAIL_URL",
        "MAIL_TOKEN",
        "FOUNDING_CODE",
        "RATE_LIMIT_SCALE",
        "PLATFORM_SECRET",
    ];

    /// From the values of [`Self::NAMES`]; a missing variable is as good as an empty one.
    pub fn read(value: impl Fn(&str) -> Option<String>) -> Self {
        let var = |name: &str| value(name).filter(|text| !text.is_empty());
        let origin = var("ORIGIN").map(|o| o.trim_end_matches('/').to_owned()).unwrap_or_default();
        let mail = match var("MAIL").as_deref() {
            // Everybody can read the outbox, so a deployment with a name of its own does not get it.
            Some("outbox") if origin.is_empty() || is_local(&origin) => Some(MailPort::Outbox),
            Some("https") => match (var("MAIL_URL"), var("MAIL_TOKEN")) {
                (Some(url), Some(token)) if url.starts_with("https://") || is_local(&url) => {
                    Some(MailPort::Https { url, token })
                }
                _ => None,
            },
            Some("cloudflare") => Some(MailPort::Binding),
            _ => None,
        };
        Self {
            config: Config {
                origin,
                founding_code: var("FOUNDING_CODE"),
                development: mail == Some(MailPort::Outbox),
                rate_scale: var("RATE_LIMIT_SCALE").and_then(|v| v.parse().ok()).unwrap_or(1),
            },
            keys: var("PLATFORM_SECRET").and_then(|text| Keys::from_hex(&text)),
            mail,
            mail_from: var("MAIL_FROM"),
        }
    }
}

/// Keys from the platform's secret store, expanded once.
#[derive(Debug)]
pub struct Keys {
    /// The root of all of them.
    pub platform: PlatformSecret,
    /// What realm requests are sealed to.
    pub realm: RealmSecret,
}

impl Keys {
    /// From `PLATFORM_SECRET`: 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let mut bytes = zeroize::Zeroizing::new([0u8; 32]);
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        let platform = PlatformSecret::from_bytes(&bytes);
        let realm = platform.realm();
        Some(Self { platform, realm })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(vars: &[(&str, &str)]) -> Option<MailPort> {
        let value = |name: &str| vars.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        Settings::read(value).mail
    }

    #[test]
    fn only_the_code_that_is_set_opens_founding() {
        let open = Config::default();
        assert!(open.admits("") && open.admits("anything"));
        let closed = Config { founding_code: Some("code".into()), ..Config::default() };
        assert!(closed.admits("code"));
        assert!(!closed.admits("") && !closed.admits("Code") && !closed.admits("code "));
    }

    #[test]
    fn mail_goes_where_it_is_safe() {
        assert_eq!(mail(&[("MAIL", "outbox")]), Some(MailPort::Outbox));
        assert_eq!(mail(&[("MAIL", "outbox"), ("ORIGIN", "http://localhost:1/")]), Some(MailPort::Outbox));
        assert_eq!(mail(&[("MAIL", "outbox"), ("ORIGIN", "https://booking.example")]), None);
        assert_eq!(mail(&[("MAIL", "")]), None);
        let https = |url| mail(&[("MAIL", "https"), ("MAIL_URL", url), ("MAIL_TOKEN", "t")]);
        assert!(https("https://relay.example/send").is_some());
        assert!(https("http://127.0.0.1:9/send").is_some());
        assert_eq!(https("http://relay.example/send"), None);
        assert_eq!(mail(&[("MAIL", "https"), ("MAIL_URL", "https://relay.example")]), None, "no token");
    }

    #[test]
    fn only_64_hex_digits_are_a_secret() {
        assert!(Keys::from_hex(&"0f".repeat(32)).is_some());
        assert!(Keys::from_hex(&format!("{}\n", "AB".repeat(32))).is_some());
        for bad in ["", "0f", &"0g".repeat(32), &"+1".repeat(32), &"0f".repeat(33), &"ü".repeat(32)] {
            assert!(Keys::from_hex(bad).is_none(), "{bad}");
        }
    }
}
