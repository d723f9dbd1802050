//! Requests and responses, free of any runtime.
mod body;
mod response;

pub use body::Format;
pub(crate) use body::parse;
pub use response::Response;
pub(crate) use response::{Across, cbor_bytes, done, preflight, problem, reply};

use crate::error::Fault;
use vestibule_core::ids::Digest;

/// The head of a request, as far as we look at it.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// `GET`, `POST`, ...
    pub method: String,
    /// Path without query.
    pub path: String,
    /// Query without `?`.
    pub query: String,
    /// Origin that was asked, as in `http://localhost:8787`.
    pub origin: String,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Content-Length`.
    pub content_length: Option<String>,
    /// `Accept`.
    pub accept: Option<String>,
    /// `Authorization`.
    pub authorization: Option<String>,
    /// `If-None-Match`.
    pub if_none_match: Option<String>,
    /// Address of the caller, as the platform's edge tells it.
    pub ip: Option<String>,
    /// `x-vestibule-fault`.
    #[cfg(feature = "faults")]
    pub fault: Option<String>,
}

/// A body that was not read yet.
#[expect(async_fn_in_trait, reason = "one thread: Workers' futures are not Send")]
pub trait Body {
    /// Reads it; `None` as soon as it is longer than `limit`.
    async fn read(self, limit: usize) -> Result<Option<Vec<u8>>, Fault>;
}

/// A request as handlers see it.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Within the route's limit.
    pub(crate) body: Vec<u8>,
    /// What the body is in; `None` for neither JSON nor CBOR.
    pub(crate) input: Option<Format>,
    /// What the answer shall be in.
    pub(crate) output: Format,
    /// SHA-256 of the bearer token.
    pub(crate) session: Option<Digest>,
    /// Keyed hash of the caller's network, of today.
    pub(crate) network: Digest,
    /// Query string.
    pub(crate) query: String,
    /// `If-None-Match`.
    pub(crate) if_none_match: Option<String>,
    /// Origin that browsers see.
    pub(crate) origin: String,
    /// Injected fault.
    #[cfg(feature = "faults")]
    pub(crate) fault: Option<String>,
}
