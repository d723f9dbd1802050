//! PINs: which are refused, and how one is hashed (PROTOCOL section 4).
mod hash;
mod rules;

pub(crate) use hash::argon2id;
pub use hash::hash;
pub use rules::{BirthDate, check};

/// Fewest digits.
pub const MIN_DIGITS: usize = 6;
/// Most digits.
pub const MAX_DIGITS: usize = 8;

/// Why a PIN is not taken, or could not be hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// Not 6 to 8 characters.
    #[error("a PIN has 6 to 8 digits")]
    Length,
    /// Something else than the digits 0 to 9.
    #[error("a PIN has digits only")]
    Digits,
    /// One of the first that anybody would try.
    #[error("this PIN is too easy to guess")]
    Weak,
    /// The date of birth that was given.
    #[error("this PIN is the date of birth")]
    Birthday,
    /// Not enough memory for Argon2id.
    #[error("not enough memory")]
    Memory,
}

impl PinError {
    /// Stable code: one for each cause.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Digits => "digits",
            Self::Weak => "weak",
            Self::Birthday => "birthday",
            Self::Memory => "out-of-memory",
        }
    }
}

/// Length and digits: all that is asked of a PIN that was chosen before.
pub(crate) fn shape(pin: &str) -> Result<&[u8], PinError> {
    if !pin.bytes().all(|b| b.is_ascii_digit()) {
        return Err(PinError::Digits);
    }
    if !(MIN_DIGITS..=MAX_DIGITS).contains(&pin.len()) {
        return Err(PinError::Length);
    }
    Ok(pin.as_bytes())
}
