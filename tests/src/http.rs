//! A blocking HTTP client that sends exactly what a test says, well-formed or not.
use std::time::{Duration, Instant};

/// Media type of our own client.
pub const CBOR: &str = "application/cbor";
/// Media type of people's scripts.
pub const JSON: &str = "application/json";
/// Largest answer that a test reads: far above every limit of the server.
const ANSWER_BYTES: u64 = 16 * 1024 * 1024;

/// A connection pool to one server.
#[derive(Debug, Clone)]
pub struct Http {
    base: String,
    agent: ureq::Agent,
}

/// One request, as sent.
#[derive(Debug, Clone, Default)]
pub struct Call {
    /// Method; empty stands for GET.
    pub method: String,
    /// Path and query, from the first slash.
    pub path: String,
    /// `Content-Type`, if any.
    pub content_type: Option<String>,
    /// `Accept`, if any.
    pub accept: Option<String>,
    /// Value of `Authorization`, if any.
    pub authorization: Option<String>,
    /// Other headers.
    pub headers: Vec<(String, String)>,
    /// Body; also sent with methods that usually have none.
    pub body: Option<Vec<u8>>,
}

/// One answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type` without parameters; empty if there was none.
    pub content_type: String,
    /// All headers, names in lowercase.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// From the first byte sent to the last byte read.
    pub elapsed: Duration,
}

/// No answer at all: the connection failed or the server closed it. The text says how, for the test's log.
#[derive(Debug, thiserror::Error)]
#[error("no answer: {0}")]
pub struct NoAnswer(String);

impl Call {
    /// A request without a body.
    pub fn new(method: &str, path: &str) -> Self {
        Self { method: method.into(), path: path.into(), ..Self::default() }
    }

    /// The same with a body of this type; the same type is asked for.
    #[must_use]
    pub fn with_body(mut self, content_type: &str, body: Vec<u8>) -> Self {
        self.content_type = Some(content_type.into());
        self.accept = Some(content_type.into());
        self.body = Some(body);
        self
    }
}

impl Http {
    /// A pool for the server at `base`, as in `http://127.0.0.1:8787`.
    pub fn new(base: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_mins(2)))
            .max_idle_connections(64)
            .max_idle_connections_per_host(64)
            .build();
        Self { base: base.trim_end_matches('/').into(), agent: config.into() }
    }

    /// Origin of the server.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Sends `call` and reads the answer, whatever its status.
    pub fn call(&self, call: &Call) -> Result<Answer, NoAnswer> {
        let method = if call.method.is_empty() { "GET" } else { &call.method };
        let mut request =
            ureq::http::Request::builder().method(method).uri(format!("{}{}", self.base, call.path));
        for (name, value) in [
            ("content-type", &call.content_type),
            ("accept", &call.accept),
            ("authorization", &call.authorization),
        ] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        let from = Instant::now();
        let answer = if let Some(body) = &call.body {
            // A body is sent with every method: what the server makes of it is the test's matter.
            self.agent.run(request.body(body.as_slice()).map_err(|e| NoAnswer(e.to_string()))?)
        } else {
            self.agent.run(request.body(()).map_err(|e| NoAnswer(e.to_string()))?)
        };
        let mut answer = answer.map_err(|e| NoAnswer(e.to_string()))?;
        let body = answer
            .body_mut()
            .with_config()
            .limit(ANSWER_BYTES)
            .read_to_vec()
            .map_err(|e| NoAnswer(e.to_string()))?;
        let elapsed = from.elapsed();
        let headers: Vec<(String, String)> = answer
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.as_str().into(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let content_type = headers
            .iter()
            .find(|(name, _)| name == "content-type")
            .map(|(_, value)| value.split(';').next().unwrap_or("").trim().to_owned())
            .unwrap_or_default();
        Ok(Answer { status: answer.status().as_u16(), content_type, headers, body, elapsed })
    }
}
