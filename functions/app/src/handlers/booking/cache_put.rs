//! `PUT /v1/practices/{practice}/calendar/cache`.
use super::ask;
use crate::{
    actor::practice::{CachePut, PracticeCommand},
    auth::session,
    error::{Failure, malformed, unverifiable},
    http::{Call, Response, done, parse},
    port::Platform,
};
use vestibule_core::{
    cbor,
    ids::PracticeId,
    limits,
    suite::namespace,
    wire::{envelope::Sealed, http::CacheUpdate},
};

/// A sealed DEK takes about 360 bytes.
const CACHE_BYTES: usize = 1024;

/// Keeps cache hints beside appointments, for a staff session (section 3): never instead of the wrap, and a reader whose
/// hint fails drops it.
pub(crate) async fn cache_put<P: Platform>(
    platform: &P,
    call: &Call,
    practice: PracticeId,
) -> Result<Response, Failure> {
    let session = session(call)?;
    let request: CacheUpdate = parse(call)?;
    if request.entries.len() > limits::CACHE_BATCH {
        return Err(malformed("too many entries"));
    }
    for entry in &request.entries {
        if entry.cache.len() > CACHE_BYTES {
            return Err(malformed("a cache entry is too large"));
        }
        let sealed: Sealed =
            cbor::from_slice(&entry.cache).map_err(|_| malformed("a cache entry does not decode"))?;
        if sealed.namespace != namespace::CACHE {
            return Err(unverifiable("a cache entry is for something else"));
        }
    }
    let entries = request.entries.into_iter().map(|e| (e.appointment, e.cache)).collect();
    ask(platform, practice, &PracticeCommand::CachePut(CachePut { session, entries })).await?;
    Ok(done())
}
