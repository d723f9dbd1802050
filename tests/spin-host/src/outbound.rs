//! Requests that the component sends: to hosts that the manifest allows, and only on this machine, in plain HTTP.
use crate::App;
use http::header::HOST;
use http_body_util::BodyExt as _;
use hyper_util::rt::TokioIo;
use std::sync::Arc;
use wasmtime_wasi_http::{
    DEFAULT_FORBIDDEN_HEADERS, Error as HttpError, ForbiddenHeaderFilter, WasiBody, WasiHttpHooks,
};

/// The way out of one instance.
pub(crate) struct Outbound(pub(crate) Arc<App>);

type Unit = Result<(), HttpError>;
type Answer = (http::Response<WasiBody>, Box<dyn Future<Output = Unit> + Send>);
type Pending = Box<dyn Future<Output = wasmtime_wasi_http::Result<Answer>> + Send>;

impl WasiHttpHooks for Outbound {
    /// Spin shows components the `Host` header.
    fn forbidden_header_filter(&mut self) -> ForbiddenHeaderFilter {
        Arc::new(|name| *name != HOST && DEFAULT_FORBIDDEN_HEADERS.contains(name))
    }

    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        _: Option<wasmtime_wasi_http::RequestOptions>,
        _: Box<dyn Future<Output = Unit> + Send>,
    ) -> Pending {
        let authority = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        let host = format!("{}://{authority}", request.uri().scheme_str().unwrap_or_default());
        if !host.starts_with("http://127.0.0.1:") || !self.0.outbound.contains(&host) {
            return Box::new(async { Err(HttpError::HttpRequestDenied) });
        }
        Box::new(async move { send(request, &authority).await })
    }
}

fn internal(error: impl ToString) -> HttpError {
    HttpError::InternalError(Some(error.to_string()))
}

async fn send(mut request: http::Request<WasiBody>, authority: &str) -> wasmtime_wasi_http::Result<Answer> {
    let stream = tokio::net::TcpStream::connect(authority).await.map_err(internal)?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(internal)?;
    tokio::spawn(connection);
    let host = http::HeaderValue::try_from(authority).map_err(internal)?;
    request.headers_mut().insert(HOST, host);
    let path = request.uri().path_and_query().map_or("/", |p| p.as_str()).to_owned();
    *request.uri_mut() = path.parse().map_err(internal)?;
    let answer = sender.send_request(request).await.map_err(internal)?;
    Ok((answer.map(|body| body.map_err(internal).boxed_unsync()), Box::new(async { Ok(()) })))
}
