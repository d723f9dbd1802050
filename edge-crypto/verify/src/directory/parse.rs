//! Reading a directory as served.
use super::DirectoryError;
use crate::body::names_unknown_suite;
use minicbor::Decoder;
use vestibule_core::{cbor, limits, wire::directory::Directory};

/// Decodes the bytes of a directory. A part of an unknown suite is told apart from garbage.
pub fn parse(bytes: &[u8]) -> Result<Directory, DirectoryError> {
    if bytes.len() > limits::BODY_DIRECTORY {
        return Err(DirectoryError::Malformed);
    }
    cbor::from_slice(bytes).map_err(|_| {
        if has_unknown_suite(bytes) == Some(true) {
            DirectoryError::UnknownSuite
        } else {
            DirectoryError::Malformed
        }
    })
}

/// `None` if the shape is not a directory's at all.
fn has_unknown_suite(bytes: &[u8]) -> Option<bool> {
    let mut decoder = Decoder::new(bytes);
    if !matches!(decoder.array(), Ok(Some(5))) {
        return None;
    }
    let roots = decoder.array().ok()??;
    let mut unknown = false;
    for _ in 0..roots.saturating_add(4) {
        unknown |= names_unknown_suite(&mut decoder.probe());
        decoder.skip().ok()?;
    }
    Some(unknown)
}
