//! Errors as the pages get them: a thrown `Error` with `code`, where waiting helps `retryAfter`, and where realms of several
//! are the cause `realms`, their origins.
use crate::{browser::Browser, fetch::Fetch};
use js_sys::{Array, Error, Reflect};
use vestibule_edge_crypto::client::{Client, ClientError};
use wasm_bindgen::JsValue;

/// A failure with a stable code.
#[derive(Debug)]
pub(crate) struct Failure {
    code: &'static str,
    retry_after: Option<u64>,
    realms: Vec<String>,
}

impl Failure {
    /// An error of a flow, with the realms that it comes from.
    pub(crate) fn of(error: &ClientError, client: &Client<Fetch, Browser>) -> Self {
        let mut realms: Vec<_> =
            client.troubles().into_iter().filter(|t| t.code == error.code()).map(|t| t.origin).collect();
        realms.dedup();
        Self { code: error.code(), retry_after: error.retry_after(), realms }
    }

    /// A failure that comes from the page's own input.
    pub(crate) const fn input(code: &'static str) -> Self {
        Self { code, retry_after: None, realms: Vec::new() }
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self { code: error.code(), retry_after: error.retry_after(), realms: Vec::new() }
    }
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> Self {
        let error = Error::new(failure.code);
        // Setting a property of a fresh object cannot fail.
        let _ = Reflect::set(&error, &"code".into(), &failure.code.into());
        if let Some(seconds) = failure.retry_after {
            #[expect(clippy::cast_precision_loss, reason = "seconds to wait are far below 2^53")]
            let seconds = seconds as f64;
            let _ = Reflect::set(&error, &"retryAfter".into(), &seconds.into());
        }
        if !failure.realms.is_empty() {
            let realms: Array = failure.realms.into_iter().map(JsValue::from).collect();
            let _ = Reflect::set(&error, &"realms".into(), &realms);
        }
        error.into()
    }
}
