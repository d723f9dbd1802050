//! HTTP in front of the instances.
use crate::{App, component, instance::Instances};
use http::header::HOST;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use std::{convert::Infallible, net::SocketAddr, path::Path, sync::Arc};
use tokio::signal::unix::{SignalKind, signal};
use wasmtime::error::Context as _;
use wasmtime_wasi_http::{Error as HttpError, WasiBody, handler::ProxyHandler};

/// Serves until SIGTERM or SIGINT.
pub(crate) async fn serve(app: Arc<App>, source: &Path, listen: SocketAddr) -> wasmtime::Result<()> {
    let (engine, component) = component::load(source).with_context(|| source.display().to_string())?;
    let handler = ProxyHandler::new(Instances { app, component, engine });
    let listener = tokio::net::TcpListener::bind(listen).await?;
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    println!("READY http://{}", listener.local_addr()?);
    loop {
        let (stream, client) = tokio::select! {
            accepted = listener.accept() => accepted?,
            _ = terminate.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
        };
        stream.set_nodelay(true)?;
        let handler = handler.clone();
        tokio::spawn(async move {
            let serve = hyper::service::service_fn(|request| answer(handler.clone(), request, client));
            // A client that goes away is no error of ours.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), serve)
                .await;
        });
    }
}

async fn answer(
    handler: ProxyHandler<Instances>,
    mut request: http::Request<Incoming>,
    client: SocketAddr,
) -> Result<http::Response<WasiBody>, Infallible> {
    let refuse = |status: http::StatusCode| {
        let mut response = http::Response::new(WasiBody::default());
        *response.status_mut() = status;
        Ok(response)
    };
    if prepare(&mut request, client).is_err() {
        return refuse(http::StatusCode::BAD_REQUEST);
    }
    let body =
        |body: Incoming| body.map_err(|e| HttpError::InternalError(Some(e.to_string()))).boxed_unsync();
    match handler.handle((), request.map(body)).await {
        Ok(response) => Ok(response),
        Err(error) => {
            eprintln!("request failed: {error:?}");
            refuse(http::StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// Spin tells components the whole URL, taking the authority from `Host`, and appends the client's address behind whatever
/// the client itself sent.
fn prepare(request: &mut http::Request<Incoming>, client: SocketAddr) -> Result<(), http::Error> {
    let host = request.headers().get(HOST).map_or(&b""[..], |h| h.as_bytes());
    let mut parts = request.uri().clone().into_parts();
    parts.authority = Some(http::uri::Authority::try_from(host)?);
    parts.scheme = Some(http::uri::Scheme::HTTP);
    *request.uri_mut() = http::Uri::from_parts(parts)?;
    let client = http::HeaderValue::try_from(client.to_string())?;
    request.headers_mut().append("spin-client-addr", client);
    Ok(())
}
