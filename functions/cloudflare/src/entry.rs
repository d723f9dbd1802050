//! Entry points: requests and queue messages.
use crate::platform::Cloudflare;
use vestibule_app::{
    error::Fault,
    handle,
    http::{Body, Head},
    job::{self, JobOutcome},
};
use worker::{
    Context, Env, Headers, MessageBatch, MessageExt, QueueRetryOptionsBuilder, Request, Response,
    ResponseBuilder, Result, console_error, event,
};

/// A request's body, read piece by piece until the limit.
struct Incoming(Request);

impl Body for Incoming {
    async fn read(mut self, limit: usize) -> std::result::Result<Option<Vec<u8>>, Fault> {
        use futures_util::StreamExt;
        let mut body = Vec::new();
        // No stream: no body.
        let Ok(mut stream) = self.0.stream() else { return Ok(Some(body)) };
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(|_| Fault::new("a body broke off"))?;
            if body.len() + piece.len() > limit {
                return Ok(None);
            }
            body.extend(piece);
        }
        Ok(Some(body))
    }
}

fn head(request: &Request) -> Result<Head> {
    let url = request.url()?;
    let headers = request.headers();
    let get = |name: &str| headers.get(name).ok().flatten();
    Ok(Head {
        method: request.method().to_string(),
        path: url.path().to_owned(),
        query: url.query().unwrap_or_default().to_owned(),
        origin: url.origin().ascii_serialization(),
        content_type: get("content-type"),
        content_length: get("content-length"),
        accept: get("accept"),
        authorization: get("authorization"),
        if_none_match: get("if-none-match"),
        ip: get("cf-connecting-ip"),
        #[cfg(feature = "faults")]
        fault: get("x-vestibule-fault"),
    })
}

#[event(fetch)]
async fn fetch(request: Request, env: Env, _: Context) -> Result<Response> {
    #[cfg(feature = "faults")]
    if let Some(case) = request.path().strip_prefix(crate::contract::PATH) {
        return crate::contract::forward(&Cloudflare::new(env), case).await;
    }
    let answer = handle(&Cloudflare::new(env), head(&request)?, Incoming(request)).await;
    let headers = Headers::new();
    for (name, value) in answer.headers() {
        headers.set(name, &value)?;
    }
    let response = ResponseBuilder::new().with_status(answer.status).with_headers(headers);
    Ok(if answer.status == 204 { response.empty() } else { response.fixed(answer.body) })
}

/// Seconds before a failed message is delivered again.
const RETRY_SECONDS: u32 = 30;

/// Each message on its own: one that fails does not hold up the others. After the retries in `wrangler.toml` the platform
/// drops it.
#[event(queue)]
async fn queue(batch: MessageBatch<()>, env: Env, _: Context) -> Result<()> {
    let platform = Cloudflare::new(env);
    for message in batch.raw_iter() {
        let body = js_sys::Uint8Array::new(&message.body()).to_vec();
        match job::run(&platform, &body).await {
            JobOutcome::Done => message.ack(),
            JobOutcome::Drop(reason) => {
                console_error!("job dropped: {reason}");
                message.ack();
            }
            JobOutcome::Retry(fault) => {
                console_error!("job failed, trying again: {fault}");
                let options = QueueRetryOptionsBuilder::new().with_delay_seconds(RETRY_SECONDS).build();
                message.retry_with_options(&options);
            }
        }
    }
    Ok(())
}
