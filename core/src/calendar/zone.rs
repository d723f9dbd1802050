//! Time zones as pieces of constant offset.
use super::QueryError;
use crate::{time::UnixSeconds, wire::catalog::Catalog};
use alloc::vec::Vec;
use jiff::{Timestamp, tz::TimeZone};

/// A time zone of the data compiled in.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    /// Looks an IANA name up.
    pub fn named(name: &str) -> Result<Self, QueryError> {
        TimeZone::get(name).map(Self).map_err(|_| QueryError::Zone)
    }

    /// Checks that the zones of a catalog are in the data: the practice's and each location's.
    pub fn check_all(catalog: &Catalog) -> Result<(), QueryError> {
        let locations = catalog.rules.iter().flat_map(|r| r.locations.iter().map(|l| &l.time_zone));
        core::iter::once(&catalog.time_zone).chain(locations).try_for_each(|name| Self::named(name).map(drop))
    }

    /// The offsets that matter to instants and wall-clock times from `from` to `to`, with two days on both sides.
    pub(super) fn offsets(&self, from: UnixSeconds, to: UnixSeconds) -> Offsets {
        const MARGIN: i64 = 2 * 86_400;
        let clamp = |seconds: i64| {
            Timestamp::from_second(seconds).unwrap_or(if seconds < 0 {
                Timestamp::MIN
            } else {
                Timestamp::MAX
            })
        };
        let first = clamp(signed(from).saturating_sub(MARGIN));
        let end = clamp(signed(to).saturating_add(MARGIN));
        let mut offset = i64::from(self.0.to_offset(first).seconds());
        let mut pieces = Vec::new();
        let mut start = i64::MIN;
        for change in self.0.following(first).take_while(|change| change.timestamp() < end) {
            let (at, next) = (change.timestamp().as_second(), i64::from(change.offset().seconds()));
            // Some changes are of the name only.
            if next != offset {
                pieces.push(Piece { from: start, to: at, offset });
                (start, offset) = (at, next);
            }
        }
        pieces.push(Piece { from: start, to: i64::MAX, offset });
        Offsets(pieces)
    }
}

fn signed(at: UnixSeconds) -> i64 {
    i64::try_from(at.0).unwrap_or(i64::MAX)
}

/// From this second until before that one the wall clock is UTC plus `offset` seconds.
#[derive(Debug, Clone, Copy)]
struct Piece {
    from: i64,
    to: i64,
    offset: i64,
}

/// The offsets of a zone over a span. Wall-clock times are seconds since 1970-01-01T00:00 on the wall.
#[derive(Debug, Clone)]
pub(super) struct Offsets(Vec<Piece>);

/// From this second until before that one.
pub(super) type Span = (i64, i64);

impl Offsets {
    /// What the wall clock shows at an instant.
    pub(super) fn wall(&self, at: i64) -> i64 {
        let piece = self.0.iter().find(|p| at < p.to);
        at.saturating_add(piece.map_or(0, |p| p.offset))
    }

    /// The first instant at which the clock shows this; `None` if it skips it (rule S6).
    pub(super) fn first(&self, wall: i64) -> Option<i64> {
        self.0
            .iter()
            .map(|p| (p, wall.saturating_sub(p.offset)))
            .find(|(p, at)| p.from <= *at && *at < p.to)
            .map(|(_, at)| at)
    }

    /// The instant of an opening or closing time: the first one; one that the clock skips is moved on by the length of
    /// the gap (rule S6).
    pub(super) fn border(&self, wall: i64) -> i64 {
        self.first(wall).unwrap_or_else(|| {
            // In a gap: past the end of the piece before by its own count, not yet at the start of the next by that one's.
            let before = self.0.iter().rfind(|p| wall.saturating_sub(p.offset) >= p.to);
            wall.saturating_sub(before.map_or(0, |p| p.offset))
        })
    }

    /// All instants at which the clock shows times from `from` until before `to` (rule S5).
    pub(super) fn spans(&self, from: i64, to: i64, out: &mut Vec<Span>) {
        for piece in &self.0 {
            let start = from.saturating_sub(piece.offset).max(piece.from);
            let end = to.saturating_sub(piece.offset).min(piece.to);
            if start < end {
                out.push((start, end));
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use alloc::vec;
    use jiff::civil::date;

    /// Berlin in 2026, and the seconds of a civil time as if it were UTC.
    fn berlin() -> (Offsets, impl Fn(i8, i8, i8, i8) -> i64) {
        let seconds = |month, day, hour, minute| {
            let civil = date(2026, month, day).at(hour, minute, 0, 0);
            civil.to_zoned(TimeZone::UTC).unwrap().timestamp().as_second()
        };
        let at = |month| UnixSeconds(u64::try_from(seconds(month, 1, 0, 0)).unwrap());
        (Zone::named("Europe/Berlin").unwrap().offsets(at(1), at(12)), seconds)
    }

    #[test]
    fn gaps_and_overlaps() {
        let (zone, wall) = berlin();
        let utc = &wall;
        assert_eq!(zone.0.len(), 3, "winter, summer, winter");
        assert_eq!(zone.first(wall(3, 29, 1, 59)), Some(utc(3, 29, 0, 59)));
        assert_eq!(zone.first(wall(3, 29, 2, 30)), None);
        assert_eq!(zone.border(wall(3, 29, 2, 30)), utc(3, 29, 1, 30));
        assert_eq!(zone.first(wall(3, 29, 3, 0)), Some(utc(3, 29, 1, 0)));
        assert_eq!(zone.first(wall(10, 25, 2, 30)), Some(utc(10, 25, 0, 30)));
        assert_eq!(zone.border(wall(10, 25, 2, 30)), utc(10, 25, 0, 30));
        assert_eq!(zone.first(wall(10, 25, 3, 0)), Some(utc(10, 25, 2, 0)));
        assert_eq!(zone.wall(utc(10, 25, 1, 30)), wall(10, 25, 2, 30));
        let spans = |from, to| {
            let mut out = vec![];
            zone.spans(from, to, &mut out);
            out
        };
        assert_eq!(spans(wall(3, 29, 1, 30), wall(3, 29, 2, 30)), [(utc(3, 29, 0, 30), utc(3, 29, 1, 0))]);
        assert_eq!(spans(wall(3, 29, 2, 10), wall(3, 29, 2, 30)), []);
        assert_eq!(
            spans(wall(10, 25, 2, 15), wall(10, 25, 2, 30)),
            [(utc(10, 25, 0, 15), utc(10, 25, 0, 30)), (utc(10, 25, 1, 15), utc(10, 25, 1, 30))]
        );
        assert!(Zone::named("Mars/Olympus").is_err());
    }
}
