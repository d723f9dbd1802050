//! Arguments of an operation.
use minicbor::{Decode, Encode};
use serde_json::Value;
use std::fmt::{Debug, Write as _};
use vestibule_core::{cbor, ids::Digest};
use vestibule_suite::Secret32;

/// Why an operation was not done.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failure(String);

impl Failure {
    /// A failure in words.
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
    /// A failure of the code under test.
    pub(crate) fn of(error: impl Debug) -> Self {
        Self(format!("{error:?}"))
    }
}

/// Bytes as hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, b| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{b:02x}");
        text
    })
}

/// The CBOR of a value as hex.
pub(crate) fn cbor_hex(value: &impl Encode<()>) -> String {
    hex(&cbor::to_vec(value))
}

/// Hex as bytes.
pub(crate) fn unhex(text: &str) -> Result<Vec<u8>, Failure> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return Err(Failure::new("not hex"));
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).map_err(Failure::of))
        .collect()
}

/// One parsed line.
#[derive(Debug)]
pub(crate) struct Args(Value);

impl Args {
    pub(crate) fn parse(line: &str) -> Result<Self, Failure> {
        serde_json::from_str(line).map(Self).map_err(Failure::of)
    }
    fn get(&self, key: &str) -> Result<&Value, Failure> {
        self.0.get(key).ok_or_else(|| Failure::new(format!("{key} is missing")))
    }
    pub(crate) fn text(&self, key: &str) -> Result<String, Failure> {
        self.get(key)?.as_str().map(ToOwned::to_owned).ok_or_else(|| Failure::new(format!("{key}: text")))
    }
    pub(crate) fn number(&self, key: &str) -> Result<u64, Failure> {
        self.get(key)?.as_u64().ok_or_else(|| Failure::new(format!("{key}: number")))
    }
    pub(crate) fn small(&self, key: &str) -> Result<u8, Failure> {
        self.number(key)?.try_into().map_err(Failure::of)
    }
    pub(crate) fn index(&self, key: &str) -> Result<usize, Failure> {
        self.number(key)?.try_into().map_err(Failure::of)
    }
    pub(crate) fn bytes(&self, key: &str) -> Result<Vec<u8>, Failure> {
        unhex(&self.text(key)?)
    }
    pub(crate) fn array<const N: usize>(&self, key: &str) -> Result<[u8; N], Failure> {
        self.bytes(key)?.try_into().map_err(|_| Failure::new(format!("{key}: {N} bytes")))
    }
    pub(crate) fn secret(&self, key: &str) -> Result<Secret32, Failure> {
        self.array(key).map(Secret32::from_bytes)
    }
    pub(crate) fn digest(&self, key: &str) -> Result<Digest, Failure> {
        self.array(key).map(Digest)
    }
    pub(crate) fn list(&self, key: &str) -> Result<&Vec<Value>, Failure> {
        self.get(key)?.as_array().ok_or_else(|| Failure::new(format!("{key}: list")))
    }
    /// A list of byte strings.
    pub(crate) fn byte_list(&self, key: &str) -> Result<Vec<Vec<u8>>, Failure> {
        self.list(key)?.iter().map(|v| unhex(v.as_str().unwrap_or("-"))).collect()
    }
    /// A value from its CBOR.
    pub(crate) fn cbor<T: for<'b> Decode<'b, ()> + Encode<()>>(&self, key: &str) -> Result<T, Failure> {
        cbor::from_slice(&self.bytes(key)?).map_err(|e| Failure::new(format!("{key}: {e}")))
    }
}

/// CBOR that is passed on as it is: contexts of any type.
#[derive(Debug)]
pub(crate) struct Raw(pub(crate) Vec<u8>);

impl<C> Encode<C> for Raw {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.writer_mut().write_all(&self.0).map_err(minicbor::encode::Error::write)
    }
}
