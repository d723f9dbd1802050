//! What the flows need from their surroundings: a way to send, a clock, randomness.
use vestibule_core::{ids::Digest, routes::Route, time::UnixSeconds};
use vestibule_suite::CryptoRng;

/// Content type of requests and of good answers.
pub const CBOR: &str = "application/cbor";
/// Content type of problems (RFC 9290).
pub const PROBLEM_CBOR: &str = "application/concise-problem-details+cbor";

/// A request as the flows make it. The transport adds `Accept: application/cbor`, and `Content-Type:
/// application/cbor` if there is a body.
#[derive(Debug, Clone)]
pub struct Request {
    /// Origin of another realm; `None` for the deployment that the client was loaded from.
    pub origin: Option<String>,
    /// What to call.
    pub route: Route,
    /// Query without `?`; may be empty.
    pub query: String,
    /// CBOR.
    pub body: Option<Vec<u8>>,
    /// Session token, sent as `Authorization: Bearer <base64url>`.
    pub bearer: Option<Digest>,
}

impl Request {
    /// A request without query, body or session.
    pub fn new(route: Route) -> Self {
        Self { origin: None, route, query: String::new(), body: None, bearer: None }
    }

    /// Path and query.
    pub fn target(&self) -> String {
        let path = self.route.path();
        if self.query.is_empty() { path } else { format!("{path}?{}", self.query) }
    }
}

/// An answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`, without parameters.
    pub content_type: String,
    /// Body, at most a few MiB.
    pub body: Vec<u8>,
}

/// Nothing came back: no network, or the connection broke. The request may or may not have been carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no answer from the server")]
pub struct TransportError;

/// Sends requests: `fetch` in browsers, a plain HTTP client in tests.
#[expect(async_fn_in_trait, reason = "browsers have one thread; no future of ours needs to be Send")]
pub trait Transport {
    /// Sends one request and waits for its answer.
    async fn send(&self, request: Request) -> Result<Response, TransportError>;
}

/// Clock and randomness.
pub trait Env {
    /// A cryptographically secure generator.
    type Rng: CryptoRng;
    /// The time by this device's clock.
    fn now(&self) -> UnixSeconds;
    /// A generator to draw from.
    fn rng(&self) -> Self::Rng;
}
