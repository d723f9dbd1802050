//! What an operator sets.
use vestibule_channel::{PlatformSecret, RealmSecret};

/// Settings of a deployment.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Origin that browsers see, as in `https://booking.example`; its host is the WebAuthn RP ID, fixed for life.
    /// Empty: taken from each request, for development only.
    pub origin: String,
    /// Needed to found a practice, where set.
    pub founding_code: Option<String>,
    /// A development outbox takes the mail.
    pub development: bool,
    /// Multiplies the limits by network, for load tests.
    pub rate_scale: u32,
}

impl Config {
    /// A limit by network, scaled.
    pub(crate) fn cap(&self, limit: u32) -> u32 {
        limit.saturating_mul(self.rate_scale.max(1))
    }
}

/// Keys from the platform's secret store, expanded once.
#[derive(Debug)]
pub struct Keys {
    /// The root of all of them.
    pub platform: PlatformSecret,
    /// What realm requests are sealed to.
    pub realm: RealmSecret,
}

impl Keys {
    /// From `PLATFORM_SECRET`: 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let mut bytes = zeroize::Zeroizing::new([0u8; 32]);
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        let platform = PlatformSecret::from_bytes(&bytes);
        let realm = platform.realm();
        Some(Self { platform, realm })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_64_hex_digits_are_a_secret() {
        assert!(Keys::from_hex(&"0f".repeat(32)).is_some());
        assert!(Keys::from_hex(&format!("{}\n", "AB".repeat(32))).is_some());
        for bad in ["", "0f", &"0g".repeat(32), &"+1".repeat(32), &"0f".repeat(33), &"ü".repeat(32)] {
            assert!(Keys::from_hex(bad).is_none(), "{bad}");
        }
    }
}
