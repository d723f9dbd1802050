//! The entry point: requests.
#[cfg(feature = "booking")]
use crate::pages::{self, Page};
use crate::{jobs, platform::Spin};
use bytes::Bytes;
use http::{HeaderMap, header};
use http_body_util::{BodyExt as _, Full};
use spin_sdk::{
    http::{IntoResponse, Request},
    http_service,
};
use vestibule_app::{
    error::Fault,
    handle,
    http::{Body, Head},
    port::Platform as _,
};

type Answer = http::Response<Full<Bytes>>;

/// A request's body, read piece by piece until the limit: the host has none.
struct Incoming(Request);

impl Body for Incoming {
    async fn read(mut self, limit: usize) -> Result<Option<Vec<u8>>, Fault> {
        let mut body = Vec::new();
        while let Some(frame) = self.0.body_mut().frame().await {
            let frame = frame.map_err(|_| Fault::new("a body broke off"))?;
            let Some(piece) = frame.data_ref() else { continue };
            if body.len() + piece.len() > limit {
                return Ok(None);
            }
            body.extend_from_slice(piece);
        }
        Ok(Some(body))
    }
}

/// The last value of a header: the host appends what it knows itself behind whatever the client sent.
fn last(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get_all(name).iter().next_back()?.to_str().ok().map(str::to_owned)
}

/// `192.0.2.1:4711` and `[2001:db8::1]:4711` without the port.
fn address(text: &str) -> String {
    text.parse::<std::net::SocketAddr>().map_or_else(|_| text.to_owned(), |a| a.ip().to_string())
}

fn head(request: &Request) -> Head {
    let (uri, headers) = (request.uri(), request.headers());
    let host = uri.authority().map(ToString::to_string).or_else(|| last(headers, "host"));
    Head {
        method: request.method().to_string(),
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        origin: format!("{}://{}", uri.scheme_str().unwrap_or("http"), host.unwrap_or_default()),
        content_type: last(headers, "content-type"),
        content_length: last(headers, "content-length"),
        accept: last(headers, "accept"),
        authorization: last(headers, "authorization"),
        if_none_match: last(headers, "if-none-match"),
        ip: last(headers, "spin-client-addr").map(|text| address(&text)),
        #[cfg(feature = "faults")]
        fault: last(headers, "x-vestibule-fault"),
    }
}

#[http_service]
async fn serve(request: Request) -> impl IntoResponse {
    let head = head(&request);
    #[cfg(feature = "faults")]
    if let Some(case) = head.path.strip_prefix("/dev/contract/") {
        return contract(case);
    }
    let platform = Spin::new().await;
    if head.path == "/jobs" && head.method == "POST" {
        // Whoever has no token finds what is at any unknown path.
        if let Some(ran) = jobs::on_demand(&platform, head.authorization.as_deref()).await {
            return jobs_ran(&platform, ran);
        }
    }
    #[cfg(feature = "booking")]
    if !head.path.starts_with("/v1/") && !head.path.starts_with("/dev/") {
        let known = last(request.headers(), "if-none-match");
        if let Some(found) = pages::answer(&head.method, &head.path, &head.query, known.as_deref()) {
            return page(found);
        }
    }
    let answer = handle(&platform, head, Incoming(request)).await;
    jobs::after(platform);
    response(answer.status, answer.headers(), answer.body)
}

fn response(
    status: u16,
    headers: impl IntoIterator<Item = (impl AsRef<str>, String)>,
    body: Vec<u8>,
) -> Result<Answer, http::Error> {
    let mut builder = http::Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(name.as_ref(), value);
    }
    if status != 204 {
        builder = builder.header(header::CONTENT_LENGTH, body.len());
    }
    builder.body(Full::new(body.into()))
}

#[cfg(feature = "booking")]
fn page(page: Page) -> Result<Answer, http::Error> {
    let length = page.body.len();
    let body = if page.head { Vec::new() } else { page.body };
    let mut answer = response(page.status, page.headers, body)?;
    answer.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    Ok(answer)
}

/// `{"ran": n}`.
fn jobs_ran(platform: &Spin, ran: Result<usize, Fault>) -> Result<Answer, http::Error> {
    let (status, body) = match ran {
        Ok(ran) => (200, format!("{{\"ran\":{ran}}}")),
        Err(fault) => {
            platform.log(&fault);
            (500, "{}".to_owned())
        }
    };
    let headers = [("content-type", "application/json".to_owned()), ("cache-control", "no-store".to_owned())];
    response(status, headers, body.into_bytes())
}

/// A case of the storage contract on the database of this deployment; the actors' keys are fresh. A case that fails panics.
#[cfg(feature = "faults")]
fn contract(case: &str) -> Result<Answer, http::Error> {
    use vestibule_store::contract::{Database, run};
    let mut seed = [0; 16];
    let ran = getrandom::fill(&mut seed).is_ok()
        && crate::sql::database(|db| Ok(run(case, &Database::new(db, &seed)))) == Ok(true);
    let headers: [(&str, String); 0] = [];
    response(if ran { 204 } else { 404 }, headers, Vec::new())
}
