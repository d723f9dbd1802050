//! Variables of the deployment: see `spin.toml` for what each means.
use std::{cell::RefCell, rc::Rc};
use vestibule_app::config::Settings;

/// What the platform needs to know besides the product's settings.
#[derive(Debug)]
pub(crate) struct Deployment {
    pub(crate) settings: Settings,
    /// Opens `POST /jobs`; without it there is no such path.
    pub(crate) jobs_token: Option<String>,
}

thread_local! {
    static DEPLOYMENT: RefCell<Option<Rc<Deployment>>> = const { RefCell::new(None) };
}

/// The instance's settings. Expanding the realm's key takes a moment, so it is done once.
pub(crate) async fn deployment() -> Rc<Deployment> {
    if let Some(known) = DEPLOYMENT.with_borrow(Clone::clone) {
        return known;
    }
    let mut values = Vec::new();
    for name in Settings::NAMES {
        // A variable that the manifest does not have is as good as an empty one.
        values.push((*name, spin_sdk::variables::get(name.to_lowercase()).await.ok()));
    }
    let jobs_token = spin_sdk::variables::get("jobs_token").await.ok().filter(|v| !v.is_empty());
    let value = |name: &str| values.iter().find(|(n, _)| *n == name).and_then(|(_, v)| v.clone());
    let read = Rc::new(Deployment { settings: Settings::read(value), jobs_token });
    DEPLOYMENT.set(Some(read.clone()));
    read
}
