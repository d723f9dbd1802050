//! Answers.
use super::{Call, Format};
use minicbor::Encode;
use serde::Serialize;
use vestibule_core::{cbor, problem::Problem};

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`; empty without a body.
    pub content_type: &'static str,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    /// Body.
    pub body: Vec<u8>,
    /// Whether pages of other deployments may read it.
    pub(crate) across: Across,
    /// `ETag` of what caches at the edge may keep for a moment; nothing else may be kept.
    pub(crate) shared: Option<String>,
}

/// What an answer tells a browser whose page came from elsewhere. Never anything of credentials: without that header no
/// browser sends or shows any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Across {
    /// Nothing: the browser keeps the answer from such a page.
    #[default]
    Closed,
    /// The page may read it.
    Readable,
    /// The page may ask by these methods.
    Askable(String),
}

/// Request headers that a page of another deployment may set: no `Authorization`.
const ASKED_WITH: &str = "content-type";
/// Seconds that a browser may remember a preflight.
const PREFLIGHT_SECONDS: &str = "7200";

/// What a shared cache may do with public answers: it spares the practice's object when everybody looks at once. Browsers ask each time. What is
/// five seconds old may be taken already, which the hold then says.
const SHARED: &str = "public, max-age=0, s-maxage=5";

/// Headers of every answer of a handler: nothing is a page, nothing is kept.
const SECURITY: &[(&str, &str)] = &[
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
];

/// The outbox is a page with a style of its own.
const DEVELOPMENT_PAGE: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

impl Response {
    /// All headers, by lower-case name.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let page = self.content_type.starts_with("text/html");
        let value = |name, value| match name {
            "content-security-policy" if page => DEVELOPMENT_PAGE,
            "cache-control" if self.shared.is_some() => SHARED,
            _ => value,
        };
        let mut all: Vec<_> =
            SECURITY.iter().map(|(name, text)| (*name, value(*name, *text).to_owned())).collect();
        if !self.content_type.is_empty() {
            all.push(("content-type", self.content_type.to_owned()));
        }
        if let Some(tag) = &self.shared {
            all.push(("etag", tag.clone()));
            // JSON or CBOR, as was asked.
            all.push(("vary", "accept".to_owned()));
        }
        if let Some(seconds) = self.retry_after {
            all.push(("retry-after", seconds.to_string()));
        }
        if self.across != Across::Closed {
            all.push(("access-control-allow-origin", "*".to_owned()));
        }
        if let Across::Askable(methods) = &self.across {
            all.push(("access-control-allow-methods", methods.clone()));
            all.push(("access-control-allow-headers", ASKED_WITH.to_owned()));
            all.push(("access-control-max-age", PREFLIGHT_SECONDS.to_owned()));
        }
        all
    }

    /// 200 with a body.
    pub(crate) fn ok(content_type: &'static str, body: Vec<u8>) -> Self {
        Self { status: 200, content_type, retry_after: None, body, across: Across::Closed, shared: None }
    }

    /// An answer that caches at the edge may keep for a moment; without its body for whoever has it already.
    pub(crate) fn shared(self, call: &Call) -> Self {
        let half = crate::sha256(&self.body).0.first_chunk().map_or(0, |half| u128::from_be_bytes(*half));
        let tag = format!("\"{half:032x}\"");
        let has = call.if_none_match.as_deref().is_some_and(|tags| tags.contains(tag.as_str()));
        let answer =
            if has { Self { status: 304, content_type: "", body: Vec::new(), ..self } } else { self };
        Self { shared: Some(tag), ..answer }
    }
}

/// A value in the form that the caller asked for.
pub(crate) fn reply<T: Serialize + Encode<()>>(call: &Call, value: &T) -> Response {
    match call.output {
        Format::Cbor => Response::ok("application/cbor", cbor::to_vec(value)),
        // Our wire types have string keys and no failing Serialize.
        Format::Json => Response::ok("application/json", serde_json::to_vec(value).unwrap_or_default()),
    }
}

/// Bytes that exist as CBOR only.
pub(crate) fn cbor_bytes(body: Vec<u8>) -> Response {
    Response::ok("application/cbor", body)
}

/// Done, nothing to say.
pub(crate) fn done() -> Response {
    Response {
        status: 204,
        content_type: "",
        retry_after: None,
        body: Vec::new(),
        across: Across::Closed,
        shared: None,
    }
}

/// The answer to a preflight.
pub(crate) fn preflight(methods: String) -> Response {
    Response { across: Across::Askable(methods), ..done() }
}

/// A problem: RFC 9457 in JSON, RFC 9290 in CBOR.
pub(crate) fn problem(output: Format, problem: &Problem) -> Response {
    let (content_type, body) = match output {
        Format::Json => ("application/problem+json", json(problem)),
        Format::Cbor => ("application/concise-problem-details+cbor", cbor::to_vec(&Concise(problem))),
    };
    let (status, retry_after) = (problem.kind.status(), problem.retry_after);
    Response { status, content_type, retry_after, body, across: Across::Closed, shared: None }
}

fn json(problem: &Problem) -> Vec<u8> {
    let mut value = serde_json::json!({
        "type": problem.type_uri(),
        "title": problem.kind.title(),
        "status": problem.kind.status(),
        "kind": problem.kind.slug(),
    });
    if let Some(object) = value.as_object_mut() {
        if !problem.detail.is_empty() {
            object.insert("detail".into(), problem.detail.as_ref().into());
        }
        if let Some(seconds) = problem.retry_after {
            object.insert("retry-after".into(), seconds.into());
        }
        if !problem.conflicts.is_empty() {
            object.insert("conflicts".into(), problem.conflicts.clone().into());
        }
    }
    serde_json::to_vec(&value).unwrap_or_default()
}

/// `{-1: title, -2: detail, "kind": slug, "conflicts": [...], "retry-after": seconds}`, keys in deterministic order.
struct Concise<'p>(&'p Problem);

impl<C> Encode<C> for Concise<'_> {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        let problem = self.0;
        let detail = !problem.detail.is_empty();
        let conflicts = !problem.conflicts.is_empty();
        e.map(2 + u64::from(detail) + u64::from(conflicts) + u64::from(problem.retry_after.is_some()))?;
        e.i8(-1)?.str(problem.kind.title())?;
        if detail {
            e.i8(-2)?.str(&problem.detail)?;
        }
        e.str("kind")?.str(problem.kind.slug())?;
        if conflicts {
            e.str("conflicts")?.encode(&problem.conflicts)?;
        }
        if let Some(seconds) = problem.retry_after {
            e.str("retry-after")?.u64(seconds)?;
        }
        e.ok()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use vestibule_core::problem::ProblemKind;

    #[test]
    fn headers_of_an_answer() {
        let headers =
            problem(Format::Json, &Problem { retry_after: Some(7), ..ProblemKind::RateLimited.into() })
                .headers();
        for (name, value) in [("retry-after", "7"), ("content-type", "application/problem+json")] {
            assert!(headers.contains(&(name, value.to_owned())), "{name}");
        }
        assert_eq!(done().headers().len(), SECURITY.len());
        let page = Response::ok("text/html; charset=utf-8", Vec::new()).headers();
        assert!(page.iter().any(|(_, value)| value == DEVELOPMENT_PAGE));
    }

    #[test]
    fn only_what_is_opened_is_told_to_other_pages() {
        let told = |response: Response| {
            let of_sharing = |(name, _): &(&str, String)| name.starts_with("access-control");
            response.headers().into_iter().filter(of_sharing).collect::<Vec<_>>()
        };
        assert_eq!(told(done()), []);
        let any = ("access-control-allow-origin", "*".to_owned());
        assert_eq!(told(Response { across: Across::Readable, ..done() }), std::slice::from_ref(&any));
        let preflight = told(preflight("POST".into()));
        assert!(
            preflight.contains(&any) && preflight.contains(&("access-control-allow-methods", "POST".into()))
        );
        assert!(
            preflight.iter().all(|(name, value)| *name != "access-control-allow-credentials"
                && !value.contains("authorization"))
        );
    }

    #[test]
    fn a_problem_in_both_forms() {
        let list = Problem { conflicts: vec![3, 300], ..ProblemKind::SlotTaken.into() };
        let json: serde_json::Value = serde_json::from_slice(&problem(Format::Json, &list).body).unwrap();
        assert_eq!(json["conflicts"], serde_json::json!([3, 300]));
        let body = problem(Format::Cbor, &list).body;
        assert!(body.ends_with(b"\x69conflicts\x82\x03\x19\x01\x2c"), "{body:?}");
        let p = Problem { retry_after: Some(7), ..Problem::new(ProblemKind::RateLimited, "slowly") };
        let json: serde_json::Value = serde_json::from_slice(&problem(Format::Json, &p).body).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "type": "urn:vestibule:problem:rate-limited",
                "title": "Too many requests; wait a little",
                "status": 429,
                "kind": "rate-limited",
                "detail": "slowly",
                "retry-after": 7,
            })
        );
        let response = problem(Format::Cbor, &p);
        assert_eq!((response.status, response.retry_after), (429, Some(7)));
        let mut d = minicbor::Decoder::new(&response.body);
        assert_eq!(d.map().unwrap(), Some(4));
        assert_eq!((d.i8().unwrap(), d.str().unwrap()), (-1, "Too many requests; wait a little"));
        assert_eq!((d.i8().unwrap(), d.str().unwrap()), (-2, "slowly"));
        assert_eq!((d.str().unwrap(), d.str().unwrap()), ("kind", "rate-limited"));
        assert_eq!((d.str().unwrap(), d.u64().unwrap()), ("retry-after", 7));
        assert_eq!(d.position(), response.body.len());
    }
}
