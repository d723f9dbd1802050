//! Counting PIN attempts (PROTOCOL section 4, "Counters"): the pure decision. The store gathers [`Facts`] and writes
//! the attempt in the same transaction, before anything is evaluated.
use crate::{limits, time::UnixSeconds};

/// What an attempt is charged to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Budget {
    /// Anyone who knows the address.
    Stranger,
    /// A device token from a confirmed unlock.
    Device,
    /// The one more try that a freshly mailed voucher opens.
    Ticket,
}

/// What is known before the attempt. Refunded attempts count nowhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Facts {
    /// Strangers' attempts of the last hour.
    pub hour: u32,
    /// When the oldest of those was.
    pub oldest: Option<UnixSeconds>,
    /// Strangers' attempts since a patient-key signature cleared them.
    pub strangers: u32,
    /// Attempts of any kind under this registration.
    pub registration: u32,
    /// Attempts of the shown device token; `None` if none was shown or it is not valid here.
    pub device: Option<u32>,
    /// A valid ticket was shown, or the one behind this registration, whose try is left.
    pub ticket: bool,
    /// When the shard learned that its counts had been set back: how many strangers tried in the hour before is not known.
    pub set_back: Option<UnixSeconds>,
}

/// Seconds to wait when waiting does not help: only a voucher or the patient key does.
pub const FOR_EVER: u64 = u64::MAX;

/// Which budget pays for the attempt, or how many seconds to wait.
///
/// A spent device token falls back to the strangers' budget, as a caller could simply not show it.
pub fn admit(facts: &Facts, now: UnixSeconds) -> Result<Budget, u64> {
    if facts.registration >= limits::REGISTRATION_ATTEMPTS {
        return Err(FOR_EVER);
    }
    if facts.ticket {
        return Ok(Budget::Ticket);
    }
    if facts.device.is_some_and(|used| used < limits::DEVICE_ATTEMPTS) {
        return Ok(Budget::Device);
    }
    if facts.strangers >= limits::STRANGER_ATTEMPTS_UNREFUNDED {
        return Err(FOR_EVER);
    }
    if let Some(opens) = facts.set_back.map(|at| at.plus(HOUR)).filter(|opens| *opens > now) {
        return Err(opens.since(now).min(HOUR));
    }
    if facts.hour >= limits::STRANGER_ATTEMPTS_PER_HOUR {
        let opens = facts.oldest.unwrap_or(now).plus(HOUR);
        // The oldest may be a second in the future: commands read the clock before they wait for each other.
        return Err(opens.since(now).clamp(1, HOUR));
    }
    Ok(Budget::Stranger)
}

/// The window of [`limits::STRANGER_ATTEMPTS_PER_HOUR`], in seconds.
pub const HOUR: u64 = 3_600;

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixSeconds = UnixSeconds(1_000_000);

    #[test]
    fn table() {
        let none = Facts::default();
        let full_hour =
            Facts { hour: 3, strangers: 3, registration: 3, oldest: Some(UnixSeconds(997_000)), ..none };
        let burnt = Facts { strangers: 10, registration: 10, ..none };
        for (name, facts, want) in [
            ("first", none, Ok(Budget::Stranger)),
            ("third in the hour", Facts { hour: 2, strangers: 2, ..none }, Ok(Budget::Stranger)),
            ("fourth waits until the oldest is an hour old", full_hour, Err(600)),
            (
                "the oldest is later than this clock",
                Facts { oldest: Some(UnixSeconds(1_000_001)), ..full_hour },
                Err(HOUR),
            ),
            ("set back half an hour ago", Facts { set_back: Some(UnixSeconds(998_200)), ..none }, Err(1_800)),
            (
                "set back an hour ago",
                Facts { set_back: Some(UnixSeconds(996_400)), ..none },
                Ok(Budget::Stranger),
            ),
            (
                "a device after that",
                Facts { set_back: Some(NOW), device: Some(0), ..none },
                Ok(Budget::Device),
            ),
            ("tenth ever", Facts { strangers: 9, ..none }, Ok(Budget::Stranger)),
            ("eleventh ever", burnt, Err(FOR_EVER)),
            (
                "a device is not locked out by strangers",
                Facts { device: Some(9), ..burnt },
                Ok(Budget::Device),
            ),
            ("a spent device is a stranger", Facts { device: Some(10), ..none }, Ok(Budget::Stranger)),
            ("a spent device while strangers are locked", Facts { device: Some(10), ..full_hour }, Err(600)),
            ("a voucher opens one more", Facts { ticket: true, ..burnt }, Ok(Budget::Ticket)),
            (
                "nothing opens a spent registration",
                Facts { registration: 100, ticket: true, device: Some(0), ..none },
                Err(FOR_EVER),
            ),
        ] {
            assert_eq!(admit(&facts, NOW), want, "{name}");
        }
    }
}
