//! `GET /v1/health`.
use crate::{http::Response, port::Platform};

/// Liveness, and whether the deployment has its secret.
pub(crate) fn health<P: Platform>(platform: &P) -> Response {
    let configured = platform.keys().is_some();
    Response {
        status: 200,
        content_type: "application/json",
        retry_after: None,
        body: format!("{{\"status\":\"ok\",\"configured\":{configured}}}").into_bytes(),
    }
}
