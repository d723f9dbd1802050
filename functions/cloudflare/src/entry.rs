//! Entry points: requests and queue messages.
use crate::{
    outbox_page::{self, Mail, is_local},
    platform::{Cloudflare, call},
};
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
        ip: get("cf-connecting-ip"),
        #[cfg(feature = "faults")]
        fault: get("x-vestibule-fault"),
    })
}

/// Headers of every answer of the API: nothing is a page, nothing is kept.
fn secure(headers: &Headers) -> Result<()> {
    for (name, value) in [
        ("cache-control", "no-store"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("cross-origin-resource-policy", "same-origin"),
        ("referrer-policy", "no-referrer"),
        ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ("x-content-type-options", "nosniff"),
    ] {
        headers.set(name, value)?;
    }
    Ok(())
}

#[event(fetch)]
async fn fetch(request: Request, env: Env, _: Context) -> Result<Response> {
    let platform = Cloudflare::new(env);
    let head = head(&request)?;
    if head.path.starts_with("/dev/") {
        let local = is_local(request.url()?.as_str());
        return if local {
            development(&platform, &head).await
        } else {
            Response::error("There is nothing here", 404)
        };
    }
    let answer = handle(&platform, head, Incoming(request)).await;
    let headers = Headers::new();
    secure(&headers)?;
    if !answer.content_type.is_empty() {
        headers.set("content-type", answer.content_type)?;
    }
    if let Some(seconds) = answer.retry_after {
        headers.set("retry-after", &seconds.to_string())?;
    }
    let response = ResponseBuilder::new().with_status(answer.status).with_headers(headers);
    Ok(if answer.status == 204 { response.empty() } else { response.fixed(answer.body) })
}

/// `/dev/outbox` and `/dev/outbox.json`, where mail goes to the outbox; else nothing is here.
async fn development(platform: &Cloudflare, head: &Head) -> Result<Response> {
    let json = match (platform.settings.config.development, head.method.as_str(), head.path.as_str()) {
        (true, "GET", "/dev/outbox") => false,
        (true, "GET", "/dev/outbox.json") => true,
        _ => return Response::error("There is nothing here", 404),
    };
    let mails =
        call(platform, "OUTBOX", "outbox", None).await.map_err(|f| worker::Error::from(f.to_string()))?;
    let response = if json {
        ResponseBuilder::new().with_header("content-type", "application/json")?.fixed(mails)
    } else {
        let mails: Vec<Mail> = serde_json::from_slice(&mails)?;
        Response::from_html(outbox_page::page(&mails))?
    };
    response.headers().set("cache-control", "no-store")?;
    Ok(response)
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
