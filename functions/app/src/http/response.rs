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
}

impl Response {
    fn ok(content_type: &'static str, body: Vec<u8>) -> Self {
        Self { status: 200, content_type, retry_after: None, body }
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
    Response { status: 204, content_type: "", retry_after: None, body: Vec::new() }
}

/// A problem: RFC 9457 in JSON, RFC 9290 in CBOR.
pub(crate) fn problem(output: Format, problem: &Problem) -> Response {
    let (content_type, body) = match output {
        Format::Json => ("application/problem+json", json(problem)),
        Format::Cbor => ("application/concise-problem-details+cbor", cbor::to_vec(&Concise(problem))),
    };
    Response { status: problem.kind.status(), content_type, retry_after: problem.retry_after, body }
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
    }
    serde_json::to_vec(&value).unwrap_or_default()
}

/// `{-1: title, -2: detail, "kind": slug, "retry-after": seconds}`, keys in deterministic order.
struct Concise<'p>(&'p Problem);

impl<C> Encode<C> for Concise<'_> {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        let problem = self.0;
        let detail = !problem.detail.is_empty();
        e.map(2 + u64::from(detail) + u64::from(problem.retry_after.is_some()))?;
        e.i8(-1)?.str(problem.kind.title())?;
        if detail {
            e.i8(-2)?.str(&problem.detail)?;
        }
        e.str("kind")?.str(problem.kind.slug())?;
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
    fn a_problem_in_both_forms() {
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
