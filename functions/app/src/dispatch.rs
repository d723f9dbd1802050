//! From a request to its handler.
use crate::{
    auth,
    error::Failure,
    handlers,
    http::{self, Across, Body, Call, Format, Head, Response},
    network::network,
    outbox,
    port::{self, Platform},
};
use vestibule_core::{
    problem::ProblemKind,
    routes::{Method, Route, realm_methods},
};

/// Answers a request under `/v1/` or `/dev/`. Whatever is wrong with it is a 4xx problem; a 500 is our fault and logged.
/// What a realm is asked, pages of other deployments may ask too, and read the answer, problems included.
pub async fn handle<P: Platform>(platform: &P, head: Head, body: impl Body) -> Response {
    let across: Vec<_> = realm_methods(&head.path).map(Method::as_str).collect();
    if across.is_empty() {
        return answer(platform, head, body).await;
    }
    if head.method == "OPTIONS" {
        return http::preflight(across.join(", "));
    }
    Response { across: Across::Readable, ..answer(platform, head, body).await }
}

async fn answer<P: Platform>(platform: &P, head: Head, body: impl Body) -> Response {
    let output = Format::of_accept(head.accept.as_deref());
    match route(platform, head, body).await {
        Ok(response) => response,
        Err(Failure::Problem(problem)) => http::problem(output, &problem),
        Err(Failure::Fault(fault)) => {
            platform.log(&fault);
            http::problem(output, &ProblemKind::Internal.into())
        }
    }
}

async fn route<P: Platform>(platform: &P, head: Head, body: impl Body) -> Result<Response, Failure> {
    if head.path.starts_with("/dev/") {
        return outbox::answer(platform, &head).await;
    }
    let route = Route::find(&head.method, &head.path)
        .map_err(|known| if known { ProblemKind::MethodNotAllowed } else { ProblemKind::NotFound })?;
    if route == Route::Health {
        return Ok(handlers::health(platform));
    }
    let info = route.info();
    let body = if info.method == Method::Get {
        Vec::new()
    } else {
        let told = head.content_length.as_deref().and_then(|l| l.parse::<u64>().ok()).unwrap_or(0);
        if told > info.body_limit as u64 {
            return Err(ProblemKind::TooLarge.into());
        }
        body.read(info.body_limit).await?.ok_or(ProblemKind::TooLarge)?
    };
    let config = platform.config();
    let call = Call {
        body,
        input: head.content_type.as_deref().and_then(Format::of_content_type),
        output: Format::of_accept(head.accept.as_deref()),
        session: auth::bearer(head.authorization.as_deref()),
        network: network(&port::keys(platform)?.platform, platform.now(), head.ip.as_deref()),
        query: head.query,
        if_none_match: head.if_none_match,
        origin: if config.origin.is_empty() { head.origin } else { config.origin.clone() },
        #[cfg(feature = "faults")]
        fault: head.fault,
    };
    let call = &call;
    match route {
        Route::Health => Ok(handlers::health(platform)),
        Route::RealmDescription => handlers::realm_description(platform, call),
        Route::Realm => crate::realm::realm(platform, call).await,
        Route::Challenge(p) => handlers::challenge(platform, call, p),
        #[cfg(feature = "booking")]
        other => handlers::booking::answer(platform, call, other).await,
        #[cfg(not(feature = "booking"))]
        _ => Err(ProblemKind::NotFound.into()),
    }
}
