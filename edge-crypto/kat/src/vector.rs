//! Reading vector files.
use minicbor::{
    Encode, Encoder,
    encode::{Error, Write},
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, Error as _},
};

/// Lowercase hex of bytes.
pub fn hex(bytes: &[u8]) -> String {
    hex::encode(bytes)
}

/// Bytes from hex; panics on anything else.
pub fn unhex(text: &str) -> Vec<u8> {
    hex::decode(text).expect("hex")
}

/// Bytes that are hex in JSON.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Hex(pub Vec<u8>);

impl Hex {
    /// As an array of known length; panics on another.
    pub fn array<const N: usize>(&self) -> [u8; N] {
        self.0.as_slice().try_into().expect("a field of known length")
    }
}

impl core::fmt::Debug for Hex {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl<T: AsRef<[u8]>> From<T> for Hex {
    fn from(bytes: T) -> Self {
        Self(bytes.as_ref().to_vec())
    }
}

impl core::ops::Deref for Hex {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        hex::decode(String::deserialize(d)?).map(Self).map_err(D::Error::custom)
    }
}

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&hex(&self.0))
    }
}

/// CBOR that is encoded already, as a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raw(pub Vec<u8>);

impl<C> Encode<C> for Raw {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), Error<W::Error>> {
        e.writer_mut().write_all(&self.0).map_err(Error::write)
    }
}

/// A file of vectors.
#[derive(Deserialize, Serialize)]
pub(crate) struct File<T> {
    /// Where they are from, and the licence.
    pub(crate) source: String,
    /// The cases.
    pub(crate) tests: Vec<T>,
}

/// Parses a file of vectors; panics if there is none in it.
pub(crate) fn tests<T: DeserializeOwned>(json: &str) -> Vec<T> {
    let file: File<T> = serde_json::from_str(json).expect("a vector file");
    assert!(!file.tests.is_empty() && !file.source.is_empty());
    file.tests
}

/// The verdict of a public vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    Valid,
    Invalid,
    /// An implementation may refuse it (Wycheproof, X25519).
    Acceptable,
}

/// The number of cases in a list.
pub(crate) fn count<T>(cases: &[T]) -> u32 {
    u32::try_from(cases.len()).expect("few cases")
}
