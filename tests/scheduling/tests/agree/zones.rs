//! Every zone and every change of its clock from 1970 to 2100: both sides know the same ones, and offer the same starts on
//! these days.
#![expect(clippy::unwrap_used, reason = "tests")]
use jiff::{Timestamp, civil::date, tz::TimeZone};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use vestibule_scheduling_tests::{
    case::{self, Case},
    oracle::Oracle,
};

/// Instant, offset before, offset after: all in seconds.
type Change = (i64, i64, i64);

fn seconds(year: i16) -> i64 {
    date(year, 1, 1).to_zoned(TimeZone::UTC).unwrap().timestamp().as_second()
}

/// What the engine's data says.
fn changes(zone: &TimeZone) -> Vec<Change> {
    let (from, to) = (seconds(1970), seconds(2100));
    let start = Timestamp::from_second(from).unwrap();
    let mut before = i64::from(zone.to_offset(start).seconds());
    let mut all = Vec::new();
    for change in zone.following(start).take_while(|c| c.timestamp().as_second() < to) {
        let after = i64::from(change.offset().seconds());
        if after != before {
            all.push((change.timestamp().as_second(), before, after));
        }
        before = after;
    }
    all
}

/// The zone whose clock had odd seconds, and the instant at which that ended: midnight of 7 January 1972 never showed there,
/// and the oracle, which counts minutes, has no instant for the opening 44 minutes and a half later.
const ODD_SECONDS: (&str, i64) = ("Africa/Monrovia", 63_593_070);

/// Names that the oracle's data does not have: a placeholder of the sources.
const UNKNOWN: [&str; 1] = ["Factory"];

/// Of about 600 names, how many may differ between two editions of the data.
const FEW: usize = 60;

/// The zones of which the two sides know other changes, or which only the engine knows.
pub(crate) fn differing(oracle: &mut Oracle) -> BTreeMap<String, Vec<Change>> {
    let mut found = BTreeMap::new();
    for name in case::zones() {
        let ours = changes(&TimeZone::get(&name).unwrap());
        let theirs = theirs(oracle, &name, &ours).unwrap_or_default();
        let (a, b): (BTreeSet<_>, BTreeSet<_>) = (ours.iter().collect(), theirs.iter().collect());
        if a != b {
            found.insert(name, a.symmetric_difference(&b).map(|c| **c).collect());
        }
    }
    found
}

/// What the oracle's data says; `None` for a name that it does not know.
fn theirs(oracle: &mut Oracle, name: &str, ours: &[Change]) -> Option<Vec<Change>> {
    let named: Vec<i64> = ours.iter().map(|c| c.0).collect();
    let request = json!({ "zone": name, "from": seconds(1970), "to": seconds(2100), "named": named });
    serde_json::from_value(oracle.ask("changes", request).unwrap()).unwrap()
}

#[test]
fn every_zone_and_every_change_agree() {
    let mut oracle = Oracle::start().unwrap();
    let version = oracle.ask("version", json!({})).unwrap();
    let mut differing: BTreeMap<String, Vec<Change>> = BTreeMap::new();
    let mut unknown = Vec::new();
    // Links and zones that always went together are looked at once.
    let mut seen: BTreeMap<(i32, Vec<Change>), String> = BTreeMap::new();
    let mut days = 0;
    let mut wrong = Vec::new();
    for name in case::zones() {
        let zone = TimeZone::get(&name).unwrap();
        let ours = changes(&zone);
        let Some(theirs) = theirs(&mut oracle, &name, &ours) else {
            unknown.push(name);
            continue;
        };
        let (a, b): (BTreeSet<_>, BTreeSet<_>) = (ours.iter().collect(), theirs.iter().collect());
        let only: Vec<Change> = a.symmetric_difference(&b).map(|c| **c).collect();
        if !only.is_empty() {
            differing.insert(name.clone(), only);
        }
        let first = zone.to_offset(Timestamp::from_second(seconds(1970)).unwrap()).seconds();
        if seen.insert((first, ours.clone()), name.clone()).is_some() {
            continue;
        }
        for change in ours.iter().filter(|c| b.contains(c) && (name.as_str(), c.0) != ODD_SECONDS) {
            days += 1;
            let asked = Case::around(&name, change.0);
            let (ours, theirs) = (asked.engine().unwrap(), asked.oracle(&mut oracle).unwrap());
            if ours != theirs {
                wrong.push(format!("{name} {}: {}", change.0, case::difference(&ours, &theirs)));
            }
        }
    }
    if let Ok(path) = std::env::var("VESTIBULE_WRITE_DIFFERENCES") {
        std::fs::write(path, json!({ version.as_str().unwrap(): differing }).to_string()).unwrap();
    }
    println!("{days} days of changes; differing data: {}; unknown there: {unknown:?}", differing.len());
    assert!(wrong.is_empty(), "{} days differ, the first: {}", wrong.len(), wrong[0]);
    assert!(days > 3_000, "only {days} days");
    assert_eq!(unknown, UNKNOWN);
    let version = version.as_str().unwrap();
    let Some(pinned) = case::differences(version) else {
        // Another Node brings other data. Which changes only one side knows is then told, not judged, as long as it is the
        // few zones whose law was changed or corrected lately: on all others both were compared above.
        println!(
            "differences.json does not know the oracle's data {version}; what differs:\n{}",
            json!(differing)
        );
        assert!(differing.len() <= FEW, "{} zones differ", differing.len());
        return;
    };
    assert!(
        differing == pinned,
        "the data differs elsewhere than differences.json says:\n{}",
        json!(differing)
    );
}
