//! Civil dates without a time zone.
use vestibule_cbor_derive::{Decode, Encode};

/// A date of the Gregorian calendar as the decimal number `yyyymmdd`: 20261224 is Christmas Eve 2026. Numbers of dates
/// are ordered as the dates are; not every number is a date ([`Day::number`]).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Encode,
    Decode,
    serde::Serialize,
    serde::Deserialize,
)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct Day(pub u32);

/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: u32 = 719_468;
const DAYS_IN_400_YEARS: u32 = 146_097;

impl Day {
    /// Days since 1970-01-01. `None` for what is no date, and outside of the years 1970 to 9999.
    pub const fn number(self) -> Option<u32> {
        let (year, month, day) = (self.0 / 10_000, self.0 / 100 % 100, self.0 % 100);
        if year < 1970 || year > 9_999 || month == 0 || month > 12 || day == 0 {
            return None;
        }
        // Days from civil: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
        let y = if month <= 2 { year - 1 } else { year };
        let (era, year_of_era) = (y / 400, y % 400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let number = era * DAYS_IN_400_YEARS + day_of_era - EPOCH;
        // 30 February has a number too, that of 2 March: only what comes back is a date.
        match Self::of_number(number) {
            Some(back) if back.0 == self.0 => Some(number),
            _ => None,
        }
    }

    /// The date that many days after 1970-01-01; `None` from the year 10000 on.
    pub const fn of_number(number: u32) -> Option<Self> {
        if number > 2_932_896 {
            return None;
        }
        let z = number + EPOCH;
        let (era, day_of_era) = (z / DAYS_IN_400_YEARS, z % DAYS_IN_400_YEARS);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_index = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_index + 2) / 5 + 1;
        let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        Some(Self(year * 10_000 + month * 100 + day))
    }

    /// Reads `YYYY-MM-DD` and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
        let mut value = 0;
        for (at, byte) in bytes.iter().enumerate() {
            match (at, byte) {
                (4 | 7, b'-') => {}
                (0..=3 | 5 | 6 | 8 | 9, b'0'..=b'9') => value = value * 10 + u32::from(byte - b'0'),
                _ => return None,
            }
        }
        Self(value).number().map(|_| Self(value))
    }
}

/// ISO weekday, 1 Monday to 7 Sunday, of a number of days since 1970-01-01.
pub const fn weekday(number: u32) -> u8 {
    // 1970-01-01 was a Thursday; below 8.
    ((number + 3) % 7) as u8 + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn every_date_has_its_number_and_weekday() {
        let mut expected = date(1970, 1, 1);
        for number in 0..=2_932_896 {
            let value = i64::from(expected.year()) * 10_000
                + i64::from(expected.month()) * 100
                + i64::from(expected.day());
            let day = Day(u32::try_from(value).unwrap_or(0));
            assert_eq!(Day::of_number(number), Some(day));
            assert_eq!(day.number(), Some(number), "{expected}");
            assert_eq!(i8::try_from(weekday(number)), Ok(expected.weekday().to_monday_one_offset()));
            let Ok(next) = expected.tomorrow() else { break };
            expected = next;
        }
        assert_eq!(Day::of_number(2_932_897), None);
    }

    #[test]
    fn what_is_no_date_has_no_number() {
        for bad in [0, 19_691_231, 20_260_230, 20_261_301, 20_260_001, 20_260_100, 21_000_229, 100_000_101] {
            assert_eq!(Day(bad).number(), None, "{bad}");
        }
        assert_eq!(Day::parse("2026-11-23"), Some(Day(20_261_123)));
        for bad in ["", "2026-02-30", "+002026-11", "2026-11-2", "2026/11/23", "20261123aa", "yesterday!"] {
            assert_eq!(Day::parse(bad), None, "{bad}");
        }
    }
}
