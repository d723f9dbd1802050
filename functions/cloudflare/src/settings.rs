//! Variables and secrets of the deployment: see `wrangler.toml` for what each means.
use crate::outbox_page::is_local;
use std::rc::Rc;
use vestibule_app::config::{Config, Keys};
use worker::Env;

/// Where mail goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MailPort {
    /// Kept in memory, shown at `/dev/outbox`.
    Outbox,
    /// Posted as JSON.
    Https,
    /// Cloudflare's e-mail binding.
    Cloudflare,
}

/// A variable, `None` if it is missing or empty.
pub(crate) fn var(env: &Env, name: &str) -> Option<String> {
    env.var(name).ok().map(|v| v.to_string()).filter(|v| !v.is_empty())
}

/// Settings and keys, read once an isolate.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) config: Config,
    pub(crate) keys: Option<Keys>,
    pub(crate) mail: Option<MailPort>,
    pub(crate) jurisdiction: Option<String>,
}

thread_local! {
    static SETTINGS: std::cell::RefCell<Option<Rc<Settings>>> = const { std::cell::RefCell::new(None) };
}

/// The isolate's settings. Expanding the realm's key takes a moment, so it is done once; variables do not change while an
/// isolate lives.
pub(crate) fn settings(env: &Env) -> Rc<Settings> {
    SETTINGS.with(|cell| cell.borrow_mut().get_or_insert_with(|| Rc::new(read(env))).clone())
}

fn read(env: &Env) -> Settings {
    let origin = var(env, "ORIGIN").map(|o| o.trim_end_matches('/').to_owned()).unwrap_or_default();
    let mail = match var(env, "MAIL").as_deref() {
        // Everybody can read the outbox, so a deployment with a name of its own does not get it.
        Some("outbox") if origin.is_empty() || is_local(&origin) => Some(MailPort::Outbox),
        Some("https") => Some(MailPort::Https),
        Some("cloudflare") => Some(MailPort::Cloudflare),
        _ => None,
    };
    Settings {
        config: Config {
            origin,
            founding_code: var(env, "FOUNDING_CODE"),
            development: mail == Some(MailPort::Outbox),
            rate_scale: var(env, "RATE_LIMIT_SCALE").and_then(|v| v.parse().ok()).unwrap_or(1),
        },
        keys: var(env, "PLATFORM_SECRET").and_then(|text| Keys::from_hex(&text)),
        mail,
        jurisdiction: var(env, "JURISDICTION"),
    }
}
