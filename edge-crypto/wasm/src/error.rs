//! Errors as the pages get them: a thrown `Error` with `code` and, where waiting helps, `retryAfter`.
use js_sys::{Error, Reflect};
use vestibule_edge_crypto::client::ClientError;
use wasm_bindgen::JsValue;

/// A failure with a stable code.
#[derive(Debug)]
pub(crate) struct Failure {
    code: &'static str,
    retry_after: Option<u64>,
}

impl Failure {
    /// A failure that comes from the page's own input.
    pub(crate) const fn input(code: &'static str) -> Self {
        Self { code, retry_after: None }
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self { code: error.code(), retry_after: error.retry_after() }
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
        error.into()
    }
}
