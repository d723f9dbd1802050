//! `GET /v1/health`.
use crate::{http::Response, port::Platform};

/// Liveness, and whether the deployment has its secret.
pub(crate) fn health<P: Platform>(platform: &P) -> Response {
    let configured = platform.keys().is_some();
    let body = format!("{{\"status\":\"ok\",\"configured\":{configured}}}");
    Response::ok("application/json", body.into_bytes())
}
