//! The real client flows (`vestibule_edge_crypto::client`) over HTTP, with hooks where a hostile server, a dying
//! client or a recorder sits.
use crate::http::{Call, Http};
use getrandom::{SysRng, rand_core::UnwrapErr};
use std::{
    pin::pin,
    task::{Context, Poll, Waker},
    time::{SystemTime, UNIX_EPOCH},
};
use vestibule_core::{bytes::to_base64url, time::UnixSeconds};
use vestibule_edge_crypto::client::{CBOR, Client, Env, Request, Response, Transport, TransportError};

/// Runs a flow to its end. The transports here block, so nothing ever waits.
pub fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
        std::thread::yield_now();
    }
}

/// The system's clock, shifted, and the system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct System {
    /// Seconds by which this client's clock is ahead.
    pub ahead: u64,
}

impl Env for System {
    type Rng = UnwrapErr<SysRng>;

    fn now(&self) -> UnixSeconds {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        UnixSeconds(since + self.ahead)
    }

    fn rng(&self) -> Self::Rng {
        UnwrapErr(SysRng)
    }
}

/// Sends a request of the flows as it is.
pub fn forward(http: &Http, request: &Request) -> Result<Response, TransportError> {
    let mut call = Call::new(request.route.info().method.as_str(), &request.target());
    call.accept = Some(CBOR.into());
    if let Some(body) = &request.body {
        call = call.with_body(CBOR, body.clone());
    }
    call.authorization = request.bearer.map(|token| format!("Bearer {}", to_base64url(&token.0)));
    // Another realm of the practice has a server of its own.
    let elsewhere = request.origin.as_deref().map(Http::new);
    let answer = elsewhere.as_ref().unwrap_or(http).call(&call).map_err(|_| TransportError)?;
    Ok(Response { status: answer.status, content_type: answer.content_type, body: answer.body })
}

/// Plain HTTP.
#[derive(Debug, Clone)]
pub struct Direct(pub Http);

impl Transport for Direct {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        forward(&self.0, &request)
    }
}

/// HTTP with something in the middle: it sees each request, may send it (or others), and says what comes back.
pub struct Hooked<F> {
    /// Where to.
    pub http: Http,
    /// What is in the middle.
    pub hook: F,
}

impl<F> Transport for Hooked<F>
where
    F: Fn(&Http, Request) -> Result<Response, TransportError>,
{
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        (self.hook)(&self.http, request)
    }
}

/// What a hooked transport gives back.
pub type Answer = Result<Response, TransportError>;

/// A client whose server rewrites the bodies of good answers.
pub fn lying<'a>(
    http: &Http,
    rewrite: impl Fn(&Request, Vec<u8>) -> Vec<u8> + 'a,
) -> Client<Hooked<impl Fn(&Http, Request) -> Answer + 'a>, System> {
    hooked(http, move |http: &Http, request: Request| {
        let mut answer = forward(http, &request)?;
        if answer.status < 300 {
            answer.body = rewrite(&request, answer.body);
        }
        Ok(answer)
    })
}

/// A client of the server at `http`.
pub fn direct(http: &Http) -> Client<Direct, System> {
    Client::new(Direct(http.clone()), System::default())
}

/// A client with something in the middle.
pub fn hooked<F>(http: &Http, hook: F) -> Client<Hooked<F>, System>
where
    F: Fn(&Http, Request) -> Result<Response, TransportError>,
{
    Client::new(Hooked { http: http.clone(), hook }, System::default())
}
