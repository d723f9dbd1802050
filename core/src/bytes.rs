//! Byte strings with one form each in JSON (text) and CBOR (byte string).
//!
//! Ids print as lowercase RFC 4648 base32 without padding, since people read and type them; everything else
//! is base64url without padding (RFC 4648 section 5).
use alloc::{string::String, vec::Vec};
use core::fmt;

const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A text that is not the canonical form of the bytes it should stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a canonical encoding of the expected bytes")]
pub struct DecodeError;

fn encode(bits: u32, alphabet: &[u8], data: &[u8]) -> String {
    let (mut out, mut acc, mut have) = (String::with_capacity(data.len() * 8 / bits as usize + 1), 0u32, 0);
    for &byte in data {
        acc = (acc << 8) | u32::from(byte);
        have += 8;
        while have >= bits {
            have -= bits;
            out.push(char::from(alphabet[((acc >> have) & ((1 << bits) - 1)) as usize]));
        }
    }
    if have > 0 {
        out.push(char::from(alphabet[((acc << (bits - have)) & ((1 << bits) - 1)) as usize]));
    }
    out
}

fn decode(bits: u32, alphabet: &[u8], text: &str) -> Result<Vec<u8>, DecodeError> {
    let (mut out, mut acc, mut have) = (Vec::with_capacity(text.len() * bits as usize / 8), 0u32, 0);
    for c in text.bytes() {
        let value = alphabet.iter().position(|&a| a == c).ok_or(DecodeError)?;
        acc = ((acc << bits) | u32::try_from(value).map_err(|_| DecodeError)?) & 0xffff;
        have += bits;
        if have >= 8 {
            have -= 8;
            out.push(((acc >> have) & 0xff) as u8);
        }
    }
    // Leftover bits must be zero and fewer than one symbol, else two texts would name one value.
    if have >= bits || acc & ((1 << have) - 1) != 0 { Err(DecodeError) } else { Ok(out) }
}

/// RFC 4648 base32, lowercase, without padding.
pub fn to_base32(data: &[u8]) -> String {
    encode(5, BASE32, data)
}

/// Inverse of [`to_base32`]; refuses every text that it would not have written.
pub fn from_base32(text: &str) -> Result<Vec<u8>, DecodeError> {
    decode(5, BASE32, text)
}

/// RFC 4648 base64url without padding.
pub fn to_base64url(data: &[u8]) -> String {
    encode(6, BASE64URL, data)
}

/// Inverse of [`to_base64url`]; refuses every text that it would not have written.
pub fn from_base64url(text: &str) -> Result<Vec<u8>, DecodeError> {
    decode(6, BASE64URL, text)
}

/// Bytes of any length: base64url in JSON, a byte string in CBOR.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bytes(pub Vec<u8>);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({} B)", self.0.len())
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(value: Vec<u8>) -> Self {
        Self(value)
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl core::ops::Deref for Bytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl<C> minicbor::Encode<C> for Bytes {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for Bytes {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Ok(Self(d.bytes()?.to_vec()))
    }
}

impl serde::Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&to_base64url(&self.0))
    }
}

impl<'de> serde::Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <alloc::borrow::Cow<'_, str>>::deserialize(d)?;
        from_base64url(&text).map(Self).map_err(serde::de::Error::custom)
    }
}

/// Declares a newtype over `[u8; N]` with one text form (`$to`, `$from`) and a CBOR byte string.
#[macro_export]
macro_rules! fixed_bytes {
    ($(#[$doc:meta])* $name:ident, $len:expr, $to:path, $from:path) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), $to(&self.0))
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(&$to(&self.0))
            }
        }

        impl core::str::FromStr for $name {
            type Err = $crate::bytes::DecodeError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::try_from($from(text)?.as_slice())
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = $crate::bytes::DecodeError;
            fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
                bytes.try_into().map(Self).map_err(|_| $crate::bytes::DecodeError)
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                let at = d.position();
                Self::try_from(d.bytes()?)
                    .map_err(|_| minicbor::decode::Error::message(concat!(stringify!($name), ": wrong length")).at(at))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <alloc::borrow::Cow<'_, str>>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc4648_vectors() {
        for (plain, b32, b64) in [
            ("", "", ""),
            ("f", "my", "Zg"),
            ("fo", "mzxq", "Zm8"),
            ("foo", "mzxw6", "Zm9v"),
            ("foobar", "mzxw6ytboi", "Zm9vYmFy"),
        ] {
            assert_eq!(to_base32(plain.as_bytes()), b32);
            assert_eq!(to_base64url(plain.as_bytes()), b64);
            assert_eq!(from_base32(b32).as_deref(), Ok(plain.as_bytes()));
            assert_eq!(from_base64url(b64).as_deref(), Ok(plain.as_bytes()));
        }
    }

    #[test]
    fn only_the_canonical_text_is_taken() {
        for bad in ["Z", "Zh", "Zm9", "Zg==", "Zm9v\n", "Zm9+"] {
            assert_eq!(from_base64url(bad), Err(DecodeError), "{bad}");
        }
        for bad in ["m", "mz", "MY", "my======", "mzxw61"] {
            assert_eq!(from_base32(bad), Err(DecodeError), "{bad}");
        }
    }
}
