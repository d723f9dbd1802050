//! Variables and secrets of the deployment: see `wrangler.toml` for what each means.
use std::rc::Rc;
use vestibule_app::config::Settings;
use worker::Env;

/// What the platform needs to know besides the product's settings.
#[derive(Debug)]
pub(crate) struct Deployment {
    pub(crate) settings: Settings,
    /// Where Durable Objects live, as in `eu`.
    pub(crate) jurisdiction: Option<String>,
}

thread_local! {
    static DEPLOYMENT: std::cell::RefCell<Option<Rc<Deployment>>> = const { std::cell::RefCell::new(None) };
}

/// The isolate's settings. Expanding the realm's key takes a moment, so it is done once; variables do not change while an
/// isolate lives.
pub(crate) fn deployment(env: &Env) -> Rc<Deployment> {
    let value = |name: &str| env.var(name).ok().map(|v| v.to_string());
    let read = || Deployment {
        settings: Settings::read(value),
        jurisdiction: value("JURISDICTION").filter(|v| !v.is_empty()),
    };
    DEPLOYMENT.with(|cell| cell.borrow_mut().get_or_insert_with(|| Rc::new(read())).clone())
}
