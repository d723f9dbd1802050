//! Decoding of signed bodies.
use crate::signed::VerifyError;
use minicbor::{Decode, Decoder, Encode};
use vestibule_core::cbor;

/// Decodes a body as received: exactly one value in deterministic CBOR. A body whose first element is another number
/// than our suite's is told apart from a malformed one, so that an old client can say "update me".
pub fn decode_body<'b, T: Decode<'b, ()> + Encode<()>>(body: &'b [u8]) -> Result<T, VerifyError> {
    cbor::from_slice(body).map_err(|_| {
        if names_unknown_suite(&mut Decoder::new(body)) {
            VerifyError::UnknownSuite
        } else {
            VerifyError::Malformed
        }
    })
}

/// Whether the next item is an array that begins with an unsigned integer other than suite V1.
pub(crate) fn names_unknown_suite(decoder: &mut Decoder<'_>) -> bool {
    matches!(decoder.array(), Ok(Some(1..))) && matches!(decoder.u64(), Ok(suite) if suite != 1)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use vestibule_core::suite::Suite;

    type Body = (Suite, u32);

    #[test]
    fn an_unknown_suite_is_named() {
        let body = minicbor::to_vec((2u32, 7u32)).unwrap();
        assert_eq!(decode_body::<Body>(&body), Err(VerifyError::UnknownSuite));
        let known = minicbor::to_vec((1u32, 7u32)).unwrap();
        assert_eq!(decode_body::<Body>(&known), Ok((Suite::V1, 7)));
    }

    #[test]
    fn only_deterministic_bytes_are_taken() {
        for bad in [
            &[0x82, 0x01, 0x18, 0x07][..], // 7 in two bytes
            &[0x9f, 0x01, 0x07, 0xff],     // indefinite length
            &[0x82, 0x01, 0x07, 0x00],     // trailing byte
            &[0x82, 0x01],                 // truncated
            &[0x83, 0x01, 0x07, 0x00],     // one element too many
            &[],
        ] {
            assert_eq!(decode_body::<Body>(bad), Err(VerifyError::Malformed), "{bad:02x?}");
        }
        let good: Vec<u8> = Vec::from([0x82, 0x01, 0x07]);
        assert!(decode_body::<Body>(&good).is_ok());
    }
}
