//! Which PINs are refused when one is chosen.
//!
//! Whoever has three guesses tries what many people choose. The patterns here and the list cover every number of 6 to 8
//! digits among the 1,000 most frequent passwords of two public leaks (`vectors/weak-pins.json` says which), and cost
//! fewer than one in a hundred of all PINs.
use crate::pin::{PinError, shape};

/// A date of birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BirthDate {
    year: u16,
    month: u8,
    day: u8,
}

impl BirthDate {
    /// Reads `YYYY-MM-DD`; `None` if it is anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| {
            let part = parts.next()?;
            (part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()))
                .then(|| part.parse::<u16>().ok())?
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        let valid = parts.next().is_none() && (1..=12).contains(&month) && (1..=31).contains(&day);
        valid.then_some(Self { year, month: u8::try_from(month).ok()?, day: u8::try_from(day).ok()? })
    }

    /// The date in every order in which people write it.
    fn spellings(self) -> [String; 6] {
        let Self { year, month, day } = self;
        let short = year % 100;
        [
            format!("{day:02}{month:02}{short:02}"),
            format!("{day:02}{month:02}{year:04}"),
            format!("{short:02}{month:02}{day:02}"),
            format!("{year:04}{month:02}{day:02}"),
            format!("{month:02}{day:02}{short:02}"),
            format!("{month:02}{day:02}{year:04}"),
        ]
    }
}

/// Numbers that no pattern below covers: from the same lists as `vectors/weak-pins.json`.
const COMMON: [&str; 9] =
    ["8675309", "315475", "08154711", "28972323", "18051959", "9379992", "01012011", "01011980", "134679"];

/// Checks a PIN that somebody wants to choose. Give the date of birth, if it is known, to have it refused too.
pub fn check(pin: &str, birth: Option<BirthDate>) -> Result<(), PinError> {
    let digits = shape(pin)?;
    if birth.is_some_and(|date| date.spellings().iter().any(|s| s == pin)) {
        return Err(PinError::Birthday);
    }
    let weak = few_digits(digits)
        || run(digits)
        || steps(digits)
        || pairs(digits)
        || repeats(digits)
        || palindrome(digits)
        || keypad_lines(digits)
        || COMMON.contains(&pin);
    if weak { Err(PinError::Weak) } else { Ok(()) }
}

/// At most two different digits: 000000, 696969, 111222.
fn few_digits(digits: &[u8]) -> bool {
    digits.iter().fold(0u16, |seen, d| seen | 1 << (d - b'0')).count_ones() <= 2
}

/// The difference of neighbours on the circle of ten digits.
fn step(pair: &[u8]) -> u8 {
    (pair[1] + 10 - pair[0]) % 10
}

/// Five digits in a row, up or down, anywhere: 123456, 987654, 1234561, 890123.
fn run(digits: &[u8]) -> bool {
    digits.windows(5).any(|five| {
        let up = five.windows(2).all(|pair| step(pair) == 1);
        up || five.windows(2).all(|pair| step(pair) == 9)
    })
}

/// One step all the way: 135791, 246802, 963074.
fn steps(digits: &[u8]) -> bool {
    let first = step(digits);
    digits.windows(2).all(|pair| step(pair) == first)
}

/// Two-digit groups that stay, or go up or down by 1, 10 or 11: 010203, 102030, 112233, 20212223.
fn pairs(digits: &[u8]) -> bool {
    if !digits.len().is_multiple_of(2) {
        return false;
    }
    let groups: Vec<i16> =
        digits.chunks_exact(2).map(|d| i16::from(d[0] - b'0') * 10 + i16::from(d[1] - b'0')).collect();
    let first = groups[1] - groups[0];
    [0, 1, 10, 11].contains(&first.abs()) && groups.windows(2).all(|pair| pair[1] - pair[0] == first)
}

/// A group again and again: 123123, 12341234, 4711471.
fn repeats(digits: &[u8]) -> bool {
    (1..=4)
        .any(|period| digits.len() >= period + 3 && digits.iter().zip(&digits[period..]).all(|(a, b)| a == b))
}

/// The same from both ends: 123321, 12344321.
fn palindrome(digits: &[u8]) -> bool {
    digits.iter().eq(digits.iter().rev())
}

/// Two straight lines of three on the keypad: 147258, 159753, 789456.
fn keypad_lines(digits: &[u8]) -> bool {
    const LINES: [&[u8; 3]; 8] = [b"123", b"456", b"789", b"147", b"258", b"369", b"159", b"357"];
    let line =
        |three: &[u8]| LINES.iter().any(|line| three.iter().eq(*line) || three.iter().eq(line.iter().rev()));
    digits.len() == 6 && digits.chunks_exact(3).all(line)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct File {
        tests: Vec<String>,
    }

    #[test]
    fn what_leaks_show_often_is_refused() {
        let file: File = serde_json::from_str(include_str!("../../vectors/public/weak_pins.json")).unwrap();
        assert_eq!(file.tests.len(), 75);
        for pin in file.tests {
            assert_eq!(check(&pin, None), Err(PinError::Weak), "{pin}");
        }
    }

    #[test]
    fn each_pattern_is_refused_by_its_own_rule() {
        type Rule = fn(&[u8]) -> bool;
        let rules: [(&str, Rule, &[&str]); 7] = [
            ("few digits", few_digits, &["666666", "69966996", "1000001"]),
            ("run", run, &["123456", "890123", "321098", "9123456", "01234999"]),
            ("steps", steps, &["135791", "246802", "963074", "55555555"]),
            ("pairs", pairs, &["010203", "302010", "112233", "90807060", "20212223", "454545"]),
            ("repeats", repeats, &["123123", "471471", "4711471", "19901990", "2580258"]),
            ("palindrome", palindrome, &["471174", "4715174", "12344321"]),
            ("keypad lines", keypad_lines, &["147258", "159753", "789456", "369321"]),
        ];
        for (name, rule, pins) in rules {
            for pin in pins {
                assert!(rule(pin.as_bytes()), "{name}: {pin}");
                assert_eq!(check(pin, None), Err(PinError::Weak), "{pin}");
            }
        }
    }

    #[test]
    fn ordinary_ones_pass() {
        for pin in ["493817", "830194", "4938170", "8301942", "83019427", "27182845", "105938", "990174"] {
            assert_eq!(check(pin, None), Ok(()), "{pin}");
        }
    }

    /// The rules may not eat the space that they protect: fewer than 1 in 100 of each length.
    #[test]
    fn few_are_refused() {
        // A sample is enough. Its steps are primes that divide no short repunit (as 37 divides 111), so that repeated groups
        // are not met more often than others.
        for (length, all, step) in [(6, 1_000_000u32, 47), (7, 10_000_000, 383), (8, 100_000_000, 3_989)] {
            let sample = (0..all).step_by(step);
            let (mut refused, mut seen) = (0u32, 0u32);
            for number in sample {
                seen += 1;
                refused += u32::from(check(&format!("{number:0length$}"), None).is_err());
            }
            assert!(refused > 0 && refused * 100 < seen, "{length} digits: {refused} of {seen}");
        }
    }

    #[test]
    fn length_and_digits() {
        for pin in ["", "12345", "49381", "493817264"] {
            assert_eq!(check(pin, None), Err(PinError::Length), "{pin}");
        }
        for pin in ["49381a", "4938 17", " 493817", "493817\n", "٤٩٣٨١٧", "-493817", "４９３８１７"]
        {
            assert_eq!(check(pin, None), Err(PinError::Digits), "{pin}");
        }
    }

    #[test]
    fn the_date_of_birth_in_any_order() {
        let date = BirthDate::parse("1974-11-28").unwrap();
        for pin in ["281174", "28111974", "741128", "19741128", "112874", "11281974"] {
            assert_eq!(check(pin, None), Ok(()), "{pin}");
            assert_eq!(check(pin, Some(date)), Err(PinError::Birthday), "{pin}");
            assert_eq!(check(pin, BirthDate::parse("1974-11-27")), Ok(()), "{pin}");
        }
        let early = BirthDate::parse("2001-03-09").unwrap();
        for pin in ["090301", "09032001", "010309", "20010309", "030901", "03092001"] {
            assert_eq!(check(pin, Some(early)), Err(PinError::Birthday), "{pin}");
        }
    }

    #[test]
    fn dates_are_read_strictly() {
        for text in [
            "",
            "1974-11",
            "1974-11-28-",
            "74-11-28",
            "1974-13-01",
            "1974-00-01",
            "1974-01-32",
            "1974-1-1",
            "+974-01-01",
            "1974/11/28",
        ] {
            assert_eq!(BirthDate::parse(text), None, "{text}");
        }
    }
}
