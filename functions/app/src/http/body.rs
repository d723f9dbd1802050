//! Bodies in JSON or deterministic CBOR.
use super::Call;
use crate::error::{Failure, malformed};
use minicbor::{Decode, Encode};
use serde::de::DeserializeOwned;
use vestibule_core::{cbor, problem::ProblemKind};

/// The two forms of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people's scripts.
    Json,
    /// For our own client.
    Cbor,
}

impl Format {
    /// Of a `Content-Type`; parameters are passed over.
    pub(crate) fn of_content_type(value: &str) -> Option<Self> {
        let essence = value.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("application/json") {
            Some(Self::Json)
        } else if essence.eq_ignore_ascii_case("application/cbor") {
            Some(Self::Cbor)
        } else {
            None
        }
    }

    /// Of an `Accept`: CBOR where it is named, else JSON.
    pub(crate) fn of_accept(value: Option<&str>) -> Self {
        let named = |v: &str| v.split(',').any(|part| Self::of_content_type(part) == Some(Self::Cbor));
        if value.is_some_and(named) { Self::Cbor } else { Self::Json }
    }
}

/// Parses a body strictly: no unknown fields, no trailing bytes, CBOR only in its deterministic form. Both parsers bound
/// their depth.
pub(crate) fn parse<T>(call: &Call) -> Result<T, Failure>
where
    T: DeserializeOwned + for<'b> Decode<'b, ()> + Encode<()>,
{
    match call.input {
        None => Err(ProblemKind::UnsupportedMediaType.into()),
        Some(Format::Json) => {
            serde_json::from_slice(&call.body).map_err(|_| malformed("not the JSON that is taken here"))
        }
        Some(Format::Cbor) => {
            cbor::from_slice(&call.body).map_err(|_| malformed("not the CBOR that is taken here"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types() {
        for (text, want) in [
            ("application/json", Some(Format::Json)),
            ("Application/CBOR; charset=x", Some(Format::Cbor)),
            ("text/plain", None),
            ("", None),
        ] {
            assert_eq!(Format::of_content_type(text), want, "{text}");
        }
        assert_eq!(Format::of_accept(None), Format::Json);
        assert_eq!(Format::of_accept(Some("*/*")), Format::Json);
        assert_eq!(Format::of_accept(Some("text/html, application/cbor;q=0.9")), Format::Cbor);
    }
}
